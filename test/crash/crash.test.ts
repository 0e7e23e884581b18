import { afterAll, beforeAll, expect, it } from 'vitest';
import { badRelease } from '../../src/sandbox/stories/bad-release.ts';
import { type BuiltBot, buildBot } from './bot-process.ts';
import { complaintsOf, killAtEach, tableOf, tellUndisturbed } from './crash-table.ts';
import { nameOf } from './points.ts';

/** Where a crash hurts most; `npm run test:crash` kills at every point of every story. */
const WORST = [
  /commit of step\.(intended|submitted|succeeded) 1$/,
  /commit of approval\.given 1$/,
  /after the commit of run\.finished 1$/,
  /azure POST slotsswap 1$/,
  /after slack (conversations\.create|chat\.postMessage) 1$/,
];

let built: BuiltBot;
beforeAll(async () => {
  built = await buildBot();
}, 60_000);
afterAll(() => built.remove());

it('comes to the same end when it is killed where it hurts most', {
  timeout: 300_000,
}, async () => {
  const reference = await tellUndisturbed(badRelease, built);
  const points = reference.points.filter((point) => WORST.some((of) => of.test(nameOf(point))));

  const verdicts = await killAtEach(reference, points, built, 2);

  process.stdout.write(`\n${tableOf(verdicts)}\n`);
  expect(complaintsOf(verdicts)).toEqual([]);
  expect(verdicts.filter(({ killed }) => killed).length).toBeGreaterThanOrEqual(12);
});
