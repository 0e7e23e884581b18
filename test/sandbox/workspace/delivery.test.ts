import { describe, expect, it } from 'vitest';
import {
  sendBlockAction,
  sendCommand,
  sendHomeOpened,
  sendMessageShortcut,
  sendShortcut,
  suggest,
} from '../../../src/sandbox/workspace/interaction.ts';
import { postMessage } from '../../../src/sandbox/workspace/messages.ts';
import { aScene, aSocketApp } from './fixture.ts';

const button = { type: 'button', action_id: 'go', block_id: 'b', value: 'v' };

describe('what people do', () => {
  it('shows a reply to a command to its author only', async () => {
    const scene = await aScene();
    const { workspace, ana, channel } = scene;
    await aSocketApp(scene, (app) => {
      app.command('/declare', async ({ ack }) => ack('No service named x.'));
    });

    await sendCommand(workspace.slack, ana.id, channel, '/declare', 'x');

    expect(channel.messages).toEqual([]);
    expect(channel.ephemerals).toMatchObject([
      { to: ana.id, message: { text: 'No service named x.' } },
    ]);
  });

  it('reports a command the app does not answer in time', async () => {
    const scene = await aScene({ ackTimeoutMs: 60 });
    await aSocketApp(scene, (app) => {
      app.command('/declare', async () => undefined);
    });

    const ack = await sendCommand(
      scene.workspace.slack,
      scene.ana.id,
      scene.channel,
      '/declare',
      '',
    );

    expect(ack.status).toBe('timeout');
  });

  it('replaces and deletes through the response_url of a click, five times at most', async () => {
    const scene = await aScene();
    const { workspace, ana, channel, client } = scene;
    const failures: unknown[] = [];
    await aSocketApp(scene, (app) => {
      app.action('go', async ({ ack, respond }) => {
        await ack();
        await respond({ text: 'replaced', replace_original: true });
        await respond({ text: 'to all', response_type: 'in_channel' });
        for (const text of ['3', '4', '5']) await respond({ text, replace_original: false });
        await respond('6').catch((error: unknown) => failures.push(error));
      });
    });
    const { ts = '' } = await client.chat.postMessage({ channel: channel.id, text: 'first' });
    const [message] = channel.messages;
    if (!message) throw new Error('Nothing was posted.');

    await sendBlockAction(workspace.slack, ana.id, { channel, message }, button);
    await workspace.settled();

    expect(channel.messages.map(({ text }) => text)).toEqual(['replaced', 'to all']);
    expect(channel.messages[0]?.ts).toBe(ts);
    expect(channel.ephemerals.map(({ message: { text } }) => text)).toEqual(['3', '4', '5']);
    expect(failures).toMatchObject([{ statusCode: 404 }]);
  });

  it('lets a response_url expire after half an hour', async () => {
    const { workspace, channel, ana, clock } = await aScene();
    const url = workspace.slack.newResponseUrl({ channel: channel.id, user: ana.id });
    const body = JSON.stringify({ text: 'late' });
    const headers = { 'content-type': 'application/json' };
    clock.ms += 30 * 60_000 + 1;

    const response = await fetch(url, { method: 'POST', body, headers });

    expect(response.status).toBe(404);
    expect(channel.ephemerals).toEqual([]);
  });

  it('reaches shortcuts, options, the home tab and messages', async () => {
    const scene = await aScene();
    const { workspace, ana, channel } = scene;
    const seen: string[] = [];
    await aSocketApp(scene, (app) => {
      app.shortcut('declare.shortcut', async ({ ack }) => {
        seen.push('shortcut');
        await ack();
      });
      app.shortcut('keep.message', async ({ ack, shortcut }) => {
        seen.push(shortcut.type === 'message_action' ? (shortcut.message.text ?? '') : '');
        await ack();
      });
      app.options('pick', async ({ ack, payload }) => {
        const text = { type: 'plain_text' as const, text: payload.value };
        await ack({ options: [{ text, value: 'x' }] });
      });
      app.event('app_home_opened', async ({ event }) => void seen.push(event.tab ?? ''));
      app.message(async ({ message }) => void seen.push(message.ts));
    });
    const { slack } = workspace;
    const message = postMessage(slack, channel, { user: ana.id, text: 'look at this' });

    await sendShortcut(slack, ana.id, 'declare.shortcut');
    await sendMessageShortcut(slack, ana.id, channel, message, 'keep.message');
    const input = { block_id: 'b', action_id: 'pick', value: 'pay' };
    const { options } = await suggest(slack, ana.id, { channel, message }, input);
    sendHomeOpened(slack, ana.id);
    await workspace.settled();

    expect(options).toMatchObject([{ text: { text: 'pay' }, value: 'x' }]);
    expect(seen.sort()).toEqual([message.ts, 'home', 'look at this', 'shortcut'].sort());
  });
});
