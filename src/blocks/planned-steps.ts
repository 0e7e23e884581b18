/** The steps of a plan, for those who have to agree to them. */

import type { KnownBlock } from '@slack/types';
import type { Change, Check } from '../operation.ts';
import { blockersOf, expectedMs, inOrder, type Plan, type PlannedStep, traitsOf } from '../plan.ts';
import type { Shown } from '../run.ts';
import { context, section } from './elements.ts';
import { clip, count, line, linesThatFit, roughly } from './mrkdwn.ts';
import { verdictLine, worstFirst } from './words.ts';

const STEPS_SHOWN = 15;
const STEPS_ROOM = 4200;
const SHOWN_ROOM = 2800;

/** `1. Swap staging into production. Takes about 2 min.`, as plain text: not escaped. */
export function inOneLine(plan: Plan): string {
  const titles = inOrder(plan.steps).map((step, index) => `${index + 1}. ${clip(step.title, 120)}`);
  return `${titles.join('; ')}. Takes ${roughly(expectedMs(plan))}.`;
}

/** Each step with what it changes, the checks that did not pass, and the names of those that did. Blockers are told above, not here. */
export function plannedSteps(plan: Plan): readonly KnownBlock[] {
  const steps = inOrder(plan.steps);
  const shown = steps.slice(0, STEPS_SHOWN);
  const room = Math.floor(STEPS_ROOM / Math.max(1, shown.length));
  const blocks = shown.map((step, index) => section(stepText(step, index + 1, room)));
  const left = steps.length - shown.length;
  return left === 0 ? blocks : [...blocks, context(`and ${count(left, 'more step')}`)];
}

/** What stands in the way, by step. */
export function blockerLines(plan: Plan): readonly string[] {
  const numbers = new Map(inOrder(plan.steps).map((step, index) => [step.id, index + 1]));
  return blockersOf(plan).map(
    (check) =>
      `${verdictLine(check.verdict, check.name, check.reason)} (step ${numbers.get(check.step)})`,
  );
}

function stepText(step: PlannedStep, number: number, room: number): string {
  const traits = [roughly(step.usualMs), ...traitsOf(step)].join(', ');
  const title = `*${number}. ${line(step.title, 160)}* (${traits})`;
  const changes = changeLines(step.changes);
  const checks = worstFirst(
    step.checks.filter(
      ({ blocking, verdict }) => !blocking || verdict === 'pass' || verdict === 'warn',
    ),
  );
  const passed = checks.filter(({ verdict }) => verdict === 'pass');
  const doubtful = told(checks.filter(({ verdict }) => verdict !== 'pass'));
  const full = [
    title,
    ...changes,
    ...doubtful,
    ...(passed.length > 1 ? inBrief(passed) : told(passed)),
  ];
  if (full.join('\n').length <= room) return full.join('\n');
  const summary = passed.length > 0 ? [`✓ ${count(passed.length, 'check')} passed`] : [];
  return linesThatFit(
    [title, ...summary, ...doubtful, ...changes],
    Math.max(room, title.length + 20),
  );
}

function changeLines(changes: readonly Change[]): readonly string[] {
  return changes.map(
    ({ what, from, to }) => `${line(what, 80)}: ${line(from, 100)} → ${line(to, 100)}`,
  );
}

/** What a step would do, as it was just read, for the second person who is asked about it: what is in doubt first. */
export function shownStep({ changes, checks }: Shown): string {
  const doubtful = worstFirst(checks.filter(({ verdict }) => verdict !== 'pass'));
  return linesThatFit([...told(doubtful), ...changeLines(changes)], SHOWN_ROOM);
}

function told(checks: readonly Check[]): readonly string[] {
  return checks.map(({ verdict, name, reason }) => verdictLine(verdict, name, reason));
}

/** What passed, by name only: at night the warnings are to be seen. Exports have every reason. */
function inBrief(passed: readonly Check[]): readonly string[] {
  const names = passed.map(({ name }) => line(name, 80)).join('; ');
  return [`✓ ${count(passed.length, 'check')} passed: ${names}`];
}
