/** The YAML text of the configuration: its plain value, and on which line each part of it stands. */

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { ConfigError, type ConfigProblem } from '../errors.ts';

export type Path = readonly PropertyKey[];

export interface Source {
  readonly value: unknown;
  /** The 1-based line of the value at `path`, or of its nearest parent when it is not in the file. */
  readonly lineOf: (path: Path) => number | undefined;
}

const LIMIT = 1_000_000;

/**
 * Reads YAML 1.2. Duplicate keys and unknown tags are errors, anchors and aliases are allowed, at most 1 MB.
 * Problems name line and column and never quote the text, which may be a secret with a missing quote.
 * @throws ConfigError
 */
export function readSource(text: string, file: string): Source {
  const bytes = Buffer.byteLength(text);
  if (bytes > LIMIT) throw new ConfigError(file, [tooLarge(bytes)]);
  const lines = new LineCounter();
  const options = {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    stringKeys: true,
  } as const;
  try {
    const document = parseDocument(text, options);
    const errors = firstAtEachPlace([...document.errors, ...document.warnings]);
    if (errors.length > 0)
      throw new ConfigError(
        file,
        errors.map((e) => syntaxProblem(e, text, lines)),
      );
    const value: unknown = document.toJS();
    // Following a parsed tree that refers to itself would never end; JSON refuses it.
    JSON.stringify(value);
    return { value, lineOf: (path) => lineAt(document.contents, path, lines) };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const value =
      error instanceof RangeError ? 'more than can be read' : 'aliases that cannot be followed';
    const expected = 'plain YAML, nested a few levels deep, without aliases to themselves';
    throw new ConfigError(file, [{ path: 'the file', value, expected }]);
  }
}

/** The problem of a file larger than Backstop reads. */
export function tooLarge(bytes: number): ConfigProblem {
  return { path: 'the file', value: `${bytes} bytes`, expected: `at most ${LIMIT} bytes` };
}

/** Whether a file of so many bytes is more than Backstop reads. */
export function isTooLarge(bytes: number): boolean {
  return bytes > LIMIT;
}

/** One mistake often breaks several rules of YAML. */
function firstAtEachPlace(errors: readonly YAMLError[]): readonly YAMLError[] {
  return errors.filter(
    (e, index) => errors.findIndex((other) => other.pos[0] === e.pos[0]) === index,
  );
}

function syntaxProblem(error: YAMLError, text: string, lines: LineCounter): ConfigProblem {
  const { line, col } = lines.linePos(error.pos[0]);
  const at = { line, path: `the text at column ${col}` };
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[\w-]+/.exec(text.slice(error.pos[0]))?.[0] ?? 'a key';
    return {
      ...at,
      value: `${key} for the second time`,
      expected: 'a key that its block does not have yet',
    };
  }
  // Behind a colon or quote the parser repeats the text, behind a semicolon it advises programmers.
  const said = error.message.split(/[:;]|"(?!quote)/)[0]?.replace(/["']/g, '') ?? '';
  const expected = 'valid YAML (look at indentation, quotes and colons here and just above)';
  return { ...at, value: `a mistake (${said.trim()})`, expected };
}

function lineAt(root: unknown, path: Path, lines: LineCounter): number | undefined {
  let node = root;
  let offset: number | undefined;
  for (const step of path) {
    if (isAlias(node)) break;
    const next = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(step))
      : isSeq(node) && typeof step === 'number'
        ? { key: node.items[step], value: node.items[step] }
        : undefined;
    if (!next) break;
    offset = startOf(next.key) ?? offset;
    node = next.value;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function startOf(node: unknown): number | undefined {
  const range =
    isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
  return range?.[0];
}
