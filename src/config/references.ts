/** `env:NAME` and `file:PATH`: texts of the configuration that stand elsewhere, so that no secret has to be in the file. */

import type { Path } from './source.ts';

/** Where references are looked up. */
export interface Lookup {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of the file that `path` names as written. @throws when it cannot be read. */
  readonly readFile: (path: string) => string;
}

export interface Resolved {
  /** The value with every reference replaced; those that lead nowhere are `undefined`. */
  readonly value: unknown;
  /** The references that were replaced, as written, by `keyOf` their path. */
  readonly written: ReadonlyMap<string, string>;
  readonly broken: readonly BrokenReference[];
}

export interface BrokenReference {
  readonly path: Path;
  readonly found: string;
  readonly expected: string;
}

const LIMIT = 65_536;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Replaces every reference in `value`. A file's last line ends are not part of its text. Nothing is thrown. */
export function resolveReferences(value: unknown, lookup: Lookup): Resolved {
  const written = new Map<string, string>();
  const broken: BrokenReference[] = [];
  const resolved = mapTexts(value, [], (text, path) => {
    const found = lookUp(text, lookup);
    if (found === undefined) return text;
    if ('text' in found) {
      written.set(keyOf(path), text);
      return found.text;
    }
    broken.push({ path, ...found });
    return undefined;
  });
  return { value: resolved, written, broken };
}

/** A path as one text, to look it up. */
export function keyOf(path: Path): string {
  return JSON.stringify(path.map(String));
}

type Found = { readonly text: string } | { readonly found: string; readonly expected: string };

function lookUp(text: string, { env, readFile }: Lookup): Found | undefined {
  if (text.startsWith('env:')) return fromEnvironment(text.slice('env:'.length), env);
  if (text.startsWith('file:')) return fromFile(text.slice('file:'.length), readFile);
  return undefined;
}

function fromEnvironment(name: string, env: Lookup['env']): Found {
  if (!NAME.test(name)) {
    // What stands there may be the secret itself.
    return {
      found: 'something that is no name after env:',
      expected: 'env: and the name of a variable',
    };
  }
  const text = Object.hasOwn(env, name) ? env[name] : undefined;
  if (text) return { text };
  const found = `env:${name}, which is ${text === '' ? 'empty' : 'not set'}`;
  return {
    found,
    expected: `a reference to a variable that is set; set ${name} in the environment`,
  };
}

function fromFile(path: string, readFile: Lookup['readFile']): Found {
  const expected = `a reference to a readable file that is not empty, of at most ${LIMIT} bytes`;
  if (path.trim() === '') return { found: 'file: without a path', expected };
  try {
    const text = readFile(path).replace(/[\r\n]+$/, '');
    if (text === '') return { found: `file:${path}, which is empty`, expected };
    if (text.length > LIMIT) return { found: `file:${path}, which is too large`, expected };
    return { text };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { found: `file:${path}, which cannot be read (${code})`, expected };
  }
}

function mapTexts(
  value: unknown,
  path: Path,
  change: (text: string, path: Path) => string | undefined,
): unknown {
  if (typeof value === 'string') return change(value, path);
  if (Array.isArray(value))
    return value.map((each, index) => mapTexts(each, [...path, index], change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, mapTexts(each, [...path, key], change)]),
  );
}
