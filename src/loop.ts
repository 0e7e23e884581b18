/**
 * The one loop everything goes round: an intent is decided by a pure flow, appended durably, folded into state, and told
 * to the reactors (Slack projector, engine, clock). Nothing else changes an incident.
 */

import { Refusal } from './errors.ts';
import type { Actor, Event, Recorded } from './events.ts';
import { hideSecretsIn } from './hide-secrets.ts';
import { type IdKind, type Incident, idOf, incidentStream } from './incident.ts';
import { asRecorded, createIncidents, type Incidents, type Taken } from './incidents.ts';
import type { Entry, Journal, Transaction } from './journal/journal.ts';
import { createRedactor } from './redact.ts';

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
  /** Those that are not over, newest first; takes no longer when many are. */
  openIncidents(): readonly Incident[];
  /**
   * Runs the flow against the newest state and appends what it decides; durable when the promise resolves.
   * @param delivery id of the outside request: when it was decided before, the flow is not asked again. A request that
   *   was refused decided nothing, so its repetition is looked at afresh.
   * @throws Refusal from the flow or for an unknown incident, JournalError when nothing could be recorded.
   */
  decide(id: string, actor: Actor, flow: Flow, delivery?: string): Promise<Decision>;
  /**
   * As `decide`, for a new incident or release; the flow is given the next free id of its kind.
   * @throws Refusal `already-done` for a repeated delivery.
   */
  declare(actor: Actor, flow: DeclareFlow, delivery?: string, kind?: IdKind): Promise<Decision>;
  /**
   * Calls the reactor after each committed event, in order, with the incident as that event left it; not for incidents that
   * were imported, which are there to be read. It does its own
   * waiting and must not throw: what it throws is nobody's answer and ends the process as an uncaught exception.
   */
  subscribe(reactor: Reactor): () => void;
  /** Takes in what other processes appended since. */
  catchUp(): void;
}

interface Done {
  readonly stream: string;
  readonly entries: readonly Entry[];
  readonly repeated: boolean;
}

/** What the works of one commit have made of the incidents; it becomes the state once the commit is durable. */
interface Draft {
  readonly tx: Transaction;
  /** The position it stands on. */
  readonly from: number;
  readonly view: Incidents;
  readonly taken: Taken[];
}

/**
 * Folds the whole journal once, then stays at its head.
 * @param redact hides what must not be written down; secrets by their look unless given.
 * @throws JournalError naming the first entry that this version cannot read.
 */
export function createLoop(
  journal: Journal,
  now: () => number,
  redact: (text: string) => string = createRedactor([]),
): Loop {
  const reactors = new Set<Reactor>();
  const settled = createIncidents();
  const untold: [Incident, Recorded][] = [];
  let telling = false;
  let draft: Draft | undefined;
  for (const entry of journal.after(0)) settled.take(entry);

  /** The state as the works of this commit have left it so far. */
  function draftOf(tx: Transaction): Draft {
    if (draft?.tx !== tx) {
      draft = { tx, from: settled.seq(), view: createIncidents(settled), taken: [] };
    }
    return draft;
  }

  /** Runs one work, of which the draft shows nothing when it throws. */
  function attempt({ tx, view, taken }: Draft, work: (view: Incidents) => Done): Done {
    taken.push(...view.takeAll(tx.after(view.seq())));
    const done = work(view);
    taken.push(...view.takeAll(done.entries));
    return done;
  }

  async function commit(work: (view: Incidents, tx: Transaction) => Done): Promise<Decision> {
    const { done, on } = await journal.transact((tx) => {
      const begun = draftOf(tx);
      return { done: attempt(begun, (view) => work(view, tx)), on: begun };
    });
    if (settled.seq() === on.from) {
      settled.join(on.view);
      publish(on.taken);
    }
    const incident = settled.get(done.stream);
    if (!incident) throw new Error(`${done.stream} was not found after its commit`);
    return { incident, events: done.entries.map(asRecorded), repeated: done.repeated };
  }

  function catchUp(): void {
    const taken: Taken[] = [];
    for (const entry of journal.after(settled.seq())) taken.push([entry, settled.take(entry)]);
    publish(taken);
  }

  function publish(taken: readonly Taken[]): void {
    for (const [entry, incident] of taken) {
      if (incident && !incident.imported) untold.push([incident, asRecorded(entry)]);
    }
    if (telling) return;
    telling = true;
    for (let next = untold.shift(); next; next = untold.shift()) {
      for (const reactor of reactors) tell(reactor, ...next);
    }
    telling = false;
  }

  function append(tx: Transaction, stream: string, actor: Actor, events: readonly Event[]): Done {
    const entries = tx.append(
      events.map((event) => {
        const { type, data } = hideSecretsIn(event, redact);
        return { stream, type, actor, data };
      }),
    );
    return { stream, entries, repeated: false };
  }

  function contextOf(view: Incidents, actor: Actor): Context {
    return {
      now: now(),
      actor,
      // Read on demand: few flows look across incidents.
      get incidents() {
        return view.all();
      },
    };
  }

  return {
    incident: (id) => settled.get(incidentStream(id)),
    incidents: () => settled.all(),
    openIncidents: () => settled.open(),
    decide(id, actor, flow, delivery) {
      const stream = incidentStream(id);
      return commit((view, tx) => {
        const incident = view.get(stream);
        if (!incident) {
          throw new Refusal('not-found', `There is no incident ${id}. Use its id, like INC-0001.`);
        }
        if (delivery !== undefined && !tx.once(delivery)) {
          return { stream, entries: [], repeated: true };
        }
        return append(tx, stream, actor, flow(incident, contextOf(view, actor)));
      });
    },
    declare(actor, flow, delivery, kind = 'INC') {
      return commit((view, tx) => {
        if (delivery !== undefined && !tx.once(delivery)) {
          throw new Refusal(
            'already-done',
            'This incident was declared already; look for its channel.',
          );
        }
        const id = idOf(kind, (view.newest(kind)?.number ?? 0) + 1);
        const stream = incidentStream(id);
        return append(tx, stream, actor, flow(id, contextOf(view, actor)));
      });
    },
    subscribe(reactor) {
      reactors.add(reactor);
      return () => reactors.delete(reactor);
    },
    catchUp,
  };
}

/** What was committed is answered as such, whatever a reactor does. */
function tell(reactor: Reactor, incident: Incident, event: Recorded): void {
  try {
    reactor(incident, event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
