/** Tells a story once for each point, kills the bot there, and counts what came of it. */

import { isDeepStrictEqual } from 'node:util';
import type { FinalState } from './final-state.ts';
import { type Placed, type Point, pointsOf } from './points.ts';
import type { Stages } from './stages.ts';
import type { Expected, Outcome } from './story-run.ts';

/** The story as it goes when nobody disturbs it. */
export interface Reference extends Expected {
  readonly story: string;
  readonly state: FinalState;
  readonly points: readonly Placed[];
}

export interface Verdict {
  readonly point: Point;
  readonly killed: boolean;
  /** Each promise that was broken, in words. None: it ended as without the crash. */
  readonly broken: readonly string[];
}

const NOTHING_YET: Expected = { state: undefined, decisions: [], answers: [] };

/** @throws Error when the story does not go to its end by itself. */
export async function tellUndisturbed(story: string, stages: Stages): Promise<Reference> {
  const outcome = await stages.tell({ story, point: undefined, expected: NOTHING_YET });
  const { failure, state, complaints, answers } = outcome;
  if (!state || complaints.length > 0) {
    throw new Error(`${story} failed undisturbed: ${failure ?? ''} ${complaints.join('\n')}`);
  }
  const decisions = outcome.acts.map(({ recorded }) => recorded);
  return { story, state, decisions, answers, points: pointsOf(outcome.happenings) };
}

/** Tells it once for each point, as many at once as there are stages; a stage that fails has broken that case. `done` hears of each. */
export function killAtEach(
  { story, state, decisions, answers }: Reference,
  points: readonly Point[],
  stages: Stages,
  done: (verdict: Verdict) => void = () => undefined,
): Promise<readonly Verdict[]> {
  const expected = { state, decisions, answers };
  return Promise.all(
    points.map(async (point) => {
      const verdict = await stages.tell({ story, point, expected }).then(
        (outcome): Verdict => {
          const kills = point.kind === 'moments' ? point.at.length : 1;
          const broken = promisesBroken(outcome, state, decisions, kills);
          return { point, killed: outcome.deaths > 0, broken };
        },
        (error: Error): Verdict => ({ point, killed: false, broken: [`stuck: ${error.message}`] }),
      );
      done(verdict);
      return verdict;
    }),
  );
}

function promisesBroken(
  { acts, complaints, deaths, failure, state }: Outcome,
  reference: FinalState,
  decisions: readonly boolean[],
  kills: number,
): readonly string[] {
  const broken: string[] = [];
  acts.forEach(({ words, acked, recorded }, index) => {
    if (decisions[index] && acked && !recorded) broken.push(`lost: ${words} was acknowledged`);
  });
  if (failure !== undefined) broken.push(`stuck: ${failure}`);
  if (complaints.length > 0) broken.push(`ended by itself: ${complaints.join('\n')}`);
  if (deaths > kills) broken.push(`ended by itself: it died ${deaths} times`);
  if (!state) return broken;
  for (const part of ['world', 'incident', 'slack'] as const) {
    if (isDeepStrictEqual(state[part], reference[part])) continue;
    broken.push(`${PART[part]}: ${difference(state[part], reference[part]).join('; ')}`);
  }
  return broken;
}

/** What differs, as deep down as it goes. */
function difference(found: unknown, expected: unknown, at = ''): readonly string[] {
  if (isDeepStrictEqual(found, expected)) return [];
  if (!isParts(found) || !isParts(expected) || Array.isArray(found) !== Array.isArray(expected)) {
    const words = `${JSON.stringify(found)}, without the crash ${JSON.stringify(expected)}`;
    return [`${at}: found ${words}`];
  }
  const keys = new Set([...Object.keys(found), ...Object.keys(expected)]);
  return [...keys].flatMap((key) => difference(found[key], expected[key], `${at}/${key}`));
}

function isParts(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const PART = { world: 'done twice or not at all', incident: 'another end', slack: 'Slack differs' };
