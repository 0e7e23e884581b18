import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import { type Asked, type GaveUp, kindOfStatus, retryAfterMs, unanswered } from '../failure.ts';
import { redact } from '../redact.ts';

/** What is asked of which system, in words. */
export interface Attempt {
  readonly asked: Asked;
  /** In the imperative: `switch the flag off`. */
  readonly attempted: string;
  readonly on: string;
}

/** What a failing answer means in the words of a system, where its status alone does not tell. */
export interface Meaning {
  readonly kind?: OutsideErrorKind | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly next?: string | undefined;
}

/** How failures of one system are told. */
export interface Speech {
  readonly system: string;
  readonly secrets: readonly string[];
  /** Reads a failing answer; `body` is JSON where it was, else text. */
  readonly meaning?: (status: number, body: unknown) => Meaning;
  /** What a person can do next, where that differs from the usual. */
  readonly next?: Readonly<Partial<Record<OutsideErrorKind, string>>>;
}

export interface FailedAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter: string | undefined;
  readonly requestId: string | undefined;
}

/** An answer with a failing status. */
export function answerError(what: Attempt, answer: FailedAnswer, speech: Speech): OutsideError {
  const meant = speech.meaning?.(answer.status, answer.body) ?? {};
  const kind = meant.kind ?? kindOfStatus(answer.status, what.asked);
  const words = meant.message ?? wordsIn(answer.body);
  return new OutsideError({
    kind,
    system: speech.system,
    attempted: what.attempted,
    on: what.on,
    status: answer.status,
    code: meant.code === undefined ? undefined : redact(meant.code, speech.secrets),
    answer: words ? redact(words, speech.secrets) : undefined,
    correlationId: answer.requestId,
    retryAfterMs: retryAfterMs(answer.retryAfter, Date.now()),
    next: meant.next ?? nextOf(kind, speech),
  });
}

/** A request that got no answer. */
export function noAnswerError(
  what: Attempt,
  thrown: unknown,
  gaveUp: GaveUp,
  speech: Speech,
): OutsideError {
  const { system, secrets } = speech;
  const next = (kind: OutsideErrorKind) => nextOf(kind, speech);
  return unanswered({ ...what, system, next }, thrown, { gaveUp, secrets });
}

/** An answer to a read that says something else than it should. @param found what, without its values. */
export function unreadableError(what: Attempt, found: string, speech: Speech): OutsideError {
  return new OutsideError({
    kind: 'malformed',
    system: speech.system,
    attempted: what.attempted,
    on: what.on,
    answer: found,
    next: nextOf('malformed', speech),
  });
}

function wordsIn(body: unknown): string | undefined {
  if (typeof body === 'string') return body.replace(/<[^>]*>/g, ' ').trim();
  if (typeof body !== 'object' || body === null) return undefined;
  const said = 'message' in body ? body.message : 'error' in body ? body.error : undefined;
  return typeof said === 'string' ? said : undefined;
}

function nextOf(kind: OutsideErrorKind, { system, next }: Speech): string {
  return next?.[kind] ?? USUAL_NEXT[kind].replaceAll('{system}', system);
}

const USUAL_NEXT: Readonly<Record<OutsideErrorKind, string>> = {
  credentials:
    'Check the token for {system} in backstop.yaml: it may be wrong, expired or revoked.',
  permission:
    'Give the token for {system} the permissions that the README of the integration lists.',
  'not-found': 'Check the names in backstop.yaml, and that the token for {system} may see them.',
  busy: 'Wait until what is under way there has ended, then try again.',
  throttled: 'Wait a minute, then try again.',
  rejected: '{system} refused it, and nothing was changed: see what it says.',
  unavailable: 'See whether {system} can be reached from here, and its status page.',
  ambiguous: 'It may have been done: look in {system} before anything is repeated.',
  malformed:
    'Check the address of {system} in backstop.yaml: something else seems to answer there.',
};
