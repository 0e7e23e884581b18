import type { OutsideErrorKind } from '../errors.ts';

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
