/** Reading JSON whose shape is not known yet. */
export type Json = Readonly<Record<string, unknown>>;

/** The value when it is a JSON object (not an array, not null), else undefined. */
export function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

/** The value when it is an array, else an empty one. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects of an array; anything else in it is left out. */
export function asObjects(value: unknown): readonly Json[] {
  return asList(value).flatMap((item): readonly Json[] => {
    const object = asObject(item);
    return object ? [object] : [];
  });
}

/** The value when it is a string, else undefined. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Parses JSON; undefined when it is not JSON. */
export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch {
    return undefined;
  }
}
