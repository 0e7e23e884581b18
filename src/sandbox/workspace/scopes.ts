/** Which bot scopes a method or an event needs (docs.slack.dev/reference/methods and /events). */
import type { ChannelKind } from './model.ts';

/** `anyOf`: one of these is enough. `byKind`: one of those for the kind of conversation the call is about. */
export type ScopeRule =
  | { readonly anyOf: readonly string[] }
  | { readonly byKind: Readonly<Record<ChannelKind, readonly string[]>> };

const NONE: ScopeRule = { anyOf: [] };
const READ: ScopeRule = {
  byKind: { public: ['channels:read'], private: ['groups:read'], im: ['im:read'] },
};
const HISTORY: ScopeRule = {
  byKind: { public: ['channels:history'], private: ['groups:history'], im: ['im:history'] },
};
const MANAGE: ScopeRule = {
  byKind: { public: ['channels:manage'], private: ['groups:write'], im: ['im:write'] },
};
const INVITE: ScopeRule = {
  byKind: {
    public: ['channels:manage', 'channels:write.invites'],
    private: ['groups:write', 'groups:write.invites'],
    im: ['im:write'],
  },
};
const TOPIC: ScopeRule = {
  byKind: {
    public: ['channels:manage', 'channels:write.topic'],
    private: ['groups:write', 'groups:write.topic'],
    im: ['im:write', 'im:write.topic'],
  },
};

/** Every method the workspace knows, with the scopes that grant it. */
export const METHOD_SCOPES: Readonly<Record<string, ScopeRule>> = {
  'api.test': NONE,
  'auth.test': NONE,
  'apps.connections.open': NONE,
  'blocks.validate': NONE,
  'bookmarks.add': { anyOf: ['bookmarks:write'] },
  'bookmarks.edit': { anyOf: ['bookmarks:write'] },
  'bookmarks.list': { anyOf: ['bookmarks:read'] },
  'bookmarks.remove': { anyOf: ['bookmarks:write'] },
  'bots.info': { anyOf: ['users:read'] },
  'canvases.edit': { anyOf: ['canvases:write'] },
  'canvases.sections.lookup': { anyOf: ['canvases:read'] },
  'chat.delete': { anyOf: ['chat:write'] },
  'chat.getPermalink': NONE,
  'chat.postEphemeral': { anyOf: ['chat:write'] },
  'chat.postMessage': { anyOf: ['chat:write'] },
  'chat.update': { anyOf: ['chat:write'] },
  'conversations.archive': MANAGE,
  'conversations.canvases.create': { anyOf: ['canvases:write'] },
  'conversations.create': MANAGE,
  'conversations.history': HISTORY,
  'conversations.info': READ,
  'conversations.invite': INVITE,
  'conversations.join': { anyOf: ['channels:join'] },
  'conversations.kick': MANAGE,
  'conversations.leave': MANAGE,
  'conversations.list': READ,
  'conversations.members': READ,
  'conversations.open': { anyOf: ['im:write', 'mpim:write'] },
  'conversations.rename': MANAGE,
  'conversations.replies': HISTORY,
  'conversations.setPurpose': TOPIC,
  'conversations.setTopic': TOPIC,
  'conversations.unarchive': MANAGE,
  'files.completeUploadExternal': { anyOf: ['files:write'] },
  'files.getUploadURLExternal': { anyOf: ['files:write'] },
  'files.info': { anyOf: ['files:read'] },
  'pins.add': { anyOf: ['pins:write'] },
  'pins.list': { anyOf: ['pins:read'] },
  'pins.remove': { anyOf: ['pins:write'] },
  'reactions.add': { anyOf: ['reactions:write'] },
  'reactions.remove': { anyOf: ['reactions:write'] },
  'team.info': { anyOf: ['team:read'] },
  'usergroups.list': { anyOf: ['usergroups:read'] },
  'usergroups.users.list': { anyOf: ['usergroups:read'] },
  'users.info': { anyOf: ['users:read'] },
  'users.list': { anyOf: ['users:read'] },
  'users.lookupByEmail': { anyOf: ['users:read.email'] },
  'views.open': NONE,
  'views.publish': NONE,
  'views.push': NONE,
  'views.update': NONE,
};

/** The scopes an event subscription needs (any one of them); an event that is not here needs none. */
export const EVENT_SCOPES: Readonly<Record<string, readonly string[]>> = {
  app_mention: ['app_mentions:read'],
  channel_archive: ['channels:read'],
  channel_created: ['channels:read'],
  channel_deleted: ['channels:read'],
  channel_id_changed: ['channels:read'],
  channel_rename: ['channels:read'],
  channel_unarchive: ['channels:read'],
  group_archive: ['groups:read'],
  group_deleted: ['groups:read'],
  group_rename: ['groups:read'],
  group_unarchive: ['groups:read'],
  file_shared: ['files:read'],
  member_joined_channel: ['channels:read', 'groups:read'],
  member_left_channel: ['channels:read', 'groups:read'],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  pin_added: ['pins:read'],
  pin_removed: ['pins:read'],
  reaction_added: ['reactions:read'],
  reaction_removed: ['reactions:read'],
  subteam_created: ['usergroups:read'],
  subteam_members_changed: ['usergroups:read'],
  subteam_updated: ['usergroups:read'],
  team_join: ['users:read'],
  user_change: ['users:read'],
};

/** Every scope that could grant the method, over all kinds of conversation; empty when it needs none or is unknown. */
export function scopesOf(method: string): readonly string[] {
  const rule = METHOD_SCOPES[method];
  if (!rule) return [];
  return 'anyOf' in rule ? rule.anyOf : Object.values(rule.byKind).flat();
}

/** The scopes of which one is needed to use the method on a conversation of that kind. */
export function scopesFor(method: string, kind: ChannelKind): readonly string[] {
  const rule = METHOD_SCOPES[method];
  if (!rule) return [];
  return 'anyOf' in rule ? rule.anyOf : rule.byKind[kind];
}
