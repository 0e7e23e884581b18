/**
 * A database server that is nothing but names, behind the port of a database system. It judges, by what lies in the directory of
 * backups and not by what Backstop noted, whether there is a whole backup of the database that is live, taken in this very run, whenever
 * something would put other data into its place.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HERE } from '../../../src/integrations/command/place.ts';
import {
  type Database,
  type DatabaseSystem,
  SQL_WORDS,
} from '../../../src/integrations/database/system.ts';
import type { Check } from '../../../src/operation.ts';

export const EXTENSION = '.dump';
const END = 'the end\n';

interface Held {
  readonly id: string;
  readonly data: string;
  readonly filled?: Database['filled'];
}

export interface AServer {
  readonly system: DatabaseSystem;
  /** What put other data into the place of live data, or beside it, in order. */
  readonly changes: readonly string[];
  /** What of it was done without a whole backup of the live database. */
  readonly without: readonly string[];
  /** To be asked when something outside changes the live data. */
  judge(what: string): void;
  live(): Held;
  /** What is in all databases but the live one. */
  keptData(): readonly string[];
  /** Customers write into the live database. */
  write(data: string): void;
  /** Somebody else makes another database of the live one. */
  replaceLive(): void;
  /** How large each database is said to be. */
  weigh(bytes: number): void;
  /** The next dump is cut off, or fails. */
  spoil(how: 'cut off' | 'fails' | undefined): void;
}

/** @param run the one that is at work now. */
export function aServer(backups: string, run: () => string): AServer {
  const databases = new Map<string, Held>();
  const dumped = new Map<string, string>();
  const inRun = (id: string) => `${id} in ${run()}`;
  const changes: string[] = [];
  const without: string[] = [];
  let made = 0;
  let bytes = 1_000;
  let spoilt: 'cut off' | 'fails' | undefined;
  const make = (data: string, filled?: Database['filled']): Held => {
    made += 1;
    return { id: `number ${made}`, data, ...(filled && { filled }) };
  };
  databases.set('shop', make('last night'));

  const live = (): Held => {
    const found = databases.get('shop');
    if (!found) throw new Error('There is no live database.');
    return found;
  };
  const readable = (path: string): boolean => readFileSync(path, 'utf8').endsWith(END);
  const judge = (what: string): void => {
    changes.push(what);
    const { id } = live();
    const files = readdirSync(backups).filter((name) => name.endsWith(EXTENSION));
    const isSafe = files.some((name) => {
      const path = join(backups, name);
      return readable(path) && dumped.get(readFileSync(path, 'utf8')) === inRun(id);
    });
    if (!isSafe) without.push(what);
  };
  const asFound = (name: string): readonly Database[] => {
    const held = databases.get(name);
    if (!held) return [];
    const { id, filled } = held;
    return [{ name, identity: [id], bytes, ...(filled && { filled }) }];
  };
  const passes = async (name: string): Promise<Check> => ({
    name,
    verdict: 'pass',
    reason: 'It is well.',
    blocking: true,
  });
  const lines = (): readonly string[] => ['by hand'];

  const system: DatabaseSystem = {
    name: 'A server',
    place: 'a server',
    words: SQL_WORDS,
    extension: EXTENSION,
    exportExtension: 'csv',
    switching: { renames: true, changes: () => [] },
    liveName: async () => 'shop',
    isOwn: (name) => name === 'shop',
    find: async (names) => names.flatMap(asFound),
    isBusyWith: async () => false,
    tables: async () => [],
    count: async () => new Map(),
    async read(path) {
      if (!readable(path)) return { state: 'broken', reason: 'It is cut off.' };
      const header = { database: 'shop', createdAt: undefined, serverVersion: '1' };
      return { state: 'whole', header };
    },
    async dump(to) {
      const how = spoilt;
      spoilt = undefined;
      if (how === 'fails') throw new Error('no space left on device');
      const { id, data } = live();
      made += 1;
      const text = `dump ${made} of ${id}: ${data}\n${END}`;
      dumped.set(text, inRun(id));
      writeFileSync(to, how === 'cut off' ? text.slice(0, -4) : text);
    },
    async restore({ point, path, beside }) {
      judge(`restore beside`);
      databases.set(beside, make(readFileSync(path, 'utf8'), { from: point, whole: true }));
    },
    exportRows: async () => undefined,
    toolsAt: (name) => ({ mark: `SERVER=${name}`, surroundings: HERE }),
    async standing({ incoming, outgoing }) {
      const [arriving, left] = [incoming, outgoing].map((name) => databases.has(name));
      const [found] = asFound('shop');
      const state = left && !arriving ? 'switched' : left ? 'something else' : 'not switched';
      return { state, note: state, live: found };
    },
    async exchange({ incoming, outgoing }) {
      const arriving = databases.get(incoming);
      if (!arriving) throw new Error(`There is no ${incoming}.`);
      // What was live before comes back as it was: nothing is restored by that.
      if (arriving.filled) judge('switch');
      databases.set(outgoing, live());
      databases.delete(incoming);
      const { filled: _filled, ...rest } = arriving;
      databases.set('shop', rest);
    },
    toolsCheck: () => passes('The tools are there'),
    rightsCheck: () => passes('The rights are there'),
    manual: {
      backup: lines,
      read: () => 'read it',
      restore: lines,
      exchange: lines,
      exportRows: lines,
    },
  };
  return {
    system,
    changes,
    without,
    judge,
    live,
    keptData: () => [...databases].flatMap(([name, { data }]) => (name === 'shop' ? [] : [data])),
    write: (data) => void databases.set('shop', { ...live(), data }),
    replaceLive: () => void databases.set('shop', make('of somebody else')),
    weigh: (each) => {
      bytes = each;
    },
    spoil: (how) => {
      spoilt = how;
    },
  };
}
