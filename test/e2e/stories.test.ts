/** Every story of the sandbox, told to the bot in both of its modes. */

import { describe, expect, it } from 'vitest';
import { STORIES } from '../../src/sandbox/stories/index.ts';
import { aBot, type Bot, type Mode } from '../support/a-bot.ts';
import { editRow } from '../support/edit-journal.ts';
import { leaksOf } from '../support/leaks.ts';
import { comparedToRecording } from '../support/recorded-stories.ts';
import { eventually } from './watch.ts';

/** Stories of a bot that is killed are told where it is a process of its own. */
const TOLD = STORIES.filter(({ ownProcess }) => ownProcess !== true).filter(({ name, missing }) => {
  const reason = missing?.();
  if (reason !== undefined) console.warn(`SKIPPED: story ${name}: ${reason}.`);
  return reason === undefined;
});

/** Stories in which calls of Slack fail. */
const TROUBLED = ['slack-down'];

/** Stories in which a system outside fails, which the log must say. */
const LOGGED: Readonly<Record<string, RegExp>> = {
  'status-page': /Statuspage could not publish a notice on page \w+ \(ECONNRESET\)/,
};

describe.concurrent.each<Mode>(['socket', 'http'])('told over %s', (mode) => {
  it.for(TOLD)('$name', { timeout: 120_000 }, async (story, test) => {
    const bot = await aBot(test, { mode, settings: story.settings });
    const { stage } = bot;

    await story.play(stage, () => undefined, { ...bot, kill: cannotBeKilled });
    await stage.workspace.settled(300);
    await eventually('every delivery is answered', () =>
      stage.workspace.deliveries.every(({ ack }) => ack !== undefined),
    );
    // What comes while it stops may find nobody.
    const delivered = stage.workspace.deliveries.length;
    await bot.stop();

    expect(stage.workspace.deliveries.every(({ via }) => via === mode)).toBe(true);
    expect(bot.fatal).toEqual([]);
    if (!TROUBLED.includes(story.name)) {
      const expected = LOGGED[story.name];
      expect(bot.logged.filter((line) => !expected?.test(line))).toEqual([]);
      expect(expected === undefined || bot.logged.length > 0).toBe(true);
      expect(refusedCalls(bot, delivered)).toEqual([]);
    }
    expect(bot.verify().ok).toBe(true);
    expect(leaksOf(bot)).toEqual([]);
    const told = comparedToRecording(story.name, bot.journalFile);
    expect(told?.played).toEqual(told?.recorded);
    expectEditIsFound(bot);
  });
});

function cannotBeKilled(): Promise<void> {
  throw new Error('This bot is not a process of its own.');
}

/** What Slack would not do, and every one of the first payloads that was not answered in time. */
function refusedCalls({ stage: { workspace } }: Bot, first: number): readonly string[] {
  const calls = workspace.calls
    .filter(({ status, answer }) => status !== 200 || isRefusal(answer))
    .map(({ method, answer }) => `${method}: ${JSON.stringify(answer)}`);
  const late = workspace.deliveries.slice(0, first).filter(({ ack }) => ack?.status !== 'ok');
  return [...calls, ...late.map(({ id, kind, ack }) => `${kind} ${id}: ${ack?.status}`)];
}

/** After a restart, or an answer that came too late, nobody remembers whether it was done; trying is cheaper than asking. */
const BENIGN: readonly unknown[] = ['already_pinned', 'already_in_channel'];

function isRefusal(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('ok' in answer)) return false;
  if (answer.ok === true) return false;
  return !('error' in answer && BENIGN.includes(answer.error));
}

/** Somebody lowers an answer afterwards, or writes one in where none was given; the journal says in which row. */
function expectEditIsFound(bot: Bot): void {
  const recorded = bot.recorded();
  const edited = recorded.find(({ type }) => type === 'assessment.answered') ?? recorded[0];
  if (!edited) throw new Error('Nothing was recorded.');
  editRow(bot.journalFile, edited.seq, { question: 'users', answer: 'under-1' });

  expect(bot.verify()).toMatchObject({ ok: false, seq: edited.seq, what: 'altered' });
}
