import { createRedactor } from '../redact.ts';

const MAX_LENGTH = 400;

/**
 * A system's own words, fit for a log or a message: without the given secrets and what looks like one
 * (see `createRedactor`), on one line, at most 400 characters.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const clean = createRedactor(secrets)(text).replace(/\s+/g, ' ').trim();
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1)}…` : clean;
}

/**
 * What an SDK threw, reduced to name, code and redacted words. The original carries the request with its
 * Authorization header, which a logger that prints causes would write down.
 */
export function plainCause(error: unknown, secrets: readonly string[]): Error {
  const given = error instanceof Error ? error : new Error(String(error));
  const plain = new Error(redact(given.message, secrets));
  plain.name = given.name;
  const code = codeOf(given);
  return code === undefined ? plain : Object.assign(plain, { code });
}

/** The error code (`ECONNRESET`, `ENOTFOUND`) of a failure, or of what caused it. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
