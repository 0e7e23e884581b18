/** What the events of freezes say in the timeline. */

import type { Recorded } from '../events.ts';
import type { StepEvent } from '../run.ts';
import type { Telling, Thread } from './thread.ts';

type FreezeEvent = Extract<Recorded, { type: `freeze.${string}` }>;

/** The sentence of a freeze's event: one entry for each time it is set or lifted, and one for what went wrong. */
export function tellFreeze(event: FreezeEvent, thread: Thread): Telling {
  const { component } = event.data;
  const key = `freeze ${component}`;
  if (event.type === 'freeze.turned') {
    const { what, to, why } = event.data;
    thread.freezes.set(component, { what, to });
    const verb = to === 'set' ? 'Began to freeze' : 'Began to lift the freeze of';
    return {
      kind: 'freeze',
      what: `${verb} ${what}.`,
      why,
      group: { key, is: 'turn', opens: true },
    };
  }
  const { step } = event.data;
  const { what, to } = thread.freezes.get(component) ?? { what: component, to: 'set' };
  const said = sentenceOf(step, what, to);
  if (step.type === 'step.failed') {
    const group = { key: `${key} ${to} failed`, is: step.data.reason };
    return { kind: 'freeze', what: said, why: step.data.reason, group };
  }
  return {
    kind: 'freeze',
    what: said,
    group: { key, is: 'turn', joins: joining(step, what, to, said) },
  };
}

/** Once it is done, how it was begun says nothing any more; doubt on the way does. */
function joining(
  step: StepEvent,
  what: string,
  to: 'set' | 'lifted',
  said: string,
): { readonly adds?: string; readonly instead?: string } {
  switch (step.type) {
    case 'step.intended':
    case 'step.submitted':
    case 'step.progressed':
    case 'step.printed':
      return {};
    case 'step.succeeded':
      return step.data.how === 'applied'
        ? { instead: `${to === 'set' ? 'Froze' : 'Lifted the freeze of'} ${what}.` }
        : { adds: said };
    case 'step.lost':
    case 'step.retried':
    case 'step.failed':
    case 'step.shown':
    case 'step.allowed':
    case 'step.ending':
    case 'step.skipped':
      return { adds: said };
  }
}

function sentenceOf(step: StepEvent, what: string, to: 'set' | 'lifted'): string {
  switch (step.type) {
    case 'step.succeeded': {
      const state = to === 'set' ? 'frozen' : 'free';
      return step.data.how === 'already' ? `It was ${state} already.` : `It is ${state} now.`;
    }
    case 'step.failed':
      return to === 'set'
        ? `Could not freeze ${what}; the run does not wait for it.`
        : `Could not lift the freeze of ${what} yet.`;
    case 'step.lost':
      return 'The answer got lost, so Backstop looks before it does anything again.';
    case 'step.retried':
      return 'Tried again.';
    case 'step.submitted':
      return 'The request was taken.';
    // Of the others a freeze has none but this one.
    case 'step.intended':
    case 'step.progressed':
    case 'step.shown':
    case 'step.allowed':
    case 'step.ending':
    case 'step.printed':
    case 'step.skipped':
      return 'Sent the request.';
  }
}
