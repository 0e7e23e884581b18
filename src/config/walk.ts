/** Reading a value and its schema side by side: which schema describes which part, and which parts are secret. */

import { z } from 'zod';
import type { Path } from './source.ts';

type Schema = z.core.$ZodType;

/** What YAML has besides lists and blocks; undefined where a reference led nowhere. */
export type Scalar = string | number | bigint | boolean | null | undefined;

/** One text, number, flag or empty value of the file, and what its schemas say about it. */
export interface Leaf {
  readonly path: Path;
  readonly value: Scalar;
  /** False for what stands under a key that no schema has. */
  readonly known: boolean;
  /** Marked with `.meta({ secret: true })`, on itself or on what holds it. */
  readonly secret: boolean;
  /** The zod types that it may have, such as `string` and `number`. */
  readonly types: ReadonlySet<string>;
}

/** A schema that may describe a value, and whether it or a wrapper on the way to it is marked as secret. */
interface Option {
  readonly schema: Schema;
  readonly secret: boolean;
}

/** A copy of `value` in which each leaf is what `change` answers for it. */
export function mapLeaves(
  schema: Schema,
  value: unknown,
  change: (leaf: Leaf) => unknown,
): unknown {
  return mapFrom([{ schema, secret: false }], value, [], false, change);
}

/** The keys that may stand in the block at `path`, for suggestions; empty where any key may. */
export function keysAt(schema: Schema, value: unknown, path: Path): readonly string[] {
  let here: readonly Option[] = [{ schema, secret: false }];
  let current = value;
  for (const step of path) {
    here = here.flatMap((each) => unwrap(each, current)).flatMap((each) => childOf(each, step));
    current = get(current, step);
  }
  return here
    .flatMap((each) => unwrap(each, current))
    .flatMap((each) => {
      const def = defOf(each.schema);
      return def.type === 'object' ? Object.keys(def.shape) : [];
    });
}

/** The value at `path`, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(get, value);
}

function mapFrom(
  given: readonly Option[],
  value: unknown,
  path: Path,
  secretAbove: boolean,
  change: (leaf: Leaf) => unknown,
): unknown {
  const options = given.flatMap((each) => unwrap(each, value));
  const secret = secretAbove || options.some((each) => each.secret);
  const descend = (child: unknown, step: PropertyKey): unknown => {
    const below = options.flatMap((each) => childOf(each, step));
    return mapFrom(below, child, [...path, step], secret, change);
  };
  if (Array.isArray(value)) return value.map(descend);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, child]) => [key, descend(child, key)]);
    return Object.fromEntries(entries);
  }
  const types = new Set(options.map((each) => defOf(each.schema).type));
  return change({ path, value: value as Scalar, known: options.length > 0, secret, types });
}

/** Follows wrappers to the schemas that describe a value; of a tagged union only the option that the tag names, if it names one. */
function unwrap({ schema, secret: above }: Option, value: unknown): readonly Option[] {
  const secret = above || z.globalRegistry.get(schema)?.['secret'] === true;
  const inner = innerOf(schema, value);
  if (!inner) return [{ schema, secret }];
  return inner.flatMap((each) => unwrap({ schema: each, secret }, value));
}

function innerOf(schema: Schema, value: unknown): readonly Schema[] | undefined {
  const def = defOf(schema);
  if (def.type === 'pipe') return [def.in];
  if (def.type === 'lazy') return [def.getter()];
  if (def.type === 'intersection') return [def.left, def.right];
  if (def.type === 'union') {
    const tag = 'discriminator' in def ? String(def.discriminator) : undefined;
    const named = tag === undefined ? [] : def.options.filter((each) => hasTag(each, tag, value));
    return named.length > 0 ? named : def.options;
  }
  return 'innerType' in def ? [def.innerType] : undefined;
}

function hasTag(option: Schema, tag: string, value: unknown): boolean {
  const known = option._zod.propValues?.[tag];
  return known?.has(get(value, tag) as z.core.util.Primitive) ?? false;
}

function childOf({ schema, secret }: Option, step: PropertyKey): readonly Option[] {
  return childSchemas(defOf(schema), step).map((child) => ({ schema: child, secret }));
}

function childSchemas(def: Def, step: PropertyKey): readonly Schema[] {
  if (def.type === 'array') return [def.element];
  if (def.type === 'record') return [def.valueType];
  if (def.type === 'tuple') return def.items.filter((_, index) => index === step);
  if (def.type !== 'object') return [];
  const own = Object.hasOwn(def.shape, step) ? def.shape[String(step)] : undefined;
  return own ? [own] : [];
}

type Def = z.core.$ZodTypes['_zod']['def'];

function defOf(schema: Schema): Def {
  // zod types its schemas loosely where they hold each other; every one of them is of this union.
  return (schema as z.core.$ZodTypes)._zod.def;
}

function get(value: unknown, step: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, step)
    ? (value as Record<PropertyKey, unknown>)[step]
    : undefined;
}
