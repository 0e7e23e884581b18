/** All incidents, as the fold of the journal up to some position. */

import { applyEvent } from './apply-event.ts';
import { JournalError, messageOf } from './errors.ts';
import type { Recorded } from './events.ts';
import { type IdKind, type Incident, incidentStream, isOpen } from './incident.ts';
import type { Entry } from './journal/journal.ts';

const STREAM_PREFIX = incidentStream('');

/** An entry, and the incident as it left it, if it was an incident's. */
export type Taken = readonly [Entry, Incident | undefined];

/** The incidents up to a position of the journal; over a base, only the differences to it are held. */
export interface Incidents {
  seq(): number;
  get(stream: string): Incident | undefined;
  /** Incidents and releases are counted apart. */
  newest(kind?: IdKind): Incident | undefined;
  /** Newest first; the same array until something changes. */
  all(): readonly Incident[];
  /** Those that are not over, newest first; takes no longer when many are. */
  open(): readonly Incident[];
  /**
   * Folds one entry; returns the incident it changed, if it was an incident's.
   * @throws JournalError naming an entry that does not fit what came before it.
   */
  take(entry: Entry): Incident | undefined;
  /** The same with several: all of them or, when one does not fit, none. */
  takeAll(entries: readonly Entry[]): readonly Taken[];
  changes(): ReadonlyMap<string, Incident>;
  /** Takes over what a view on top of this one has changed. */
  join(above: Incidents): void;
}

/** Empty, or on top of a base, which it leaves as it is. The base must not change while this one is in use, but for `join`. */
export function createIncidents(base?: Incidents): Incidents {
  const incidents = new Map<string, Incident>();
  let seq = base?.seq() ?? 0;
  const newest = new Map<IdKind, string>();
  let list: readonly Incident[] | undefined;
  const unended = new Map<string, Incident>();
  let openList: readonly Incident[] | undefined;
  const get = (stream: string): Incident | undefined => incidents.get(stream) ?? base?.get(stream);

  function newestOf(kind: IdKind): Incident | undefined {
    const stream = newest.get(kind);
    return stream === undefined ? base?.newest(kind) : get(stream);
  }

  function put(incident: Incident): void {
    const kind = incident.release ? 'REL' : 'INC';
    // What was imported may have a lower number than what was declared here before.
    if (incident.number > (newestOf(kind)?.number ?? 0)) newest.set(kind, incident.stream);
    incidents.set(incident.stream, incident);
    list = undefined;
    if (isOpen(incident)) unended.set(incident.stream, incident);
    else unended.delete(incident.stream);
    openList = undefined;
  }

  function listed(): readonly Incident[] {
    if (!base) return [...incidents.values()].reverse();
    const added = [...incidents.values()].filter(({ stream }) => !base.get(stream)).reverse();
    return [...added, ...base.all().map((incident) => incidents.get(incident.stream) ?? incident)];
  }

  function opened(): readonly Incident[] {
    const below = base?.open().filter(({ stream }) => !incidents.has(stream)) ?? [];
    return [...below, ...unended.values()].sort(
      (a, b) => b.declaredAt - a.declaredAt || b.number - a.number,
    );
  }

  return {
    seq: () => seq,
    get,
    newest: (kind = 'INC') => newestOf(kind),
    all() {
      list ??= listed();
      return list;
    },
    open() {
      openList ??= opened();
      return openList;
    },
    take(entry) {
      seq = entry.seq;
      if (!entry.stream.startsWith(STREAM_PREFIX)) return undefined;
      const next = fold(get(entry.stream), entry);
      put(next);
      return next;
    },
    takeAll(entries) {
      const after = new Map<string, Incident>();
      const taken = entries.map((entry): Taken => {
        const { stream } = entry;
        if (!stream.startsWith(STREAM_PREFIX)) return [entry, undefined];
        const next = fold(after.get(stream) ?? get(stream), entry);
        after.set(stream, next);
        return [entry, next];
      });
      for (const incident of after.values()) put(incident);
      seq = entries.at(-1)?.seq ?? seq;
      return taken;
    },
    changes: () => incidents,
    join(above) {
      for (const incident of above.changes().values()) put(incident);
      seq = above.seq();
    },
  };
}

function fold(incident: Incident | undefined, entry: Entry): Incident {
  try {
    return applyEvent(incident, asRecorded(entry));
  } catch (error) {
    throw new JournalError(
      `Entry ${entry.seq} (${entry.type} of ${entry.stream}) does not fit what came before it: ${messageOf(error)}. Run \`backstop verify\`; if the journal is whole, start the version that wrote it.`,
      { cause: error },
    );
  }
}

/** An entry of an incident's stream as its event: the journal keeps what flows decided. */
export function asRecorded(entry: Entry): Recorded {
  return entry as unknown as Recorded;
}
