import { afterAll, beforeAll, expect, it } from 'vitest';
import { killAtEach, tellUndisturbed } from './crash-run.ts';
import { complaintsOf, tableOf } from './crash-table.ts';
import { nameOf } from './points.ts';
import { openStages, type Stages } from './stages.ts';

/** Where a crash hurts most; `npm run test:crash` kills at every point of every story. */
const WORST = [
  /commit of step\.(intended|submitted|succeeded) 1$/,
  /commit of approval\.given 1$/,
  /after the commit of run\.finished 1$/,
  /azure POST slotsswap 1$/,
  /after slack (conversations\.create|chat\.postMessage) 1$/,
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
  const points = reference.points
    .map(({ point }) => point)
    .filter((point) => WORST.some((of) => of.test(nameOf(point))));

  const verdicts = await killAtEach(reference, points, stages);

  process.stdout.write(`\n${tableOf(verdicts)}\n`);
  expect(complaintsOf(verdicts)).toEqual([]);
  expect(verdicts.filter(({ killed }) => killed).length).toBeGreaterThanOrEqual(12);
});
