/** The modules of `src/` and what they import, read from the text. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const SRC = resolve(import.meta.dirname, '../../src');

export interface Module {
  /** From `src/`, such as `slack/call.ts`. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** A file from `src/`, or a package with its path. */
  readonly to: string;
  readonly isPackage: boolean;
  /** `eager` is run at the start, `lazy` when the code comes to it, `type` never. */
  readonly how: 'eager' | 'lazy' | 'type';
}

const IMPORTS =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^;'"]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;

/** Every module under `src/`, in order of its name. */
export function modulesOfSource(): readonly Module[] {
  const entries = readdirSync(SRC, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map(({ parentPath, name }) => relative(SRC, join(parentPath, name)))
    .sort()
    .map((file) => {
      const text = readFileSync(join(SRC, file), 'utf8');
      return { file, text, imports: importsOf(file, text) };
    });
}

function importsOf(file: string, text: string): readonly Import[] {
  return [...text.matchAll(IMPORTS)].map(([, type, static_, dynamic]): Import => {
    const name = static_ ?? dynamic ?? '';
    const isPackage = !name.startsWith('.');
    const to = isPackage ? name : relative(SRC, resolve(SRC, dirname(file), name));
    return { to, isPackage, how: dynamic ? 'lazy' : type ? 'type' : 'eager' };
  });
}

/** Everything that runs when the file is imported: files of `src/` and packages. */
export function runsWith(file: string, modules: readonly Module[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const eager = modules.find((each) => each.file === name)?.imports ?? [];
    for (const { to, how } of eager) if (how === 'eager') visit(to);
  };
  visit(file);
  return seen;
}
