import type { z } from 'zod';
import { OutsideError, type OutsideErrorKind } from '../errors.ts';
import { codeOf, plainCause } from './redact.ts';

/** Whether the failed request asked for a change, or only read. */
export type Asked = 'read' | 'change';

/** Failures before any byte was sent: the name or the host could not be reached. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * What an HTTP status says about the request. A change answered with 408 or 5xx is ambiguous: a gateway may have given
 * up on something that went on behind it.
 */
export function kindOfStatus(status: number, asked: Asked): OutsideErrorKind {
  if (status === 401) return 'credentials';
  if (status === 403) return 'permission';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 429) return 'throttled';
  if (status === 408 || status >= 500) return asked === 'change' ? 'ambiguous' : 'unavailable';
  if (status >= 400) return 'rejected';
  return 'malformed';
}

/** What a failure without an answer says about the request, by its error code. */
export function kindOfNoAnswer(code: string | undefined, asked: Asked): OutsideErrorKind {
  if (asked === 'read') return 'unavailable';
  return code !== undefined && NEVER_SENT.has(code) ? 'unavailable' : 'ambiguous';
}

/** A `Retry-After` header in milliseconds from `now`: seconds or a date. Undefined when there is none or it makes no sense. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/**
 * How long to wait before trying again, for a sentence: `30 seconds`, `2 minutes`; a minute where the system did not say.
 * @param ms what the system asked for.
 */
export function waitFor(ms: number | undefined): string {
  if (ms === undefined) return 'a minute';
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 120) return seconds === 1 ? 'a second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

/** Why a request was no longer waited for; undefined when it failed by itself. */
export type GaveUp = 'aborted' | 'timed-out' | undefined;

/** Whom a request was made to, for what, and what a person can do about each way it fails. */
export interface Request {
  readonly system: string;
  /** In the imperative: `swap the slots`. */
  readonly attempted: string;
  readonly on: string;
  readonly asked: Asked;
  readonly next: (kind: OutsideErrorKind) => string;
}

const GAVE_UP = { aborted: 'not waited for to the end', 'timed-out': 'no answer in time' } as const;

/**
 * A request that got no answer, whatever was thrown for it.
 * @param o.isLogin true when it was not sent because no token could be had for it.
 */
export function unanswered(
  request: Request,
  thrown: unknown,
  o: { readonly gaveUp: GaveUp; readonly secrets: readonly string[]; readonly isLogin?: boolean },
): OutsideError {
  const { system, attempted, on, asked, next } = request;
  const code = o.gaveUp ? undefined : codeOf(thrown);
  const kind = o.isLogin && !o.gaveUp ? 'credentials' : kindOfNoAnswer(code, asked);
  const cause = plainCause(thrown, o.secrets);
  const answer = o.gaveUp ? GAVE_UP[o.gaveUp] : cause.message;
  return new OutsideError({ kind, system, attempted, on, code, answer, next: next(kind), cause });
}

/**
 * The parts of an answer that are used, checked.
 * @throws OutsideError of kind `malformed` that names them, without their values.
 */
export function understood<T extends z.ZodType>(
  schema: T,
  answer: unknown,
  request: Pick<Request, 'system' | 'attempted' | 'on' | 'next'>,
): z.infer<T> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  const { system, attempted, on, next } = request;
  throw new OutsideError({
    kind: 'malformed',
    system,
    attempted,
    on,
    answer: paths ? `unexpected ${paths}` : 'the answer could not be read',
    next: next('malformed'),
  });
}
