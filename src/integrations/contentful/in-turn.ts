import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideError } from '../../errors.ts';
import type { Contentful } from './client.ts';
import { SYSTEM } from './errors.ts';

/** Nothing new is begun after this long: a submission must have ended before its lost requests count as landed. */
const BUDGET_MS = 20_000;

/**
 * Does `act` for each item, one after the other, waiting where Contentful asks to. Each `act` makes conditional requests, calls
 * `changed` after each that was done, and finds by itself what is done already, so that the whole can be taken up again at any point.
 * @throws OutsideError: as `act` while nothing was changed; once something was, with how far it came: `ambiguous`, unless
 *   Contentful refused for good. The engine then looks, and submits again what is left.
 */
export async function inTurn<T>(
  contentful: Contentful,
  what: string,
  items: readonly T[],
  signal: AbortSignal,
  act: (item: T, changed: () => void) => Promise<void>,
): Promise<void> {
  const started = Date.now();
  let changes = 0;
  const changed = () => {
    changes += 1;
  };
  for (const [index, item] of items.entries()) {
    const said = `${index} of ${items.length} ${what} are done`;
    for (let isDone = false; !isDone; ) {
      if (changes > 0 && Date.now() - started > BUDGET_MS) throw halfWay(contentful, what, said);
      try {
        await act(item, changed);
        isDone = true;
      } catch (error) {
        // The first request is left to the engine, which knows when to send it again.
        const wait = changes > 0 ? throttle(error) : undefined;
        if (wait !== undefined && Date.now() - started + wait < BUDGET_MS) {
          await sleep(wait, undefined, { signal: AbortSignal.any([signal]) });
        } else if (changes === 0 || !(error instanceof OutsideError)) {
          throw error;
        } else {
          throw error.retryable ? halfWay(contentful, what, said, error) : refused(error, said);
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

/** Refused for good, after others were done or the first half of this one was. */
function refused({ detail }: OutsideError, said: string): OutsideError {
  const help = detail.kind === 'rejected' ? 'Mend what Contentful names' : detail.next;
  return new OutsideError({
    ...detail,
    answer: detail.answer ? `${said}; ${detail.answer}` : said,
    next: `${help.replace(/\.$/, '')}. What is done stays done, and trying again goes on with the rest.`,
  });
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
