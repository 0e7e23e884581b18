/** How people keep an incident together: roles, tasks, updates, handover, ends and beginnings. */

import { describe, expect, it } from 'vitest';
import { sendBlockAction } from '../../src/sandbox/workspace/interaction.ts';
import { removePin, removeReaction } from '../../src/sandbox/workspace/marks.ts';
import { joinChannel, leaveChannel } from '../../src/sandbox/workspace/membership.ts';
import { deleteMessage, editMessage, postMessage } from '../../src/sandbox/workspace/messages.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import {
  declared,
  eventually,
  forged,
  refused,
  refusedInModal,
  settled,
  withDrills,
} from './watch.ts';

function types(bot: Bot): readonly string[] {
  return bot.recorded().map(({ type }) => type);
}

describe.concurrent('in an incident’s channel', () => {
  it('roles are given, tasks done, people told, and the state handed over', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/incident role scribe @cleo she was in the call');
    await ana.command(channel, '/incident task call the <bank> @ben in 2h');
    await ben.sees('Task T1', { channel });
    await ana.command(channel, '/incident follow-up write a test');
    await ana.click('I’ll take it', { channel });
    await ben.click('Done', { channel, in: 'Task T1' });
    await ben.sees('Done by Ben', { channel });
    await ana.command(channel, '/incident command');
    await ana.command(channel, '/incident severity sev2 many see it');
    await ana.command(channel, '/incident update half of the orders go through');
    await ben.sees('half of the orders go through', { channel });
    await ben.sees('half of the orders go through', { channel: 'incidents' });
    await ana.command(channel, '/incident status monitoring it calms down');
    await ana.command(channel, '/incident handover @ben');
    await ben.sees('Handover', { channel });
    await ben.sees('1 task open', { channel });

    const claimed = bot.recorded().find(({ type }) => type === 'role.claimed');
    expect(claimed?.data).toMatchObject({ reason: 'she was in the call' });
    const { roles, tasks, updates, status } = bot.incident();
    expect(roles).toEqual({ scribe: idOf(bot, 'cleo'), commander: ben.id });
    expect(tasks[0]).toMatchObject({
      text: 'call the <bank>',
      owner: ben.id,
      done: { by: { id: ben.id } },
    });
    expect(tasks[1]).toMatchObject({ kind: 'follow-up', owner: ana.id });
    expect(updates).toMatchObject([
      { text: 'half of the orders go through', next: expect.any(Number) },
    ]);
    expect(status).toBe('monitoring');
    expect(bot.logged).toEqual([]);
  });

  it('an incident is resolved, reopened, resolved again and closed', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/incident command');
    await ana.command(channel, '/incident resolve it is over');
    await ana.sees('is resolved', { channel });
    await ana.command(channel, '/incident reopen it is back');
    await ana.sees('was resolved, and reopened', { channel });
    await ana.command(channel, '/incident resolve now it is over');
    await refused(bot, ana, () => ana.command(channel, '/incident close'), /not exported yet/);
    await ana.command(channel, '/incident close nothing is left to do');
    await ana.sees('is closed', { channel });
    await refused(bot, ana, () => ana.command(channel, '/incident reopen again'), /stays closed/);
    await refused(bot, ana, () => ana.command(channel, '/incident task x'), /is closed/);
    expect(bot.logged).toEqual([]);
  });

  it('a duplicate is merged, and both channels are told', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command('incidents', '/incident checkout is slow');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    await ana.sees('INC-0002', { channel: 'inc-0002-checkout-is-slow' });
    await settled(bot);
    await ana.command(channel, '/incident merge inc-0002');
    await ben.sees('INC-0002 is the same as this incident', { channel });
    await ben.sees('This is the same as INC-0001', { channel: 'inc-0002-checkout-is-slow' });
    await refused(bot, ana, () => ana.command(channel, '/incident merge INC-0002'), /already/);
    await refused(
      bot,
      ana,
      () => ana.command(channel, '/incident merge INC-0001'),
      /this incident itself/,
    );
    await refused(bot, ana, () => ana.command(channel, '/incident merge'), /Name the duplicate/);
    expect(bot.incident()).toMatchObject({ status: 'closed', mergedInto: 'INC-0001' });
  });

  it('reminds once, follows a snooze, and says nothing again after a restart', async (test) => {
    const bot = await aBot(test, {
      config: (text) =>
        text.replace(
          'incidents:\n',
          'incidents:\n  reminders: { updates: { sev2: 1m }, snooze: 1m }\n',
        ),
    });
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/incident command');
    await ana.command(channel, '/incident severity sev2 many see it');
    bot.stage.clock.advance(60_000);
    await ana.sees('A status update was due', { channel });
    await bot.restart();
    await ana.click('Snooze', { channel });
    await ana.sees('Snoozed until', { channel });
    bot.stage.clock.advance(60_000);
    await eventually('it reminds once more', () => given(bot) === 2);
    await ana.command(channel, '/incident update all is well');
    await ana.sees('It is settled', { channel });
    await bot.restart();
    await settled(bot);
    expect(given(bot)).toBe(2);
    expect(bot.logged).toEqual([]);
  });

  it('messages are kept by pin and emoji, and followed until they are taken out', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const { slack } = bot.stage.workspace;
    const channel = await declared(bot);
    const message = await ben.say(channel, 'the queue is at 9000');
    await ana.react('eyes', { channel, in: 'the queue' });
    await ana.react('pushpin', { channel, in: 'the queue' });
    await ana.pin({ channel, in: 'the queue' });
    await eventually('it is kept', () => bot.incident().captured.length === 1);
    const record = [...slack.state.channels.values()].find(({ name }) => name === channel);
    if (!record) throw new Error('The channel is gone');
    removeReaction(slack, record, ana.id, 'pushpin', message.ts);
    await settled(bot);
    expect(bot.incident().captured).toMatchObject([{ text: 'the queue is at 9000' }]);
    removePin(slack, record, ana.id, message.ts);
    await eventually('it is taken out', () => bot.incident().captured.length === 0);

    expect(types(bot).filter((type) => type.startsWith('message.'))).toEqual([
      'message.captured',
      'message.released',
    ]);
    expect(bot.logged).toEqual([]);
  });
});

describe.concurrent('a message that is kept', () => {
  it('keeps its link and the name of its image, follows its author’s edits, and goes with it', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const { slack } = bot.stage.workspace;
    const channel = await declared(bot);
    const record = [...slack.state.channels.values()].find(({ name }) => name === channel);
    if (!record) throw new Error('The channel is gone');
    const message = postMessage(slack, record, {
      user: ben.id,
      text: 'half of them fail, see <https://graphs.example/d/1?from=now|the graph>',
      files: [{ id: 'F1', name: 'graph.png', title: 'graph.png', mimetype: 'image/png' }],
    });
    await ana.react('pushpin', { channel, in: 'half of them' });
    await eventually('it is kept', () => bot.incident().captured.length === 1);
    const kept = bot.recorded().find(({ type }) => type === 'message.captured');
    expect(kept?.data).toMatchObject({
      text: message.text,
      files: ['graph.png'],
      author: ben.id,
      via: 'reaction',
    });

    const edited = { ...message, text: 'all of them fail' };
    editMessage(slack, record, edited);
    await eventually('it is edited', () => types(bot).includes('message.edited'));
    expect(bot.incident().captured).toMatchObject([{ text: 'all of them fail' }]);
    const now = record.messages.find(({ ts }) => ts === message.ts);
    if (!now) throw new Error('The message is gone');
    deleteMessage(slack, record, now);
    await eventually('it is taken out', () => bot.incident().captured.length === 0);

    await ana.command(channel, '/incident resolve it was put back');
    await ana.command(channel, '/postmortem');
    await ana.sees('Post-mortem of INC-0001', { channel });
    const files = [...bot.stage.workspace.state.files.values()];
    const told = String(files.find(({ filename }) => filename.endsWith('.md'))?.content);
    expect(told).toContain('which was taken out again');
    expect(told).not.toContain('of them fail');
    expect(bot.logged).toEqual([]);
  });
});

describe('a command', () => {
  it('says what is wrong with what was typed', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    const wrong = (line: string, words: RegExp): Promise<void> =>
      refused(bot, ana, () => ana.command(channel, `/incident ${line}`), words);

    await wrong('role', /Choose one of these roles/);
    await wrong('role king', /Choose one of these roles/);
    await wrong('role scribe somebody', /Nobody here is called “somebody”/);
    await wrong('status', /Choose one of these/);
    await wrong('severity sev9 why', /incident commander/);
    await wrong('task', /Say what is to be done/);
    await wrong('task x @nobody', /Nobody here is called “@nobody”/);
    await wrong('task x by 25:00', /There is no time “25:00”/);
    await wrong(`task ${'x'.repeat(10_000)}`, /under 300 characters/);
    await wrong('done T7', /no such task/);
    await wrong(`update ${'x'.repeat(10_000)}`, /under 2000 characters/);
    await wrong('merge INC-0042', /no incident “INC-0042”/);
    await wrong('reopen x', /nothing to reopen/);
    await wrong('close', /incident resolve/);
    bot.stage.workspace.addUser({ name: 'gus', realName: 'Gus', isGuest: true });
    await wrong('role scribe @gus', /is a guest here/);
    await ben.command(channel, '/incident command');
    await wrong('handover @cleo', /Only the incident commander/);
  });
});

describe.concurrent('an incident begins', () => {
  it('from a message, which is kept, and from the global shortcut', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    await ben.say('incidents', 'checkout says 500\nsince ten minutes');
    await ana.messageShortcut('declare-from-message', { channel: 'incidents', in: 'says 500' });
    await ana.seesModal('since ten minutes');
    await ana.submit();
    await ana.sees('INC-0001 is declared', { channel: 'incidents' });
    await ana.shortcut('declare-incident');
    await ana.seesModal('Declare an incident');

    expect(bot.incident()).toMatchObject({
      title: 'checkout says 500',
      captured: [{ text: 'checkout says 500\nsince ten minutes' }],
    });
    expect(bot.logged).toEqual([]);
  });

  it('on the home tab, which shows what is on fire and what waits', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    ana.openHome();
    await ana.seesHome('No incident is open');
    await ana.click('Declare an incident', { home: true });
    await ana.seesModal('Declare an incident');
    await ana.closeModal();
    const channel = await declared(bot);
    await ana.seesHome('INC-0001 checkout is failing');
    await ana.command(channel, '/incident task call the bank @ana');
    await ana.seesHome('call the bank');
    await ana.click('Done', { home: true });
    await ana.seesHome('Nothing is waiting for you');
    await ana.seesHome('Your services');
    await eventually('the service was looked at', () => !/looked at…/.test(ana.home() ?? ''));
    await ana.seesHome('Checkout production: ');
    await ana.click('Keep me posted', { home: true });
    await ana.seesHome('Stop telling me');
    await ana.click('Stop telling me', { home: true });
    await ana.seesHome('Keep me posted');
    expect(bot.logged).toEqual([]);
  });

  it('in private: nobody else finds a trace of it', async (test) => {
    const bot = await aBot(test);
    const { ana, dee } = bot.stage.people;
    dee.openHome();
    await dee.seesHome('No incident is open');
    await ana.command('incidents', '/incident private somebody is inside');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    const channel = 'inc-0001-somebody-is-inside';
    await ana.sees('Private: nothing about it is shown', { channel });
    await settled(bot);

    expect(dee.channels()).not.toContain(channel);
    const announced = [...bot.stage.workspace.state.channels.values()]
      .filter(({ name }) => name === 'incidents')
      .flatMap(({ messages }) => [...messages]);
    expect(JSON.stringify(announced)).not.toContain('somebody is inside');
    await refused(bot, dee, () => dee.command('incidents', '/postmortem INC-0001'), /no incident/);
    await refused(
      bot,
      dee,
      () => dee.command('incidents', '/incident list'),
      /No incident is open/,
    );
    dee.openHome();
    await settled(bot);
    await dee.seesHome('No incident is open');
    await ana.command('incidents', '/incident list');
    await ana.sees('somebody is inside', { channel: 'incidents' });
    expect(bot.incident().responders).toEqual([ana.id]);
    expect(bot.logged).toEqual([]);
  });

  it('in private: what was open when somebody was taken out of it does nothing any more', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
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
    await ben.command(channel, '/incident task look at the logs @ben');
    await ben.sees('Task T1', { channel });
    ben.openHome();
    await ben.seesHome('look at the logs');
    await ben.command(channel, '/incident update');
    await ben.seesModal('Status update');
    await ben.fill('How do things stand?', 'It is worse than we thought.');

    leaveChannel(slack, record, ben.id, ana.id);
    await eventually('he is out of it', () => bot.incident().left.includes(ben.id));
    await refusedInModal(bot, ben, 'How do things stand?', /There is no incident/);
    // A client that was not told yet still shows the message with its button.
    const message = record.messages.find(({ text }) => text?.includes('look at the logs'));
    if (!message) throw new Error('The task is not shown');
    const click = { type: 'button', action_id: 'finish-task', block_id: 'b', value: 'INC-0001 T1' };
    const ack = await sendBlockAction(slack, ben.id, { channel: record, message }, click);
    expect(ack.status).toBe('ok');
    await settled(bot);

    expect(bot.incident().tasks).toMatchObject([{ text: 'look at the logs' }]);
    expect(types(bot)).not.toContain('task.done');
    expect(types(bot)).not.toContain('update.posted');
    ben.openHome();
    await ben.seesHome('No incident is open');
    expect(bot.logged).toEqual([]);
  });

  it('as a drill, where that is allowed, and says so everywhere', async (test) => {
    const refusing = await aBot(test);
    const { ana: first } = refusing.stage.people;
    await refused(
      refusing,
      first,
      () => first.command('incidents', '/incident drill checkout is failing'),
      /No environment is meant for drills/,
    );
    const bot = await aBot(test, { config: withDrills });
    const { ana, ben } = bot.stage.people;
    await ana.command('incidents', '/incident drill checkout is failing');
    await ana.seesModal('Declare a drill');
    // Only another client could send production, which the form does not offer.
    expect(await forged(bot, ana, 'environment', 'production', 'environment.checkout')).toEqual({
      environment: expect.stringMatching(/production is not meant for drills/),
    });
    await ana.submit();
    await ana.sees('is declared as a drill', { channel: 'incidents' });
    await ben.sees('DRILL', { channel: 'drill-inc-0001-checkout-is-failing' });
    await ben.sees('DRILL', { channel: 'incidents' });
    expect(bot.incident().drill).toBe(true);
    expect(bot.logged).toEqual([]);
  });
});

function given(bot: Bot): number {
  return types(bot).filter((type) => type === 'reminder.given').length;
}

function idOf(bot: Bot, name: string): string | undefined {
  return [...bot.stage.workspace.state.users.values()].find((user) => user.name === name)?.id;
}
