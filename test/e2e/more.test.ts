/** What can be typed after `/incident` is behind *More…* on the card too. */

import { describe, expect, it } from 'vitest';
import { aBot, type Bot } from '../support/a-bot.ts';
import { declared, eventually, refusedInModal, settled } from './watch.ts';

/** Opens the menu on the card and takes a choice. */
async function choose(bot: Bot, who: 'ana' | 'ben', channel: string, label: string): Promise<void> {
  const person = bot.stage.people[who];
  await person.click('More…', { channel });
  await person.seesModal('Tell people');
  await person.click(label);
}

describe.concurrent('the menu on the card', () => {
  it('writes updates, notes and tasks, and gives roles', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    await choose(bot, 'ana', channel, 'Status update…');
    await ana.seesModal('How do things stand?');
    await ana.fill('How do things stand?', 'half of the payments go through');
    await ana.submit();
    await ana.sees('half of the payments go through', { channel });
    await choose(bot, 'ana', channel, 'Note for the timeline…');
    await ana.fill('What happened?', 'the queue was empty <!channel>');
    await ana.pick('When was it?', '2026-11-21T03:01:00Z');
    await ana.submit();
    await choose(bot, 'ana', channel, 'Add a task…');
    await ana.fill('What is to be done?', 'call the bank');
    await ana.pick('Who does it?', 'Ben');
    await ana.pick('By when?', '2026-11-21T05:00:00Z');
    await ana.submit();
    await ana.sees('Task T1', { channel });
    await choose(bot, 'ana', channel, 'Show the tasks');
    await ana.seesModal('call the bank');
    await ana.closeModal({ all: true });
    await choose(bot, 'ana', channel, 'Give a role…');
    await ana.pick('Role', 'Scribe');
    await ana.pick('Who?', 'Cleo');
    await ana.fill('Why?', 'she was in the call');
    await ana.submit();
    await eventually('Cleo is scribe', () => bot.incident().roles.scribe !== undefined);

    const role = bot.recorded().find(({ type }) => type === 'role.claimed');
    expect(role?.data).toMatchObject({ role: 'scribe', reason: 'she was in the call' });
    const note = bot.recorded().find(({ type }) => type === 'note.added');
    expect(note?.data).toEqual({
      text: 'the queue was empty <!channel>',
      at: Date.UTC(2026, 10, 21, 3, 1),
    });
    expect(bot.incident().tasks).toMatchObject([
      { text: 'call the bank', owner: bot.stage.people.ben.id, due: Date.UTC(2026, 10, 21, 5) },
    ]);
    expect(bot.logged).toEqual([]);
  });

  it('changes status and severity, merges, hands over, calls and closes', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command('incidents', '/incident checkout is slow');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    await ana.sees('INC-0002 is declared', { channel: 'incidents' });
    await settled(bot);
    await ana.click('Take command', { channel });
    await choose(bot, 'ana', channel, 'Change the status…');
    await ana.pick('Status', 'Identified');
    await ana.fill('Why?', 'the tax service gives no answer');
    await ana.submit();
    await choose(bot, 'ana', channel, 'Change the severity…');
    await ana.pick('Severity', 'SEV2');
    await ana.fill('Why?', 'many see it');
    await ana.submit();
    await choose(bot, 'ana', channel, 'Merge a duplicate…');
    await ana.pick('Duplicate', 'INC-0002 checkout is slow');
    await ana.submit();
    await ana.sees('INC-0002 is the same as this incident', { channel });
    await choose(bot, 'ana', channel, 'Call the contacts');
    await ana.seesModal('The contacts are called');
    await ana.closeModal({ all: true });
    await choose(bot, 'ana', channel, 'Hand over…');
    await ana.pick('Who takes command?', 'Ben');
    await ana.submit();
    await ben.sees('Handover', { channel });
    await choose(bot, 'ben', channel, 'Keep me posted');
    await ben.seesModal('You follow Checkout now');
    await ben.closeModal({ all: true });
    await ben.command(channel, '/incident resolve the tax service was put back');
    await ben.sees('is resolved', { channel });
    await settled(bot);

    const first = bot.incidents().find(({ id }) => id === 'INC-0001');
    expect(first).toMatchObject({
      status: 'resolved',
      severity: { is: 'sev2' },
      duplicates: ['INC-0002'],
      roles: { commander: ben.id },
    });
    expect(first?.contactsCalled).toBeDefined();
    expect(bot.logged).toEqual([]);
  });

  it('says in the form what is wrong, and turns into the answer where there is no form', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    bot.stage.workspace.addUser({ name: 'gus', realName: 'Gus', isGuest: true });
    const channel = await declared(bot);
    await choose(bot, 'ana', channel, 'Add a task…');
    await ana.fill('What is to be done?', 'call the bank');
    await ana.pick('Who does it?', 'Gus');
    await refusedInModal(bot, ana, 'Who does it?', /is a guest here/);
    await ana.closeModal({ all: true });
    await choose(bot, 'ana', channel, 'Add a task…');
    await ana.fill('What is to be done?', 'call the bank');
    await ana.pick('By when?', '2020-01-01T00:00:00Z');
    await refusedInModal(bot, ana, 'By when?', /That time has passed/);
    await ana.closeModal({ all: true });
    await choose(bot, 'ana', channel, 'Change the status…');
    await ana.pick('Status', 'Monitoring');
    await ana.fill('Why?', 'it seems well');
    await refusedInModal(bot, ana, 'Status', /incident commander/);
    await ana.closeModal({ all: true });
    await choose(bot, 'ana', channel, 'Note for the timeline…');
    await ana.fill('What happened?', 'later');
    await ana.pick('When was it?', '2030-01-01T00:00:00Z');
    await refusedInModal(bot, ana, 'When was it?', /in the future/);
    await ana.closeModal({ all: true });
    await ben.click('More…', { channel });
    await ben.seesModal('Tell people');
    await ana.click('Take command', { channel });
    await ana.command(channel, '/incident resolve it is over');
    await ana.sees('is resolved', { channel });
    await settled(bot);
    await ben.click('Call the contacts');
    await ben.seesModal('is resolved');
    expect(bot.incident().contactsCalled).toBeUndefined();
    expect(bot.logged).toEqual([]);
  });
});
