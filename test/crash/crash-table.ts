/** Tables of points and outcomes, for people and for docs/reliability.md. */

import type { Verdict } from './crash-run.ts';
import { nameOf, type Point } from './points.ts';

/** What came of one story. */
export interface StoryVerdicts {
  readonly story: string;
  /** How many points its run has, and how many of them are cases that no other story had before. */
  readonly points: number;
  readonly cases: number;
  readonly verdicts: readonly Verdict[];
}

/** One line for each story. */
export function tableOfStories(stories: readonly StoryVerdicts[]): string {
  const line = ({ story, points, cases, verdicts }: StoryVerdicts): string =>
    `| ${[story, points, cases, ...outcomes(verdicts)].join(' | ')} |`;
  const sum = (of: (each: StoryVerdicts) => number): number =>
    stories.reduce((total, each) => total + of(each), 0);
  const all = {
    story: '**all**',
    points: sum(({ points }) => points),
    cases: sum(({ cases }) => cases),
    verdicts: stories.flatMap(({ verdicts }) => verdicts),
  };
  const head = ['story', 'points', 'cases', ...OUTCOMES];
  return [titles(head), ...stories.map(line), line(all)].join('\n');
}

/** One line for each kind of point. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const kinds = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const kind = kindOf(verdict.point);
    kinds.set(kind, [...(kinds.get(kind) ?? []), verdict]);
  }
  const line = (kind: string, of: readonly Verdict[]): string =>
    `| ${[kind, ...outcomes(of)].join(' | ')} |`;
  const rows = [...kinds].sort(([a], [b]) => a.localeCompare(b));
  return [
    titles(['killed around', ...OUTCOMES]),
    ...rows.map(([kind, of]) => line(kind, of)),
    line('**all**', verdicts),
  ].join('\n');
}

const PROMISES = ['done twice', 'lost', 'stuck', 'another end', 'Slack differs', 'ended by itself'];
const OUTCOMES = ['told', 'reached', 'as without', ...PROMISES];

function titles(names: readonly string[]): string {
  return `| ${names.join(' | ')} |\n|---|${'--:|'.repeat(names.length - 1)}`;
}

function outcomes(verdicts: readonly Verdict[]): readonly number[] {
  const reached = verdicts.filter(({ killed }) => killed);
  const held = reached.filter(({ broken }) => broken.length === 0).length;
  const counts = PROMISES.map(
    (promise) =>
      verdicts.filter(({ broken }) => broken.some((words) => words.startsWith(promise))).length,
  );
  return [verdicts.length, reached.length, held, ...counts];
}

function kindOf(point: Point): string {
  switch (point.kind) {
    case 'commit':
      return `a commit of \`${point.event}\``;
    case 'command':
      return `the command \`${point.command}\``;
    case 'call':
      return `${point.system} \`${point.call}\``;
    case 'moments':
      return 'moments at random';
  }
}

/** What went wrong where; empty when nothing did. */
export function complaintsOf(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts.flatMap(({ point, broken }) =>
    broken.map((words) => `${nameOf(point)}: ${words}`),
  );
}
