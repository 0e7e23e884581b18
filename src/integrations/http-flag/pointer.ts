import type { Json } from '../../operation.ts';

/** The keys of a JSON pointer (RFC 6901). */
export function keysOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What stands at a pointer; undefined where nothing does. */
export function at(document: Json, pointer: string): Json | undefined {
  let value: Json | undefined = document;
  for (const key of keysOf(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, Json>>)[key];
  }
  return value;
}

/** The document with another value at a pointer to something that is there. */
export function withValue(document: Json, keys: readonly string[], value: Json): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (Array.isArray(document)) {
    const items: readonly Json[] = document;
    return items.map((item, index) =>
      String(index) === key ? withValue(item, rest, value) : item,
    );
  }
  const fields = (document ?? {}) as Readonly<Record<string, Json>>;
  return { ...fields, [key]: withValue(fields[key] ?? {}, rest, value) };
}
