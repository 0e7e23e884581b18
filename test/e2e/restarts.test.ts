/** A restart wherever a story is at rest changes nothing that people see: channels with their topics, members, pins and messages. */

import { describe, expect, it } from 'vitest';
import { activeRun } from '../../src/incident.ts';
import type { Stage } from '../../src/sandbox/stage.ts';
import { ALL_STORIES } from '../../src/sandbox/stories/index.ts';
import type { Person } from '../../src/sandbox/workspace/person.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { inSight, settled } from './watch.ts';

/** Between them: every step kind of a playbook, a private incident, a release, a quick fix, a flag, notices, a run in vain. */
const STORIES = [
  'security-breach',
  'performance-degradation',
  'coordinated-release-rolled-back',
  'quick-fix',
  'flag-off',
  'status-page',
  'still-broken',
];
/** The bot is restarted before every so many acts of people. */
const EVERY = 4;

describe.concurrent('a restart before every fourth act', () => {
  it.for(STORIES)(
    'of %s changes nothing that people see',
    { timeout: 240_000 },
    async (name, test) => {
      const story = ALL_STORIES.find((each) => each.name === name);
      if (!story) throw new Error(`There is no story ${name}`);
      const bot = await aBot(test, { settings: story.settings });
      const seen = { restarts: 0 };
      for (const person of Object.values(bot.stage.people)) person.openHome();
      await settled(bot);

      const people = watched(bot, async () => {
        await restarted(bot, seen);
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
async function restarted(bot: Bot, seen: { restarts: number }): Promise<void> {
  await bot.unhurried(async () => {
    await settled(bot);
    if (!isAtRest(bot)) return;
    const before = inSight(bot);
    await bot.restart();
    await settled(bot);
    expect(inSight(bot)).toEqual(before);
    seen.restarts += 1;
  });
}

/** No run is at work, no plan on its way, and Slack shows all that the journal has. */
function isAtRest(bot: Bot): boolean {
  return (
    bot.isShown() &&
    bot.incidents().every((incident) => !activeRun(incident) && incident.planWanted === undefined)
  );
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
