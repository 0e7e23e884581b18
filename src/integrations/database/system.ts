/**
 * One database system behind the operations that all of them share: what is asked of PostgreSQL, MySQL or MongoDB by its own
 * tools. Order, names, safety and words are the same for all and are not decided here.
 */

import type { Change, Check } from '../../operation.ts';
import type { Surroundings } from '../command/where.ts';
import type { Readability } from './readings.ts';

export interface Database {
  readonly name: string;
  /**
   * What tells it from another one that came to bear the name: the server's own numbers of it or of its tables. One in common
   * is enough; without any nobody can tell.
   */
  readonly identity: readonly string[];
  /** Null where it cannot be told. */
  readonly bytes: number | null;
  /** The backup that Backstop filled it from, or fills it from. */
  readonly filled?: { readonly from: string; readonly whole: boolean } | undefined;
}

export interface Table {
  /** As people know it. */
  readonly name: string;
  readonly readable: boolean;
  /** Columns; where the system knows none, what else its tables are made with. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly tells: Tells;
  /** As the system's own language names it, quoted. */
  readonly relation: string;
}

/** One database takes the place of the live one, which is kept. */
export interface Exchange {
  readonly incoming: string;
  /** The name that the live one is kept under: another one after a rename, else its own. */
  readonly outgoing: string;
}

/** Whether rows tell when they were written, or only when they were added, or neither. */
export type Tells = 'written' | 'added' | 'nothing';

/** How far an exchange is, by what is there. */
export interface Standing {
  readonly state: 'not switched' | 'switched' | 'something else';
  /** In words for a person. */
  readonly note: string;
  /** The live database now. */
  readonly live: Database | undefined;
}

/** Reads and work as one role, or as the role that restores. */
export type As = 'reader' | 'restorer';

/** Every method throws OutsideError where the system does not answer, or not in time. */
export interface DatabaseSystem {
  /** `PostgreSQL`. */
  readonly name: string;
  /** With where it is, for people. */
  readonly place: string;
  readonly words: Words;
  /** Of the files of backups that it writes, with the dot. */
  readonly extension: string;
  /** Of the files that rows are exported to, without the dot. */
  readonly exportExtension: string;
  readonly switching: Switching;

  /** The name under which the application finds the live database. */
  liveName(signal: AbortSignal): Promise<string>;
  /** Whether the live database has this name or had it once: a backup of it may be put back. */
  isOwn(name: string): boolean;

  /** Those of the named databases that exist. */
  find(names: readonly string[], signal: AbortSignal): Promise<readonly Database[]>;
  /** Whether a tool of ours still works on a backup or database of this name, also one that outlived Backstop. */
  isBusyWith(name: string, signal: AbortSignal): Promise<boolean>;
  tables(database: string, as: As, signal: AbortSignal): Promise<readonly Table[]>;
  /**
   * The rows of each readable table by its name: all, or those known to be written after a moment, of the tables that tell.
   * Undefined when counting takes too long.
   */
  count(
    database: string,
    tables: readonly Table[],
    which: { readonly since?: string; readonly as: As },
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, number> | undefined>;

  /** What a backup's header says, and whether it can be read to its end. Reads the whole file. */
  read(path: string): Promise<Readability>;
  /** Writes a backup of the live database to a file that is not there yet. @throws when it did not end well. */
  dump(to: string, name: string, limitMs: number, signal: AbortSignal): Promise<void>;
  /** Fills a new database from a backup, and marks it whole at last. What an interrupted one left is thrown away first. */
  restore(from: Restore, signal: AbortSignal): Promise<void>;
  /** Every row of the table known to be written after a moment, into a file that is not there yet. */
  exportRows(what: Exported, signal: AbortSignal): Promise<void>;
  /** Where the tools run that work on a backup or database of this name, and a line of their environment by which they are found there. */
  toolsAt(name: string): { readonly mark: string; readonly surroundings: Surroundings };

  standing(exchange: Exchange, signal: AbortSignal): Promise<Standing>;
  exchange(exchange: Exchange, signal: AbortSignal): Promise<void>;

  /** Whether the tools can work with this server. */
  toolsCheck(signal: AbortSignal): Promise<Check>;
  /** Whether the restoring role may do what a restore needs. */
  rightsCheck(signal: AbortSignal): Promise<Check>;
  readonly manual: Manual;
}

/** What people call the parts of a database of this system. */
export interface Words {
  readonly row: string;
  readonly rows: string;
  readonly table: string;
  readonly tables: string;
  /** What tells when a row was written. */
  readonly telling: string;
  /** All that has to be the same in two databases, `table and column`. */
  readonly parts: string;
}

export const SQL_WORDS: Words = {
  row: 'row',
  rows: 'rows',
  table: 'table',
  tables: 'tables',
  telling: 'column',
  parts: 'table and column',
};

/** How a database takes the place of another. */
export interface Switching {
  /** Whether the live name stays, because databases are renamed; else the application is told another name. */
  readonly renames: boolean;
  /** All that changes, for those who approve it. `back` when it is taken back. */
  changes(live: string, exchange: Exchange, back: boolean): readonly Change[];
}

export interface Restore {
  /** The id of the backup, and its file. */
  readonly point: string;
  readonly path: string;
  readonly beside: string;
  readonly hasLeftover: boolean;
  readonly limitMs: number;
}

export interface Exported {
  readonly database: string;
  readonly table: Table;
  readonly since: string;
  readonly to: string;
  readonly limitMs: number;
}

/** The same for a person, one line a step. */
export interface Manual {
  backup(path: string): readonly string[];
  /** How a backup is read to its end, and how to tell that it is whole. */
  read(path: string): string;
  restore(point: string, path: string, beside: string): readonly string[];
  exchange(exchange: Exchange): readonly string[];
  exportRows(database: string, since: string): readonly string[];
}

/** Whether two sightings are of the same database. Fails closed: without an identity they are not. */
export function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.some((each) => other.includes(each));
}
