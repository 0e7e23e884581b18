/** From the text of `backstop.yaml` to a Config, or to one error with everything that is wrong in it. */

import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { ConfigError, type ConfigProblem } from '../errors.ts';
import { createRedactor } from '../redact.ts';
import type { Config, EnvironmentSettings, Kinds, ServiceSettings } from './config.ts';
import { missingConnections } from './connections.ts';
import { readLeaves, shown } from './leaves.ts';
import { expectedBy, pathText, problemsOf } from './problems.ts';
import { keyOf, type Lookup, resolveReferences } from './references.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { isTooLarge, type Path, readSource, type Source, tooLarge } from './source.ts';
import { keysAt, valueAt } from './walk.ts';

/** What surrounds the text of a configuration. */
export interface Origin extends Lookup {
  /** The path of the configuration file, for messages and as the place that relative paths start from. */
  readonly file: string;
  readonly kinds: Kinds;
}

/**
 * Reads and checks the file at `path`. References are looked up in `env` and in files relative to it.
 * @throws ConfigError with every problem found; no secret is in it.
 */
export function loadConfig(
  path: string,
  kinds: Kinds,
  // oxlint-disable-next-line node/no-process-env -- what a command without other wishes reads; nothing else in here does
  env: Lookup['env'] = process.env,
): Config {
  const readFile = (name: string) => readFileSync(resolve(dirname(path), name), 'utf8');
  return parseConfig(readWhole(path), { file: path, env, readFile, kinds });
}

/**
 * Checks the text of a configuration. `readFile` is given paths as they are written in references.
 * @throws ConfigError with every problem found; no secret is in it.
 */
export function parseConfig(text: string, origin: Origin): Config {
  const source = readSource(text, origin.file);
  const schema = configSchema(origin.kinds);
  const references = resolveReferences(source.value, origin);
  const { value, hidden, plain, secrets } = readLeaves(schema, references);
  const redact = createRedactor(secrets);

  const parsed = schema.safeParse(value, { error: expectedBy });
  const broken = new Set(references.broken.map((each) => keyOf(each.path)));
  const around = {
    lineOf: source.lineOf,
    keysAt: (path: Path) => keysAt(schema, value, path),
    shown: (path: Path) => shown(valueAt(value, path), hidden.get(keyOf(path))),
  };
  const problems = [
    ...references.broken.map(({ path, found, expected }) => ({
      line: source.lineOf(path),
      path: pathText(path),
      value: found,
      expected,
    })),
    ...firstOfEachPath(parsed.error?.issues ?? [])
      .filter((issue) => !broken.has(keyOf(issue.path)))
      .flatMap((issue) => problemsOf(issue, around)),
    ...missingConnections(value, origin.kinds, source),
  ];
  if (problems.length > 0 || !parsed.success) {
    throw new ConfigError(
      origin.file,
      inOrder(problems).map((each) => redacted(each, redact)),
    );
  }
  const warnings = plain.map((path) => plainTextWarning(path, source));
  return assemble(parsed.data, origin, { warnings, secrets });
}

/** A value that is wrong in several ways is told about once. */
function firstOfEachPath(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  const seen = new Set<string>();
  return issues.filter(({ code, path }) => {
    const key = code === 'unrecognized_keys' ? `keys of ${keyOf(path)}` : keyOf(path);
    return !seen.has(key) && seen.add(key);
  });
}

function inOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function redacted(problem: ConfigProblem, redact: (text: string) => string): ConfigProblem {
  const { path, value, expected, suggestion } = problem;
  const clean = {
    ...problem,
    path: redact(path),
    value: redact(value),
    expected: redact(expected),
  };
  return suggestion === undefined ? clean : { ...clean, suggestion: redact(suggestion) };
}

function plainTextWarning(path: Path, source: Source): string {
  const line = source.lineOf(path);
  const where = `${pathText(path)}${line === undefined ? '' : ` (line ${line})`}`;
  return `${where} is a secret in plain text. Put it in the environment and write env:NAME here, or in a file of its own and write file:PATH.`;
}

function assemble(
  parsed: ConfigFile & Record<string, unknown>,
  { file, kinds }: Origin,
  rest: Pick<Config, 'warnings' | 'secrets'>,
): Config {
  const connections = Object.keys(kinds.connections)
    .filter((name) => parsed[name] !== undefined)
    .map((name) => [name, parsed[name]] as const);
  const services = Object.entries(parsed.services).map(
    ([id, service]): [string, ServiceSettings] => {
      const environments = Object.entries(service.environments).map(
        ([name, environment]): [string, EnvironmentSettings] => [
          name,
          { id: name, ...environment },
        ],
      );
      const name = service.name ?? id;
      return [id, { ...service, id, name, environments: Object.fromEntries(environments) }];
    },
  );
  return {
    slack: parsed.slack,
    journal: { file: resolve(dirname(file), parsed.journal.file) },
    incidents: parsed.incidents,
    ...(parsed.playbooks === undefined
      ? {}
      : { playbooks: resolve(dirname(file), parsed.playbooks) }),
    connections: Object.fromEntries(connections),
    services: Object.fromEntries(services),
    ...rest,
  };
}

function readWhole(path: string): string {
  try {
    const { size } = statSync(path);
    if (isTooLarge(size)) throw new ConfigError(path, [tooLarge(size)]);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const expected =
      'a readable configuration; copy backstop.example.yaml, or name another file with --config';
    throw new ConfigError(path, [
      { path: 'the file', value: `none that can be read (${code})`, expected },
    ]);
  }
}
