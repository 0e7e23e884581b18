/** What the events of a playbook say in the timeline. */

import type { Recorded } from '../events.ts';
import type { Step } from '../playbook.ts';
import type { EndedHow } from '../playbook-progress.ts';
import type { Telling, Thread } from './thread.ts';
import { sentence } from './wording.ts';

type PlaybookEvent = Extract<Recorded, { type: `playbook.${string}` }>;

const ENDED: Readonly<Record<EndedHow, string>> = {
  finished: 'Came to the end of the playbook',
  replaced: 'Put another playbook in the place of',
  stopped: 'Stopped the playbook',
};

/** The sentence of an event of a playbook. */
export function tellPlaybook(event: PlaybookEvent, thread: Thread): Telling {
  if (event.type === 'playbook.started') {
    const { playbook, because } = event.data;
    thread.playbooks.push(playbook);
    const what = `Started the playbook “${playbook.title}” (${playbook.source}).`;
    return { kind: 'decision', what, ...(because === undefined ? {} : { why: because }) };
  }
  const playbook = thread.playbooks[event.data.number - 1];
  if (event.type === 'playbook.ended') {
    const title = playbook?.title ?? String(event.data.number);
    return { kind: 'note', what: `${ENDED[event.data.how]} “${title}”.` };
  }
  const step = playbook?.steps.find(({ id }) => id === event.data.step);
  const title = titleOf(step, event.data.step);
  switch (event.type) {
    case 'playbook.answered': {
      const { answer } = event.data;
      const options = step?.kind === 'question' ? step.options : [];
      const label = options.find(({ id }) => id === answer)?.label ?? answer;
      return { kind: 'assessment', what: `Answered “${title}” with “${label}”.` };
    }
    case 'playbook.ticked': {
      const { item } = event.data;
      const items = step?.kind === 'checklist' ? step.items : [];
      const text = items.find(({ id }) => id === item)?.text ?? item;
      if (event.data.run !== undefined) {
        const what = `Run ${event.data.run} had done “${text}” of “${title}”.`;
        return { kind: 'note', what };
      }
      return {
        kind: 'note',
        what: `Ticked “${text}” of “${title}”.`,
        group: { ...groupOf(event), opens: true },
      };
    }
    case 'playbook.step-done': {
      const { how, note } = event.data;
      const said =
        note === undefined ? '' : ` ${sentence(note.charAt(0).toUpperCase() + note.slice(1))}`;
      // Whoever ticks the last item finishes the step with it.
      if (how === 'done' && note === undefined && step?.kind === 'checklist') {
        const joins = { adds: `“${title}” is done.` };
        return {
          kind: 'note',
          what: `Finished the step “${title}”.`,
          group: { ...groupOf(event), joins },
        };
      }
      const verb = how === 'left' ? 'Went on without the rest of' : 'Finished the step';
      return { kind: 'note', what: `${verb} “${title}”.${said}` };
    }
  }
}

/** Ticks of a step by the same person. */
function groupOf({
  actor,
  data: { number, step },
}: Extract<PlaybookEvent, { data: { step: string } }>): {
  readonly key: string;
  readonly is: string;
} {
  return { key: `playbook ${number} ${step}`, is: JSON.stringify(actor) };
}

function titleOf(step: Step | undefined, id: string): string {
  return step && step.kind !== 'branch' ? step.title : id;
}
