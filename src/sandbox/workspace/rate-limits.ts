/** Slack's rate limits (docs.slack.dev/apis/web-api/rate-limits): a bucket per method, and per channel for posting. */
import type { Json } from './json.ts';

interface Bucket {
  tokens: number;
  /** ms */
  at: number;
}

export interface RateLimits {
  /** Takes one call out of its bucket; otherwise the whole seconds to wait. 0 means: go ahead. */
  take(method: string, args: Json): number;
}

const TIER_2 = 20;
const TIER_3 = 50;
const TIER_4 = 100;

/** Calls per minute; a method that is not here has no limit worth keeping. */
const PER_MINUTE: Readonly<Record<string, number>> = {
  'apps.connections.open': TIER_3,
  'bookmarks.add': TIER_2,
  'bookmarks.edit': TIER_2,
  'bookmarks.list': TIER_3,
  'bookmarks.remove': TIER_2,
  'chat.delete': TIER_3,
  'chat.postEphemeral': TIER_4,
  'chat.update': TIER_3,
  'conversations.archive': TIER_2,
  'conversations.create': TIER_2,
  'conversations.history': TIER_3,
  'conversations.info': TIER_3,
  'conversations.invite': TIER_3,
  'conversations.kick': TIER_3,
  'conversations.list': TIER_2,
  'conversations.members': TIER_4,
  'conversations.open': TIER_3,
  'conversations.rename': TIER_2,
  'conversations.replies': TIER_3,
  'conversations.setPurpose': TIER_2,
  'conversations.setTopic': TIER_2,
  'conversations.unarchive': TIER_2,
  'files.completeUploadExternal': TIER_4,
  'files.getUploadURLExternal': TIER_4,
  'pins.add': TIER_2,
  'pins.list': TIER_2,
  'pins.remove': TIER_2,
  'reactions.add': TIER_3,
  'reactions.remove': TIER_2,
  'usergroups.list': TIER_2,
  'usergroups.users.list': TIER_2,
  'users.info': TIER_4,
  'users.list': TIER_2,
  'users.lookupByEmail': TIER_3,
  'views.open': TIER_4,
  'views.publish': TIER_4,
  'views.push': TIER_4,
  'views.update': TIER_4,
};

/** chat.postMessage: one a second in each channel; Slack tolerates short bursts of unstated size. */
const POSTS_PER_MINUTE = 60;
const POST_BURST = 5;

/** Full buckets, refilled by the clock (ms). */
export function createRateLimits(now: () => number): RateLimits {
  const buckets = new Map<string, Bucket>();
  return {
    take: (method, args) => {
      const posting = method === 'chat.postMessage';
      const perMinute = posting ? POSTS_PER_MINUTE : PER_MINUTE[method];
      if (perMinute === undefined) return 0;
      const size = posting ? POST_BURST : perMinute;
      const key = posting ? `${method} ${String(args['channel'])}` : method;
      const perMs = perMinute / 60_000;
      const known = buckets.get(key) ?? { tokens: size, at: now() };
      const tokens = Math.min(size, known.tokens + (now() - known.at) * perMs);
      const enough = tokens >= 1;
      buckets.set(key, { tokens: enough ? tokens - 1 : tokens, at: now() });
      return enough ? 0 : Math.ceil((1 - tokens) / perMs / 1000);
    },
  };
}
