/** What the commands of MongoDB need to be allowed, for the stand-in of its server. */

import type { Document } from 'mongodb';

/** MongoDB's manual, "Privilege Actions"; what needs none, or is of the cluster, is not in it. */
const ACTIONS: Readonly<Record<string, string>> = {
  find: 'find',
  aggregate: 'find',
  count: 'find',
  listCollections: 'listCollections',
  listIndexes: 'listIndexes',
  dbStats: 'dbStats',
  create: 'createCollection',
  createIndexes: 'createIndex',
  insert: 'insert',
  update: 'update',
  dropDatabase: 'dropDatabase',
};

/** The privilege actions that a command needs. */
export function actionsFor(name: string, command: Document): readonly string[] {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  const updates = (command['updates'] ?? []) as readonly Document[];
  const inserts = updates.some(({ upsert }) => upsert) ? ['insert'] : [];
  return action === undefined ? [] : [action, ...inserts];
}
