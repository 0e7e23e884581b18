/** Many waiting for one signal. */

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `end` when the signal, which is not aborted yet, is; returns what takes that back. Each signal has one listener for all of
 * them: Node walks through those that are there to add one more, which a thousand open incidents would pay for with
 * every pause.
 */
export function whenAborted(signal: AbortSignal, end: () => void): () => void {
  const ends = waiting.get(signal) ?? listenTo(signal);
  ends.add(end);
  return () => {
    ends.delete(end);
    if (ends.size > 0 || waiting.get(signal) !== ends) return;
    // A signal made of others lives as long as somebody listens to it.
    waiting.delete(signal);
    signal.removeEventListener('abort', fire);
  };
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const ends = new Set<() => void>();
  waiting.set(signal, ends);
  signal.addEventListener('abort', fire);
  return ends;
}

function fire(this: AbortSignal): void {
  const ends = waiting.get(this);
  waiting.delete(this);
  for (const end of ends ?? []) end();
}
