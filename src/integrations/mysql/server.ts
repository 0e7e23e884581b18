/** A MySQL or MariaDB server through its own client and dump tool, with the password in an options file. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { commandAt, type Errand } from '../command/place.ts';
import { KEY_VARIABLE } from '../command/processes.ts';
import { type Ended, runCommand } from '../command/run-command.ts';
import type { As } from '../database/system.ts';
import { failed } from './failures.ts';
import type { MysqlSettings } from './schema.ts';

/** Several reads follow each other within the half minute that a look may take. */
const READ_LIMIT_MS = 12_000;
/** Statements of a change are given up well before a lost one counts as landed. */
export const CHANGE_LIMIT_MS = 30_000;
const ANSWER_BYTES = 16 * 1024 * 1024;

type Tool = 'client' | 'dump';

export interface Server {
  /** For people. */
  readonly place: string;
  readonly settings: MysqlSettings;
  /** How the tool is called. */
  tool(which: Tool): string;
}

export function createServer(settings: MysqlSettings): Server {
  const names = {
    mariadb: { client: 'mariadb', dump: 'mariadb-dump' },
    mysql: { client: 'mysql', dump: 'mysqldump' },
  }[settings.client];
  return {
    place: `MySQL at ${settings.server.host}`,
    settings,
    tool: (which) => `${settings.tools}/${names[which]}`,
  };
}

/** What a call of a tool adds to the common: its own arguments after the options file, and a name by which it is found again. */
export interface Call extends Omit<Errand, 'argv' | 'env'> {
  readonly tool: Tool;
  readonly args: readonly string[];
  readonly name?: string;
}

/**
 * Runs a tool to its end. Who connects, and the password, are in a file that only this user can read and that is removed
 * afterwards: arguments can be seen by everybody on the machine.
 * @throws OutsideError only when it could not be started.
 */
export async function runTool(
  server: Server,
  as: As,
  { tool, args, name, ...errand }: Call,
  signal: AbortSignal,
): Promise<Ended> {
  const directory = await mkdtemp(join(tmpdir(), 'backstop-mysql-'));
  try {
    const file = join(directory, 'client.cnf');
    await writeFile(file, optionsOf(server.settings, as), { mode: 0o600 });
    const argv = [server.tool(tool), `--defaults-file=${file}`, ...args] as const;
    const env = { LC_ALL: 'C.UTF-8', TZ: 'UTC', ...(name && { [KEY_VARIABLE]: name }) };
    const login = loginOf(server.settings, as);
    const secretEnv = login.password === undefined ? {} : { [SECRET]: login.password };
    const around = { where: { kind: 'local' }, env, secretEnv } as const;
    const command = await commandAt(around, { ...errand, argv }, signal);
    // The secret is named so that it is redacted; the tool does not need it in its environment.
    const { [SECRET]: _secret, ...seen } = command.env;
    return await runCommand({ ...command, env: seen }, signal);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const SECRET = 'BACKSTOP_UNUSED';

function loginOf({ server, restoreAs }: MysqlSettings, as: As) {
  return as === 'restorer' ? (restoreAs ?? server) : server;
}

function optionsOf(settings: MysqlSettings, as: As): string {
  const { host, port, tls, caFile } = settings.server;
  const { user, password } = loginOf(settings, as);
  const line = (name: string, value: string | number) => `${name}=${quoted(String(value))}`;
  const secured =
    settings.client === 'mysql'
      ? [
          `ssl-mode=${{ disable: 'DISABLED', require: 'REQUIRED', 'verify-full': 'VERIFY_IDENTITY' }[tls]}`,
        ]
      : tls === 'disable'
        ? ['skip-ssl']
        : ['ssl', tls === 'verify-full' ? 'ssl-verify-server-cert' : 'skip-ssl-verify-server-cert'];
  return [
    '[client]',
    line('host', host),
    line('port', port),
    'protocol=TCP',
    line('user', user),
    ...(password === undefined ? [] : [line('password', password)]),
    ...secured,
    ...(caFile === undefined ? [] : [line('ssl-ca', caFile)]),
    'default-character-set=utf8mb4',
    '',
  ].join('\n');
}

function quoted(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r');
  return `"${escaped}"`;
}

/** A client that does exactly what it is given: no reconnecting, no commands of its own in what it reads. */
export const CLIENT = [
  '--batch',
  '--raw',
  '--skip-column-names',
  '--binary-mode',
  '--skip-reconnect',
  '--connect-timeout=10',
  '--max-allowed-packet=1G',
] as const;

/** So that names and texts mean the same on every server. */
const PREAMBLE = "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', time_zone = '+00:00';";
const LIMITS = (ms: number) =>
  `/*M!100101 SET SESSION max_statement_time = ${ms / 1000} */;\n/*!50704 SET SESSION max_execution_time = ${ms} */;`;

/** A session that only reads, and answers in time. */
export function readingScript(select: string, limitMs = READ_LIMIT_MS): string {
  return [
    PREAMBLE,
    LIMITS(limitMs - 2_000),
    'SET SESSION group_concat_max_len = 1000000;',
    'START TRANSACTION READ ONLY;',
    `${select};`,
    '',
  ].join('\n');
}

/**
 * The rows of one SELECT that gives one JSON object each, of the shape asked for. Reads only: the session is read-only.
 * @throws OutsideError; `malformed` when the answer has another shape.
 */
export async function readRows<T extends z.ZodType>(
  server: Server,
  as: As,
  select: string,
  shape: T,
  signal: AbortSignal,
): Promise<readonly z.output<T>[]> {
  const attempted = 'read';
  const inputText = readingScript(select);
  const limits = { limitMs: READ_LIMIT_MS, answerBytes: ANSWER_BYTES };
  const call: Call = { tool: 'client', args: CLIENT, inputText, ...limits };
  const ended = await unlessCancelled(server, as, call, signal);
  if (!isDone(ended)) throw failed(ended, { server, attempted, asked: 'read' });
  const parsed = z.array(shape).safeParse(linesOf(ended.answer));
  if (parsed.success) return parsed.data;
  throw new OutsideError({
    kind: 'malformed',
    system: 'MySQL',
    attempted,
    on: server.place,
    next: `See that ${server.tool('client')} is the client of MySQL or MariaDB.`,
  });
}

/**
 * Statements that change something, one session, each by itself in its order; the first failure ends it.
 * @throws OutsideError; `ambiguous` when it is not known how far it came.
 */
export async function execute(
  server: Server,
  attempted: string,
  statements: string,
  signal: AbortSignal,
  limitMs = CHANGE_LIMIT_MS,
): Promise<void> {
  const inputText = `${PREAMBLE}\nSET SESSION lock_wait_timeout = 5;\n${statements}\n`;
  const call: Call = { tool: 'client', args: CLIENT, inputText, limitMs };
  const ended = await unlessCancelled(server, 'restorer', call, signal);
  if (!isDone(ended)) throw failed(ended, { server, attempted, asked: 'change' });
}

async function unlessCancelled(
  server: Server,
  as: As,
  call: Call,
  signal: AbortSignal,
): Promise<Ended> {
  try {
    return await runTool(server, as, call, signal);
  } catch (error) {
    if (!signal.aborted || error instanceof OutsideError) throw error;
    throw new OutsideError({
      kind: 'ambiguous',
      system: 'MySQL',
      attempted: 'answer in time',
      on: server.place,
      next: 'Look at what is there before anything is repeated.',
    });
  }
}

export function isDone(ended: Ended): boolean {
  return ended.how === 'exited' && ended.code === 0 && ended.fault === undefined;
}

function linesOf(text: string): unknown {
  try {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** A name as an SQL identifier. */
export function ident(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A text as an SQL literal, under the preamble of this file: a backslash stands for itself. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
