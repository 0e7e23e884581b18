/**
 * A small world for the model test: one environment of two components, two incidents about it, an engine that can die,
 * and systems as bad as they are told to be. Time is virtual.
 */

import type { Clock } from '../../src/clock.ts';
import type { Component, Reading } from '../../src/component.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createPlanner } from '../../src/engine/planner.ts';
import { Refusal } from '../../src/errors.ts';
import type { Actor } from '../../src/events.ts';
import { declareIncident } from '../../src/flows/declare.ts';
import { takeRole } from '../../src/flows/take-role.ts';
import type { Incident } from '../../src/incident.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop, type Flow, type Loop } from '../../src/loop.ts';
import type { Guarantee, Operation } from '../../src/operation.ts';
import type { Catalogue, EnvironmentPolicy, Service } from '../../src/service.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';
import { createScriptedSystem, type Fate, type ScriptedSystem } from './scripted-system.ts';

export const MINUTE = 60_000;
export const person = (id: string): Actor => ({ kind: 'person', id });
export const COMMANDER = 'U0BEN';
export const APPROVERS: readonly string[] = ['U0ANA', 'U0BEN', 'U0CLEO'];

const POLICY: EnvironmentPolicy = {
  id: 'production',
  verification: { passes: 2, every: 5_000, limit: 30_000 },
  monitor: { windows: [{ name: 'first', from: 0, until: MINUTE, every: 20_000 }] },
  approval: {
    count: 2,
    from: APPROVERS,
    requesterMayApprove: false,
    validFor: 15 * MINUTE,
    breakGlass: ['U0BEN'],
  },
};

const SERVICE: Service = {
  id: 'checkout',
  name: 'Checkout',
  responders: [],
  contacts: [],
  environments: { production: POLICY },
};

/** A request as it was sent, and how much the journal held by then. */
export interface Sent {
  readonly run: string;
  readonly step: string;
  readonly key: string;
  readonly seq: number;
}

/** What a person did that Backstop took. */
export interface Acked {
  readonly delivery: string;
  readonly hashes: readonly string[];
}

export interface ModelWorld {
  readonly clock: VirtualClock;
  readonly journal: Journal;
  readonly systems: readonly ScriptedSystem[];
  readonly policy: EnvironmentPolicy;
  readonly sent: readonly Sent[];
  readonly acked: readonly Acked[];
  /** What the engine could not put into the journal. */
  readonly errors: readonly unknown[];
  incidents(): readonly Incident[];
  /** Does something as a person; a refusal is an answer. Nothing when the process dies meanwhile. */
  decide(incident: number, by: string, flow: Flow, delivery: string): Promise<void>;
  /** The next request to a component meets this. */
  fate(system: number, fate: Fate): void;
  probes(verdict: Reading['verdict']): void;
  /** From now on requests are carried out, and probes pass. */
  goodWeather(): void;
  /** The process dies at the n-th call it makes from now on, 0 for at once, and another one starts. */
  die(after: number): void;
  /** A backup is put back: the journal as it was after so many entries. The systems stay as they are. */
  restore(entries: number): Promise<void>;
  pass(ms: number): Promise<void>;
}

/** Longer than a turn of the event loop can need: only waiting on the clock takes time. */
const AT_ONCE_MS = 10 * MINUTE;

export async function createModelWorld(
  guarantee: Guarantee,
  slowReadsMs: number,
): Promise<ModelWorld> {
  let committing = 0;
  const clock = createVirtualClock(Date.UTC(2026, 10, 21, 3, 7), () => committing > 0);
  const now = (): number => clock.now();
  let journal = openSqliteJournal({ file: ':memory:', now });
  const sent: Sent[] = [];
  const acked: Acked[] = [];
  const errors: unknown[] = [];
  const fates: Fate[][] = [[], []];
  let verdict: Reading['verdict'] = 'pass';
  const systems = fates.map((next) =>
    createScriptedSystem(clock, {
      guarantee,
      fates: [],
      answering: 'truth',
      nextFate: () => next.shift() ?? 'accepted',
    }),
  );
  let life = live();

  /** One process. Once it is dead, nothing it calls comes back to it, and nothing it writes is kept. */
  function live() {
    let isDead = false;
    let left = Number.POSITIVE_INFINITY;
    let end = (): void => undefined;
    const died = new Promise<void>((resolve) => {
      end = resolve;
    });
    const die = (after: number): void => {
      left = after;
      if (after > 0 || isDead) return;
      isDead = true;
      end();
      life = live();
    };
    const never = new Promise<never>(() => undefined);
    async function around<T>(call: () => T | Promise<T>): Promise<T> {
      for (const stage of ['before', 'after'] as const) {
        if (stage === 'after') {
          const result = await call();
          step();
          return isDead ? never : result;
        }
        step();
        if (isDead) return never;
      }
      return never;
    }
    function step(): void {
      if (isDead) return;
      left -= 1;
      if (left <= 0) die(0);
    }
    const own = journal;
    const kept: Journal = {
      ...own,
      transact: (work) =>
        around(() => {
          committing += 1;
          return own.transact(work).finally(() => {
            committing -= 1;
          });
        }),
    };
    const alive: Clock = {
      now,
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal);
        if (isDead) await never;
      },
    };
    const loop: Loop = createLoop(kept, now);
    const catalogue: Catalogue = {
      services: () => [SERVICE],
      service: (id) => (id === SERVICE.id ? SERVICE : undefined),
      places: async () => [],
      systems: async () => ({
        components: systems.map((system, index) => component(system, index, alive, around)),
        probes: [
          {
            name: 'checkout',
            read: () =>
              around(() => ({ probe: 'checkout', verdict, reason: 'as it is told', values: {} })),
          },
        ],
      }),
    };
    const planner = createPlanner(catalogue, () => loop.incidents());
    const engine = createEngine({
      loop,
      catalogue,
      planner,
      clock: alive,
      quickFixLimit: 15 * MINUTE,
      onError: (error) => errors.push(error),
    });
    engine.start();
    return { loop, died, die };
  }

  function component(
    system: ScriptedSystem,
    index: number,
    alive: Clock,
    around: <T>(call: () => T | Promise<T>) => Promise<T>,
  ): Component {
    const { operation } = system;
    const id = ['web', 'worker'][index] ?? '';
    const version = (name: string) => ({ id: name, label: name });
    const swap: Operation = {
      ...operation,
      observe: (...of) => around(() => operation.observe(...of)),
      poll: (...of) => around(() => operation.poll(...of)),
      recover: (...of) => around(() => operation.recover(...of)),
      undo: (input) => ({
        operation: 'swap',
        input: { to: (input as { readonly to: string }).to === 'new' ? 'old' : 'new' },
      }),
      submit: (input, intent, signal) =>
        around(() => {
          const { run, step, key } = intent;
          sent.push({ run, step, key, seq: journal.head().seq });
          return operation.submit(input, intent, signal);
        }),
    };
    return {
      id,
      kind: 'scripted',
      title: id,
      operations: { swap },
      versions: {
        async live(signal) {
          await alive.sleep(slowReadsMs, signal);
          return version(system.state());
        },
        history: () =>
          Promise.resolve(
            ['new', 'old']
              .filter((name) => name !== system.state())
              .map((name) => ({ version: version(name), available: true })),
          ),
        putBack: (target) => ({ operation: 'swap', input: { to: target.id } }),
      },
      doctor: () => Promise.resolve([]),
    };
  }

  const world: ModelWorld = {
    clock,
    get journal() {
      return journal;
    },
    systems,
    policy: POLICY,
    sent,
    acked,
    errors,
    incidents: () => [...life.loop.incidents()].reverse(),
    async decide(index, by, flow, delivery) {
      const { loop, died } = life;
      const id = [...loop.incidents()].reverse()[index]?.id;
      if (id === undefined) return;
      const decided = loop.decide(id, person(by), flow, delivery).then(
        ({ events }) => {
          acked.push({ delivery, hashes: events.map((event) => String(event.seq)) });
        },
        (error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
        },
      );
      await clock.run(Promise.race([decided, died]), AT_ONCE_MS);
    },
    fate(system, fate) {
      fates[system]?.push(fate);
    },
    probes(next) {
      verdict = next;
    },
    goodWeather() {
      for (const queue of fates) queue.length = 0;
      verdict = 'pass';
    },
    die: (after) => life.die(after),
    async restore(entries) {
      const backup = [...journal.after(0)].slice(0, entries);
      let then: number | undefined;
      const restored = openSqliteJournal({ file: ':memory:', now: () => then ?? clock.now() });
      for (const { at, stream, type, actor, data } of backup) {
        then = at;
        await restored.transact((tx) => tx.append([{ stream, type, actor, data }]));
      }
      then = undefined;
      journal = restored;
      life.die(0);
    },
    pass: (ms) => clock.run(clock.sleep(ms, new AbortController().signal), ms),
  };

  for (const title of ['checkout is slow', 'checkout is failing']) {
    const declared = life.loop.declare(
      person('U0ANA'),
      declareIncident({ title, summary: '', service: SERVICE, environment: 'production' }),
    );
    const { incident } = await clock.run(declared, AT_ONCE_MS);
    await clock.run(
      life.loop.decide(incident.id, person(COMMANDER), takeRole('commander')),
      AT_ONCE_MS,
    );
  }
  return world;
}
