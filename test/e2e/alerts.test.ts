/** Alerts over HTTP: taken when they are authentic, gathered, and one click away from a plan. */

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aBot, type Bot, type Mode } from '../support/a-bot.ts';
import { alertmanager, azure, datadog, pagerDuty } from '../support/alert-payloads.ts';
import { settled } from './watch.ts';

const SECRET = 'a-secret-of-some-length';
const ALERT = { title: 'Checkout answers 500', service: 'checkout', text: '<!channel> 38 % fail' };

function withSources(text: string): string {
  return text.replace(
    'incidents:\n',
    `incidents:\n  alerts: { tests: { kind: generic, secret: ${SECRET} }, pager: { kind: pagerduty, secret: ${SECRET} } }\n`,
  );
}

async function send(
  bot: Bot,
  body: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${SECRET}` },
  path = '/alerts/tests',
): Promise<number> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (await fetch(bot.address + path, { method: 'POST', headers, body: text })).status;
}

function announced(bot: Bot): readonly string[] {
  return [...bot.stage.workspace.state.channels.values()]
    .filter(({ name }) => name === 'incidents')
    .flatMap(({ messages }) => messages.map(({ text }) => text ?? ''));
}

describe.concurrent.for<Mode>(['socket', 'http'])('an alert over %s', (mode) => {
  it('asks once, tells what went live, and one click declares and plans', async (test) => {
    const bot = await aBot(test, { mode, config: withSources });
    const { ana, ben } = bot.stage.people;
    expect(await send(bot, ALERT)).toBe(200);
    expect(await send(bot, ALERT)).toBe(200);
    expect(await send(bot, { ...ALERT, title: 'Checkout is slow' })).toBe(200);
    await ben.sees('Went live last', { channel: 'incidents' });
    await ben.sees('2 alerts firing of 2', { channel: 'incidents' });
    await bot.restart();
    await settled(bot);
    expect(announced(bot).filter((text) => text.startsWith('Alert from tests'))).toHaveLength(1);

    await ana.click('Declare, plan rollback', { channel: 'incidents' });
    await ben.sees('Declared as INC-0001', { channel: 'incidents' });
    await ana.sees('Request approval', { channel: 'inc-0001-checkout-is-slow' });
    expect(bot.incident()).toMatchObject({ alert: 'A1', service: 'checkout' });
    expect(announced(bot).join()).not.toContain('<!channel>');
    expect(bot.logged).toEqual([]);
  });
});

describe.concurrent('the alert webhook', () => {
  it('refuses what it cannot trust or read, and records nothing of it', async (test) => {
    const bot = await aBot(test, { config: withSources });
    const good = { authorization: `Bearer ${SECRET}` };
    expect(await send(bot, ALERT, {})).toBe(401);
    expect(await send(bot, ALERT, { authorization: `Bearer ${SECRET}x` })).toBe(401);
    expect(await send(bot, ALERT, good, '/alerts/nobody')).toBe(404);
    expect(await send(bot, '{', good)).toBe(400);
    expect(await send(bot, { title: 7 }, good)).toBe(400);
    expect(await send(bot, { title: 'x'.repeat(300_000) }, good)).toBe(413);
    expect((await fetch(`${bot.address}/alerts/tests`)).status).toBe(405);
    await settled(bot);
    expect(announced(bot).filter((text) => text.startsWith('Alert'))).toEqual([]);

    expect(await send(bot, ALERT, {}, `/alerts/tests?token=${SECRET}`)).toBe(200);
    const body = JSON.stringify({
      event: { event_type: 'incident.triggered', data: { id: 'P1', title: 'Paged' } },
    });
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    const signed = { 'x-pagerduty-signature': `v1=00,v1=${signature}` };
    expect(await send(bot, `${body} `, signed, '/alerts/pager')).toBe(401);
    expect(await send(bot, body, signed, '/alerts/pager')).toBe(200);
    await bot.stage.people.ben.sees('Paged', { channel: 'incidents' });
    expect(bot.logged).toEqual([]);
  });

  it('takes every kind that it knows, groups by service, and asks nothing twice, also after a restart', async (test) => {
    const sources = ['alertmanager', 'azure-monitor', 'datadog', 'grafana', 'pagerduty', 'generic'];
    const listed = sources.map((kind) => `${kind}: { kind: ${kind}, secret: ${SECRET} }`);
    const bot = await aBot(test, {
      config: (text) =>
        text.replace('incidents:\n', `incidents:\n  alerts: { ${listed.join(', ')} }\n`),
    });
    const payloads: Readonly<Record<string, unknown>> = {
      alertmanager: { ...alertmanager, alerts: alertmanager.alerts.slice(0, 1) },
      'azure-monitor': azure,
      datadog,
      grafana: { ...alertmanager, alerts: alertmanager.alerts.slice(0, 1), orgId: 1 },
      pagerduty: pagerDuty('incident.triggered'),
      generic: ALERT,
    };
    const sendAll = () =>
      Promise.all(sources.map((kind) => send(bot, payloads[kind], undefined, `/alerts/${kind}`)));

    expect(await sendAll()).toEqual(sources.map(() => 200));
    await bot.stage.people.ben.sees('Went live last', { channel: 'incidents' });
    await settled(bot);
    const asked = announced(bot).filter((text) => text.startsWith('Alert'));
    await bot.restart();
    expect(await sendAll()).toEqual(sources.map(() => 200));
    await settled(bot);

    expect(asked.length).toBeGreaterThan(0);
    expect(announced(bot).filter((text) => text.startsWith('Alert'))).toEqual(asked);
    expect(await send(bot, payloads['datadog'], {}, '/alerts/datadog')).toBe(401);
    expect(bot.logged).toEqual([]);
  });

  it('is dismissed by a person, or declared through the form, once', async (test) => {
    const bot = await aBot(test, { config: withSources });
    const { ana, ben } = bot.stage.people;
    await send(bot, { title: 'Disk is filling' });
    await ana.click('Not an incident', { channel: 'incidents' });
    await ben.sees('Not an incident, says Ana', { channel: 'incidents' });
    await send(bot, ALERT);
    await ana.click('Declare…', { channel: 'incidents' });
    await ana.seesModal('Checkout answers 500');
    await ben.click('Declare…', { channel: 'incidents' });
    await ana.submit();
    await ben.sees('Declared as INC-0001', { channel: 'incidents' });
    await ben.submit();
    expect(Object.values(ben.modal()?.errors ?? {}).join()).toMatch(/INC-0001 was declared/);
    expect(bot.incidents()).toHaveLength(1);
    expect(bot.logged).toEqual([]);
  });
});
