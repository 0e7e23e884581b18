/** A MongoDB server: looks through its driver, backups and restores through its own tools. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { commandAt, type Errand } from '../command/place.ts';
import { KEY_VARIABLE } from '../command/processes.ts';
import { type Ended, runCommand } from '../command/run-command.ts';
import type { As } from '../database/system.ts';
import { untilAborted } from '../until-aborted.ts';
import { secretsOf, uriOf } from './address.ts';
import { failedCall } from './failures.ts';
import type { MongodbSettings } from './schema.ts';

/** Several looks follow each other within the half minute that a look may take. */
export const READ_LIMIT_MS = 10_000;
const CONNECT_MS = 5_000;

type Tool = 'mongodump' | 'mongorestore';

export interface Server {
  /** For people. */
  readonly place: string;
  readonly settings: MongodbSettings;
  /** How the tool is called. */
  tool(which: Tool): string;
}

export function createServer(settings: MongodbSettings): Server {
  const hosts = settings.server.uri.replace(/^[^/]*\/\//, '').replace(/[/?].*$/, '');
  return {
    place: `MongoDB at ${hosts}`,
    settings,
    tool: (which) => `${settings.tools}/${which}`,
  };
}

/**
 * Does something over a connection of its own, which is closed afterwards. Nothing is sent twice but reads.
 * @param asked `change` when it is not known what was done if the answer is lost.
 * @throws OutsideError; the signal's reason when it was cancelled.
 */
export async function withClient<T>(
  server: Server,
  as: As,
  { attempted, asked }: { readonly attempted: string; readonly asked: 'read' | 'change' },
  work: (client: MongoClient) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  let client: MongoClient | undefined;
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  try {
    client = new MongoClient(uriOf(server.settings, as), {
      appName: 'backstop',
      retryWrites: false,
      maxPoolSize: 4,
      serverSelectionTimeoutMS: CONNECT_MS,
      connectTimeoutMS: CONNECT_MS,
      writeConcern: { w: 'majority', wtimeoutMS: READ_LIMIT_MS },
    });
    const working = work(client);
    working.catch(() => undefined);
    return await Promise.race([working, untilAborted(stop)]);
  } catch (error) {
    if (signal.aborted && error === signal.reason && asked === 'read') throw error;
    throw failedCall(error, { server, attempted, asked, secrets: secretsOf(server.settings) });
  } finally {
    // A signal that lives long is not to keep what waited for it.
    ended.abort();
    // Also ends what is still at work.
    await client?.close(true).catch(() => undefined);
  }
}

/** What a call of a tool adds: its own arguments, and a name by which it is found again. */
export interface Call extends Omit<Errand, 'argv' | 'env'> {
  readonly tool: Tool;
  readonly args: readonly string[];
  readonly name?: string;
}

/**
 * Runs a tool to its end. Where to connect, with the password, is in a file that only this user can read and that is removed
 * afterwards: arguments can be seen by everybody on the machine.
 * @throws OutsideError only when it could not be started.
 */
export async function runTool(
  server: Server,
  as: As,
  { tool, args, name, ...errand }: Call,
  signal: AbortSignal,
): Promise<Ended> {
  const directory = await mkdtemp(join(tmpdir(), 'backstop-mongodb-'));
  try {
    const file = join(directory, 'client.yaml');
    // A text in JSON is one in YAML too.
    await writeFile(file, `uri: ${JSON.stringify(uriOf(server.settings, as))}\n`, { mode: 0o600 });
    const argv = [server.tool(tool), `--config=${file}`, ...args] as const;
    const env = { LC_ALL: 'C.UTF-8', TZ: 'UTC', ...(name && { [KEY_VARIABLE]: name }) };
    const around = { where: { kind: 'local' }, env, secretEnv: {} } as const;
    const command = await commandAt(around, { ...errand, argv }, signal);
    return await runCommand({ ...command, secrets: secretsOf(server.settings) }, signal);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export function isDone(ended: Ended): boolean {
  return ended.how === 'exited' && ended.code === 0 && ended.fault === undefined;
}
