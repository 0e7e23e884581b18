/** An outside system that does one thing, as badly as a script says, and counts how often it did it. */

import type { Clock } from '../../src/clock.ts';
import { OutsideError, type OutsideErrorKind } from '../../src/errors.ts';
import {
  type Guarantee,
  type Intent,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../src/operation.ts';

/** What becomes of one request. */
export type Fate =
  | 'accepted'
  /** The answer is lost; the request never arrived. */
  | 'lost-before'
  /** The answer is lost; the request is carried out. */
  | 'lost-after'
  /** The answer is lost; the request arrives later, but within the quiet time. */
  | 'late'
  /** Refused, because somebody else's operation is under way. */
  | 'busy'
  | 'throttled'
  | 'rejected'
  /** Accepted; in the end it fails and has changed nothing. */
  | 'fails-at-end'
  /** Accepted; somebody else changes the component meanwhile to something else. */
  | 'overtaken'
  /** Accepted, but without anything to follow it by. */
  | 'no-address'
  /** Accepted; what it did can be seen only some time after the system called it done. */
  | 'seen-late'
  /** Accepted, and never ends. */
  | 'endless'
  /** The process stands still between writing the intent and sending. */
  | 'stalled';

/** How the system answers when asked about a request it accepted. */
export type Answering = 'truth' | 'lies-success' | 'lies-failure' | 'forgets' | 'fails' | 'unknown';

export interface Script {
  readonly guarantee: Guarantee;
  /** One for each request; the last one goes on. */
  readonly fates: readonly Fate[];
  /** Instead of those, asked at each request. */
  readonly nextFate?: () => Fate;
  readonly answering: Answering;
}

export interface ScriptedSystem {
  readonly operation: Operation;
  /** How often the change was made. */
  applied(): number;
  /** The requests that made it. */
  readonly made: readonly Intent[];
  readonly sent: readonly Intent[];
  state(): string;
  /** Somebody else changes the component. */
  set(state: string): void;
}

export const TIMES = { quiet: 10_000, limit: 60_000, poll: 2_000, takes: 3_000 };
const LATE_MS = 8_000;
const STALE = -1;

/** A system whose component goes between `old` and `new`; nothing in it happens but by the clock. */
export function createScriptedSystem(clock: Clock, script: Script): ScriptedSystem {
  const agenda: { readonly due: number; readonly action: () => void }[] = [];
  const sent: Intent[] = [];
  const keys = new Set<string>();
  let state = 'old';
  /** Another one after every change, so that going there and back does not bring an earlier one again. */
  let revision = 0;
  const made: Intent[] = [];
  let moving = 0;
  let changedAt = 0;
  let busyUntil = 0;
  let hiddenUntil = 0;
  const ends = new Map<string, 'running' | 'succeeded' | 'failed'>();

  function settle(): void {
    for (;;) {
      const index = agenda.findIndex(({ due }) => due <= clock.now());
      const [item] = index < 0 ? [] : agenda.splice(index, 1);
      if (!item) return;
      item.action();
    }
  }
  const later = (ms: number, action: () => void): void => {
    agenda.push({ due: clock.now() + ms, action });
  };

  /** A toggle, unless the system knows better: it is done again, and so undone, each time a request arrives. */
  function change(intent: Intent, seen: number): void {
    if (script.guarantee === 'keyed' && keys.has(intent.key)) return;
    if (script.guarantee === 'conditional' && seen !== revision) return;
    keys.add(intent.key);
    state = state === 'old' ? 'new' : 'old';
    revision += 1;
    changedAt = clock.now();
    made.push(intent);
  }

  /** What a request is conditional on: the revision that is seen when it is sent, if the component is as it was intended for. */
  function revisionFor(intent: Intent): number {
    return clock.now() < hiddenUntil || state !== intent.before ? STALE : revision;
  }

  function set(next: string): void {
    settle();
    if (state !== next) {
      changedAt = clock.now();
      revision += 1;
    }
    state = next;
  }

  function carryOut(intent: Intent, outcome: 'succeeded' | 'failed' | 'overtaken'): void {
    moving += 1;
    ends.set(intent.key, 'running');
    const seen = revisionFor(intent);
    later(TIMES.takes, () => {
      moving -= 1;
      if (outcome === 'succeeded') change(intent, seen);
      if (outcome === 'overtaken') set('other');
      ends.set(intent.key, outcome === 'failed' ? 'failed' : 'succeeded');
    });
  }

  function see(input: Json): Observation {
    settle();
    const shown = clock.now() < hiddenUntil ? 'old' : state;
    return {
      fingerprint: shown,
      expected: (input as { readonly to?: string }).to ?? 'new',
      moving: moving > 0 || clock.now() < busyUntil,
      note: `${shown} is live`,
    };
  }

  function fail(kind: OutsideErrorKind, answer: string, retryAfterMs?: number): OutsideError {
    const next = 'Look at the system.';
    return new OutsideError({
      kind,
      system: 'The system',
      attempted: 'make the change',
      on: 'web',
      answer,
      retryAfterMs,
      next,
    });
  }

  const operation: Operation = {
    effect: 'toggle',
    guarantee: script.guarantee,
    quietMs: TIMES.quiet,
    limitMs: TIMES.limit,
    usualMs: TIMES.takes,
    pollMs: TIMES.poll,
    describe: () => Promise.resolve([]),
    preflight: () => Promise.resolve([]),
    manual: () => 'Make the change by hand.',
    observe: (input) => Promise.resolve(see(input)),
    async submit(_input, intent) {
      settle();
      const fate =
        script.nextFate?.() ?? script.fates[Math.min(sent.length, script.fates.length - 1)];
      sent.push(intent);
      switch (fate) {
        case 'lost-before':
          throw fail('ambiguous', 'no answer in time');
        case 'lost-after':
          carryOut(intent, 'succeeded');
          throw fail('ambiguous', 'the connection was cut');
        case 'late': {
          const seen = revisionFor(intent);
          later(LATE_MS, () => change(intent, seen));
          throw fail('ambiguous', 'no answer in time');
        }
        case 'busy':
          busyUntil = clock.now() + TIMES.takes;
          throw fail('busy', 'another operation is in progress');
        case 'throttled':
          throw fail('throttled', 'too many requests', 4_000);
        case 'rejected':
          throw fail('rejected', 'the slot is not ready');
        case 'endless':
          moving += 1;
          ends.set(intent.key, 'running');
          break;
        case 'seen-late':
          carryOut(intent, 'succeeded');
          hiddenUntil = clock.now() + TIMES.quiet - 1_000;
          break;
        case 'fails-at-end':
          carryOut(intent, 'failed');
          break;
        case 'overtaken':
          carryOut(intent, 'overtaken');
          break;
        case 'accepted':
        case 'no-address':
        case 'stalled':
        case undefined:
          carryOut(intent, 'succeeded');
      }
      return fate === 'no-address' ? null : { key: intent.key };
    },
    async poll(handle) {
      settle();
      const key = (handle as { readonly key: string } | null)?.key;
      // Only the look at the component tells.
      if (key === undefined) return moving > 0 ? { state: 'running' } : { state: 'succeeded' };
      switch (script.answering) {
        case 'lies-success':
          return { state: 'succeeded' };
        case 'lies-failure':
          return { state: 'failed', reason: 'The system says that it failed.' };
        case 'forgets':
          throw fail('not-found', 'there is no such operation');
        case 'fails':
          throw fail('unavailable', 'the gateway is down');
        case 'truth':
        case 'unknown':
          break;
      }
      const end = ends.get(key) ?? 'running';
      return end === 'failed'
        ? { state: 'failed', reason: 'The app did not start.' }
        : { state: end };
    },
    async recover(input, intent) {
      if (script.answering === 'unknown') {
        return { state: 'unknown', reason: 'The system keeps no record of what it did.' };
      }
      const judged = recoverByLooking(see(input), intent);
      if (judged.state === 'not-started' && state === intent.before && changedAt > intent.at) {
        const reason = 'It looks as before, but was changed since: there and back.';
        return { state: 'diverged', reason };
      }
      return judged;
    },
  };

  return {
    operation,
    sent,
    made,
    applied() {
      settle();
      return made.length;
    },
    state() {
      settle();
      return state;
    },
    set,
  };
}
