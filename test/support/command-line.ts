/** The built `backstop`, run as a process of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, type TestContext } from 'vitest';
import type { Stage } from '../../src/sandbox/stage.ts';

export interface Ended {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when it has written this to stderr. @throws Error when it ends before. */
  says(words: RegExp): Promise<void>;
  /** Types a line where `interactive` lets somebody. */
  types(line: string): void;
}

export interface Surroundings {
  readonly cwd?: string;
  /** Besides these it gets the PATH and nothing else. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether somebody sits at the terminal. */
  readonly interactive?: boolean;
}

/** Runs it to its end. */
export function backstop(args: readonly string[], around: Surroundings = {}): Promise<Ended> {
  return startBackstop(args, around).ended;
}

export function startBackstop(
  args: readonly string[],
  { cwd = tmpdir(), env = {}, interactive = false }: Surroundings = {},
): Running {
  // oxlint-disable-next-line node/no-process-env -- a process finds its libraries by it
  const child = spawn(process.execPath, [inject('backstop'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: [interactive ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let listening = (): void => undefined;
  child.stdout?.on('data', (data: Buffer) => {
    stdout += data.toString();
  });
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data.toString();
    listening();
  });
  const ended = new Promise<Ended>((done) => {
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    types: (line) => void child.stdin?.write(`${line}\n`),
    async says(words) {
      const said = new Promise<void>((done) => {
        listening = () => {
          if (words.test(stderr)) done();
        };
        listening();
      });
      await Promise.race([said, ended]);
      if (!words.test(stderr)) throw new Error(`It never said ${String(words)}, but:\n${stderr}`);
    },
  };
}

type Test = Pick<TestContext, 'onTestFinished'>;

/** A folder that goes when the test ends. */
export function aFolderFor({ onTestFinished }: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'backstop-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Where a `backstop.yaml` for the stage lies, with the journal beside it, and the environment that it refers to. */
export function installed(
  test: Test,
  { config, env }: Stage,
  change: (text: string) => string = (text) => text,
): Required<Omit<Surroundings, 'interactive'>> & { readonly journal: string } {
  const cwd = aFolderFor(test);
  writeFileSync(join(cwd, 'backstop.yaml'), change(config));
  return { cwd, env, journal: join(cwd, 'backstop.db') };
}
