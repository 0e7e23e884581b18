import { createHash } from 'node:crypto';

/** The UUID a change is sent with, from the key of its intent, so that the activity log finds the request again. */
export function requestIdOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  // Version 8 of RFC 9562: a UUID of our own making.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-9${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
