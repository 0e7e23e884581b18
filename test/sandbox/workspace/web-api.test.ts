import { describe, expect, it } from 'vitest';
import { createWorkspace } from '../../../src/sandbox/workspace/index.ts';
import { METHODS } from '../../../src/sandbox/workspace/methods/registry.ts';
import { METHOD_SCOPES } from '../../../src/sandbox/workspace/scopes.ts';
import { aManifest, aScene, refusalOf } from './fixture.ts';

const button = { type: 'button' as const, text: { type: 'plain_text' as const, text: 'Go' } };

describe('who may call', () => {
  it('knows the scopes of every method it has, and has every method it knows the scopes of', () => {
    expect([...Object.keys(METHODS), 'apps.connections.open'].sort()).toEqual(
      Object.keys(METHOD_SCOPES).sort(),
    );
  });

  it('does not install an app that subscribes to an event without its scope', async () => {
    const manifest = aManifest({ without: ['channels:history'] }).replace(
      '[app_home_opened',
      '[app_home_opened, message.channels',
    );

    await expect(createWorkspace({ manifest })).rejects.toThrow('channels:history');
  });

  it('tells the bot who it is, and refuses an unknown token', async () => {
    const { workspace, client } = await aScene();

    const me = await client.auth.test();

    expect(me).toMatchObject({ user_id: workspace.state.botUserId, bot_id: workspace.state.botId });
    const stranger = await refusalOf(client.auth.test({ token: 'xoxb-somebody-else' }));
    expect(stranger['error']).toBe('invalid_auth');
  });

  it('names the scope that is missing and those that were granted', async () => {
    const { client, channel } = await aScene({ manifest: aManifest({ without: ['pins:write'] }) });

    const refusal = await refusalOf(client.pins.add({ channel: channel.id, timestamp: '1.1' }));

    expect(refusal).toMatchObject({ error: 'missing_scope', needed: 'pins:write' });
    expect(String(refusal['provided'])).toContain('chat:write');
  });

  it('asks for the scope of the kind of channel', async () => {
    const { client, workspace } = await aScene({
      manifest: aManifest({ without: ['groups:history'] }),
    });
    const secret = workspace.addChannel({ name: 'secret', private: true, withBot: true });

    const refusal = await refusalOf(client.conversations.history({ channel: secret.id }));

    expect(refusal).toMatchObject({ error: 'missing_scope', needed: 'groups:history' });
  });

  it('gives no socket for a bot token', async () => {
    const { client } = await aScene();

    const refusal = await refusalOf(client.apiCall('apps.connections.open'));

    expect(refusal['error']).toBe('not_allowed_token_type');
  });

  it('keeps tokens out of the record of calls', async () => {
    const { workspace, client } = await aScene();

    await client.auth.test({ token: workspace.botToken });

    expect(JSON.stringify(workspace.calls)).not.toContain(workspace.botToken);
    expect(workspace.calls).toMatchObject([{ method: 'auth.test', status: 200, applied: true }]);
  });
});

describe('messages', () => {
  it('refuses blocks Slack would refuse, with a pointer to each problem', async () => {
    const { client, channel } = await aScene();
    const blocks = [
      { type: 'actions' as const, elements: Array.from({ length: 26 }, () => button) },
    ];

    const refusal = await refusalOf(
      client.chat.postMessage({ channel: channel.id, text: 'x', blocks }),
    );

    expect(refusal).toMatchObject({
      error: 'invalid_blocks',
      response_metadata: {
        messages: ['[ERROR] no more than 25 items allowed [json-pointer:/blocks/0/elements]'],
      },
    });
  });

  it('refuses an update over 4000 characters and one of a message by somebody else', async () => {
    const { client, channel, workspace, ana } = await aScene();
    const { ts = '' } = await client.chat.postMessage({ channel: channel.id, text: 'x' });
    channel.messages.push({ type: 'message', ts: '5.000001', user: ana.id, text: 'mine' });

    const tooLong = await refusalOf(
      client.chat.update({ channel: channel.id, ts, text: 'y'.repeat(4001) }),
    );
    const foreign = await refusalOf(
      client.chat.update({ channel: channel.id, ts: '5.000001', text: 'yours' }),
    );

    expect(tooLong['error']).toBe('msg_too_long');
    expect(foreign['error']).toBe('cant_update_message');
    expect(workspace.calls.filter(({ answer }) => Object(answer).ok === true)).toHaveLength(1);
  });

  it('posts to a person by opening the direct message', async () => {
    const { client, workspace, ana } = await aScene();

    const { channel } = await client.chat.postMessage({ channel: ana.id, text: 'hello' });

    expect(workspace.state.channels.get(channel ?? '')).toMatchObject({ kind: 'im', with: ana.id });
  });

  it('reads metadata back from history only when asked for it', async () => {
    const { client, channel } = await aScene();
    const metadata = { event_type: 'card', event_payload: { key: 'k1' } };
    await client.chat.postMessage({ channel: channel.id, text: 'x', metadata });
    const read = (include_all_metadata: boolean) =>
      client.conversations.history({ channel: channel.id, include_all_metadata });

    expect((await read(true)).messages?.[0]?.metadata).toEqual(metadata);
    expect((await read(false)).messages?.[0]?.metadata).toBeUndefined();
  });

  it('pages through history, newest first, replies left out', async () => {
    const { client, channel } = await aScene();
    const post = (text: string, thread_ts?: string) =>
      client.chat.postMessage({
        channel: channel.id,
        text,
        ...(thread_ts === undefined ? {} : { thread_ts }),
      });
    const first = await post('1');
    await post('reply', first.ts);
    await post('2');
    await post('3');

    const texts: (string | undefined)[][] = [];
    for await (const page of client.paginate('conversations.history', {
      channel: channel.id,
      limit: 2,
    })) {
      texts.push((page as { messages?: { text?: string }[] }).messages?.map((m) => m.text) ?? []);
    }
    const thread = await client.conversations.replies({ channel: channel.id, ts: first.ts ?? '' });

    expect(texts).toEqual([['3', '2'], ['1']]);
    expect(thread.messages?.map((message) => message.text)).toEqual(['1', 'reply']);
  });

  it('shows an ephemeral message to nobody outside the channel', async () => {
    const { client, channel, workspace, ana } = await aScene();
    const guest = workspace.addUser({ name: 'gil', realName: 'Gil', isGuest: true });
    const show = (user: string) =>
      client.chat.postEphemeral({ channel: channel.id, user, text: 'psst' });

    await show(ana.id);

    expect(channel.ephemerals).toMatchObject([{ to: ana.id, message: { text: 'psst' } }]);
    expect((await refusalOf(show(guest.id)))['error']).toBe('user_not_in_channel');
  });
});

describe('a form or JSON', () => {
  it('reads a JSON body and says so when it is none', async () => {
    const { workspace, channel } = await aScene();
    const call = async (body: string) => {
      const response = await fetch(`${workspace.apiUrl}chat.postMessage`, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${workspace.botToken}`,
        },
      });
      return response.json();
    };

    expect(await call(JSON.stringify({ channel: channel.id, text: 'x' }))).toMatchObject({
      ok: true,
    });
    expect(await call('{"channel"')).toEqual({ ok: false, error: 'invalid_json' });
  });
});
