import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { assess, takeCommandAndConfirm } from '../../src/sandbox/stories/scenes.ts';
import { aBot, type Bot, health, type Mode } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import { declared, eventually, pause } from './watch.ts';

describe.concurrent.for<Mode>(['socket', 'http'])('over %s', PATIENT, (mode) => {
  it('the health check is well while the bot works, and tells when it is being stopped', async (test) => {
    const bot = await aBot(test, { mode });
    const { ana } = bot.stage.people;
    expect(await health(bot)).toBe(200);
    const channel = await declared(bot);
    await assess(bot.stage, channel, ['All of them']);
    const opening = bot.stage.workspace.faults.onMethod('views.open', { delay: 800 }, { times: 1 });

    const command = ana.command('incidents', '/incident something else');
    await eventually('the bot opens the form', () => opening.hits === 1);
    const stopped = bot.stop();
    await pause(100);
    expect(await health(bot)).toBe(503);

    expect((await command).status).toBe('ok');
    await stopped;
    expect(bot.logged).toEqual([]);
    expect(await health(bot)).toMatch(/^down/);
  });

  it('what was acknowledged when the bot is stopped is in the journal, and goes on after the start', async (test) => {
    const bot = await aBot(test, { mode });
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    const clicked = ana.click('All of them', { channel });
    const stopping = eventually(
      'the answer is recorded',
      () => bot.recorded().some(({ type }) => type === 'assessment.answered'),
      5,
    ).then(() => bot.stop());

    expect((await clicked)?.status).toBe('ok');
    await stopping;
    await bot.start();
    await ana.sees('SEV1', { channel });
    await takeCommandAndConfirm(bot.stage, channel, 'rollback');
    await ben.sees('Decided: rollback', { channel });
    expect(bot.logged).toEqual([]);
  });
});

describe.concurrent('the bot', PATIENT, () => {
  it('refuses to share its journal with another, and leaves that one alone', async (test) => {
    const bot = await aBot(test);
    await expect(bot.startAnother()).rejects.toThrow(
      /Another Backstop is at work on .*journal\.db/,
    );
    await declared(bot);
    await bot.restart();
  });

  it('waits for Slack when it is down at the start', async (test) => {
    const bot = await aBot(test, { started: false });
    const { faults } = bot.stage.workspace;
    faults.unreachable(true);
    const starting = bot.start();
    await eventually('it says that it waits', () =>
      /could not log in.*status\.slack\.com/.test(bot.logged.join()),
    );
    faults.unreachable(false);
    await starting;
    await declared(bot);
  });

  it('does not start with a token that Slack refuses, and lets go of everything', async (test) => {
    const bot = await aBot(test, { started: false });
    const refusal = bot.stage.workspace.faults.onMethod('auth.test', { error: 'invalid_auth' });
    await expect(bot.start()).rejects.toThrow(/invalid_auth.*valid token/);
    refusal.remove();
    await bot.start();
    expect(bot.fatal).toEqual([]);
  });

  it('does not start on a port that is taken, and says where it is set', async (test) => {
    const taken = await aBot(test);
    const { port } = new URL(taken.address);
    const bot = await aBot(test, {
      started: false,
      config: (text) => text.replace('port: 0', `port: ${port}`),
    });
    await expect(bot.start()).rejects.toThrow(/slack\.port.*EADDRINUSE/);
  });

  it('takes no request in http mode that Slack did not sign', async (test) => {
    const bot = await aBot(test, { mode: 'http' });
    const body = 'command=%2Fincident&text=list&trigger_id=1&user_id=U1&channel_id=C1';
    const signature = {
      'x-slack-signature': 'v0=00',
      'x-slack-request-timestamp': String(Date.now() / 1000),
    };
    expect(await post(bot, body, {})).toBe(401);
    expect(await post(bot, body, signature)).toBe(401);
    expect(bot.recorded()).toEqual([]);
  });
});

function post(bot: Bot, body: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${bot.address}/slack/events`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      },
      (response) => resolve(response.statusCode ?? 0),
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
