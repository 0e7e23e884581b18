/** A PostgreSQL server through its own tools: psql, pg_dump and pg_restore, run where they are. */

import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { commandAt, type Errand } from '../command/place.ts';
import { type Ended, runCommand } from '../command/run-command.ts';
import type { Surroundings } from '../command/where.ts';
import { failed, SYSTEM } from './failures.ts';
import type { PostgresqlSettings } from './schema.ts';

/** Several reads follow each other within the half minute that a look may take. */
const READ_LIMIT_MS = 12_000;
/** Statements of a change are given up well before a lost one counts as landed. */
export const CHANGE_LIMIT_MS = 20_000;
const ANSWER_BYTES = 16 * 1024 * 1024;

type Tool = 'psql' | 'pg_dump' | 'pg_restore';

export interface Server {
  /** For people. */
  readonly place: string;
  /** Who and where the tools run as: one that reads and takes backups, one that restores. */
  readonly reading: Surroundings;
  readonly changing: Surroundings;
  /** How the tool is called there. */
  tool(name: Tool): string;
  /** Whether the tools can open the files of backups themselves, or are given them as standard input. */
  readonly seesFiles: boolean;
}

/** The server as the settings of a component name it, with tools on this machine. */
export function createServer(settings: PostgresqlSettings): Server {
  const { server, restoreAs, tools } = settings;
  const as = (login: {
    readonly user: string;
    readonly password?: string | undefined;
  }): Surroundings => ({
    where: { kind: 'local' },
    env: {
      ...CLIENT_ENV,
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: login.user,
      PGSSLMODE: server.tls,
      ...(server.caFile === undefined ? {} : { PGSSLROOTCERT: server.caFile }),
    },
    secretEnv: login.password === undefined ? {} : { PGPASSWORD: login.password },
  });
  return {
    place: `PostgreSQL at ${server.host}`,
    reading: as(server),
    changing: as(restoreAs ?? server),
    tool: (name) => `${tools}/${name}`,
    seesFiles: true,
  };
}

/** So that answers read the same on every machine, and no one's own settings are used. */
export const CLIENT_ENV = {
  PGCONNECT_TIMEOUT: '10',
  PGTZ: 'UTC',
  TZ: 'UTC',
  LC_ALL: 'C',
  PGCLIENTENCODING: 'UTF8',
  PGPASSFILE: '/dev/null',
  PGSERVICEFILE: '/dev/null',
} as const;

/**
 * The rows of one SELECT, as JSON, of the shape asked for. Reads only: the session is read-only.
 * @throws OutsideError; `malformed` when the answer has another shape.
 */
export async function readRows<T extends z.ZodType>(
  server: Server,
  database: string,
  select: string,
  shape: T,
  signal: AbortSignal,
): Promise<readonly z.output<T>[]> {
  const attempted = 'read';
  const script = [
    'SET default_transaction_read_only = on;',
    `SET statement_timeout = ${READ_LIMIT_MS - 2_000};`,
    `SELECT coalesce(json_agg(q), '[]'::json) FROM (${select}) q;`,
  ].join('\n');
  const ended = await psql(server, server.reading, database, script, READ_LIMIT_MS, signal);
  if (!isDone(ended)) throw failed(ended, { server, attempted, on: database, asked: 'read' });
  const parsed = z.array(shape).safeParse(jsonOf(ended.answer));
  if (parsed.success) return parsed.data;
  throw new OutsideError({
    kind: 'malformed',
    system: SYSTEM,
    attempted,
    on: `database ${database}`,
    next: `See that ${server.tool('psql')} is PostgreSQL's own psql.`,
  });
}

/**
 * Statements that change something, one session, each by itself in its order; the first failure ends it.
 * @throws OutsideError; `ambiguous` when it is not known how far it came.
 */
export async function execute(
  server: Server,
  database: string,
  attempted: string,
  statements: readonly string[],
  signal: AbortSignal,
  limitMs = CHANGE_LIMIT_MS,
): Promise<void> {
  const script = [
    `SET statement_timeout = ${limitMs};`,
    'SET lock_timeout = 5000;',
    ...statements.map((each) => `${each};`),
  ].join('\n');
  const ended = await psql(server, server.changing, database, script, limitMs + 2_000, signal);
  if (!isDone(ended)) throw failed(ended, { server, attempted, on: database, asked: 'change' });
}

/** The mark of a tool's sessions; PostgreSQL keeps 63 bytes of it. */
export function markFor(what: string): string {
  return `backstop ${what}`.slice(0, 63);
}

/** Where tools run, with a mark by which their sessions are seen on the server. */
export function marked(as: Surroundings, mark: string): Surroundings {
  return { ...as, env: { ...as.env, PGAPPNAME: mark } };
}

/** Runs one of the tools to its end. @throws OutsideError only when it could not be started. */
export async function runTool(
  as: Surroundings,
  errand: Errand,
  signal: AbortSignal,
): Promise<Ended> {
  return runCommand(await commandAt(as, errand, signal), signal);
}

/** The arguments and input by which a tool reads a backup. */
export function readingFile(
  server: Server,
  file: string,
): { readonly args: readonly string[]; readonly input?: string } {
  return server.seesFiles ? { args: [file] } : { args: [], input: file };
}

export function isDone(ended: Ended): boolean {
  return ended.how === 'exited' && ended.code === 0;
}

async function psql(
  server: Server,
  as: Surroundings,
  database: string,
  inputText: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<Ended> {
  const options = [
    '-X',
    '-q',
    '-A',
    '-t',
    '-w',
    '-v',
    'ON_ERROR_STOP=1',
    '-v',
    'VERBOSITY=verbose',
  ];
  const argv = [server.tool('psql'), ...options, '-d', database, '-f', '-'] as const;
  const errand = { argv, limitMs, inputText, answerBytes: ANSWER_BYTES };
  try {
    return await runTool(as, errand, signal);
  } catch (error) {
    if (!signal.aborted || error instanceof OutsideError) throw error;
    throw new OutsideError({
      kind: 'ambiguous',
      system: SYSTEM,
      attempted: 'answer in time',
      on: `database ${database}`,
      next: 'Look at what is there before anything is repeated.',
    });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A name as an SQL identifier. */
export function ident(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal, whatever `standard_conforming_strings` says. */
export function literal(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "''");
  return text.includes('\\') ? `E'${escaped}'` : `'${escaped}'`;
}
