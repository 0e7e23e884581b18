/** Whether a fault strikes before the request is carried out, or after it, in place of the true answer. */
export type Moment = 'before' | 'after';

/**
 * One way a call goes wrong. `when` is `before` unless said otherwise.
 * - `status`: this answer instead of the true one.
 * - `reset`: the connection is cut without an answer.
 * - `hang`: no answer ever comes; the connection stays open until the client or the cloud closes it.
 * - `malformed`: a success status with a body that is not JSON.
 * - `delay`: carried out at once and answered truly, `ms` milliseconds of real time late.
 * - `late`: the connection is cut at once; the request is carried out `ms` milliseconds later by the cloud's clock.
 * - `drop-headers`: answered truly, without these headers.
 * - `operation`: accepted and answered truly, but what it started takes `takesMs` by the cloud's clock, or ends in `failsWith` and changes nothing.
 */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly when?: Moment;
    }
  | { readonly kind: 'reset'; readonly when?: Moment }
  | { readonly kind: 'hang'; readonly when?: Moment }
  | { readonly kind: 'malformed'; readonly when?: Moment }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'drop-headers'; readonly names: readonly string[] }
  | { readonly kind: 'operation'; readonly takesMs?: number; readonly failsWith?: string };

interface FaultRule {
  /** The name of a call (`POST slotsswap`), all of a method (`GET *`), or `*`. */
  readonly on: string;
  readonly fault: Fault;
  /** How many matching requests it strikes; 1 unless given, `Infinity` until removed. */
  readonly times?: number;
  /** How many matching requests pass unharmed first. */
  readonly skip?: number;
}

interface ArmedFault {
  readonly on: string;
  readonly fault: Fault;
  /** Requests struck so far. */
  readonly hits: number;
  /** Requests it will still strike. */
  readonly remaining: number;
  remove(): void;
}

export interface Faults {
  /** Arms a fault. Faults strike in the order they were added, one for each request. Throws when no call has that name. */
  add(rule: FaultRule): ArmedFault;
  /** Disarms everything; the counts of hits stay. */
  clear(): void;
  /** Faults that can still strike. */
  readonly active: readonly ArmedFault[];
  /** Requests struck since the start, in all or by faults added with this `on`. */
  hits(on?: string): number;
  /** The fault that strikes this request now, used up by asking. For the server, not for stories. */
  take(method: string, call: string): Fault | undefined;
}

interface State {
  readonly rule: FaultRule;
  skip: number;
  remaining: number;
  hits: number;
}

/** A set of faults for a service whose calls have the names `calls` (each `METHOD word…`). */
export function createFaults(calls: readonly string[]): Faults {
  const known = new Set(['*', ...calls, ...calls.map((call) => `${methodOf(call)} *`)]);
  const states: State[] = [];
  const isActive = (state: State) => state.remaining > 0;
  return {
    add(rule) {
      if (!known.has(rule.on)) {
        throw new Error(`No call is named '${rule.on}'. Known: ${[...known].sort().join(', ')}.`);
      }
      const state: State = { rule, skip: rule.skip ?? 0, remaining: rule.times ?? 1, hits: 0 };
      states.push(state);
      return armed(state);
    },
    clear() {
      for (const state of states) state.remaining = 0;
    },
    get active() {
      return states.filter(isActive).map(armed);
    },
    hits(on) {
      return states
        .filter((state) => on === undefined || state.rule.on === on)
        .reduce((sum, state) => sum + state.hits, 0);
    },
    take(method, call) {
      const names = ['*', `${method} *`, call];
      for (const state of states) {
        if (!isActive(state) || !names.includes(state.rule.on)) continue;
        if (state.skip > 0) {
          state.skip -= 1;
          continue;
        }
        state.remaining -= 1;
        state.hits += 1;
        return state.rule.fault;
      }
      return undefined;
    },
  };
}

function armed(state: State): ArmedFault {
  return {
    on: state.rule.on,
    fault: state.rule.fault,
    get hits() {
      return state.hits;
    },
    get remaining() {
      return state.remaining;
    },
    remove() {
      state.remaining = 0;
    },
  };
}

function methodOf(call: string): string {
  return call.split(' ', 1)[0] ?? call;
}
