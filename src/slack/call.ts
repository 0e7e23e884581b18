/** One call to Slack's Web API: rate limits waited for, repeats only where they are safe, every failure in one shape. */

import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRequestError } from '@slack/web-api';
import type { Clock } from '../clock.ts';
import { messageOf, OutsideError, type OutsideErrorKind } from '../errors.ts';
import type { RateLimits } from './rate-limits.ts';

export interface CallDetail {
  /** As Slack calls it, such as `chat.update`: the name that a rate limit is of. */
  readonly method: string;
  /** Imperative, for the error: `post a message`. */
  readonly attempted: string;
  readonly on: string;
  /** True when sending it twice does the same as once. Only then is it sent again after a lost answer. */
  readonly repeatable: boolean;
}

export interface CallContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The same for all who speak with the token. */
  readonly limits: RateLimits;
}

/** Slack limits it in each channel by itself: a busy one must not hold up the others. */
const LIMITED_BY_CHANNEL = 'chat.postMessage';

const RETRY_PAUSES_MS = [300, 1_000, 3_000];

/**
 * Sends the call, waiting out rate limits for as long as Slack asks.
 * @throws OutsideError; `ambiguous` when the answer to a call that must not be repeated was lost.
 */
export async function callSlack<T>(
  detail: CallDetail,
  { clock, signal, limits }: CallContext,
  send: () => Promise<T>,
): Promise<T> {
  const { method, on } = detail;
  const name = method === LIMITED_BY_CHANNEL ? `${method} ${on}` : method;
  let failures = 0;
  for (;;) {
    try {
      return await limits.keep(name, signal, send);
    } catch (error) {
      const next = RETRY_PAUSES_MS[failures];
      if (!isLost(error) || !detail.repeatable || next === undefined)
        throw asOutside(error, detail);
      failures += 1;
      await clock.sleep(next, signal);
      if (signal.aborted) throw asOutside(error, detail);
    }
  }
}

/** The code of Slack's answer, such as `name_taken`; undefined for any other failure. */
export function slackCode(error: unknown): string | undefined {
  return error instanceof OutsideError ? error.detail.code : undefined;
}

function isLost(error: unknown): boolean {
  if (error instanceof WebAPIRequestError) return true;
  if (error instanceof WebAPIHTTPError) return error.statusCode >= 500;
  return error instanceof WebAPIPlatformError && UNSURE.has(error.data.error);
}

/** Answers after which Slack may or may not have done it. */
const UNSURE = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);

const KINDS: Readonly<Record<string, OutsideErrorKind>> = {
  not_authed: 'credentials',
  invalid_auth: 'credentials',
  account_inactive: 'credentials',
  token_revoked: 'credentials',
  token_expired: 'credentials',
  missing_scope: 'permission',
  restricted_action: 'permission',
  not_in_channel: 'permission',
  no_permission: 'permission',
  channel_not_found: 'not-found',
  message_not_found: 'not-found',
  user_not_found: 'not-found',
  no_such_subteam: 'not-found',
};

const NEXT: Readonly<Partial<Record<OutsideErrorKind, string>>> = {
  credentials:
    'Put a valid token into the configuration (Slack app settings, "OAuth & Permissions") and restart.',
  'not-found': 'Check the id in backstop.yaml.',
  unavailable: 'Slack may have an outage; see status.slack.com. Backstop tries again.',
  ambiguous:
    'Slack may have an outage; see status.slack.com. Backstop looks before it tries again.',
};

function asOutside(error: unknown, { attempted, on, repeatable }: CallDetail): OutsideError {
  const shared = { system: 'Slack', attempted, on, cause: error };
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    const kind = UNSURE.has(code) ? lostKind(repeatable) : (KINDS[code] ?? 'rejected');
    return new OutsideError({ ...shared, kind, code, next: nextFor(code, error.data, kind) });
  }
  const status = error instanceof WebAPIHTTPError ? error.statusCode : undefined;
  const kind = status !== undefined && status < 500 ? 'rejected' : lostKind(repeatable);
  return new OutsideError({
    ...shared,
    kind,
    status,
    answer: messageOf(error),
    next: NEXT[kind] ?? 'See the log for details.',
  });
}

function lostKind(repeatable: boolean): OutsideErrorKind {
  return repeatable ? 'unavailable' : 'ambiguous';
}

function nextFor(code: string, data: object, kind: OutsideErrorKind): string {
  if (code === 'missing_scope') {
    const needed = 'needed' in data ? String(data.needed) : 'it names';
    return `Add the scope ${needed} in the app settings and reinstall the app.`;
  }
  if (code === 'not_in_channel') return 'Invite the bot to that channel: /invite @Backstop.';
  return NEXT[kind] ?? `See docs.slack.dev for "${code}".`;
}
