/**
 * Builds the command line and the sandbox's page for the tests that run them. The build is kept until the source changes, and stands
 * apart from `dist/`, so that whoever builds meanwhile disturbs nothing.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The program, for `node`. */
    readonly backstop: string;
  }
}

const ROOT = resolve(import.meta.dirname, '../..');
const BUILDS = join(ROOT, 'node_modules/.cache/backstop-tests');
const KEPT_MS = 60 * 60_000;
/** What the program reads from its package. */
const PACKAGED = ['manifest.yml', 'package.json', 'backstop.schema.json'];

/** Called by vitest once, before all tests. @throws Error when nothing could be built. */
export function setup({ provide }: Pick<TestProject, 'provide'>): void {
  const build = join(BUILDS, fingerprint());
  if (!existsSync(build)) {
    const unfinished = compile();
    if (!existsSync(build)) renameSync(unfinished, build);
    prune();
  }
  provide('backstop', join(build, 'dist/cli.js'));
}

function compile(): string {
  mkdirSync(BUILDS, { recursive: true });
  const folder = mkdtempSync(join(BUILDS, 'unfinished-'));
  for (const name of PACKAGED) copyFileSync(join(ROOT, name), join(folder, name));
  cpSync(join(ROOT, 'playbooks'), join(folder, 'playbooks'), { recursive: true });
  const script = join(ROOT, 'scripts/build-program.mjs');
  execFileSync(process.execPath, [script, join(folder, 'dist')], { cwd: ROOT, stdio: 'pipe' });
  const page = [join(ROOT, 'scripts/build-page.mjs'), join(folder, 'dist/sandbox/page')];
  execFileSync(process.execPath, page, { cwd: ROOT, stdio: 'pipe' });
  return folder;
}

/** Tells one state of the source from another. */
function fingerprint(): string {
  const hash = createHash('sha256');
  const entries = readdirSync(join(ROOT, 'src'), { withFileTypes: true, recursive: true });
  const source = entries.filter((entry) => entry.isFile()).map((f) => join(f.parentPath, f.name));
  const playbooks = readdirSync(join(ROOT, 'playbooks')).map((name) =>
    join(ROOT, 'playbooks', name),
  );
  const builders = readdirSync(join(ROOT, 'scripts')).filter((name) => name.startsWith('build-'));
  const scripts = builders.map((name) => join(ROOT, 'scripts', name));
  // What is bundled comes from here.
  const lock = join(ROOT, 'package-lock.json');
  const packaged = PACKAGED.map((name) => join(ROOT, name));
  const files = [...source, ...playbooks, ...scripts, lock, ...packaged].sort();
  for (const file of files) hash.update(relative(ROOT, file)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** Builds of the last hour stay: somebody may be running tests of another state at the same time. */
function prune(): void {
  const before = Date.now() - KEPT_MS;
  const builds = readdirSync(BUILDS).map((name) => join(BUILDS, name));
  for (const build of builds) {
    if (statSync(build).mtimeMs < before) rmSync(build, { recursive: true, force: true });
  }
}
