/** The parts that Slack's interaction payloads have in common. */
import { asObject, asText, type Json } from './json.ts';
import type { ChannelRecord, Message } from './model.ts';
import type { Slack } from './slack.ts';
import { viewJson } from './view-json.ts';
import type { ViewRecord } from './view-record.ts';

/** Where a person acted: a message in a channel (seen by them alone when `ephemeral`), a modal or the home tab. */
export type Source =
  | { readonly channel: ChannelRecord; readonly message: Message }
  | { readonly view: ViewRecord };

/** Team, user and app, as every interaction has them. */
export function commonFields(slack: Slack, user: string): Json {
  const { state } = slack;
  const name = state.users.get(user)?.name ?? user;
  return {
    team: { id: state.teamId, domain: state.domain },
    user: { id: user, username: name, name, team_id: state.teamId },
    api_app_id: state.appId,
    token: 'verification-token',
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** The channel of a payload; private ones and direct messages keep their names to themselves. */
export function channelField(channel: ChannelRecord): Json {
  const name = { public: channel.name, private: 'privategroup', im: 'directmessage' };
  return { id: channel.id, name: name[channel.kind] };
}

/** A message as payloads repeat it: without its metadata. */
export function messageField(message: Message): Json {
  const { metadata: _, ...shown } = message;
  return shown;
}

/** container, and either channel, message and response_url or view. An ephemeral message is not repeated, as with Slack. */
export function sourceFields(slack: Slack, user: string, source: Source): Json {
  if ('view' in source) {
    return {
      container: { type: 'view', view_id: source.view.id },
      view: viewJson(slack, source.view),
    };
  }
  const { channel, message } = source;
  const ephemeral = message.is_ephemeral === true;
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: ephemeral,
      ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    },
    channel: channelField(channel),
    ...(ephemeral ? {} : { message: messageField(message) }),
    response_url: slack.newResponseUrl({
      channel: channel.id,
      user,
      original: { ts: message.ts, ephemeral },
    }),
  };
}

/** One response_url for each conversation chosen in an input with response_url_enabled. */
export function responseUrls(slack: Slack, user: string, view: ViewRecord): readonly Json[] {
  return view.body.blocks.flatMap((block) => {
    const element = asObject(block['element']);
    if (element?.['response_url_enabled'] !== true) return [];
    const actionId = asText(element['action_id']) ?? '';
    const value = view.values.get(JSON.stringify([block.block_id, actionId]));
    const chosen = asText(value?.['selected_conversation'] ?? value?.['selected_channel']);
    if (chosen === undefined) return [];
    const response_url = slack.newResponseUrl({ channel: chosen, user });
    return [{ block_id: block.block_id, action_id: actionId, channel_id: chosen, response_url }];
  });
}
