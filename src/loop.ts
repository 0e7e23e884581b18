/**
 * The one loop everything goes round: an intent is decided by a pure flow, appended durably, folded into state, and told
 * to the reactors (Slack projector, engine, clock). Nothing else changes an incident.
 */

import type { Actor, Event, Recorded } from './events.ts';
import { applyEvent, type Incident, incidentId, incidentStream } from './incident.ts';
import type { Entry, Journal, Transaction } from './journal/journal.ts';

/** What a flow may look at besides its own incident. */
export interface Context {
  readonly now: number;
  readonly actor: Actor;
  /** Every incident, newest first; for rules across incidents such as one run per environment. */
  readonly incidents: readonly Incident[];
}

/** Decides: the events that follow from the state, none when there is nothing to do; throws Refusal with words for the person. */
export type Flow = (incident: Incident, context: Context) => readonly Event[];

export type DeclareFlow = (id: string, context: Context) => readonly Event[];

export interface Decision {
  readonly incident: Incident;
  readonly events: readonly Recorded[];
  /** True when this very delivery was decided before; nothing was appended now. */
  readonly repeated: boolean;
}

export type Reactor = (incident: Incident, event: Recorded) => void;

export interface Loop {
  incident(id: string): Incident | undefined;
  /** Newest first. */
  incidents(): readonly Incident[];
  /**
   * Runs the flow against the newest state and appends what it decides; durable when the promise resolves.
   * @param delivery id of the outside request, so that a repeated delivery decides nothing.
   * @throws Refusal from the flow, JournalError when nothing could be recorded.
   */
  decide(id: string, actor: Actor, flow: Flow, delivery?: string): Promise<Decision>;
  /** As `decide`, for a new incident; the flow is given the next free id. */
  declare(actor: Actor, flow: DeclareFlow, delivery?: string): Promise<Decision>;
  /** Calls the reactor after each committed event, in order. It must not throw; it does its own waiting. */
  subscribe(reactor: Reactor): () => void;
  /** Takes in what other processes appended since. */
  catchUp(): void;
}

const STREAM_PREFIX = incidentStream('');

/** Folds the whole journal once, then stays at its head. */
export function createLoop(journal: Journal, now: () => number): Loop {
  const reactors = new Set<Reactor>();
  let settled = createView();
  let draft: View | undefined;
  for (const entry of journal.after(0)) settled.take(entry);

  function work(
    tx: Transaction,
    decide: (view: View) => { readonly stream: string; readonly events: readonly Event[] },
    actor: Actor,
    delivery: string | undefined,
  ): { readonly stream: string; readonly entries: readonly Entry[]; readonly repeated: boolean } {
    draft ??= settled.copy();
    for (const entry of tx.after(draft.seq())) draft.take(entry);
    const { stream, events } = decide(draft);
    if (delivery !== undefined && !tx.once(delivery)) return { stream, entries: [], repeated: true };
    const entries = tx.append(events.map((event) => ({ ...event, stream, actor })));
    for (const entry of entries) draft.take(entry);
    return { stream, entries, repeated: false };
  }

  async function commit(
    decide: Parameters<typeof work>[1],
    actor: Actor,
    delivery: string | undefined,
  ): Promise<Decision> {
    try {
      const done = await journal.transact((tx) => work(tx, decide, actor, delivery));
      publish();
      const incident = settled.get(done.stream);
      if (!incident) throw new Error(`${done.stream} was not found after its commit`);
      return { incident, events: done.entries.map(asRecorded), repeated: done.repeated };
    } finally {
      draft = undefined;
    }
  }

  function publish(): void {
    const told: [Incident, Recorded][] = [];
    for (const entry of journal.after(settled.seq())) {
      const incident = settled.take(entry);
      if (incident) told.push([incident, asRecorded(entry)]);
    }
    for (const [incident, event] of told) {
      for (const reactor of reactors) reactor(incident, event);
    }
  }

  return {
    incident: (id) => settled.get(incidentStream(id)),
    incidents: () => settled.all(),
    decide(id, actor, flow, delivery) {
      const stream = incidentStream(id);
      return commit(
        (view) => {
          const incident = view.get(stream);
          if (!incident) throw new Error(`There is no incident ${id}`);
          return { stream, events: flow(incident, { now: now(), actor, incidents: view.all() }) };
        },
        actor,
        delivery,
      );
    },
    declare(actor, flow, delivery) {
      return commit(
        (view) => {
          const id = incidentId((view.all()[0]?.number ?? 0) + 1);
          const events = flow(id, { now: now(), actor, incidents: view.all() });
          return { stream: incidentStream(id), events };
        },
        actor,
        delivery,
      );
    },
    subscribe(reactor) {
      reactors.add(reactor);
      return () => reactors.delete(reactor);
    },
    catchUp: publish,
  };
}

interface View {
  seq(): number;
  get(stream: string): Incident | undefined;
  all(): readonly Incident[];
  /** Folds one entry; returns the incident it changed, if it was an incident's. */
  take(entry: Entry): Incident | undefined;
  copy(): View;
}

function createView(incidents = new Map<string, Incident>(), start = 0): View {
  let seq = start;
  return {
    seq: () => seq,
    get: (stream) => incidents.get(stream),
    all: () => [...incidents.values()].reverse(),
    take(entry) {
      seq = entry.seq;
      if (!entry.stream.startsWith(STREAM_PREFIX)) return undefined;
      const next = applyEvent(incidents.get(entry.stream), asRecorded(entry));
      incidents.set(entry.stream, next);
      return next;
    },
    copy: () => createView(new Map(incidents), seq),
  };
}

/** The journal keeps what flows decided, so an entry of an incident's stream is one of its events. */
function asRecorded(entry: Entry): Recorded {
  return entry as unknown as Recorded;
}
