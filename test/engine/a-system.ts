/** Components of a world that is nothing but strings: what each part runs, and what was sent to it. */

import type { Component, Phase, Version } from '../../src/component.ts';
import { OutsideError } from '../../src/errors.ts';
import type { Json, Observation, Operation } from '../../src/operation.ts';
import type { Catalogue, Service } from '../../src/service.ts';

export interface Part {
  readonly id: string;
  runs: string;
  /** Newest first. */
  readonly older: readonly string[];
  readonly phase?: Phase;
  /** How its next request ends; done unless set. */
  refuses?: boolean;
  readonly final?: boolean;
  /** A second person is asked right before it moves. */
  asks?: boolean;
  /** What its move is said to change, besides. */
  differs?: string;
  /** What stands in the way of its move. */
  fault?: string;
  /** It cannot be looked at. */
  hidden?: boolean;
  /** Its next request is not answered before this. */
  until?: () => Promise<void>;
}

export interface World {
  readonly catalogue: Catalogue;
  /** Every request, in the order sent: `web to 2.3.1`. */
  readonly sent: readonly string[];
  readonly component: (id: string) => Component;
}

const FAST = { quietMs: 0, limitMs: 60_000, usualMs: 1_000, pollMs: 10 };

/** A catalogue with one service, `checkout production`, of the given parts; `held` are parts that are kept still meanwhile. */
export function aWorld(parts: readonly Part[], held: readonly string[] = []): World {
  const sent: string[] = [];
  const holding = new Set<string>();
  const components = [
    ...parts.map((part) => partComponent(part, sent)),
    ...held.map((id) => heldComponent(id, sent, holding)),
  ];
  const service: Service = {
    id: 'checkout',
    name: 'Checkout',
    responders: [],
    contacts: [],
    environments: {
      production: {
        id: 'production',
        verification: { passes: 1, every: 10, limit: 1_000 },
        monitor: { windows: [] },
        approval: {
          count: 1,
          from: ['U0BEN'],
          requesterMayApprove: false,
          validFor: 60_000,
          breakGlass: [],
        },
      },
    },
  };
  const byId = (id: string): Component => {
    const found = components.find((component) => component.id === id);
    if (!found) throw new Error(`There is no ${id}`);
    return found;
  };
  return {
    sent,
    component: byId,
    catalogue: {
      services: () => [service],
      service: (id) => (id === service.id ? service : undefined),
      systems: () => Promise.resolve({ components, probes: [] }),
      places: () => Promise.resolve([]),
    },
  };
}

function partComponent(part: Part, sent: string[]): Component {
  const version = (id: string): Version => ({ id, label: id });
  const move: Operation = {
    ...FAST,
    effect: 'set',
    guarantee: 'observable',
    // Read at each look, as its settings are.
    get asksAgain() {
      return part.asks ?? false;
    },
    describe: (input) =>
      Promise.resolve([
        { what: part.id, from: part.runs, to: targetOf(input) },
        ...(part.differs ? [{ what: 'rows', from: 'live', to: part.differs }] : []),
      ]),
    preflight: () =>
      Promise.resolve(
        part.fault
          ? [{ name: 'It is free', verdict: 'fail', reason: part.fault, blocking: true }]
          : [],
      ),
    observe: (input): Promise<Observation> =>
      part.hidden
        ? Promise.reject(refused(part.id))
        : Promise.resolve({
            fingerprint: part.runs,
            expected: targetOf(input),
            moving: false,
            note: `${part.id} on ${part.runs}`,
          }),
    async submit(input) {
      await part.until?.();
      sent.push(`${part.id} to ${targetOf(input)}`);
      if (part.refuses) return Promise.reject(refused(part.id));
      part.runs = targetOf(input);
      return Promise.resolve({});
    },
    poll: () => Promise.resolve({ state: 'succeeded' }),
    recover: (_input, intent) =>
      Promise.resolve({ state: part.runs === intent.expected ? 'done' : 'not-started' }),
    manual: () => `Move ${part.id} by hand`,
    ...(part.final
      ? {}
      : {
          undo: (input: Json) => ({
            operation: 'move',
            input: { to: fromOf(input), from: targetOf(input) },
          }),
        }),
  };
  return {
    id: part.id,
    kind: 'scripted',
    title: part.id,
    ...(part.phase ? { phase: part.phase } : {}),
    versions: {
      live: () => Promise.resolve(version(part.runs)),
      history: () =>
        Promise.resolve(part.older.map((id) => ({ version: version(id), available: true }))),
      putBack: (target, live) => ({ operation: 'move', input: { to: target.id, from: live.id } }),
    },
    operations: { move },
    doctor: () => Promise.resolve([]),
  };
}

function heldComponent(id: string, sent: string[], holding: Set<string>): Component {
  const operation = (to: 'held' | 'free'): Operation => ({
    ...FAST,
    effect: 'set',
    guarantee: 'observable',
    describe: () => Promise.resolve([]),
    preflight: () => Promise.resolve([]),
    observe: () =>
      Promise.resolve({
        fingerprint: holding.has(id) ? 'held' : 'free',
        expected: to,
        moving: false,
        note: id,
      }),
    submit() {
      sent.push(`${id} ${to}`);
      if (to === 'held') holding.add(id);
      else holding.delete(id);
      return Promise.resolve({});
    },
    poll: () => Promise.resolve({ state: 'succeeded' }),
    recover: () =>
      Promise.resolve({ state: holding.has(id) === (to === 'held') ? 'done' : 'not-started' }),
    manual: () => `${id} ${to}`,
  });
  return {
    id,
    kind: 'scripted',
    title: id,
    hold: {
      acquire: () => ({ operation: 'acquire', input: {} }),
      release: () => ({ operation: 'release', input: {} }),
    },
    operations: { acquire: operation('held'), release: operation('free') },
    doctor: () => Promise.resolve([]),
  };
}

function refused(on: string): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: 'Script',
    attempted: 'move',
    on,
    next: 'Look.',
  });
}

function targetOf(input: Json): string {
  return String((input as { readonly to?: string }).to);
}

function fromOf(input: Json): string {
  return String((input as { readonly from?: string }).from);
}
