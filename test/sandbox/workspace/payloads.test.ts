import { describe, expect, it } from 'vitest';
import {
  sendBlockAction,
  sendCommand,
  sendViewSubmission,
} from '../../../src/sandbox/workspace/interaction.ts';
import { modalStack } from '../../../src/sandbox/workspace/views.ts';
import { aScene } from './fixture.ts';

const button = { type: 'button', action_id: 'go', block_id: 'b', value: 'v' };

describe('payloads as Slack sends them', () => {
  it('a command', async () => {
    const { workspace, ana, channel } = await aScene();

    await sendCommand(workspace.slack, ana.id, channel, '/declare', 'now');

    expect(workspace.deliveries[0]?.payload).toEqual({
      token: expect.any(String),
      team_id: workspace.state.teamId,
      team_domain: 'sandbox',
      channel_id: channel.id,
      channel_name: 'ops',
      user_id: ana.id,
      user_name: 'ana',
      command: '/declare',
      text: 'now',
      api_app_id: workspace.state.appId,
      is_enterprise_install: 'false',
      response_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/response\/\w+$/),
      trigger_id: expect.stringMatching(/^\d+\.\d+\.\w+$/),
    });
  });

  it('a click on a message, and on one that only one person sees', async () => {
    const { workspace, ana, channel, client } = await aScene();
    await client.chat.postMessage({ channel: channel.id, text: 'for all' });
    await client.chat.postEphemeral({ channel: channel.id, user: ana.id, text: 'for ana' });
    const [open] = channel.messages;
    const [hidden] = channel.ephemerals;
    if (!open || !hidden) throw new Error('Nothing was posted.');

    for (const message of [open, hidden.message]) {
      await sendBlockAction(workspace.slack, ana.id, { channel, message }, button);
    }

    const clicks = workspace.deliveries.filter(({ kind }) => kind === 'interaction');
    const [first, second] = clicks.map(({ payload }) => payload);
    expect(first).toMatchObject({
      type: 'block_actions',
      user: { id: ana.id, username: 'ana', name: 'ana', team_id: workspace.state.teamId },
      team: { id: workspace.state.teamId, domain: 'sandbox' },
      enterprise: null,
      is_enterprise_install: false,
      container: {
        type: 'message',
        message_ts: open.ts,
        channel_id: channel.id,
        is_ephemeral: false,
      },
      channel: { id: channel.id, name: 'ops' },
      message: { ts: open.ts, bot_id: workspace.state.botId },
      state: { values: {} },
      actions: [{ ...button, action_ts: expect.stringMatching(/^\d+\.\d{6}$/) }],
    });
    expect(second).toMatchObject({ container: { is_ephemeral: true } });
    expect(second).not.toHaveProperty('message');
  });

  it('a submission, with what was typed and chosen and with empty inputs as null', async () => {
    const { workspace, ana, client } = await aScene();
    const label = { type: 'plain_text' as const, text: 'L' };
    const options = [{ text: label, value: 'one' }];
    await client.views.open({
      trigger_id: workspace.state.newTrigger(ana.id),
      view: {
        type: 'modal',
        title: label,
        submit: label,
        callback_id: 'form',
        private_metadata: 'kept',
        blocks: [
          {
            type: 'input',
            block_id: 'a',
            label,
            element: { type: 'plain_text_input', action_id: 'x' },
          },
          {
            type: 'input',
            block_id: 'b',
            label,
            element: {
              type: 'static_select',
              action_id: 'y',
              options,
              initial_option: { text: label, value: 'one' },
            },
          },
        ],
      },
    });
    const [view] = modalStack(workspace.slack, ana.id);
    if (!view) throw new Error('No modal was opened.');

    await sendViewSubmission(workspace.slack, ana.id, view);

    expect(workspace.deliveries[0]?.payload).toMatchObject({
      type: 'view_submission',
      response_urls: [],
      view: {
        id: view.id,
        callback_id: 'form',
        private_metadata: 'kept',
        hash: view.hash,
        root_view_id: view.id,
        previous_view_id: null,
        app_installed_team_id: workspace.state.teamId,
        state: {
          values: {
            a: { x: { type: 'plain_text_input', value: null } },
            b: { y: { type: 'static_select', selected_option: { value: 'one' } } },
          },
        },
      },
    });
  });
});
