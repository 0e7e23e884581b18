/**
 * Looks once more at all that a run is about, right before it touches anything. Each step looks at its own component when its turn
 * comes; without this one, the first would be carried out before anybody sees that another has changed.
 */

import { driftWords, hasDrifted, isUnreadable, tryToLook } from './look-at-step.ts';
import { fail, isSettled, type StepContext } from './step-context.ts';

/** How long a system may leave a run waiting before it has begun, milliseconds; then people are asked. */
const PATIENCE_MS = 5 * 60_000;

interface Seen {
  readonly context: StepContext;
  readonly now: Awaited<ReturnType<typeof tryToLook>>;
}

/**
 * Where something has changed since the plan was made, the run ends with all that has (`drifted`). Where something cannot be read,
 * its step fails, the first of several alone: one decision of a person is enough to look again.
 * @param contexts of the steps that have not begun.
 */
export async function lookBeforeRun(contexts: readonly StepContext[]): Promise<void> {
  const seen = await Promise.all(
    contexts.map(async (context): Promise<Seen> => {
      const limitMs = Math.min(PATIENCE_MS, context.operation.limitMs);
      return { context, now: await tryToLook(context, limitMs) };
    }),
  );
  const changes = seen.flatMap(({ context, now }) =>
    now && !isUnreadable(now) && hasDrifted(context, now) ? [driftWords(context, now)] : [],
  );
  if (changes.length > 0) {
    await contexts[0]?.drifted([...new Set(changes)].join(' '));
    return;
  }
  for (const { context, now } of seen) {
    if (isUnreadable(now)) return fail(context, now.unreadable, isSettled(context));
  }
}
