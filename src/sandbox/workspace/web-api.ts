/** One Web API call: is the method known, who calls, with which scopes, and what is the answer (docs.slack.dev/apis/web-api). */
import type { Json } from './json.ts';
import { text } from './methods/args.ts';
import { listedKinds } from './methods/history.ts';
import { METHODS } from './methods/registry.ts';
import { type ChannelKind, SlackError } from './model.ts';
import { METHOD_SCOPES, scopesFor, scopesOf } from './scopes.ts';
import type { Slack } from './slack.ts';

export interface Tokens {
  /** `xoxb-…` */
  readonly bot: string;
  /** `xapp-…`, for apps.connections.open only. */
  readonly app: string;
}

export interface WebApiOptions {
  readonly slack: Slack;
  readonly tokens: Tokens;
  /** A single-use WebSocket URL. */
  newSocketUrl(): string;
}

const OPEN_TO_ALL = new Set(['api.test', 'blocks.validate']);
const CONNECT = 'apps.connections.open';

/** Answers a call as Slack does: always an object with `ok`, and the error's code and details when it is refused. */
export function answerCall(
  options: WebApiOptions,
  call: { readonly method: string; readonly token: string | undefined; readonly args: Json },
): Json {
  try {
    const { slack } = options;
    const { method, args } = call;
    if (!Object.hasOwn(METHOD_SCOPES, method)) {
      throw new SlackError('unknown_method', { req_method: method });
    }
    checkToken(options.tokens, method, call.token);
    if (method === CONNECT) return { ok: true, url: options.newSocketUrl() };
    checkScopes(slack, method, args);
    const implementation = METHODS[method];
    if (!implementation) throw new SlackError('unknown_method', { req_method: method });
    return { ok: true, ...implementation(slack, args) };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { ok: false, error: error.code, ...error.extra };
  }
}

function checkToken(tokens: Tokens, method: string, token: string | undefined): void {
  if (OPEN_TO_ALL.has(method)) return;
  if (token === undefined || token === '') throw new SlackError('not_authed');
  if (token !== tokens.bot && token !== tokens.app) throw new SlackError('invalid_auth');
  const fits = method === CONNECT ? tokens.app : tokens.bot;
  if (token !== fits) throw new SlackError('not_allowed_token_type');
}

function checkScopes(slack: Slack, method: string, args: Json): void {
  const granted = slack.state.manifest.scopes;
  const kinds = kindsOf(slack, method, args);
  const choices =
    kinds.length > 0 ? kinds.map((kind) => scopesFor(method, kind)) : [scopesOf(method)];
  for (const anyOf of choices) {
    if (anyOf.length === 0 || anyOf.some((scope) => granted.has(scope))) continue;
    throw new SlackError('missing_scope', {
      needed: anyOf.join(','),
      provided: [...granted].join(','),
    });
  }
}

/** The kinds of conversation a call is about; none when it names no conversation that exists. */
function kindsOf(slack: Slack, method: string, args: Json): readonly ChannelKind[] {
  if (method === 'conversations.create') {
    return [String(args['is_private']) === 'true' ? 'private' : 'public'];
  }
  if (method === 'conversations.list') return listedKinds(args);
  const channel = slack.state.channels.get(text(args, 'channel') ?? '');
  return channel ? [channel.kind] : [];
}
