import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import { type Asked, kindOfNoAnswer } from '../failure.ts';
import { codeOf, plainCause } from '../redact.ts';

/** The word that begins an error of Redis, and what it means: with each of these nothing was done. */
const REFUSALS: Readonly<Record<string, OutsideErrorKind>> = {
  NOAUTH: 'credentials',
  WRONGPASS: 'credentials',
  NOPERM: 'permission',
  BUSY: 'busy',
  LOADING: 'busy',
  MASTERDOWN: 'busy',
  CLUSTERDOWN: 'busy',
  TRYAGAIN: 'busy',
  READONLY: 'rejected',
  OOM: 'rejected',
  MISCONF: 'rejected',
  NOREPLICAS: 'rejected',
  CROSSSLOT: 'rejected',
  MOVED: 'rejected',
  WRONGTYPE: 'rejected',
};

/** What Redis or the way to it threw, as an OutsideError. */
export function redisError(
  thrown: unknown,
  what: {
    readonly asked: Asked;
    readonly attempted: string;
    readonly on: string;
    /** Why the answer was not waited for. */
    readonly gaveUp: string | undefined;
    readonly secrets: readonly string[];
  },
): OutsideError {
  const cause = plainCause(thrown, what.secrets);
  const isReply = thrown instanceof Error && thrown.name === 'ReplyError';
  const word = isReply ? /^[A-Z]{2,}(?= )/.exec(cause.message)?.[0] : undefined;
  const code = what.gaveUp === undefined ? (word ?? codeOf(thrown)) : undefined;
  const kind = what.gaveUp === undefined ? kindOf(thrown, word, what.asked) : gaveUpOn(what.asked);
  return new OutsideError({
    kind,
    system: 'Redis',
    attempted: what.attempted,
    on: what.on,
    code,
    answer: what.gaveUp ?? cause.message,
    next: nextOf(kind, word),
    cause,
  });
}

function gaveUpOn(asked: Asked): OutsideErrorKind {
  return asked === 'change' ? 'ambiguous' : 'unavailable';
}

function kindOf(thrown: unknown, word: string | undefined, asked: Asked): OutsideErrorKind {
  if (!(thrown instanceof Error)) return gaveUpOn(asked);
  // The client's own word for bytes that are no reply of Redis.
  if (/Unknown RESP type/.test(thrown.message))
    return asked === 'change' ? 'ambiguous' : 'malformed';
  if (thrown.name !== 'ReplyError') return kindOfNoAnswer(codeOf(thrown), asked);
  if (word !== undefined && REFUSALS[word]) return REFUSALS[word];
  if (/max number of clients/i.test(thrown.message)) return 'throttled';
  if (/unknown command|invalid DB index|DB index is out of range/i.test(thrown.message)) {
    return 'not-found';
  }
  // A script that failed half-way is the one thing that Redis does not take back.
  return asked === 'change' ? 'ambiguous' : 'rejected';
}

function nextOf(kind: OutsideErrorKind, word: string | undefined): string {
  if (word === 'CROSSSLOT' || word === 'MOVED') {
    return 'Give BullMQ a prefix in braces, so that its queues share a slot of the cluster, and connect to the node that has it.';
  }
  switch (kind) {
    case 'credentials':
      return 'Check user and password in `redis.url`.';
    case 'permission':
      return 'Allow the user of `redis.url` the commands and keys that the README of job-guard lists.';
    case 'not-found':
      return 'Check the database in `redis.url`, and that it is a Redis of version 6 or newer.';
    case 'rejected':
      return 'See what Redis says; `redis.url` must lead to the primary that the queues use.';
    case 'ambiguous':
      return 'It may have been done: look at the queues before anything is repeated.';
    case 'malformed':
      return 'What answers at `redis.url` does not speak as Redis does: check host, port and redis or rediss.';
    case 'busy':
    case 'throttled':
    case 'unavailable':
      return 'See whether Redis answers; until it does nobody knows which jobs run.';
  }
}
