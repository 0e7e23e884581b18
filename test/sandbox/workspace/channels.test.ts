import { describe, expect, it } from 'vitest';
import { aScene, refusalOf } from './fixture.ts';

describe('channels', () => {
  it.each([
    ['Bad Name', 'invalid_name_specials'],
    ['x'.repeat(81), 'invalid_name_maxlength'],
    ['ops', 'name_taken'],
    ['--', 'invalid_name_punctuation'],
  ])('refuses the name %s with %s', async (name, error) => {
    const { client } = await aScene();

    expect((await refusalOf(client.conversations.create({ name })))['error']).toBe(error);
  });

  it('invites nobody when one cannot be, and the others with force', async () => {
    const { client, workspace, ana, ben } = await aScene();
    const { channel } = await client.conversations.create({ name: 'inc-1' });
    const id = channel?.id ?? '';
    await client.conversations.invite({ channel: id, users: ana.id });
    const users = `${ana.id},${ben.id}`;
    const members = () => workspace.state.channels.get(id)?.members;

    const refusal = await refusalOf(client.conversations.invite({ channel: id, users }));

    expect(refusal).toMatchObject({
      error: 'already_in_channel',
      errors: [{ user: ana.id, error: 'already_in_channel' }],
    });
    expect(members()).not.toContain(ben.id);

    await client.conversations.invite({ channel: id, users, force: true });

    expect(members()).toContain(ben.id);
  });

  it('takes no messages once archived or where the bot is not a member', async () => {
    const { client, workspace, channel } = await aScene();
    const other = workspace.addChannel({ name: 'other' });
    const post = (id: string) => refusalOf(client.chat.postMessage({ channel: id, text: 'x' }));
    await client.conversations.archive({ channel: channel.id });

    expect((await post(channel.id))['error']).toBe('is_archived');
    expect((await post(other.id))['error']).toBe('not_in_channel');
    expect((await post('C0NOWHERE'))['error']).toBe('channel_not_found');
  });
});

describe('people', () => {
  it('shows a person with their zone, and a group with its members', async () => {
    const { client, workspace, ben } = await aScene();
    const group = workspace.addGroup({ handle: 'sre', members: ['ben'] });

    const { user } = await client.users.info({ user: ben.id });
    const { users } = await client.usergroups.users.list({ usergroup: group.id });

    expect(user).toMatchObject({ name: 'ben', tz: 'Asia/Tokyo', tz_offset: 32_400 });
    expect(users).toEqual([ben.id]);
    expect((await refusalOf(client.users.info({ user: 'U0NOBODY' })))['error']).toBe(
      'user_not_found',
    );
  });
});
