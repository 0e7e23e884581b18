/** The same command on this machine, on another one over ssh, in a service of a compose project, or in a pod. */

import { OutsideError } from '../../errors.ts';
import { type Command, type Ended, runCommand } from './run-command.ts';
import type { ComposeProject, Surroundings, Where } from './where.ts';

const DEFAULT_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
} as const;

/** What is to be done somewhere: `Command` without the place. */
export interface Errand
  extends Pick<
    Command,
    'argv' | 'limitMs' | 'input' | 'inputText' | 'output' | 'answerBytes' | 'source' | 'sink'
  > {
  /** Added to the environment there; no secrets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** This machine, with nothing added. */
export const HERE: Surroundings = { where: { kind: 'local' }, env: {}, secretEnv: {} };

/** Time for timeout(1) to end the command over there before the connection is cut, milliseconds. */
const REMOTE_GRACE_MS = 15_000;
const LOOK_UP_MS = 5_000;

/** The command that does the errand there. @throws OutsideError when the user is unknown here. */
export async function commandAt(
  { where, directory, env, secretEnv }: Surroundings,
  errand: Errand,
  signal: AbortSignal,
): Promise<Command> {
  const secrets = Object.values(secretEnv);
  const { argv, limitMs, input, inputText, output, answerBytes, source, sink } = errand;
  const common = { secrets, input, inputText, output, answerBytes, source, sink };
  const added = { ...env, ...errand.env };
  switch (where.kind) {
    case 'local':
      return {
        ...common,
        argv,
        limitMs,
        cwd: directory,
        env: { ...DEFAULT_ENV, ...added, ...secretEnv },
        runAs: where.user === undefined ? undefined : await idsOf(where.user, signal),
      };
    case 'ssh':
      return {
        ...common,
        argv: sshArgv(where, remoteLine(timed(argv, where, limitMs), directory, added)),
        limitMs: limitMs + REMOTE_GRACE_MS,
        env: { ...DEFAULT_ENV, ...where.clientEnv, ...errand.env },
      };
    case 'pod': {
      const hasInput = input !== undefined || inputText !== undefined || source !== undefined;
      const there = timed(argv, where, limitMs);
      return {
        ...common,
        argv: podArgv(where, hasInput, inside(there, directory, added)),
        limitMs: limitMs + REMOTE_GRACE_MS,
        env: { ...DEFAULT_ENV, ...where.clientEnv, ...errand.env },
      };
    }
    case 'compose': {
      const variables = [
        ...Object.entries(added).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
        // Without a value it is taken from the client's environment: arguments can be seen by everybody here.
        ...Object.keys(secretEnv).flatMap((name) => ['--env', name]),
      ];
      const exec = [
        'exec',
        '-T',
        ...variables,
        ...(where.user === undefined ? [] : ['--user', where.user]),
        ...(directory === undefined ? [] : ['--workdir', directory]),
        where.service,
        ...timed(argv, where, limitMs),
      ];
      return {
        ...common,
        ...composeCall(where, exec, limitMs + REMOTE_GRACE_MS),
        secrets,
        env: { ...DEFAULT_ENV, ...where.clientEnv, ...secretEnv, ...errand.env },
      };
    }
  }
}

/** A call of docker compose on a project. */
export function composeCall(
  { project, directory, files, envFile, program, clientEnv }: ComposeProject,
  args: readonly string[],
  limitMs: number,
): Command {
  return {
    argv: [
      program,
      'compose',
      '--project-directory',
      directory,
      ...files.flatMap((file) => ['--file', file]),
      ...(envFile === undefined ? [] : ['--env-file', envFile]),
      '--project-name',
      project,
      ...args,
    ],
    cwd: directory,
    env: { ...DEFAULT_ENV, ...clientEnv },
    limitMs,
    secrets: [],
  };
}

/** Where it runs, for people. */
export function placeName(where: Where): string {
  switch (where.kind) {
    case 'local':
      return where.user === undefined ? 'this machine' : `this machine as ${where.user}`;
    case 'ssh':
      return `${where.user === undefined ? '' : `${where.user}@`}${where.host} (ssh)`;
    case 'compose':
      return `service ${where.service} of compose project ${where.project}`;
    case 'pod':
      return `${podName(where)} in namespace ${where.namespace}${where.context === undefined ? '' : ` of ${where.context}`}`;
  }
}

/**
 * Whether it was the way there that failed, and not what was to run there: then its exit code says nothing about that. ssh keeps 255
 * for itself; kubectl says of a command that it `terminated`, and compose has words of its own.
 */
export function isLost({ kind }: Where, ended: Ended): boolean {
  if (ended.how !== 'exited' || ended.code === 0) return false;
  switch (kind) {
    case 'local':
      return false;
    case 'ssh':
      return ended.code === 255;
    case 'pod':
      return !/^command terminated with exit code \d+$/m.test(ended.said);
    case 'compose':
      return /^(service "[^"]*" is not running|no such service|no configuration file|Cannot connect to the Docker|Error response from daemon|open .*no such file)/m.test(
        ended.said,
      );
  }
}

/** Arguments as a person would type them in a POSIX shell; for reading, and for the one shell that ssh cannot do without. */
export function shellLine(argv: readonly string[]): string {
  return argv.map(quoted).join(' ');
}

/**
 * One argument for the login shell at the other end of ssh. Backslashes, quotes and ! stand outside the single quotes,
 * escaped, because within them they do not mean the same to every shell.
 */
function quoted(text: string): string {
  if (/^[\w@%+:,./-]+$/.test(text)) return text;
  return text === ''
    ? "''"
    : text
        .split(/([\\'!])/)
        .filter((part) => part !== '')
        .map((part) => (/^[\\'!]$/.test(part) ? `\\${part}` : `'${part}'`))
        .join('');
}

function remoteLine(
  argv: readonly string[],
  directory: string | undefined,
  env: Readonly<Record<string, string>>,
): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const all = variables.length === 0 ? argv : ['env', ...variables, ...argv];
  const cd = directory === undefined ? '' : `cd ${quoted(directory)} && `;
  return `${cd}exec ${shellLine(all)}`;
}

type Ssh = Extract<Where, { kind: 'ssh' }>;

function sshArgv(where: Ssh, line: string): readonly [string, ...string[]] {
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'ConnectTimeout=10',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=4',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    ...(where.identityFile === undefined ? [] : ['IdentitiesOnly=yes']),
    ...(where.knownHostsFile === undefined ? [] : [`UserKnownHostsFile=${where.knownHostsFile}`]),
  ];
  return [
    where.program,
    '-T',
    ...options.flatMap((option) => ['-o', option]),
    ...(where.identityFile === undefined ? [] : ['-i', where.identityFile]),
    '-p',
    String(where.port),
    ...(where.user === undefined ? [] : ['-l', where.user]),
    '--',
    where.host,
    line,
  ];
}

type Pod = Extract<Where, { kind: 'pod' }>;

function podName({ pod, deployment }: Pod): string {
  return pod === undefined ? `deployment/${deployment}` : `pod/${pod}`;
}

/** kubectl has no option for either: env and a fixed line of sh, which takes what it runs as arguments, never as text. */
function inside(
  argv: readonly string[],
  directory: string | undefined,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const all = variables.length === 0 ? argv : ['env', ...variables, ...argv];
  return directory === undefined
    ? all
    : ['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', directory, ...all];
}

function podArgv(
  where: Pod,
  hasInput: boolean,
  there: readonly string[],
): readonly [string, ...string[]] {
  return [
    where.program,
    ...(where.context === undefined ? [] : [`--context=${where.context}`]),
    `--namespace=${where.namespace}`,
    'exec',
    ...(hasInput ? ['--stdin'] : []),
    ...(where.container === undefined ? [] : [`--container=${where.container}`]),
    podName(where),
    '--',
    ...there,
  ];
}

function timed(
  argv: readonly string[],
  { remoteTimeout }: { readonly remoteTimeout: boolean },
  limitMs: number,
): readonly string[] {
  return remoteTimeout ? ['timeout', '-k', '5', String(Math.ceil(limitMs / 1000)), ...argv] : argv;
}

async function idsOf(user: string, signal: AbortSignal) {
  const [uid, gid] = await Promise.all([idOf('-u', user, signal), idOf('-g', user, signal)]);
  return { uid, gid };
}

async function idOf(which: '-u' | '-g', user: string, signal: AbortSignal): Promise<number> {
  const ended = await runCommand(
    {
      argv: ['id', which, '--', user],
      env: DEFAULT_ENV,
      limitMs: LOOK_UP_MS,
      secrets: [],
      answerBytes: 100,
    },
    signal,
  );
  if (ended.how === 'exited' && ended.code === 0 && /^\d+\s*$/.test(ended.answer)) {
    return Number(ended.answer);
  }
  throw new OutsideError({
    kind: 'rejected',
    system: 'This machine',
    attempted: 'run as another user',
    on: user,
    answer: ended.lastLines,
    next: `Create the user ${user}, or name another one. Nothing was done.`,
  });
}
