/** Reading the systems with a limit on each read. */

/** Milliseconds a read of a system may take, with the repetitions of its integration: one that hangs must not be all. */
const READ_LIMIT_MS = 75_000;

/** A signal that also fires when a read has taken too long. */
export function readSignal(signal: AbortSignal, limitMs = READ_LIMIT_MS): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
}
