/** The hash chain: each row's hash covers its own content and the hash of the row before it. */

import { hash as sha256 } from 'node:crypto';
import type { Verification } from './journal.ts';

/** A row as stored: `actor` and `data` are the exact JSON text that was hashed. */
export interface Row {
  readonly seq: number;
  readonly stream: string;
  readonly version: number;
  readonly at: number;
  readonly type: string;
  readonly actor: string;
  readonly data: string;
  readonly prev: string;
  readonly hash: string;
}

/** The newest row of a journal, as much as the next one is chained to. */
export type Head = Pick<Row, 'seq' | 'hash'>;

/** What the first row is chained to. */
export const GENESIS = '0'.repeat(64);

/** SHA-256, hexadecimal. Fields are length-prefixed by JSON, so no two rows share one text. */
export function hashRow(row: Omit<Row, 'hash'>): string {
  const { prev, seq, stream, version, at, type, actor, data } = row;
  return sha256('sha256', JSON.stringify([prev, seq, stream, version, at, type, actor, data]));
}

/**
 * Walks the rows, which must come in order of their position on disk, and names the first that breaks the chain.
 * It cannot see that the newest rows were cut off, nor a journal rewritten from some row on with new hashes: for that,
 * compare the head with one published earlier (every export carries it).
 */
export function verifyRows(rows: Iterable<Row>): Verification {
  let prev = GENESIS;
  let seq = 0;
  let broken: { readonly row: Row; readonly as: Break } | undefined;
  const versions = new Map<string, number>();
  for (const row of rows) {
    const found = broken ? undefined : findBreak(row, prev, seq, versions.get(row.stream) ?? 0);
    if (found?.what === 'missing' || found?.what === 'reordered') return { ok: false, ...found };
    if (found) broken = { row, as: found };
    prev = row.hash;
    seq = row.seq;
    versions.set(row.stream, row.version);
  }
  if (!broken) return { ok: true, entries: seq, head: prev };
  return { ok: false, ...(findMove(broken.row, seq) ?? broken.as) };
}

type Break = Omit<Extract<Verification, { ok: false }>, 'ok'>;

function findBreak(row: Row, prev: string, seq: number, version: number): Break | undefined {
  if (row.seq > seq + 1) {
    const last = row.seq - 1;
    const which = last === seq + 1 ? `row ${last} is` : `rows ${seq + 1} to ${last} are`;
    return { seq: seq + 1, what: 'missing', detail: `${which} gone` };
  }
  if (hashRow(row) !== row.hash) {
    return { seq: row.seq, what: 'altered', detail: `${nameOf(row)} does not match its own hash` };
  }
  if (row.seq <= seq || row.prev !== prev || row.version !== version + 1) {
    const detail = `${nameOf(row)} does not follow the row before it`;
    return { seq: row.seq, what: 'reordered', detail };
  }
  return undefined;
}

/** A row that matches its hash under another position was not altered but moved. */
function findMove(row: Row, last: number): Break | undefined {
  for (let seq = 1; seq <= last + 1; seq++) {
    if (hashRow({ ...row, seq }) !== row.hash) continue;
    return {
      seq: row.seq,
      what: 'reordered',
      detail: `${nameOf(row)} was written as row ${seq}`,
    };
  }
  return undefined;
}

function nameOf(row: Row): string {
  return `row ${row.seq} (${row.type} of ${row.stream})`;
}
