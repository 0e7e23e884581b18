/** A dump of mysqldump or mariadb-dump, compressed or not: what its header says, and whether it can be read to its end. */

import { messageOf } from '../../errors.ts';
import { openDump } from '../database/open-dump.ts';
import type { Readability } from '../database/readings.ts';
import { beginningOf, piecesOf } from './lines.ts';

const HEADER_LINES = 40;

/**
 * Reads the whole file. A gzip has to be whole by its own checksum; the last line has to say that the dump was completed, which
 * one that was cut off, between statements or in the middle of one, does not. Refuses what would leave the database it is
 * restored into: a dump of several databases names them itself.
 */
export async function readDump(file: string): Promise<Readability> {
  const found = { last: '', lines: 0, database: '', version: '', leaves: '' };
  try {
    for await (const piece of piecesOf(await openDump(file))) {
      if (!piece.startsLine) {
        // The end of a long line is no line of its own.
        found.last = '';
        continue;
      }
      const line = beginningOf(piece);
      if (line === '') continue;
      found.last = line;
      found.lines += 1;
      if (found.lines <= HEADER_LINES) readHeader(line, found);
      if (LEAVES.test(line)) found.leaves = line.slice(0, 60);
    }
  } catch (error) {
    return { state: 'broken', reason: `It cannot be read to its end: ${messageOf(error)}.` };
  }
  if (found.version === '')
    return {
      state: 'broken',
      reason: 'It is no dump with the comments of mysqldump or mariadb-dump.',
    };
  if (!/^-- Dump completed\b/.test(found.last)) {
    const reason = 'It cannot be read to its end: its last line does not say `Dump completed`.';
    return { state: 'broken', reason };
  }
  if (found.leaves !== '') {
    const reason = `It would leave the database it is restored into (${found.leaves}); take it of one database, without --databases.`;
    return { state: 'broken', reason };
  }
  const header = { database: found.database, createdAt: undefined, serverVersion: found.version };
  return { state: 'whole', header };
}

/** Lines by which a dump says itself which database it goes to. */
const LEAVES =
  /^\s*(\/\*![0-9]* *)?(CREATE +(DATABASE|SCHEMA)\b|DROP +(DATABASE|SCHEMA)\b|USE +(`[^`]*`|[\w$-]+) *(;|\*\/|$))/i;

function readHeader(line: string, found: { database: string; version: string }): void {
  const database = /^-- Host: .*? {2,}Database: (.*)$/.exec(line)?.[1];
  if (database !== undefined) found.database = database.trim();
  const version = /^-- Server version\s+(\S+)/.exec(line)?.[1];
  if (version !== undefined) found.version = version;
}
