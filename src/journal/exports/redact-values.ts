/** Secrets taken out of the values of a document, before any format's quoting could hide them. */

/** A point in time has nothing to hide, and readers count on its form. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * The same value with every string redacted. A string whose key names a secret, such as `clientSecret`, is hidden whole,
 * as it would be in a text; keys stay.
 */
export function redactValues<T>(value: T, redact: (text: string) => string): T {
  return createValueRedactor(redact)(value);
}

/** As `redactValues`, for many values one after the other. */
export function createValueRedactor(redact: (text: string) => string): <T>(value: T) => T {
  const secretKeys = new Map<string, boolean>();

  function redacted(value: unknown): unknown {
    if (typeof value === 'string') return MOMENT.test(value) ? value : redact(value);
    if (Array.isArray(value)) return value.map(redacted);
    if (value === null || typeof value !== 'object') return value;
    const copy: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) {
      copy[key] = typeof inner === 'string' && namesSecret(key) ? '[redacted]' : redacted(inner);
    }
    return copy;
  }

  function namesSecret(key: string): boolean {
    let known = secretKeys.get(key);
    if (known === undefined) {
      const told = `"${key}":"${PROBE}"`;
      known = redact(told) !== told;
      secretKeys.set(key, known);
    }
    return known;
  }

  return <T>(value: T) => redacted(value) as T;
}

/** Nothing that is secret by itself. */
const PROBE = 'x';
