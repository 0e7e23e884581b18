/** auth, team, users, bots and user groups. */
import type { Json } from '../json.ts';
import { type GroupRecord, SlackError, type UserRecord } from '../model.ts';
import type { Slack } from '../slack.ts';
import { flag, nextPage, page, required } from './args.ts';
import { findUser } from './find.ts';
import type { Methods } from './method.ts';

const USERS = { usual: 200, max: 1000 };

export const peopleMethods: Methods = {
  'api.test': (_, args) => ({ args }),

  'auth.test': ({ state }) => ({
    url: `https://${state.domain}.slack.com/`,
    team: 'Sandbox',
    user: state.users.get(state.botUserId)?.name,
    team_id: state.teamId,
    user_id: state.botUserId,
    bot_id: state.botId,
    is_enterprise_install: false,
  }),

  'team.info': ({ state }) => ({
    team: {
      id: state.teamId,
      name: 'Sandbox',
      domain: state.domain,
      icon: { image_default: true },
    },
  }),

  'bots.info': ({ state }, args) => {
    if (required(args, 'bot') !== state.botId) throw new SlackError('bot_not_found');
    const { botId, appId, botUserId, manifest } = state;
    const bot = { id: botId, app_id: appId, user_id: botUserId, name: manifest.botName };
    return { bot: { ...bot, deleted: false, updated: 0, icons: {} } };
  },

  'users.info': (slack, args) => ({
    user: userView(slack, findUser(slack, required(args, 'user', 'user_not_found'))),
  }),

  'users.list': (slack, args) => {
    const { items, next } = page([...slack.state.users.values()], args, USERS);
    return { members: items.map((user) => userView(slack, user)), ...nextPage(next) };
  },

  'users.lookupByEmail': (slack, args) => {
    const email = required(args, 'email', 'users_not_found').toLowerCase();
    const user = [...slack.state.users.values()].find(
      (entry) => entry.email.toLowerCase() === email && !entry.deactivated,
    );
    if (!user) throw new SlackError('users_not_found');
    return { user: userView(slack, user) };
  },

  'usergroups.list': (slack, args) => {
    requirePaidPlan(slack);
    const withUsers = flag(args, 'include_users');
    const groups = [...slack.state.groups.values()];
    return { usergroups: groups.map((group) => groupView(slack, group, withUsers)) };
  },

  'usergroups.users.list': (slack, args) => {
    requirePaidPlan(slack);
    const group = slack.state.groups.get(required(args, 'usergroup', 'no_such_subteam'));
    if (!group) throw new SlackError('no_such_subteam');
    return { users: [...group.members] };
  },
};

function requirePaidPlan(slack: Slack): void {
  if (!slack.state.paidPlan) throw new SlackError('plan_upgrade_required');
}

/** An email only shows with users:read.email, as with Slack. */
function userView(slack: Slack, user: UserRecord): Json {
  const withEmail = slack.state.manifest.scopes.has('users:read.email') && user.email !== '';
  return {
    id: user.id,
    team_id: user.team,
    name: user.name,
    real_name: user.realName,
    deleted: user.deactivated,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: user.tzOffset,
    is_admin: false,
    is_owner: false,
    is_bot: user.isBot,
    is_app_user: false,
    is_restricted: user.isGuest,
    is_ultra_restricted: false,
    updated: 0,
    profile: {
      real_name: user.realName,
      real_name_normalized: user.realName,
      display_name: user.isBot ? '' : user.realName,
      display_name_normalized: user.isBot ? '' : user.realName,
      ...(withEmail ? { email: user.email } : {}),
      ...(user.isBot ? { bot_id: slack.state.botId, api_app_id: slack.state.appId } : {}),
      team: user.team,
    },
  };
}

function groupView(slack: Slack, group: GroupRecord, withUsers: boolean): Json {
  return {
    id: group.id,
    team_id: slack.state.teamId,
    is_usergroup: true,
    is_external: false,
    name: group.handle,
    description: '',
    handle: group.handle,
    date_create: group.updated,
    date_update: group.updated,
    date_delete: 0,
    user_count: group.members.length,
    prefs: { channels: [], groups: [] },
    ...(withUsers ? { users: [...group.members] } : {}),
  };
}
