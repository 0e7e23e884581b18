/** One commit: what its works append is held back until all of them have run, so that one that throws leaves no trace. */

import { type Head, hashRow, type Row } from './chain.ts';
import type { Entry, NewEntry, Transaction } from './journal.ts';

/** What is stored already; nobody else writes while the commit is under way. */
export interface Stored {
  readonly head: Head;
  /** 0 for a stream without rows. */
  version(stream: string): number;
  after(seq: number): readonly Row[];
  knows(delivery: string): boolean;
}

export interface Commit {
  /** The same for all works. */
  readonly tx: Transaction;
  /** Runs a work; when it throws, what it appended is forgotten and the error passed on. */
  readonly attempt: (work: () => void) => void;
  /** To be stored, in order. */
  readonly rows: readonly Row[];
  readonly deliveries: ReadonlySet<string>;
}

/** @param now epoch milliseconds. */
export function createCommit(stored: Stored, now: () => number): Commit {
  const rows: Row[] = [];
  const deliveries = new Set<string>();
  const versions = new Map<string, number>();
  let newest = stored.head;

  const tx: Transaction = {
    after(seq) {
      if (seq === newest.seq) return [];
      return [...stored.after(seq), ...rows.filter((row) => row.seq > seq)].map(toEntry);
    },
    append(entries) {
      const at = now();
      return entries.map((entry) => {
        const { stream } = entry;
        const version = (versions.get(stream) ?? stored.version(stream)) + 1;
        const row = toRow(entry, newest.seq + 1, version, at, newest.hash);
        rows.push(row);
        versions.set(stream, version);
        newest = row;
        return toEntry(row);
      });
    },
    once(delivery) {
      if (deliveries.has(delivery) || stored.knows(delivery)) return false;
      deliveries.add(delivery);
      return true;
    },
  };

  return {
    tx,
    rows,
    deliveries,
    attempt(work) {
      const before = { newest, rows: rows.length, deliveries: deliveries.size };
      try {
        work();
      } catch (error) {
        for (const { stream, version } of rows.splice(before.rows).reverse()) {
          versions.set(stream, version - 1);
        }
        for (const delivery of [...deliveries].slice(before.deliveries))
          deliveries.delete(delivery);
        newest = before.newest;
        throw error;
      }
    },
  };
}

/** @throws TypeError for what JSON cannot say. */
function toRow(entry: NewEntry, seq: number, version: number, at: number, prev: string): Row {
  const { stream, type } = entry;
  const [actor, data] = [inJson(entry.actor), inJson(entry.data)];
  const hash = hashRow({ seq, stream, version, at, type, actor, data, prev });
  return { seq, stream, version, at, type, actor, data, prev, hash };
}

function inJson(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError('An entry must have something to say.');
  return text;
}

/** What the row says: as it will be read, not as it was given. */
export function toEntry(row: Row): Entry {
  const { seq, stream, version, at, type, hash } = row;
  return {
    seq,
    stream,
    version,
    at,
    type,
    hash,
    actor: JSON.parse(row.actor),
    data: JSON.parse(row.data),
  };
}
