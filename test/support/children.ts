/** Runs a TypeScript file of the tests as a process of its own, so that it can be killed. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** Compiles a file under `test/support` with all it imports; returns the folder, which the caller removes. */
export function compile(file: string): { readonly program: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'backstop-child-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const options = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { noEmit: false, noCheck: true, outDir: folder, rootDir: ROOT },
    files: [join(ROOT, 'test/support', file)],
    include: [],
  };
  const project = join(folder, 'tsconfig.json');
  writeFileSync(project, JSON.stringify(options));
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return {
    program: join(folder, 'test/support', file.replace(/\.ts$/, '.js')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Child {
  readonly process: ChildProcess;
  /** The lines it has written so far. */
  readonly lines: readonly string[];
  /** Resolves when it has written that many lines. @throws Error when it ends before. */
  wrote(count: number): Promise<void>;
  /** Its exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
}

/** Starts a compiled program; it is killed at the latest when the test ends. */
export function start(command: string, args: readonly string[]): Child {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    for (const each of waiting) if (lines.length >= each.count) each.resolve();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    process: child,
    lines,
    ended,
    async wrote(count) {
      const enough = new Promise<void>((resolve) => {
        if (lines.length >= count) resolve();
        waiting.push({ count, resolve });
      });
      await Promise.race([enough, ended]);
      if (lines.length < count) throw new Error(`It ended after ${lines.length} lines`);
    },
  };
}
