/** What people do, in words. */
import type { Answer, Where, WorkspaceEvent } from '../live.ts';
import { renderConfirm } from '../render/message.ts';
import type { Names } from '../render/names.ts';
import { wrap } from '../render/page.ts';
import { INDENT } from './paragraph.ts';
import { placeName } from './words.ts';

type Acted = Extract<WorkspaceEvent, { kind: 'person' }>;
type Noticed = Extract<WorkspaceEvent, { kind: 'notice' }>;

/** The lines of a deed: who did what where, with the dialog they confirmed or the answers they gave. */
export function deedLines(event: Acted, names: Names, width: number): readonly string[] {
  const layout = { width, indent: INDENT, now: event.at };
  const first = wrap(`${names.user(event.person.id)} ${deedOf(event, names)}`, width);
  if (event.did === 'click' && event.confirmed) {
    return [...first, ...renderConfirm(event.confirmed, names, layout).split('\n')];
  }
  return event.did === 'submit' ? [...first, ...answerLines(event.answers, width)] : first;
}

/** The lines of what Slack tells a person about what they did. */
export function noticeLines(event: Noticed, names: Names, width: number): readonly string[] {
  const first = wrap(`${names.user(event.person.id)} ${event.text}`, width);
  return [...first, ...answerLines(event.complaints, width)];
}

function answerLines(answers: readonly Answer[] = [], width: number): readonly string[] {
  const inset = ' '.repeat(INDENT);
  return answers.flatMap(({ label, answer }) =>
    wrap(`${inset}${label}: ${answer.replaceAll('\n', `\n${inset}  `)}`, width),
  );
}

function deedOf(event: Acted, names: Names): string {
  switch (event.did) {
    case 'command':
      return `types ${event.text}${inside(event.where, names)}`;
    case 'click':
      return `clicks [ ${event.label} ]${inside(event.where, names)}`;
    case 'choose':
      return `chooses ${event.option || 'nothing'} (${event.label})${inside(event.where, names)}`;
    case 'submit':
      return `submits "${event.title}"`;
    case 'close':
      return `closes "${event.title}"`;
    case 'open home':
      return 'opens the home tab';
    case 'shortcut':
      return `runs the shortcut ${event.callbackId}`;
  }
}

function inside(place: Where | undefined, names: Names): string {
  return place ? ` in ${placeName(place, names)}` : '';
}
