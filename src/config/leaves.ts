/** What the configuration's texts, numbers and flags are for: which are secret, and which of them may be shown. */

import { quoted } from './problems.ts';
import { keyOf, type Resolved } from './references.ts';
import type { Path } from './source.ts';
import { mapLeaves, type Scalar } from './walk.ts';

/** The leaves of the file, read by their schemas. */
export interface Leaves {
  /** With numbers and flags in place of the texts that references gave for them. */
  readonly value: unknown;
  /** What to show in place of the value at a path, by `keyOf` the path. */
  readonly hidden: ReadonlyMap<string, string>;
  /** Where a secret is in the file itself. */
  readonly plain: readonly Path[];
  readonly secrets: readonly string[];
}

/** Gives references their types, and finds what must not be shown. */
export function readLeaves(schema: Parameters<typeof mapLeaves>[0], references: Resolved): Leaves {
  const hidden = new Map<string, string>();
  const plain: Path[] = [];
  const secrets = new Set<string>();
  const value = mapLeaves(schema, references.value, (leaf) => {
    const key = keyOf(leaf.path);
    const reference = references.written.get(key);
    const empty = leaf.value === undefined || leaf.value === null || leaf.value === '';
    // What a reference gives may be secret wherever it is used, and so may what stands under a mistyped key.
    if (reference !== undefined) hidden.set(key, `the value of ${reference}`);
    else if (!empty && (leaf.secret || !leaf.known)) hidden.set(key, 'a value that is not shown');
    if (leaf.secret && !empty) {
      secrets.add(String(leaf.value));
      if (reference === undefined) plain.push(leaf.path);
    }
    return reference === undefined ? leaf.value : asTyped(leaf.value, leaf.types);
  });
  return { value, hidden, plain, secrets: [...secrets] };
}

/** The number or flag that a text from elsewhere stands for, where the schema takes no text. */
function asTyped(value: unknown, types: ReadonlySet<string>): unknown {
  if (typeof value !== 'string' || types.has('string')) return value;
  if (types.has('number') && /^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
  if (types.has('boolean') && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

/** A value of the file in words, or what stands in place of one that must not be shown. */
export function shown(value: unknown, instead: string | undefined): string {
  if (instead !== undefined) return instead;
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object')
    return Object.keys(value).length === 0 ? 'an empty block' : 'a block of keys';
  return typeof value === 'string' ? quoted(value) : String(value as Scalar);
}
