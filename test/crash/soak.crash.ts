/** Kills that nobody chose: two or three in one telling of a story, wherever the process is then, and while it takes over too. */

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { killAtEach, tellUndisturbed } from './crash-run.ts';
import { complaintsOf, tableOf } from './crash-table.ts';
import type { Point } from './points.ts';
import { openStages, type Stages } from './stages.ts';
import { wishesOf } from './wishes.ts';

const STORIES = ['bad-release', 'halted-then-undone', 'aws-codedeploy-rerun'];
const TELLINGS = 12;
/** Real milliseconds in which a story is told. */
const LENGTH_MS = 6_000;
const SEED = Number(process.env['SOAK_SEED'] ?? Date.now());

const wishes = wishesOf(process.env);
let stages: Stages;
beforeAll(async () => {
  stages = await openStages(wishes.width);
}, 300_000);
afterAll(() => stages.close());

it.each(STORIES.filter((name) => wishes.stories?.includes(name) ?? true))(
  '%s comes to the same end, whenever it is killed',
  async (story) => {
    const moments = fc.array(fc.integer({ min: 0, max: LENGTH_MS }), {
      minLength: 2,
      maxLength: 3,
    });
    const points = fc
      .sample(moments, { seed: SEED, numRuns: TELLINGS })
      .map((at): Point => ({ kind: 'moments', at: at.toSorted((a, b) => a - b) }));
    const reference = await tellUndisturbed(story, stages);

    const verdicts = await killAtEach(reference, points, stages);

    process.stdout.write(`\n${story}, seed ${SEED}:\n${tableOf(verdicts)}\n`);
    expect(complaintsOf(verdicts)).toEqual([]);
    expect(verdicts.filter(({ killed }) => killed).length).toBeGreaterThan(TELLINGS / 2);
  },
);
