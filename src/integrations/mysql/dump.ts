/** Takes backups, and copies of what is not data: views, triggers, routines and events. */

import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { failed } from './failures.ts';
import { isDone, runTool, type Server } from './server.ts';

/** Ended by its own limit alone: it is part of a switch. */
const NEVER = new AbortController().signal;
const CODE_LIMIT_MS = 60_000;

/** One consistent picture of InnoDB tables, compressed into a file that is not there yet. */
export async function takeDump(
  server: Server,
  to: string,
  name: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { database } = server.settings;
  const args = [
    ...commonArgs(server),
    '--single-transaction',
    '--quick',
    '--hex-blob',
    '--routines',
    '--triggers',
    '--events',
    database,
  ];
  const sink = (stdout: Readable) =>
    pipeline(stdout, createGzip(), createWriteStream(to, { flags: 'wx', mode: 0o600 }));
  const call = { tool: 'dump', args, name, limitMs, sink } as const;
  const ended = await runTool(server, 'reader', call, signal);
  if (!isDone(ended)) throw failed(ended, { server, attempted: 'take a backup', asked: 'read' });
}

export interface Code {
  /** Triggers and routines, each preceded by its DROP … IF EXISTS. */
  readonly routines: string;
  readonly views: string;
  readonly events: string;
}

/** What a database has besides data, as statements that name no database. */
export async function readCode(
  server: Server,
  database: string,
  views: readonly string[],
  directory: string,
): Promise<Code> {
  const dump = async (name: string, args: readonly string[]): Promise<string> => {
    const output = `${directory}/${name}.sql`;
    const call = {
      tool: 'dump',
      args: [...commonArgs(server), ...args],
      limitMs: CODE_LIMIT_MS,
      output,
    } as const;
    const ended = await runTool(server, 'restorer', call, NEVER);
    if (!isDone(ended))
      throw failed(ended, { server, attempted: `read what ${database} has`, asked: 'read' });
    return readFile(output, 'utf8');
  };
  const bare = ['--single-transaction', '--no-data'];
  return {
    routines: await dump(`${database}-routines`, [
      ...bare,
      '--no-create-info',
      '--routines',
      '--triggers',
      '--add-drop-trigger',
      database,
    ]),
    views:
      views.length === 0
        ? ''
        : await dump(`${database}-views`, [...bare, '--skip-triggers', '--', database, ...views]),
    events: await dump(`${database}-events`, [
      ...bare,
      '--no-create-info',
      '--skip-triggers',
      '--events',
      database,
    ]),
  };
}

function commonArgs(server: Server): readonly string[] {
  const isMysql = server.settings.client === 'mysql';
  return [
    '--no-tablespaces',
    '--max-allowed-packet=1G',
    // Else the dump would set the server's own history of transactions when it is restored.
    ...(isMysql ? ['--set-gtid-purged=OFF'] : []),
  ];
}
