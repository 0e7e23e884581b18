/** Reading the systems with a limit on each read. */

/** Milliseconds a single read of a system may take before it counts as failed. */
export const READ_LIMIT_MS = 30_000;

/** A signal that also fires when a read has taken too long. */
export function readSignal(signal: AbortSignal, limitMs = READ_LIMIT_MS): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
}
