/** Components name no connection: their kind says which top-level block they need. */

import type { ConfigProblem } from '../errors.ts';
import type { Kinds } from './config.ts';
import { pathText } from './problems.ts';
import type { Path, Source } from './source.ts';
import { valueAt } from './walk.ts';

/** The connections that a configured component, probe or place needs and the file lacks, each once. */
export function missingConnections(
  value: unknown,
  kinds: Kinds,
  source: Source,
): readonly ConfigProblem[] {
  const missing = new Map<string, ConfigProblem>();
  const needs = [
    ...partPaths(value, 'components').map((path) => ({ path, known: kinds.components })),
    ...partPaths(value, 'probes').map((path) => ({ path, known: kinds.probes })),
    ...placePaths(value).map((path) => ({ path, known: kinds.announce })),
  ];
  for (const { path, known } of needs) {
    const kind = String(valueAt(value, [...path, 'kind']));
    const needed = Object.hasOwn(known, kind) ? known[kind]?.connection : undefined;
    if (needed === undefined || missing.has(needed) || valueAt(value, [needed]) !== undefined)
      continue;
    missing.set(needed, {
      line: source.lineOf(path),
      path: needed,
      value: 'nothing',
      expected: `the connection that ${pathText(path)} (${kind}) needs; add ${needed}: at the top level of the file`,
    });
  }
  return [...missing.values()];
}

function partPaths(value: unknown, part: 'components' | 'probes'): readonly Path[] {
  return keysOf(value, ['services']).flatMap((service) =>
    keysOf(value, [...service, 'environments']).flatMap((environment) =>
      keysOf(value, [...environment, part]),
    ),
  );
}

function placePaths(value: unknown): readonly Path[] {
  return keysOf(value, ['services']).flatMap((service) => keysOf(value, [...service, 'announce']));
}

function keysOf(value: unknown, path: Path): readonly Path[] {
  const block = valueAt(value, path);
  return typeof block === 'object' && block !== null && !Array.isArray(block)
    ? Object.keys(block).map((key) => [...path, key])
    : [];
}
