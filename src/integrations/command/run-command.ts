/** Runs one executable with an argument array, never through a shell, in a process group of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setImmediate as nextLoop, setTimeout as sleep } from 'node:timers/promises';
import { messageOf, OutsideError, type OutsideErrorKind } from '../../errors.ts';
import { codeOf } from '../redact.ts';
import { collectOutput, type Output, type OutputStream } from './output.ts';
import { GRACE_MS } from './processes.ts';

/** An executable with everything it is given; it sees nothing else of Backstop. */
export interface Command {
  /** The executable, an absolute path or a name looked up in `env.PATH`, and its arguments, each taken as it is. */
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  /** Who it runs as; Backstop's own user unless given. Needs the right to change user. */
  readonly runAs?: { readonly uid: number; readonly gid: number } | undefined;
  /** Milliseconds after which its whole process group is ended. */
  readonly limitMs: number;
  /** Values that must not be seen in what it prints. */
  readonly secrets: readonly string[];
  /** A file it reads as its standard input; nothing unless given. */
  readonly input?: string | undefined;
  /** What it reads as its standard input, where no file is given. */
  readonly inputText?: string | undefined;
  /** Writes its standard input to the end, where it is neither. */
  readonly source?: ((stdin: Writable) => Promise<void>) | undefined;
  /** Takes its standard output to the end, where no file is given. */
  readonly sink?: ((stdout: Readable) => Promise<void>) | undefined;
  /** A file its standard output goes to; it is created, and must not be there. */
  readonly output?: string | undefined;
  /** How many bytes of standard output are kept as they are, in `answer`. */
  readonly answerBytes?: number | undefined;
}

export type Ended = {
  /** Secrets redacted, within a limit; both outputs as they came. */
  readonly said: string;
  /** The last lines of it, for a message. */
  readonly lastLines: string;
  /** Standard output as it is, where `answerBytes` was given. NOT redacted. */
  readonly answer: string;
  /** Why its `source` or `sink` broke off; it may have ended well for all that. */
  readonly fault?: string;
} & (
  | { readonly how: 'exited'; readonly code: number }
  /** Killed by somebody else, by us when it was cancelled, or by us at its time limit. */
  | { readonly how: 'killed'; readonly by: 'signal' | 'cancel' | 'limit'; readonly signal: string }
);

export interface Started {
  readonly pid: number;
  readonly output: Output;
  /** Never rejects. */
  readonly ended: Promise<Ended>;
}

/** How long what a command left behind may hold its outputs open without a word, milliseconds; with words, so many times that. */
const DRAIN_MS = 1_000;
const MOST_DRAINS = 20;
const LOOK_MS = 50;

/**
 * Starts it and answers as soon as it runs. It is ended (SIGTERM to the whole group, then SIGKILL) when `cancel` fires or
 * its time is up.
 * @throws OutsideError when it could not be started: surely nothing was done.
 */
export async function startCommand(command: Command, cancel: AbortSignal): Promise<Started> {
  cancel.throwIfAborted();
  const output = collectOutput(command.secrets);
  const files = await openFiles(command);
  let child: ChildProcess;
  try {
    const [file, ...args] = command.argv;
    child = spawn(file, args, {
      shell: false,
      detached: true,
      cwd: command.cwd,
      env: { ...command.env },
      ...command.runAs,
      stdio: [
        files.input?.fd ?? (command.inputText === undefined && !command.source ? 'ignore' : 'pipe'),
        files.output?.fd ?? 'pipe',
        'pipe',
      ],
    });
    await spawned(child);
  } catch (error) {
    await close(files);
    throw notStarted(command, error);
  }
  // Listened to before anything else is waited for: Node throws away what a process has said when it ends unheard.
  const answer: Buffer[] = [];
  const streams = connect(child, command);
  // A command that does not read to the end says by its exit code what that means.
  if (!command.source) child.stdin?.on('error', () => undefined).end(command.inputText);
  const ends = [
    command.sink
      ? undefined
      : collect(child.stdout, output.stream('output'), answer, command.answerBytes ?? 0),
    collect(child.stderr, output.stream('errors'), [], 0),
  ];
  const ended = follow(child, command, cancel, streams).then(async (how) => {
    const fault = await streams;
    for (const end of ends) end?.();
    return {
      ...how,
      ...fault,
      said: output.text(),
      lastLines: output.lastLines(3),
      answer: Buffer.concat(answer).toString('utf8'),
    };
  });
  await close(files);
  return { pid: child.pid ?? 0, output, ended };
}

/** Runs it to its end. For what only reads: a change is started with `startCommand` and followed. @throws as `startCommand`; the signal's reason when it was cancelled. */
export async function runCommand(command: Command, cancel: AbortSignal): Promise<Ended> {
  const { ended } = await startCommand(command, cancel);
  const end = await ended;
  cancel.throwIfAborted();
  return end;
}

/** How it ended, in words: `ended with exit code 2`. */
export function howItEnded(ended: Ended, limitMs: number): string {
  if (ended.how === 'exited') return `ended with exit code ${ended.code}`;
  if (ended.by === 'limit')
    return `was ended after ${Math.round(limitMs / 1000)} s, its time limit`;
  return ended.by === 'cancel' ? 'was ended before it was done' : `was ended by ${ended.signal}`;
}

interface Streams {
  readonly fault?: string;
}

/** Runs what it reads and writes through streams of ours. Never rejects; a broken source ends the command. */
function connect(child: ChildProcess, { source, sink }: Command): Promise<Streams> | Streams {
  const { stdin, stdout } = child;
  if (!source && !sink) return {};
  const given = source && stdin && source(stdin);
  const taken = sink && stdout && sink(stdout);
  // Else it would take the end of a broken source for the end of its input, and do what it has read so far.
  given?.catch(() => endGroup(child.pid));
  return Promise.all([given, taken]).then(
    () => ({}),
    (error: unknown) => ({ fault: messageOf(error) }),
  );
}

async function openFiles({ input, output }: Command) {
  try {
    return {
      input: input === undefined ? undefined : await open(input, 'r'),
      output: output === undefined ? undefined : await open(output, 'wx', 0o600),
    };
  } catch (error) {
    throw new OutsideError({
      kind: 'rejected',
      system: 'This machine',
      attempted: 'open the file',
      on: output ?? input ?? '',
      code: codeOf(error),
      next: 'See that the directory is there and that Backstop may read and write in it.',
    });
  }
}

async function close({ input, output }: Awaited<ReturnType<typeof openFiles>>): Promise<void> {
  await Promise.all([input?.close(), output?.close()]);
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

const KINDS: Readonly<Record<string, OutsideErrorKind>> = {
  ENOENT: 'not-found',
  EACCES: 'permission',
  EPERM: 'permission',
};

function notStarted({ argv: [file], cwd }: Command, error: unknown): OutsideError {
  const code = codeOf(error);
  const place = cwd === undefined ? '' : ` in ${cwd}`;
  return new OutsideError({
    kind: (code && KINDS[code]) || 'rejected',
    system: 'This machine',
    attempted: 'start the command',
    on: `${basename(file)}${place}`,
    code,
    next: `See that ${file} is there and executable${cwd === undefined ? '' : `, that ${cwd} is a directory`}, and that Backstop may run it as the configured user. Nothing was done.`,
  });
}

/** @returns what is to be called when nothing more is waited for. */
function collect(
  stream: Readable | null,
  printed: OutputStream,
  answer: Buffer[],
  answerBytes: number,
): (() => void) | undefined {
  if (!stream) return undefined;
  const decoder = new TextDecoder();
  let kept = 0;
  stream.on('data', (chunk: Buffer) => {
    printed.write(decoder.decode(chunk, { stream: true }));
    const part = chunk.subarray(0, Math.max(0, answerBytes - kept));
    kept += part.length;
    if (part.length > 0) answer.push(part);
  });
  // A pipe that breaks says nothing that the exit does not say.
  stream.on('error', () => undefined);
  return () => printed.end();
}

type How =
  | { readonly how: 'exited'; readonly code: number }
  | { readonly how: 'killed'; readonly by: 'signal' | 'cancel' | 'limit'; readonly signal: string };

function follow(
  child: ChildProcess,
  { limitMs, sink }: Command,
  cancel: AbortSignal,
  streams: Promise<Streams> | Streams,
): Promise<How> {
  return new Promise((resolve) => {
    let stopping: 'cancel' | 'limit' | undefined;
    let killing: Promise<void> | undefined;
    const stop = (why: 'cancel' | 'limit'): void => {
      stopping ??= why;
      killing ??= endGroup(child.pid);
    };
    const onCancel = (): void => stop('cancel');
    const timer = setTimeout(() => stop('limit'), limitMs);
    cancel.addEventListener('abort', onCancel, { once: true });
    if (cancel.aborted) onCancel();

    const onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
      clearTimeout(timer);
      cancel.removeEventListener('abort', onCancel);
      const how: How =
        stopping !== undefined
          ? { how: 'killed', by: stopping, signal: signal ?? `exit code ${code}` }
          : signal === null
            ? { how: 'exited', code: code ?? -1 }
            : { how: 'killed', by: 'signal', signal };
      const closed = new Promise((done) => child.once('close', done));
      // What it left running in the background may hold the pipes for ever.
      void Promise.race([closed, drained(sink ? [child.stderr] : [child.stdout, child.stderr])])
        .then(() => streams)
        .then(() => killing)
        .then(() => {
          child.stdout?.destroy();
          child.stderr?.destroy();
          resolve(how);
        });
    };
    child.once('exit', onExit);
  });
}

/** Resolves when nothing has been read for a while. */
async function drained(outputs: readonly (Readable | null)[]): Promise<void> {
  let chunks = 0;
  for (const output of outputs) {
    output?.on('data', () => {
      chunks += 1;
    });
  }
  for (let look = 0, seen = -1; look < MOST_DRAINS && seen !== chunks; look += 1) {
    seen = chunks;
    await sleep(DRAIN_MS, undefined, { ref: false });
    // What a busy process had no time to read yet is read before this.
    await nextLoop();
  }
}

/** SIGTERM to the group, and SIGKILL to what of it is still there after the grace time. */
async function endGroup(pid: number | undefined): Promise<void> {
  // 0 and 1 would be our own group and everybody's.
  if (pid === undefined || pid <= 1) return;
  signalGroup(pid, 'SIGTERM');
  for (let waited = 0; waited < GRACE_MS; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    if (!signalGroup(pid, 0)) return;
  }
  signalGroup(pid, 'SIGKILL');
}

/** False when no process of the group is left. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
