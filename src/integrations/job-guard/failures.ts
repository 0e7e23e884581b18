import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import {
  type Asked,
  type GaveUp,
  kindOfStatus,
  retryAfterMs,
  unanswered,
  waitFor,
} from '../failure.ts';
import { codeOf, plainCause, redact } from '../redact.ts';

interface Attempt {
  readonly asked: Asked;
  readonly attempted: string;
  readonly on: string;
}

/** What the app answered with a failing status, as an OutsideError. */
export function answerError(
  what: Attempt,
  answer: { readonly status: number; readonly body: string; readonly retryAfter: string | null },
  secrets: readonly string[],
): OutsideError {
  const { status, body, retryAfter } = answer;
  const kind = kindOfStatus(status, what.asked);
  const waitMs = retryAfterMs(retryAfter ?? undefined, Date.now());
  const words = body.replace(/<[^>]*>/g, ' ').trim();
  return new OutsideError({
    kind,
    system: 'The app',
    attempted: what.attempted,
    on: what.on,
    status,
    answer: words === '' ? undefined : redact(words, secrets),
    retryAfterMs: waitMs,
    next: endpointNext(kind, waitMs),
  });
}

/** A request to the app that got no answer, or one that could not be read. */
export function noAnswerError(
  what: Attempt,
  thrown: unknown,
  gaveUp: GaveUp,
  secrets: readonly string[],
): OutsideError {
  return unanswered({ ...what, system: 'The app', next: (kind) => endpointNext(kind) }, thrown, {
    gaveUp,
    secrets,
  });
}

/** An answer that says something else than the README asks for. */
export function unreadableError(what: Attempt, found: string): OutsideError {
  const kind = what.asked === 'change' ? 'ambiguous' : 'malformed';
  return new OutsideError({
    kind,
    system: 'The app',
    attempted: what.attempted,
    on: what.on,
    answer: found,
    next: endpointNext(kind),
  });
}

/** What PostgreSQL or the way to it threw, as an OutsideError. */
export function databaseError(
  thrown: unknown,
  on: string,
  gaveUp: 'timed-out' | undefined,
  secrets: readonly string[],
): OutsideError {
  const code = codeOf(thrown);
  const kind = gaveUp ? 'unavailable' : databaseKind(code);
  const cause = plainCause(thrown, secrets);
  return new OutsideError({
    kind,
    system: 'PostgreSQL',
    attempted: 'read the running jobs',
    on,
    code,
    answer: gaveUp ? 'no answer in time' : cause.message,
    next: databaseNext(kind),
    cause,
  });
}

/** By the classes of SQLSTATE; what is none comes from the connection. */
function databaseKind(code: string | undefined): OutsideErrorKind {
  if (code === undefined) return 'unavailable';
  if (code.startsWith('28')) return 'credentials';
  if (code === '42501') return 'permission';
  if (['42P01', '42703', '3D000', '3F000'].includes(code)) return 'not-found';
  if (/^(08|53|57|58)/.test(code)) return 'unavailable';
  return /^[0-9A-Z]{5}$/.test(code) ? 'rejected' : 'unavailable';
}

function databaseNext(kind: OutsideErrorKind): string {
  switch (kind) {
    case 'credentials':
      return 'Check user and password in `database.url`.';
    case 'permission':
      return 'Grant the role of `database.url` usage of the schema and select on the job tables.';
    case 'not-found':
      return 'Check the database in `database.url`, `schema` and `library` in backstop.yaml.';
    case 'rejected':
      return 'See what the database says; the tables may be those of another version of the library.';
    case 'unavailable':
    case 'busy':
    case 'throttled':
    case 'malformed':
    case 'ambiguous':
      return 'See whether the database answers; until it does nobody knows which jobs run.';
  }
}

function endpointNext(kind: OutsideErrorKind, waitMs?: number): string {
  switch (kind) {
    case 'credentials':
    case 'permission':
      return 'Check `endpoint.token` in backstop.yaml and who may use the endpoint.';
    case 'not-found':
      return 'Check `endpoint.url` in backstop.yaml, and that the app serves the endpoint.';
    case 'throttled':
    case 'busy':
      return `Wait ${waitFor(waitMs)}, then try again.`;
    case 'malformed':
      return "The endpoint must answer as the integration's README says.";
    case 'ambiguous':
      return 'It may have been done: look at the endpoint before anything is repeated.';
    case 'rejected':
      return 'The app refused it, and nothing was changed: see what it says.';
    case 'unavailable':
      return 'See whether the app runs; until it answers nobody knows which jobs run.';
  }
}
