/** Every kind of alert source against every kind of bad input: an answer for the machine, and nothing wrong in Slack or lost. */

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ALERT_PAYLOADS } from '../../../src/commands/alert-payloads.ts';
import { aBot, type Bot } from '../../support/a-bot.ts';
import { alertmanager, azure, datadog, pagerDuty } from '../../support/alert-payloads.ts';
import { PATIENT } from '../../support/patient.ts';
import { settled } from '../watch.ts';
import { isHarmless, NASTY } from './bad-input.ts';

type Kind = keyof typeof ALERT_PAYLOADS;
const KINDS = Object.keys(ALERT_PAYLOADS) as Kind[];
const SECRET = 'a-secret-of-some-length';
const LIMIT = 256 * 1024;

/** What a source of the kind sends of one alert with these words. */
function payloadOf(kind: Kind, words: string, key: string, isOver = false): unknown {
  switch (kind) {
    case 'alertmanager':
    case 'grafana': {
      const [first] = alertmanager.alerts;
      const annotations = { summary: words, description: words };
      const status = isOver ? 'resolved' : 'firing';
      return { ...alertmanager, alerts: [{ ...first, status, annotations, fingerprint: key }] };
    }
    case 'datadog': {
      const transition = isOver ? 'Recovered' : 'Triggered';
      return {
        ...datadog,
        aggreg_key: key,
        alert_transition: transition,
        title: words,
        body: words,
      };
    }
    case 'pagerduty': {
      const { event } = pagerDuty(isOver ? 'incident.resolved' : 'incident.triggered');
      return { event: { ...event, data: { ...event.data, id: key, title: words } } };
    }
    case 'azure-monitor': {
      const essentials = {
        ...azure.data.essentials,
        alertId: key,
        alertRule: words,
        description: words,
        monitorCondition: isOver ? 'Resolved' : 'Fired',
      };
      return { ...azure, data: { ...azure.data, essentials } };
    }
    case 'generic': {
      const status = isOver ? 'resolved' : 'firing';
      return {
        title: words,
        text: words,
        key,
        status,
        service: 'checkout',
        environment: 'production',
      };
    }
  }
}

function start(test: Parameters<typeof aBot>[0], kind: Kind): Promise<Bot> {
  const source = `{ tests: { kind: ${kind}, secret: ${SECRET} } }`;
  return aBot(test, {
    mode: 'http',
    config: (text) => text.replace('incidents:\n', `incidents:\n  alerts: ${source}\n`),
  });
}

interface Answer {
  readonly status: number;
  readonly words: string;
}

async function send(
  bot: Bot,
  body: unknown,
  headers: Readonly<Record<string, string>> = { authorization: `Bearer ${SECRET}` },
  method = 'POST',
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${bot.address}/alerts/tests`, {
    method,
    headers,
    ...(method === 'GET' ? {} : { body: text }),
  });
  return { status: response.status, words: await response.text() };
}

/** What the channel is asked. */
function asked({ stage }: Bot): readonly string[] {
  return [...stage.workspace.state.channels.values()]
    .filter(({ name }) => name === 'incidents')
    .flatMap(({ messages }) => messages.map(({ text }) => text))
    .filter((text) => text.startsWith('Alert'));
}

describe.concurrent.for(KINDS)('a source of kind %s', PATIENT, (kind) => {
  it('refuses what is not authentic, malformed or too long in words for a machine, and records nothing', async (test) => {
    const bot = await start(test, kind);
    const good = payloadOf(kind, 'Errors', 'k1');
    const signed = createHmac('sha256', SECRET).update('another body').digest('hex');

    for (const headers of [
      {},
      { authorization: `Bearer ${SECRET}x` },
      { authorization: SECRET },
      { 'x-pagerduty-signature': `v1=${signed}` },
    ]) {
      const { status, words } = await send(bot, good, headers);
      expect([status, words]).toEqual([401, 'The secret of this source is missing or wrong.\n']);
    }
    for (const body of [
      '',
      '{',
      'null',
      '[]',
      '{}',
      '7',
      '"x"',
      spoiled(good, 7),
      spoiled(good, {}),
    ]) {
      const { status, words } = await send(bot, body);
      expect([status, words]).toEqual([
        400,
        expect.stringMatching(/^This is not (JSON|an alert of )/),
      ]);
      expect(words).not.toMatch(/\.ts:\d|ZodError|\[object/);
    }
    expect((await send(bot, ' '.repeat(LIMIT + 1))).status).toBe(413);
    expect((await send(bot, good, undefined, 'GET')).status).toBe(405);

    await settled(bot);
    expect(bot.entriesOf('alerts')).toEqual([]);
    expect(asked(bot)).toEqual([]);
    expect(bot.logged).toEqual([]);
  });

  it('takes an alert once, whenever and however often it comes, and shows its words harmlessly', async (test) => {
    const bot = await start(test, kind);
    const { ben } = bot.stage.people;
    const early = await send(bot, payloadOf(kind, 'Never heard of', 'k0', true));
    expect(early.status).toBe(200);
    expect(bot.entriesOf('alerts')).toEqual([]);

    const nasty = payloadOf(kind, `${NASTY} ${'x'.repeat(10_000)}`, 'k1');
    const answers = await Promise.all([1, 2, 3].map(() => send(bot, nasty)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await ben.sees('it is slow', { channel: 'incidents' });
    await settled(bot);
    const received = () => bot.entriesOf('alerts').filter(({ type }) => type === 'alert.received');
    expect(received()).toHaveLength(1);
    expect(asked(bot)).toHaveLength(1);
    expect(isHarmless(bot)).toEqual([]);

    expect((await send(bot, payloadOf(kind, 'it is slow', 'k1', true))).status).toBe(200);
    expect(received()).toHaveLength(2);
    expect(bot.logged).toEqual([]);
  });

  it('asks anew about what fires once the incident of the earlier ones is over', async (test) => {
    const bot = await start(test, kind);
    const { ana, ben } = bot.stage.people;
    await send(bot, payloadOf(kind, 'Errors', 'k1'));
    await ana.click('Declare, plan rollback', { channel: 'incidents' });
    await ben.sees('Declared as INC-0001', { channel: 'incidents' });
    await send(bot, payloadOf(kind, 'More errors', 'k2'));
    await ben.sees('More errors', { channel: 'incidents' });
    expect(asked(bot)).toHaveLength(1);

    const channel = 'inc-0001-errors';
    await ana.sees('Ana has joined the channel', { channel });
    await ana.command(channel, '/incident command');
    await ana.command(channel, '/incident resolve it was the network');
    await ana.sees('is resolved', { channel });
    await send(bot, payloadOf(kind, 'Errors again', 'k3'));
    await ben.sees('Errors again', { channel: 'incidents' });
    await settled(bot);
    expect(asked(bot)).toHaveLength(2);
  });
});

/** Every leaf of it is something else. */
function spoiled(value: unknown, by: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => spoiled(each, by));
  if (typeof value !== 'object' || value === null) return by;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, spoiled(each, by)]));
}
