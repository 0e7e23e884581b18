/**
 * One request for all who wait for its answer at the same time. It is given up when none of them waits any more; who is
 * cancelled alone stops waiting at once, with the reason of its signal.
 */
export function createSharedRequest<T>(
  send: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal) => Promise<T> {
  let current: { readonly answer: Promise<T>; readonly stop: AbortController } | undefined;
  let waiting = 0;

  return async (signal) => {
    signal.throwIfAborted();
    if (!current) {
      const stop = new AbortController();
      const mine = { stop, answer: send(stop.signal) };
      current = mine;
      const forget = () => {
        if (current === mine) current = undefined;
      };
      mine.answer.then(forget, forget);
    }
    const { answer, stop } = current;
    waiting += 1;
    try {
      return await unlessAborted(answer, signal);
    } finally {
      waiting -= 1;
      if (waiting === 0) {
        current = undefined;
        stop.abort();
      }
    }
  };
}

function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = () => reject(signal.reason);
    signal.addEventListener('abort', give, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
