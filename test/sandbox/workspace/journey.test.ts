import type { App } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import {
  sendBlockAction,
  sendCommand,
  sendViewSubmission,
} from '../../../src/sandbox/workspace/interaction.ts';
import { valueKey } from '../../../src/sandbox/workspace/view-record.ts';
import { modalStack } from '../../../src/sandbox/workspace/views.ts';
import { anHttpApp, aScene, aSocketApp, type Scene } from './fixture.ts';

const MODAL = {
  type: 'modal' as const,
  callback_id: 'declare.modal',
  title: { type: 'plain_text' as const, text: 'Declare' },
  submit: { type: 'plain_text' as const, text: 'Declare' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'what',
      label: { type: 'plain_text' as const, text: 'What do you see?' },
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
  ],
};

/** Command → modal → channel with a card and a button → a click replaces the card. */
function register(app: App): void {
  app.command('/declare', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: MODAL });
  });
  app.view('declare.modal', async ({ ack, body, view, client }) => {
    const said = view.state.values['what']?.['text']?.value ?? '';
    if (said.length < 5) {
      await ack({ response_action: 'errors', errors: { what: 'Say a little more.' } });
      return;
    }
    await ack();
    const { channel } = await client.conversations.create({ name: 'inc-1' });
    const id = channel?.id ?? '';
    await client.conversations.setTopic({ channel: id, topic: said });
    await client.conversations.invite({ channel: id, users: body.user.id });
    const card = await client.chat.postMessage({
      channel: id,
      text: said,
      blocks: [
        {
          type: 'actions',
          block_id: 'card',
          elements: [
            {
              type: 'button',
              action_id: 'card.claim',
              text: { type: 'plain_text', text: 'Claim' },
              value: 'v1',
            },
          ],
        },
      ],
    });
    await client.pins.add({ channel: id, timestamp: card.ts ?? '' });
  });
  app.action('card.claim', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.channel || !body.message) return;
    const text = `Claimed by <@${body.user.id}>`;
    await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text });
  });
}

async function walk({ workspace, ana, channel }: Scene): Promise<void> {
  const { slack, state } = workspace;

  const ack = await sendCommand(slack, ana.id, channel, '/declare', 'checkout #ops @ben');
  await workspace.settled();

  expect(ack).toMatchObject({ status: 'ok', body: {} });
  expect(workspace.deliveries[0]?.payload['text']).toMatch(/^checkout <#C\w+\|ops> <@U\w+\|ben>$/);
  const [modal] = modalStack(slack, ana.id);
  if (!modal) throw new Error('No modal was opened.');

  const key = valueKey('what', 'text');
  const input = (value: string) => new Map([[key, { type: 'plain_text_input', value }]]);
  const refused = await sendViewSubmission(slack, ana.id, modal, input('no'));

  expect(refused.errors).toEqual({ what: 'Say a little more.' });
  expect(modalStack(slack, ana.id)).toEqual([modal]);

  await sendViewSubmission(slack, ana.id, modal, input('Checkout fails'));
  await workspace.settled();

  expect(modalStack(slack, ana.id)).toEqual([]);
  const created = [...state.channels.values()].find((entry) => entry.name === 'inc-1');
  const card = created?.messages.find((message) => message.blocks);
  if (!created || !card) throw new Error('No channel with a card was made.');
  expect(created).toMatchObject({ topic: 'Checkout fails', pins: [{ ts: card.ts }] });
  expect(created.members).toEqual([state.botUserId, ana.id]);

  await sendBlockAction(
    slack,
    ana.id,
    { channel: created, message: card },
    {
      type: 'button',
      action_id: 'card.claim',
      block_id: 'card',
      value: 'v1',
    },
  );
  await workspace.settled();

  const updated = created.messages.find((message) => message.ts === card.ts);
  expect(updated?.text).toBe(`Claimed by <@${ana.id}>`);
  expect(updated?.blocks).toBeUndefined();
}

describe('a journey from a command to an updated card', () => {
  it('works with a Bolt app in Socket Mode', async () => {
    const scene = await aScene();
    await aSocketApp(scene, register);

    await walk(scene);

    expect(new Set(scene.workspace.deliveries.map(({ via }) => via))).toEqual(new Set(['socket']));
  });

  it('works with a Bolt app that takes signed requests', async () => {
    const scene = await aScene();
    const { url } = await anHttpApp(scene, register);
    await scene.workspace.deliverOverHttp(url);

    await walk(scene);

    expect(new Set(scene.workspace.deliveries.map(({ via }) => via))).toEqual(new Set(['http']));
  });

  it('refuses a request URL whose app has another signing secret', async () => {
    const scene = await aScene();
    const { url } = await anHttpApp(scene, register, 'another-secret');

    await expect(scene.workspace.deliverOverHttp(url)).rejects.toThrow('did not answer');
  });
});
