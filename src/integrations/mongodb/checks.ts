/** Whether the tools and the users can do what a restore needs. */

import type { MongoClient } from 'mongodb';
import { z } from 'zod';
import type { Check } from '../../operation.ts';
import { checked, fail, pass, warn } from '../checks.ts';
import { findDatabases } from './databases.ts';
import { isSharded, SHARDED } from './restore.ts';
import { isDone, runTool, type Server, withClient } from './server.ts';
import { readUsed } from './used.ts';

/** What the built-in role `readWriteAnyDatabase` gives, as far as a restore needs it; see the README. */
const NEEDED = ['createCollection', 'createIndex', 'dropDatabase', 'find', 'insert', 'update'];

const Version = z.object({ version: z.string() });
const Rights = z.object({
  authInfo: z.object({
    authenticatedUsers: z.array(z.unknown()),
    authenticatedUserPrivileges: z
      .array(
        z.object({
          resource: z.record(z.string(), z.unknown()),
          actions: z.array(z.string()),
        }),
      )
      .default([]),
  }),
});

/** The tools are numbered by themselves since 100; the older ones came with a server and know no newer one. */
export async function toolsCheck(server: Server, signal: AbortSignal): Promise<Check> {
  const name = 'The tools are there';
  return checked(name, true, async () => {
    const version = async (tool: 'mongodump' | 'mongorestore') => {
      const call = { tool, args: ['--version'], limitMs: 10_000, answerBytes: 400 } as const;
      const ended = await runTool(server, 'reader', call, signal);
      return isDone(ended) ? /version:? v?(\S+)/.exec(ended.answer)?.[1] : undefined;
    };
    const look = { attempted: 'read the version', asked: 'read' } as const;
    const read = (client: MongoClient) => client.db('admin').command({ buildInfo: 1 });
    const [dump, restore, build] = await Promise.all([
      version('mongodump'),
      version('mongorestore'),
      withClient(server, 'reader', look, read, signal),
    ]);
    if (!dump || !restore)
      return fail(
        name,
        `${server.tool(dump ? 'mongorestore' : 'mongodump')} does not tell its version.`,
      );
    const { version: there } = Version.parse(build);
    const words = `mongodump ${dump}, mongorestore ${restore}; the server is MongoDB ${there}.`;
    return Number.parseInt(dump, 10) >= 100 && Number.parseInt(restore, 10) >= 100
      ? pass(name, words)
      : warn(name, `${words} Tools of their own, from 100 on, are better.`);
  });
}

/** What the user lacks on a database beside the live one, which has a new name each time. */
export async function rightsCheck(server: Server, signal: AbortSignal): Promise<Check> {
  const name = 'The account may restore';
  return checked(name, true, async () => {
    const used = await readUsed(server.settings, signal);
    const [[live], sharded, rights] = await Promise.all([
      findDatabases(server, 'restorer', [used], signal),
      isSharded(server, signal),
      readRights(server, signal),
    ]);
    if (sharded) return fail(name, SHARDED);
    if (!live) return fail(name, `There is no database ${used}.`);
    if (live.identity.length === 0)
      return fail(name, 'No collection of it has an id, so that nobody can tell it from another.');
    const { authenticatedUsers, authenticatedUserPrivileges: privileges } = rights.authInfo;
    if (authenticatedUsers.length === 0)
      return warn(name, 'The server asks nobody who they are: everybody may do everything.');
    const everywhere = privileges.filter(
      ({ resource: { db, collection, anyResource } }) =>
        anyResource === true || (db === '' && collection === ''),
    );
    const has = new Set(everywhere.flatMap(({ actions }) => actions));
    const lacks = NEEDED.filter((action) => !has.has(action) && !has.has('anyAction'));
    return lacks.length === 0
      ? pass(name, 'It may do all that is needed on a new database.')
      : fail(name, `On a new database it may not ${lacks.join(', ')}.`);
  });
}

async function readRights(server: Server, signal: AbortSignal) {
  const look = { attempted: 'read the rights', asked: 'read' } as const;
  const command = { connectionStatus: 1, showPrivileges: true };
  const read = (client: MongoClient) => client.db('admin').command(command);
  return Rights.parse(await withClient(server, 'restorer', look, read, signal));
}
