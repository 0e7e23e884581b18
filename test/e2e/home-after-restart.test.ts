/** A home tab that was open when Backstop ended is shown anew when it begins again, and kept current as before. */

import { describe, expect, it } from 'vitest';
import type { Actor } from '../../src/events.ts';
import { declareIncident } from '../../src/flows/declare.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop, type Loop } from '../../src/loop.ts';
import { joinChannel } from '../../src/sandbox/workspace/membership.ts';
import type { Service } from '../../src/service.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import { eventually, settled } from './watch.ts';

const HOUR_MS = 3_600_000;
/** Everything is read anew after a start. */
const LONG = { timeoutMs: 60_000 };

/** Decides beside the bot, as the terminal does. */
async function beside(bot: Bot, work: (loop: Loop) => Promise<unknown>): Promise<void> {
  const now = (): number => bot.stage.clock.now();
  const journal = openSqliteJournal({ file: bot.journalFile, now });
  try {
    await work(createLoop(journal, now));
  } finally {
    await journal.close();
  }
}

function declaring(title: string, more: { readonly private?: boolean } = {}) {
  const service = {
    id: 'checkout',
    name: 'Checkout',
    environments: { production: {} },
  } as unknown as Service;
  return declareIncident({ title, summary: '', service, environment: 'production', ...more });
}

describe.concurrent('a home tab that is open while Backstop begins again', PATIENT, () => {
  it('shows what it has missed, to those who looked lately, and a private incident to those in it', async (test) => {
    const bot = await aBot(test);
    const { ana, ben, dee } = bot.stage.people;
    ben.openHome();
    await ben.seesHome('No incident is open');
    bot.stage.clock.advance(HOUR_MS);
    for (const person of [ana, dee]) {
      person.openHome();
      await person.seesHome('No incident is open');
    }
    await eventually('the systems are looked at', () => !/looked at…/.test(ana.home() ?? ''));
    await settled(bot);
    const actor: Actor = { kind: 'person', id: ana.id };

    await bot.stop();
    await beside(bot, async (loop) => {
      await loop.declare(actor, declaring('checkout is failing'));
      await loop.declare(actor, declaring('somebody is inside', { private: true }));
    });
    const published = bot.stage.workspace.faults.onMethod(
      'views.publish',
      { rateLimited: 1 },
      { times: 1 },
    );
    await bot.start();

    await dee.seesHome('INC-0001 checkout is failing', LONG);
    const home = await ana.seesHome('INC-0002 somebody is inside', LONG);
    expect(home).toContain('INC-0001 checkout is failing');
    await eventually(
      'how the systems stand is there again',
      () => !/looked at…/.test(ana.home() ?? ''),
    );
    expect(published.hits).toBe(1);
    await settled(bot);
    expect(dee.home()).not.toContain('somebody is inside');
    // He has not looked for an hour: nobody goes on drawing for him.
    expect(ben.home()).toContain('No incident is open');

    await ana.command('incidents', '/incident checkout is slow');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    await dee.seesHome('INC-0003 checkout is slow', LONG);
    expect(bot.logged).toEqual([]);
    expect(bot.verify().ok).toBe(true);
  });

  it('shows nothing private to somebody who was taken out of it meanwhile', async (test) => {
    const bot = await aBot(test);
    const { ana, ben, dee } = bot.stage.people;
    const { slack } = bot.stage.workspace;
    await ana.command('incidents', '/incident private somebody is inside');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    const channel = 'inc-0001-somebody-is-inside';
    await ana.sees('Private: nothing about it is shown', { channel });
    const record = [...slack.state.channels.values()].find(({ name }) => name === channel);
    if (!record) throw new Error('The channel is gone');
    joinChannel(slack, record, ben.id, ana.id);
    await eventually('he is in it', () => bot.incident().responders.includes(ben.id));
    ben.openHome();
    await ben.seesHome('somebody is inside');
    dee.openHome();
    await dee.seesHome('No incident is open');
    await settled(bot);

    await bot.stop();
    record.members.splice(record.members.indexOf(ben.id), 1);
    record.members.push(dee.id);
    await bot.start();

    await dee.seesHome('somebody is inside', LONG);
    await ben.seesHome('No incident is open', LONG);
    expect(bot.incident().left).toEqual([ben.id]);
    expect(bot.logged).toEqual([]);
  });

  it('shows a private incident to nobody while Slack does not say who is in it', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    await ana.command('incidents', '/incident private somebody is inside');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    await ana.sees('Private: nothing about it is shown', {
      channel: 'inc-0001-somebody-is-inside',
    });
    ana.openHome();
    await ana.seesHome('somebody is inside');
    await settled(bot);

    await bot.stop();
    bot.stage.workspace.faults.onMethod('conversations.members', { error: 'missing_scope' });
    await bot.start();

    await ana.seesHome('No incident is open', LONG);
    expect(bot.logged.join('\n')).toContain('read who is in a private channel');
  });

  it('is shown to the others when one of them cannot be shown theirs', async (test) => {
    const bot = await aBot(test);
    const { ana, dee } = bot.stage.people;
    for (const person of [ana, dee]) {
      person.openHome();
      await person.seesHome('No incident is open');
    }
    await settled(bot);

    await bot.stop();
    await beside(bot, (loop) =>
      loop.declare({ kind: 'person', id: ana.id }, declaring('checkout is failing')),
    );
    bot.stage.workspace.faults.onMethod(
      'views.publish',
      { error: 'user_not_found' },
      { when: ({ user_id: user }) => user === ana.id },
    );
    await bot.start();

    await dee.seesHome('INC-0001 checkout is failing', LONG);
    expect(ana.home()).toContain('No incident is open');
    await eventually('it is said in the log', () => bot.logged.length > 0);
    expect(bot.logged.join('\n')).toContain('show the home tab');
    expect(bot.fatal).toEqual([]);
  });
});
