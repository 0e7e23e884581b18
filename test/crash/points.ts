/** The points at which a process can be killed: around each commit to its journal, each call it makes, and each command it runs. */

import { type Case, createHistory, shows } from './history.ts';
import type { CommandPoint } from './kill-at-command.ts';
import type { CommitPoint, Committed } from './kill-at-commit.ts';

/** Around the n-th call of a name: before it takes effect, or when it has and the answer is not yet sent. */
export interface CallPoint {
  /** `slack`, or one of those of the cloud. */
  readonly system: string;
  readonly call: string;
  readonly nth: number;
  readonly when: 'before' | 'after';
}

/** At these real milliseconds after people begin, wherever the process is then. */
export interface Moments {
  readonly at: readonly number[];
}

export type Point =
  | ({ readonly kind: 'commit' } & CommitPoint)
  | ({ readonly kind: 'command' } & CommandPoint)
  | ({ readonly kind: 'call' } & CallPoint)
  | ({ readonly kind: 'moments' } & Moments);

/** One thing that happened while a story was told, and the instant it did. */
export type Happening = { readonly at: number } & (
  | { readonly kind: 'commit'; readonly events: readonly Committed[] }
  | {
      readonly kind: 'call';
      readonly system: string;
      readonly call: string;
      readonly changes: boolean;
    }
  | { readonly kind: 'command'; readonly command: string }
  /** Somebody was told that what they did has been taken. */
  | { readonly kind: 'ack' }
);

export interface Placed {
  readonly point: Point;
  readonly case: Case;
}

export function nameOf(point: Point): string {
  switch (point.kind) {
    case 'commit':
      return `${point.when} the commit of ${point.event} ${point.nth}`;
    case 'command':
      return `${point.when} \`${point.command}\` ${point.nth}`;
    case 'call':
      return `${point.when} ${point.system} ${point.call} ${point.nth}`;
    case 'moments':
      return `after ${point.at.join(' ms and ')} ms`;
  }
}

/** Every point of a run, in its order, each with the case that it is. Before and after a call that only reads is the same. */
export function pointsOf(happenings: readonly Happening[]): readonly Placed[] {
  const placed: Placed[] = [];
  const counts = new Map<string, number>();
  const history = createHistory();
  const count = (name: string): number => {
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    return nth;
  };

  for (const one of [...happenings].sort((a, b) => a.at - b.at)) {
    if (one.kind === 'ack') {
      history.acknowledge();
    } else if (one.kind === 'commit') {
      // Decisions share a commit with what happens to be noted at the time; it is named for the first that counts.
      const types = one.events.map(({ type }) => type);
      const event = types.find((type) => !shows(type)) ?? types[0];
      if (event === undefined) continue;
      const nth = (counts.get(event) ?? 0) + 1;
      for (const type of types) count(type);
      const { before, after } = history.commit(one.events);
      placed.push({ point: { kind: 'commit', event, nth, when: 'before' }, case: before });
      placed.push({ point: { kind: 'commit', event, nth, when: 'after' }, case: after });
    } else if (one.kind === 'command') {
      const { command } = one;
      const nth = count(`command ${command}`);
      for (const [when, is] of Object.entries(history.command(command))) {
        const point = {
          kind: 'command' as const,
          command,
          nth,
          when: when as CommandPoint['when'],
        };
        placed.push({ point, case: is });
      }
    } else {
      const { system, call } = one;
      const nth = count(`${system} ${call}`);
      const { before, after } = history.call(one);
      placed.push({ point: { kind: 'call', system, call, nth, when: 'before' }, case: before });
      if (one.changes) {
        placed.push({ point: { kind: 'call', system, call, nth, when: 'after' }, case: after });
      }
    }
  }
  return placed;
}
