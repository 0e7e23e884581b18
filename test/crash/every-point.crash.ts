import { afterAll, beforeAll, expect, it } from 'vitest';
import { badRelease } from '../../src/sandbox/stories/bad-release.ts';
import { declined } from '../../src/sandbox/stories/declined.ts';
import { drift } from '../../src/sandbox/stories/drift.ts';
import { quickFix } from '../../src/sandbox/stories/quick-fix.ts';
import { stillBroken } from '../../src/sandbox/stories/still-broken.ts';
import { twoApprovers } from '../../src/sandbox/stories/two-approvers.ts';
import { type BuiltBot, buildBot } from './bot-process.ts';
import { complaintsOf, killAtEach, tableOf, tellUndisturbed } from './crash-table.ts';
import { nameOf } from './points.ts';

let built: BuiltBot;
beforeAll(async () => {
  built = await buildBot();
});
afterAll(() => built.remove());

/** Routine points that an earlier story passed as well, at the same count, are not killed at again. */
const known = new Set<string>();
const ROUTINE =
  /commit of (incident|channel|responders|assessment|message|monitor|role)\.|slack |shop |(azure|github) (GET|POST config)/;
/** Part of a point's name, to look at a few of them again. */
const only = process.env['CRASH_AT'] ?? '';
const width = Number(process.env['CRASH_WIDTH'] ?? 2);

it.each([badRelease, stillBroken, quickFix, drift, twoApprovers, declined])(
  'tells $name to the same end, wherever it is killed',
  async (story) => {
    const reference = await tellUndisturbed(story, built);
    const points = reference.points.filter((point) => {
      const name = nameOf(point);
      return !(known.has(name) && ROUTINE.test(name)) && name.includes(only);
    });
    for (const point of points) known.add(nameOf(point));

    const verdicts = await killAtEach(reference, points, built, width);

    const wrong = complaintsOf(verdicts);
    process.stdout.write(`\n${story.name}\n\n${tableOf(verdicts)}\n${wrong.join('\n')}\n`);
    expect(wrong).toEqual([]);
    // Looks and edits are counted by the clock, so that a few of the last may not come in every run.
    const reached = verdicts.filter(({ killed }) => killed).length;
    expect(reached / Math.max(1, verdicts.length)).toBeGreaterThan(0.9);
  },
);
