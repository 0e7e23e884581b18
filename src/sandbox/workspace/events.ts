/** Events API: an event reaches the app when its manifest subscribes to it and the bot can see where it happened. */
import type { Json } from './json.ts';
import type { ChannelKind, ChannelRecord } from './model.ts';
import type { Slack } from './slack.ts';
import { seconds } from './state.ts';

const CHANNEL_TYPE: Readonly<Record<ChannelKind, string>> = {
  public: 'channel',
  private: 'group',
  im: 'im',
};

const MESSAGE_EVENT: Readonly<Record<ChannelKind, string>> = {
  public: 'message.channels',
  private: 'message.groups',
  im: 'message.im',
};

type AppEvent = Json & { readonly type: string };

/** Sends an event that concerns no channel, or all of them. */
export function announce(slack: Slack, event: AppEvent): void {
  if (slack.state.manifest.events.has(event.type)) send(slack, event);
}

/** Sends an event of a channel, if the bot is a member. */
export function announceIn(slack: Slack, channel: ChannelRecord, event: AppEvent): void {
  if (channel.members.includes(slack.state.botUserId)) announce(slack, event);
}

/** Sends a message event to a bot in the channel; `fields` are the event's own besides channel and type. */
export function announceMessage(slack: Slack, channel: ChannelRecord, fields: Json): void {
  if (!channel.members.includes(slack.state.botUserId)) return;
  if (!slack.state.manifest.events.has(MESSAGE_EVENT[channel.kind])) return;
  send(slack, {
    type: 'message',
    event_ts: fields['ts'],
    ...fields,
    channel: channel.id,
    channel_type: CHANNEL_TYPE[channel.kind],
  });
}

function send(slack: Slack, event: AppEvent): void {
  const { state } = slack;
  slack.app.event({
    token: 'verification-token',
    team_id: state.teamId,
    context_team_id: state.teamId,
    context_enterprise_id: null,
    api_app_id: state.appId,
    type: 'event_callback',
    event_id: state.newId('Ev'),
    event_time: seconds(state),
    authorizations: [
      {
        enterprise_id: null,
        team_id: state.teamId,
        user_id: state.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: '4-sandbox',
    event,
  });
}
