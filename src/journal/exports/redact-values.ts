/** Secrets taken out of the values of a document, before any format's quoting could hide them. */

/** A point in time has nothing to hide, and readers count on its form. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * The same value with every string redacted. A string whose key names a secret, such as `clientSecret`, is hidden whole,
 * as it would be in a text; keys stay.
 */
export function redactValues<T>(value: T, redact: (text: string) => string): T {
  return redacted(value, redact) as T;
}

function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return MOMENT.test(value) ? value : redact(value);
  if (Array.isArray(value)) return value.map((each) => redacted(each, redact));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, valueOf(key, inner, redact)]),
  );
}

function valueOf(key: string, value: unknown, redact: (text: string) => string): unknown {
  if (typeof value !== 'string') return redacted(value, redact);
  const told = `"${key}":"${PROBE}"`;
  return redact(told) === told ? redacted(value, redact) : '[redacted]';
}

/** Nothing that is secret by itself. */
const PROBE = 'x';
