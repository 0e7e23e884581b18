/**
 * Every way in against every kind of bad input: what is malformed, endless, out of order, late, for a closed incident, from a
 * guest or somebody who left, delivered again, or not from Slack at all gets a clear answer, and nothing is lost or done twice.
 */

import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/incident.ts';
import { eventually, settled } from '../watch.ts';
import {
  type Asked,
  act,
  askedOf,
  isHarmless,
  LONG_WORDS,
  NASTY,
  oversized,
  problemsOf,
  spoiled,
} from './bad-input.ts';
import { registered } from './registered.ts';
import { decided, forgedAs, watched } from './send.ts';
import { WAYS, type Way, type World } from './ways.ts';
import { anIncident, personNamed, type Scene, worldOf } from './worlds.ts';

const PATIENT = { timeout: 300_000 };
const ALL: readonly Way[] = Object.values(WAYS).flat();
const WORLDS = Object.keys(WAYS) as World[];
const INCIDENT_AND_PLAN = [...WAYS['an incident'], ...WAYS['a plan'], ...WAYS['a halted run']];

describe('the table', () => {
  const { commands, subcommands, clicks, forms, shortcuts } = registered();
  const lines = ALL.flatMap((way) => ('line' in way ? [way.line] : []));
  const named = (key: 'click' | 'form' | 'shortcut') =>
    new Set(ALL.flatMap((way) => (key in way ? [String(way[key as keyof Way])] : [])));

  it('has a row for everything that is registered', () => {
    const first = lines.map((line) => line.split(' ')[0]);
    const second = lines.flatMap((line) =>
      line.startsWith('/incident ') ? [line.split(' ')[1]] : [],
    );
    expect(commands.filter((command) => !first.includes(command))).toEqual([]);
    expect(subcommands.filter((word) => !second.includes(word))).toEqual([]);
    expect(clicks.filter((action) => !named('click').has(action))).toEqual([]);
    expect(forms.filter((form) => !named('form').has(form))).toEqual([]);
    expect(shortcuts.filter((shortcut) => !named('shortcut').has(shortcut))).toEqual([]);
    expect(subcommands.length + clicks.length + forms.length).toBeGreaterThan(100);
  });
});

describe('delivered three times at once and once more later, with hostile words', PATIENT, () => {
  it.for(WORLDS)('%s: each way in comes to what it should, once', async (world, test) => {
    const scene = await worldOf(world, test);
    const { bot } = scene;
    const { faults } = bot.stage.workspace;
    const before = decided(bot);
    const problems: string[] = [];
    const expected: string[] = [];

    for (const way of WAYS[world] as readonly Way[]) {
      const person = personNamed(scene, way.by ?? 'ben');
      await eventually('the engine is at rest', () => bot.incidents().every(isAtRest));
      const asked = askedOf(scene, way, { text: NASTY });
      const last = bot.stage.workspace.deliveries.length;
      const came = await watched(bot, person, () => {
        faults.duplicateNextDelivery(2);
        return act(scene, person, asked);
      });
      problems.push(...problemsOf(way, came, way.comes));
      expected.push(...came.decided);
      const first = bot.stage.workspace.deliveries[last];
      if (first) await faults.replay(first);
    }
    await settled(bot);

    expect(problems).toEqual([]);
    expect(decided(bot).slice(before.length)).toEqual(expected);
    expect(isHarmless(bot)).toEqual([]);
    expect(bot.logged).toEqual([]);
    expect(bot.verify().ok).toBe(true);
    expect(await refusals(scene)).toEqual([]);
  });
});

/** No plan is being made, and no step is under way. */
function isAtRest({ planWanted, runs }: Incident): boolean {
  return planWanted === undefined && runs.every(({ status }) => status !== 'running');
}

/** Everything that was delivered, once more from somebody who is not Slack; what was let in. */
async function refusals({ bot }: Scene): Promise<readonly string[]> {
  const before = decided(bot).length;
  const found: string[] = [];
  for (const delivery of bot.stage.workspace.deliveries) {
    for (const how of ['unsigned', 'signed by another', 'changed on the way', 'old'] as const) {
      const status = await forgedAs(bot, delivery, how);
      if (status !== 401) found.push(`${delivery.kind}, ${how}: ${status}`);
    }
  }
  return decided(bot).length === before ? found : [...found, 'something was decided'];
}

describe('in an incident that has nothing yet', PATIENT, () => {
  it('what is malformed is answered, and comes to nothing', async (test) => {
    const scene = await anIncident(test);
    await expectAnswers(scene, ALL, (way) => spoiled(scene, way));
  });

  it('what is endless is answered, and comes to nothing', async (test) => {
    const scene = await anIncident(test);
    await expectAnswers(scene, ALL, (way) => oversized(scene, way));
  });

  it('what comes out of order is answered, and comes to nothing', async (test) => {
    const scene = await anIncident(test);
    const early = WORLDS.filter((world) => world !== 'an incident').flatMap((world) => [
      ...WAYS[world],
    ]);
    await expectAnswers(scene, early, (way) => [askedOf(scene, way, { text: 'because' })]);
  });
});

describe('where the incident is closed', PATIENT, () => {
  it('every way in is answered, and nothing but what may still be done is done', async (test) => {
    const { closed, ...open } = await anIncident(test);
    const scene = { ...open, incident: closed.id, channel: closed.channel };
    const problems: string[] = [];
    for (const way of ALL) {
      const person = personNamed(scene, way.by ?? 'ben');
      const asked = askedOf(scene, way, { text: 'because' });
      const came = await watched(scene.bot, person, () => act(scene, person, asked));
      problems.push(...problemsOf(way, came, way.closed ?? 'nothing'));
    }
    expect(problems).toEqual([]);
    expect(scene.bot.logged).toEqual([]);
  });
});

describe('somebody who', PATIENT, () => {
  it.for([
    { name: 'is a guest', what: { isGuest: true } },
    { name: 'left the workspace', what: { deactivated: true } },
  ])('$name is answered, and takes nothing that is for members', async ({ what }, test) => {
    const scene = await anIncident(test, ({ workspace, people }) => {
      const user = workspace.state.users.get(people.dee.id);
      if (user) Object.assign(user, what);
    });
    const dee = personNamed(scene, 'dee');
    const problems: string[] = [];
    for (const way of INCIDENT_AND_PLAN) {
      const asked = askedOf(scene, way, { text: 'because' });
      const came = await watched(scene.bot, dee, () => act(scene, dee, asked));
      problems.push(...problemsOf(way, came, way.members ? 'nothing' : 'anything'));
    }
    expect(problems).toEqual([]);
    expect(scene.bot.logged).toEqual([]);
  });
});

/** Ben sends all of it; each is answered, and decides nothing but what it would without what is wrong with it. */
async function expectAnswers(
  scene: Scene,
  ways: readonly Way[],
  asksOf: (way: Way) => readonly Asked[],
): Promise<void> {
  const ben = personNamed(scene, 'ben');
  const problems: string[] = [];
  for (const way of ways) {
    for (const asked of asksOf(way)) {
      const came = await watched(scene.bot, ben, () => act(scene, ben, asked));
      const isLong = JSON.stringify(asked).includes(LONG_WORDS);
      const takesWords = JSON.stringify(way).includes('TEXT');
      const comes = isLong && takesWords ? 'nothing' : 'nothing more';
      problems.push(
        ...problemsOf(way, came, comes).map(
          (each) => `${JSON.stringify(asked).slice(0, 160)} → ${each}`,
        ),
      );
    }
  }
  await settled(scene.bot);
  expect(problems).toEqual([]);
  expect(isHarmless(scene.bot)).toEqual([]);
  expect(scene.bot.logged).toEqual([]);
}
