/** A restart wherever a story is at rest changes nothing that people see: channels with their topics, members, pins and messages. */

import { describe, expect, it } from 'vitest';
import { isMoving } from '../../src/freeze.ts';
import { activeRun, type Incident } from '../../src/incident.ts';
import type { Stage } from '../../src/sandbox/stage.ts';
import { ALL_STORIES } from '../../src/sandbox/stories/index.ts';
import type { Person } from '../../src/sandbox/workspace/person.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { inSight, settled } from './watch.ts';

/** In `npm run test:crash`, every story, and the bot is restarted before every act. */
const EVERYWHERE = process.env['THOROUGH'] === '1';

/** Between them: every step kind of a playbook, a private incident, a release, a quick fix, a flag, notices, a run in vain. */
const SOME = [
  'security-breach',
  'performance-degradation',
  'coordinated-release-rolled-back',
  'quick-fix',
  'flag-off',
  'status-page',
  'still-broken',
];
/** The bot is restarted before every so many acts of people. */
const EVERY = EVERYWHERE ? 1 : 4;
/** It kills the bot itself, which here is no process of its own. */
const KILLS = 'crash-mid-swap';

for (const { name, missing } of EVERYWHERE ? ALL_STORIES : []) {
  const why = name === KILLS ? 'it kills the bot itself' : missing?.();
  if (why !== undefined) process.stdout.write(`skipped: ${name}: ${why}\n`);
}
const STORIES = ALL_STORIES.filter(
  ({ name, missing }) =>
    (EVERYWHERE && name !== KILLS && missing?.() === undefined) || SOME.includes(name),
);

describe.concurrent(`a restart before every ${EVERYWHERE ? '' : 'fourth '}act`, () => {
  it('is tried in every story that is named', () => {
    expect(STORIES.length).toBeGreaterThanOrEqual(SOME.length);
  });

  it.for(STORIES)(
    'of $name changes nothing that people see',
    { timeout: 600_000 },
    async (story, test) => {
      const bot = await aBot(test, { settings: story.settings });
      const seen = { restarts: 0 };
      for (const person of Object.values(bot.stage.people)) person.openHome();
      await settled(bot);

      const people = watched(bot, async () => {
        await restarted(bot, seen, story.settings?.freeze === true);
      });
      await story.play({ ...bot.stage, people }, () => undefined, {
        ...bot,
        kill: () => Promise.reject(new Error('This bot is not a process of its own.')),
      });

      expect(seen.restarts).toBeGreaterThanOrEqual(2);
      expect(bot.fatal).toEqual([]);
      expect(bot.verify().ok).toBe(true);
    },
  );
});

/** Restarts the bot where nothing is under way, and compares what is in sight before and afterwards. */
async function restarted(bot: Bot, seen: { restarts: number }, freezes: boolean): Promise<void> {
  await bot.unhurried(async () => {
    await settled(bot);
    if (!isAtRest(bot, freezes)) return;
    const before = inSight(bot);
    await bot.restart();
    await settled(bot);
    expect(inSight(bot)).toEqual(before);
    seen.restarts += 1;
  });
}

/** No run is at work, no plan or freeze on its way, and Slack shows all that the journal has. */
function isAtRest(bot: Bot, freezes: boolean): boolean {
  const isQuiet = (incident: Incident): boolean =>
    !activeRun(incident) &&
    incident.planWanted === undefined &&
    !incident.freezes.some(isMoving) &&
    !(freezes && incident.severity?.is === 'sev1' && incident.freezes.length === 0);
  return bot.isShown() && bot.incidents().every(isQuiet);
}

/** The same people, who let something happen before every so many of their acts, while they have no form open. */
function watched({ stage }: Bot, between: () => Promise<void>): Stage['people'] {
  let acts = 0;
  const wrap = (person: Person): Person => ({
    ...person,
    click: async (label, options) => {
      await pause(person);
      return person.click(label, options);
    },
    command: async (channel, line) => {
      await pause(person);
      return person.command(channel, line);
    },
  });
  const pause = async (person: Person): Promise<void> => {
    if (person.modal() !== undefined) return;
    acts += 1;
    if (acts % EVERY === 0) await between();
  };
  const { ana, ben, cleo, dee } = stage.people;
  return { ana: wrap(ana), ben: wrap(ben), cleo: wrap(cleo), dee: wrap(dee) };
}
