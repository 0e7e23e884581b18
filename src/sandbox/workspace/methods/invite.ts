/** conversations.invite: up to 100 people at once, each with their own error. */

import { channelView } from '../channel-view.ts';
import type { Json } from '../json.ts';
import { joinChannel } from '../membership.ts';
import { type ChannelRecord, SlackError } from '../model.ts';
import type { Slack } from '../slack.ts';
import { flag, ids } from './args.ts';
import { activeChannel, notDirect } from './find.ts';

const MAX_INVITED = 100;

/** Invites all people or, when one of them cannot be, nobody; `force` invites those who can. */
export function invite(slack: Slack, args: Json): Json {
  const channel = notDirect(activeChannel(slack, args));
  const users = [...new Set(ids(args, 'users'))];
  if (users.length === 0) throw new SlackError('no_user');
  if (users.length > MAX_INVITED) throw new SlackError('too_many_users');
  const errors = users.flatMap((user) => {
    const error = obstacle(slack, channel, user);
    return error === undefined ? [] : [{ user, ok: false, error }];
  });
  const [first] = errors;
  const able = users.filter((user) => !errors.some((error) => error.user === user));
  if (first && (able.length === 0 || !flag(args, 'force'))) {
    throw new SlackError(first.error, { errors });
  }
  for (const user of able) joinChannel(slack, channel, user, slack.state.botUserId);
  return { channel: channelView(slack, channel), ...(first ? { errors } : {}) };
}

function obstacle(slack: Slack, channel: ChannelRecord, id: string): string | undefined {
  if (id === slack.state.botUserId) return 'cant_invite_self';
  const user = slack.state.users.get(id);
  if (!user) return 'user_not_found';
  if (user.deactivated) return 'cant_invite';
  return channel.members.includes(id) ? 'already_in_channel' : undefined;
}
