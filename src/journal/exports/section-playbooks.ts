/** The playbooks that people went through, with their checklists. */

import type { PlaybookRecord, PlaybookStepRecord } from '../../postmortem/playbooks.ts';
import type { ToldPostmortem } from '../../postmortem/postmortem.ts';
import { capital, sentence } from '../../timeline/wording.ts';
import type { Marked, Writing } from './pen.ts';

const ENDED: Readonly<Record<NonNullable<PlaybookRecord['ended']>['how'], string>> = {
  finished: 'It came to its end',
  replaced: 'Another one took its place',
  stopped: 'It was stopped',
};

/** Nothing when no playbook was started. */
export function playbooks({ playbooks }: ToldPostmortem, writing: Writing): Marked {
  if (playbooks.length === 0) return '';
  return writing.pen.section('Playbooks', ...playbooks.map((each) => playbook(each, writing)));
}

function playbook(
  { title, source, started, ended, steps }: PlaybookRecord,
  writing: Writing,
): Marked {
  const { pen, times } = writing;
  const begun = `Started by ${pen.text(started.by)}, ${times.both(started.at)}.`;
  const over = ended
    ? `${ENDED[ended.how]}, ${times.both(ended.at)}.`
    : pen.strong('It has not come to its end.');
  const rows = steps.flatMap((step) => [stepRow(step, writing), ...itemRows(step, writing)]);
  return pen.subsection(
    title,
    pen.paragraph(`From ${pen.text(source)}. ${begun} ${over}`),
    pen.table(['Step', 'How it ended', 'By', 'When'], rows),
  );
}

function stepRow(step: PlaybookStepRecord, { pen, times }: Writing): readonly Marked[] {
  const { title, answer, done } = step;
  if (!done) return [pen.strong(pen.text(title)), 'Not done', '', ''];
  const note = done.note === undefined ? '' : pen.text(sentence(capital(done.note)));
  const said = answer === undefined ? note : pen.text(answer);
  const how = done.how === 'left' ? `The rest was left. ${note}`.trim() : said || 'Done';
  return [pen.strong(pen.text(title)), how, pen.text(done.by), times.cell(done.at)];
}

function itemRows(
  { items = [] }: PlaybookStepRecord,
  { pen, times }: Writing,
): readonly (readonly Marked[])[] {
  return items.map(({ text, ticked }) => [
    pen.text(`– ${text}`),
    ticked ? '✓' : 'Not ticked',
    ticked ? pen.text(ticked.by) : '',
    ticked ? times.cell(ticked.at) : '',
  ]);
}
