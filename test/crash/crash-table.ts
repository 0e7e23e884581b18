/** Tells a story once for each point, kills the bot there, and counts what came of it. */

import { isDeepStrictEqual } from 'node:util';
import type { Story } from '../../src/sandbox/stories/story.ts';
import type { BuiltBot } from './bot-process.ts';
import type { FinalState } from './final-state.ts';
import { nameOf, type Point, pointsOf } from './points.ts';
import { type Expected, type Outcome, tellStory } from './story-run.ts';

/** The story as it goes when nobody disturbs it. */
export interface Reference extends Expected {
  readonly story: Story;
  readonly state: FinalState;
  readonly points: readonly Point[];
}

export interface Verdict {
  readonly point: Point;
  readonly killed: boolean;
  /** Each promise that was broken, in words. None: it ended as without the crash. */
  readonly broken: readonly string[];
}

const NOTHING_YET: Expected = { state: undefined, decisions: [], answers: [] };

/** @throws Error when the story does not go to its end by itself. */
export async function tellUndisturbed(story: Story, built: BuiltBot): Promise<Reference> {
  const outcome = await tellStory(story, built, undefined, NOTHING_YET);
  const { failure, state, complaints } = outcome;
  if (!state || complaints.length > 0) {
    throw new Error(`${story.name} failed undisturbed: ${failure ?? ''} ${complaints.join('\n')}`);
  }
  const decisions = outcome.acts.map(({ recorded }) => recorded);
  const { answers } = outcome;
  return { story, state, decisions, answers, points: pointsOf(outcome.observed) };
}

/** Several stories are told at once: they mostly wait. */
export async function killAtEach(
  reference: Reference,
  points: readonly Point[],
  built: BuiltBot,
  width: number,
): Promise<readonly Verdict[]> {
  const { story, state, decisions } = reference;
  const verdicts: Verdict[] = [];
  const left = [...points];
  async function work(): Promise<void> {
    for (let point = left.shift(); point; point = left.shift()) {
      const outcome = await tellStory(story, built, point, reference);
      verdicts.push({
        point,
        killed: outcome.deaths > 0,
        broken: promisesBroken(outcome, state, decisions),
      });
    }
  }
  await Promise.all(Array.from({ length: width }, work));
  return verdicts;
}

function promisesBroken(
  { acts, complaints, deaths, failure, state }: Outcome,
  reference: FinalState,
  decisions: readonly boolean[],
): readonly string[] {
  const broken: string[] = [];
  acts.forEach(({ words, acked, recorded }, index) => {
    if (decisions[index] && acked && !recorded) broken.push(`lost: ${words} was acknowledged`);
  });
  if (failure !== undefined) broken.push(`stuck: ${failure}`);
  if (complaints.length > 0) broken.push(`ended by itself: ${complaints.join('\n')}`);
  if (deaths > 1) broken.push(`ended by itself: it died ${deaths} times`);
  if (!state) return broken;
  for (const part of ['world', 'incident', 'slack'] as const) {
    if (isDeepStrictEqual(state[part], reference[part])) continue;
    const [found, expected] = [JSON.stringify(state[part]), JSON.stringify(reference[part])];
    broken.push(`${PART[part]}: found ${found}, without the crash ${expected}`);
  }
  return broken;
}

const PART = { world: 'done twice or not at all', incident: 'another end', slack: 'Slack differs' };

/** One line for each kind of point, for people and for docs/reliability.md. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const kinds = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const kind = kindOf(verdict.point);
    kinds.set(kind, [...(kinds.get(kind) ?? []), verdict]);
  }
  const rows = [...kinds].sort(([a], [b]) => a.localeCompare(b)).map(([kind, of]) => row(kind, of));
  return [HEAD, RULE, ...rows, row('**all**', verdicts)].join('\n');
}

const PROMISES = ['done twice', 'lost', 'stuck', 'another end', 'Slack differs', 'ended by itself'];
const HEAD = `| killed around | points | reached | as without | ${PROMISES.join(' | ')} |`;
const RULE = `|---|${'--:|'.repeat(PROMISES.length + 3)}`;

function row(kind: string, verdicts: readonly Verdict[]): string {
  const reached = verdicts.filter(({ killed }) => killed);
  const held = reached.filter(({ broken }) => broken.length === 0).length;
  const counts = PROMISES.map(
    (promise) =>
      verdicts.filter(({ broken }) => broken.some((words) => words.startsWith(promise))).length,
  );
  return `| ${[kind, verdicts.length, reached.length, held, ...counts].join(' | ')} |`;
}

function kindOf(point: Point): string {
  return point.kind === 'commit'
    ? `a commit of \`${point.event}\``
    : `${point.system} \`${point.call}\``;
}

/** What went wrong where; empty when nothing did. */
export function complaintsOf(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts.flatMap(({ point, broken }) =>
    broken.map((words) => `${nameOf(point)}: ${words}`),
  );
}
