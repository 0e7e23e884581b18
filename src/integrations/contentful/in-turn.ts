import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideError } from '../../errors.ts';
import type { Contentful } from './client.ts';
import { SYSTEM } from './errors.ts';

/** Nothing new is begun after this long: a submission must have ended before its lost requests count as landed. */
const BUDGET_MS = 20_000;

/**
 * Does `act` for each item, one after the other, waiting where Contentful asks to. Each `act` makes conditional requests
 * and finds by itself what is done already, so that the whole can be taken up again at any point.
 * @throws OutsideError: as `act` while nothing was changed; once something was, `ambiguous` with how far it came, unless
 *   Contentful refused for good. The engine then looks, and submits again what is left.
 */
export async function inTurn<T>(
  contentful: Contentful,
  what: string,
  items: readonly T[],
  signal: AbortSignal,
  act: (item: T) => Promise<'changed' | 'nothing to do'>,
): Promise<void> {
  const started = Date.now();
  let changed = 0;
  for (const [index, item] of items.entries()) {
    const said = `${index} of ${items.length} ${what} are done`;
    for (let isDone = false; !isDone; ) {
      if (changed > 0 && Date.now() - started > BUDGET_MS) throw halfWay(contentful, what, said);
      try {
        if ((await act(item)) === 'changed') changed += 1;
        isDone = true;
      } catch (error) {
        // The first request is left to the engine, which knows when to send it again.
        const wait = changed > 0 ? throttle(error) : undefined;
        if (wait !== undefined && Date.now() - started + wait < BUDGET_MS) {
          await sleep(wait, undefined, { signal: AbortSignal.any([signal]) });
        } else if (changed > 0 && isWorthAnotherLook(error)) {
          throw halfWay(contentful, what, said, error);
        } else {
          throw error;
        }
      }
    }
  }
}

/** Milliseconds Contentful asks to wait; undefined when it does not, and the failure is another. */
function throttle(error: unknown): number | undefined {
  const isThrottled = error instanceof OutsideError && error.detail.kind === 'throttled';
  return isThrottled ? error.detail.retryAfterMs : undefined;
}

/** True unless Contentful refused for good, or the look was aborted. */
function isWorthAnotherLook(error: unknown): boolean {
  return error instanceof OutsideError && error.retryable;
}

function halfWay(
  contentful: Contentful,
  what: string,
  said: string,
  cause?: unknown,
): OutsideError {
  return new OutsideError({
    kind: 'ambiguous',
    system: SYSTEM,
    attempted: `change all ${what} in one go`,
    on: contentful.on,
    answer: cause instanceof OutsideError ? `${said}; ${cause.message}` : said,
    next: 'Backstop looks at each of them and goes on with the rest.',
    cause,
  });
}
