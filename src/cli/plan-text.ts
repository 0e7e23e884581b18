/** A plan as text for a terminal: the same facts as in Slack, in the same order. */

import type { Check, Verdict } from '../operation.ts';
import {
  blockersOf,
  expectedMs,
  inOrder,
  type PlanContent,
  type PlannedComponent,
  traitsOf,
} from '../plan.ts';
import { roughly } from '../words.ts';

const SIGNS: Readonly<Record<Verdict, string>> = { pass: '✓', warn: '!', fail: '✗', unknown: '?' };
const COMMITS_SHOWN = 10;

/** The whole plan. Control characters in what systems answered are taken out. */
export function planText(plan: PlanContent): string {
  const blockers = blockersOf(plan).map((check) => `  ${checkLine(check)}`);
  const lines = [
    plan.title,
    '='.repeat(Math.min(plan.title.length, 80)),
    ...(blockers.length > 0 ? ['CANNOT RUN YET:', ...blockers] : []),
    ...(plan.notes ?? []).map((note) => `! ${note}`),
    ...plan.components.flatMap(componentLines),
    ...inOrder(plan.steps).flatMap((step, index) => [
      `${index + 1}. ${step.title} (${[roughly(step.usualMs), ...traitsOf(step)].join(', ')})`,
      ...step.changes.map(({ what, from, to }) => `   ${what}: ${from} → ${to}`),
      ...step.checks.map((check) => `   ${checkLine(check)}`),
    ]),
    `Takes ${roughly(expectedMs(plan))}.`,
    ...(plan.losses.length === 0
      ? ['Nothing is lost.']
      : ['This would be lost:', ...plan.losses.map((loss) => `  - ${loss}`)]),
    `To take it back: ${plan.undo}`,
  ];
  return `${lines.map(clean).join('\n')}\n`;
}

function componentLines({
  title,
  live,
  target,
  changes,
  changesUnknown,
}: PlannedComponent): readonly string[] {
  const since =
    live.since === undefined
      ? ''
      : ` since ${new Date(live.since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const by = live.by ? `, by ${live.by}` : '';
  const commits = changes?.commits ?? [];
  const shown = commits.slice(0, COMMITS_SHOWN);
  return [
    `${title}: ${live.label}${since}${by}  →  ${target.label}`,
    ...(changes
      ? [`  ${commits.length} commits between them:`]
      : [`  What changed is not known: ${changesUnknown ?? ''}`]),
    ...shown.map(({ id, title: words, author }) => `    ${id.slice(0, 7)} ${words} (${author})`),
    ...(commits.length > shown.length ? [`    and ${commits.length - shown.length} more`] : []),
  ];
}

function checkLine({ verdict, name, reason }: Check): string {
  return `${SIGNS[verdict]} ${name}: ${reason}`;
}

function clean(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
}
