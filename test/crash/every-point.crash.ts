import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_STORIES } from '../../src/sandbox/stories/index.ts';
import { putIntoDocs, reportOf } from './crash-report.ts';
import { killAtEach, tellUndisturbed, type Verdict } from './crash-run.ts';
import { complaintsOf, type StoryVerdicts } from './crash-table.ts';
import { nameOf, type Placed } from './points.ts';
import { openStages, type Stages } from './stages.ts';
import { wishesOf } from './wishes.ts';

/** Stories that kill the bot, or take Slack away, themselves: their own run is the test of it. */
const TOLD_OTHERWISE = new Map([
  ['crash-mid-swap', 'it kills the bot itself; bad-release is killed at every point of its swap'],
  [
    'slack-down',
    'nobody can act while Slack is down; its recovery is the end that it tests itself',
  ],
]);

const wishes = wishesOf(process.env);
const began = Date.now();
const done: StoryVerdicts[] = [];
/** The cases that an earlier story has had. */
const known = new Set<string>();

let stages: Stages;
beforeAll(async () => {
  stages = await openStages(wishes.width);
}, 300_000);
afterAll(async () => {
  await stages.close();
  const report = reportOf(done, Date.now() - began, wishes);
  process.stdout.write(`\n${report}\n`);
  if (wishes.write) putIntoDocs(report);
});

describe.each(ALL_STORIES.filter(({ name }) => wishes.stories?.includes(name) ?? true))(
  '$name',
  ({ name, missing }) => {
    const why = TOLD_OTHERWISE.get(name) ?? missing?.();
    if (why !== undefined) process.stdout.write(`skipped: ${name}: ${why}\n`);

    it.skipIf(why !== undefined)('comes to the same end, wherever it is killed', async () => {
      const reference = await tellUndisturbed(name, stages);
      const fresh = freshOf(reference.points);
      const chosen = fresh.filter(
        (_, index) => index % wishes.shard.of === wishes.shard.first || wishes.at !== '',
      );
      const first = await killAtEach(reference, chosen, stages, progress(name, chosen.length));
      const verdicts = await toldAgain(first, (point) =>
        killAtEach(reference, [point], stages, progress(`${name}, told again`, 1)),
      );

      done.push({ story: name, points: reference.points.length, cases: fresh.length, verdicts });
      expect(complaintsOf(verdicts)).toEqual([]);
      // Looks and edits are counted by the clock, so that a few of the last may not come in every run.
      const reached = verdicts.filter(({ killed }) => killed).length;
      expect(reached).toBeGreaterThanOrEqual(Math.floor(0.9 * verdicts.length));
    });
  },
);

/**
 * What broke is told again, with no other story beside it: these go twenty times as fast as people do, and a machine that
 * stalls for a second breaks them. What breaks twice is broken; both tellings are printed.
 */
async function toldAgain(
  verdicts: readonly Verdict[],
  tell: (point: Verdict['point']) => Promise<readonly Verdict[]>,
): Promise<readonly Verdict[]> {
  const settled: Verdict[] = [];
  for (const verdict of verdicts) {
    const again = verdict.broken.length > 0 ? await tell(verdict.point) : [verdict];
    settled.push(...again);
  }
  return settled;
}

/** The points that are cases of their own, in the order of the run. */
function freshOf(placed: readonly Placed[]) {
  const fresh = placed.filter(({ point, case: is }) => {
    if (!nameOf(point).includes(wishes.at)) return false;
    const isKnown = known.has(is);
    known.add(is);
    return wishes.all || !isKnown;
  });
  return fresh.map(({ point }) => point);
}

/** Says at once what broke, and now and then how far it is. */
function progress(story: string, of: number): (verdict: Verdict) => void {
  let told = 0;
  return (verdict) => {
    told += 1;
    for (const complaint of complaintsOf([verdict])) {
      process.stdout.write(`${story}, ${complaint}\n`);
    }
    if (told % 50 !== 0 && told !== of) return;
    const minutes = ((Date.now() - began) / 60_000).toFixed(1);
    process.stdout.write(`${story}: ${told} of ${of} cases (${minutes} min)\n`);
  };
}
