import { afterAll, beforeAll, expect, it } from 'vitest';
import { killAtEach, tellUndisturbed } from './crash-run.ts';
import { complaintsOf, tableOf } from './crash-table.ts';
import type { CommitPoint } from './kill-at-commit.ts';
import { nameOf, type Point } from './points.ts';
import { openStages, type Stages } from './stages.ts';

const commit = (event: string, ...whens: readonly CommitPoint['when'][]): readonly Point[] =>
  whens.map((when) => ({ kind: 'commit', event, nth: 1, when }));
const call = (system: string, name: string, ...whens: readonly CommitPoint['when'][]) =>
  whens.map((when): Point => ({ kind: 'call', system, call: name, nth: 1, when }));

/** Where a crash hurts most; `npm run test:crash` kills at every point of every story. */
const WORST: readonly Point[] = [
  ...commit('approval.given', 'before', 'after'),
  ...commit('step.intended', 'before', 'after'),
  ...call('azure', 'POST slotsswap', 'before', 'after'),
  ...commit('step.submitted', 'before', 'after'),
  ...commit('step.succeeded', 'before', 'after'),
  ...commit('run.finished', 'after'),
  ...call('slack', 'conversations.create', 'after'),
  ...call('slack', 'chat.postMessage', 'after'),
];

let stages: Stages;
beforeAll(async () => {
  stages = await openStages(2);
}, 60_000);
afterAll(() => stages.close());

it('comes to the same end when it is killed where it hurts most', {
  timeout: 300_000,
}, async () => {
  const reference = await tellUndisturbed('bad-release', stages);
  const verdicts = await killAtEach(reference, WORST, stages);

  process.stdout.write(`\n${tableOf(verdicts)}\n`);
  expect(complaintsOf(verdicts)).toEqual([]);
  expect(verdicts.filter(({ killed }) => !killed).map(({ point }) => nameOf(point))).toEqual([]);
});
