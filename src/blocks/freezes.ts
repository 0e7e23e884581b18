/** What is kept from being deployed to: a line on the card, and a message that says when it is set, and when it is free again. */

import { type FreezeState, frozen } from '../freeze.ts';
import type { Incident } from '../incident.ts';
import { section } from './elements.ts';
import type { Dated } from './message.ts';
import { at, line } from './mrkdwn.ts';

const WHAT_ROOM = 200;
const REASON_ROOM = 500;

/** For the card: what is frozen, and what could not be. */
export function freezeLine(incident: Incident): string | undefined {
  const set = frozen(incident).map((each) => `Frozen: ${line(each.what, WHAT_ROOM)}`);
  const failed = incident.freezes.filter(({ failures, step }) => failures > 0 && !isDone(step));
  const words = [...set, ...failed.map((each) => notYet(each))];
  return words.length > 0 ? words.join('  |  ') : undefined;
}

/** One message for each freeze, edited as it is set and lifted; none before something has come of it. */
export function freezeNotices(incident: Incident): readonly Dated[] {
  return incident.freezes.flatMap((freeze): readonly Dated[] => {
    const { component, since } = freeze;
    if (since === undefined) return [];
    const text = inWords(freeze);
    return [
      {
        since,
        message: { key: `freeze/${component}`, where: 'incident', text, blocks: [section(text)] },
      },
    ];
  });
}

function inWords(freeze: FreezeState): string {
  const { what, to, why, step, endedAt = 0, failures } = freeze;
  const name = line(what, WHAT_ROOM);
  if (isDone(step)) {
    return to === 'set'
      ? `*Frozen since ${at(endedAt)}*: ${name}. ${line(why, REASON_ROOM)} Nothing can be merged there until Backstop lifts it.`
      : `*Free again since ${at(endedAt)}*: ${name}. ${line(why, REASON_ROOM)}`;
  }
  const reason = failures > 0 && step.note ? ` ${line(step.note, REASON_ROOM)}` : '';
  const next = to === 'set' ? ' Ask people not to merge. Runs do not wait for it' : '';
  return `*${notYet(freeze)}.*${reason}${next}${next ? ', and' : ''} Backstop tries again by itself.`;
}

function notYet({ what, to }: FreezeState): string {
  const name = line(what, WHAT_ROOM);
  return to === 'set' ? `Not frozen: ${name}` : `Not free yet: ${name}`;
}

function isDone(step: FreezeState['step']): boolean {
  return step.status === 'succeeded';
}
