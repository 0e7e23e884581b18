/** Ends what is at work before it is done, where a person wants that. */

import { messageOf } from '../errors.ts';
import type { EndedEarly } from '../operation.ts';
import { readSignal } from './reads.ts';
import { note, type StepContext } from './step-context.ts';

/**
 * To be called at each look at a step that is under way. Ends it once, when a person has asked for that, and says what came of it;
 * undefined while nobody has. A process that takes over ends it again, which does no harm.
 */
export function endWhenAsked(context: StepContext): () => Promise<EndedEarly | undefined> {
  const { step, operation, signal } = context;
  let ended: EndedEarly | undefined;
  return async () => {
    const { ending, intent, handle } = context.state();
    if (ended || ending === undefined || !intent || !operation.ending) return ended;
    try {
      const limited = readSignal(signal);
      ended = await operation.ending.end(step.call.input, intent, handle, limited);
    } catch (error) {
      if (signal.aborted) return undefined;
      ended = {
        isOver: false,
        note: `It could not be ended, and its end is waited for: ${messageOf(error)}`,
      };
    }
    await note(context, ended.note);
    return ended;
  };
}
