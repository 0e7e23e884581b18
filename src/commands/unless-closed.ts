import { WebAPIPlatformError } from '@slack/web-api';

/**
 * For a form that is updated while it may be gone: whoever closed it, or has it changed by a newer choice already, wants to
 * hear no more of this one. @throws any other error.
 */
export function unlessClosed(error: unknown): void {
  if (error instanceof WebAPIPlatformError && GONE.has(String(error.data.error))) return;
  throw error;
}

const GONE: ReadonlySet<string> = new Set(['not_found', 'hash_conflict']);
