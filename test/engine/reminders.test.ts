/** When reminders are given: not while people are typing away, and not again by the next process. */

import { expect, it } from 'vitest';
import type { ReminderPolicy } from '../../src/due-reminders.ts';
import { createReminders } from '../../src/engine/reminders.ts';
import type { Event } from '../../src/events.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop } from '../../src/loop.ts';
import { ANA, aStory, MINUTE, START, severity } from '../support/an-incident.ts';
import { aJournalFile } from '../support/journal.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const POLICY: ReminderPolicy = {
  updates: { sev2: 60 * MINUTE },
  commander: 5 * MINUTE,
  roles: 600 * MINUTE,
  snooze: 15 * MINUTE,
  announced: new Set(),
};
const CHANNEL = 'C0INCIDENT';
const SECOND = 1_000;

/** A SEV2 whose first update is due in an hour, in a journal that several processes open one after the other. */
async function aSev2() {
  const file = aJournalFile();
  const clock = createVirtualClock(START);
  const said = { at: 0 };
  const open = () => {
    const journal = openSqliteJournal({ file, now: () => clock.now() });
    const loop = createLoop(journal, () => clock.now());
    const errors: unknown[] = [];
    const reminders = createReminders({
      loop,
      policy: POLICY,
      clock,
      lastHeard: () => (said.at === 0 ? undefined : said.at),
      onError: (error) => errors.push(error),
    });
    return {
      loop,
      reminders,
      errors,
      given: () => loop.incident('INC-0001')?.reminders.flatMap(({ givenAt }) => givenAt) ?? [],
      async close() {
        await reminders.stop();
        await journal.close();
      },
    };
  };
  const first = open();
  const story = [
    ...aStory().events.map(({ type, data }) => ({ type, data }) as Event),
    severity('sev2', ['many see it']),
    { type: 'channel.opened', data: { channel: CHANNEL, name: 'inc-0001' } } satisfies Event,
  ];
  await first.loop.declare(ANA, () => story);
  const due = START + 60 * MINUTE;
  /** Lets the time come. */
  const until = (at: number): Promise<void> =>
    clock.run(clock.sleep(at - clock.now(), new AbortController().signal), 24 * 60 * MINUTE);
  return { first, open, said, due, until };
}

it('is given at its time where nobody is writing', async () => {
  const { first, due, until } = await aSev2();
  first.reminders.start();
  await until(due - SECOND);
  expect(first.given()).toEqual([]);
  await until(due + SECOND);

  expect(first.given()).toEqual([due]);
  expect(first.errors).toEqual([]);
  await first.close();
});

it('waits for a minute of quiet while people are typing away', async () => {
  const { first, said, due, until } = await aSev2();
  said.at = due - 10 * SECOND;
  first.reminders.start();
  await until(due + 20 * SECOND);
  said.at = due + 20 * SECOND;
  await until(due + 79 * SECOND);
  expect(first.given()).toEqual([]);
  await until(due + 81 * SECOND);

  expect(first.given()).toEqual([due + 80 * SECOND]);
  await first.close();
});

it('is given to people who write on and on after ten minutes all the same', async () => {
  const { first, said, due, until } = await aSev2();
  said.at = due;
  first.reminders.start();
  for (let now = due; now < due + 11 * MINUTE; now += 30 * SECOND) {
    said.at = now;
    await until(now + 30 * SECOND);
  }

  expect(first.given()).toEqual([due + 10 * MINUTE]);
  await first.close();
});

it('is given once, whichever process comes next', async () => {
  const { first, open, due, until } = await aSev2();
  first.reminders.start();
  await until(due + SECOND);
  await first.close();
  const second = open();
  second.reminders.start();
  await until(due + 30 * MINUTE);

  expect(second.given()).toEqual([due]);
  await second.close();
});

it('that came due while nothing ran is given at the next start', async () => {
  const { first, open, due, until } = await aSev2();
  await first.close();
  await until(due + 5 * MINUTE);
  const second = open();
  second.reminders.start();
  await until(due + 6 * MINUTE);

  expect(second.given()).toEqual([due + 5 * MINUTE]);
  await second.close();
});
