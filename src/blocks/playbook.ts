/** A playbook at work: one message, which shows the step whose turn it is, its buttons, and what is done. */

import type { KnownBlock } from '@slack/types';
import { type Incident, openProposal } from '../incident.ts';
import type { StepOf, VisibleStep } from '../playbook.ts';
import {
  currentStep,
  type EndedHow,
  type PlaybookProgress,
  passedSteps,
} from '../playbook-progress.ts';
import { type Wait, waitOf } from '../playbook-waits.ts';
import { blocksOf, context, fitsButton, section } from './elements.ts';
import type { Dated } from './message.ts';
import { at, count, line, linesThatFit, onDay, prose, who } from './mrkdwn.ts';
import { choices, tickLabel } from './playbook-buttons.ts';

const DONE_ROOM = 2800;
const TEXT_ROOM = 1300;
/** What Slack takes as the text of a message, with room for what is put before it. */
const WORDS_ROOM = 400;

/** The message of each playbook that was started. */
export function playbookMessages(incident: Incident): readonly Dated[] {
  return incident.playbooks.map((progress) => ({
    since: progress.at,
    message: {
      key: `playbook/${progress.number}`,
      where: 'incident',
      text: inWords(incident, progress),
      blocks: blocksOf(
        section(heading(progress)),
        doneSteps(progress),
        progress.ended ? context(endedWords(progress, progress.ended)) : step(incident, progress),
      ),
    },
  }));
}

function heading({ playbook, because, by, at: since }: PlaybookProgress): string {
  const why = because === undefined ? '' : `, because ${line(because, 200)}`;
  return [
    `*Playbook: ${line(playbook.title, 80)}*  (${line(playbook.source, 150)})`,
    `Started by ${who(by)} at ${at(since)}${why}.`,
  ].join('\n');
}

function doneSteps(progress: PlaybookProgress): KnownBlock | undefined {
  const lines = passedSteps(progress).map((passed) => doneLine(progress, passed));
  return lines.length === 0 ? undefined : section(linesThatFit(lines, DONE_ROOM));
}

function doneLine({ answers, done, ticks }: PlaybookProgress, passed: VisibleStep): string {
  const title = line(passed.title, 80);
  const answer = answers[passed.id];
  if (passed.kind === 'question' && answer) {
    const label = passed.options.find(({ id }) => id === answer.answer)?.label ?? answer.answer;
    return `✓ ${title}: *${line(label, 60)}* (${who(answer.by)}, ${at(answer.at)})`;
  }
  const ended = done[passed.id];
  if (!ended) return `✓ ${title}`;
  const note = ended.note === undefined ? '' : `: ${line(ended.note, 200)}`;
  const ticked = Object.keys(ticks[passed.id] ?? {}).length;
  const items = passed.kind === 'checklist' ? ` (${ticked} of ${passed.items.length} ticked)` : '';
  const sign = ended.how === 'left' ? '–' : '✓';
  return `${sign} ${title}${items}${note} (${who(ended.by)}, ${at(ended.at)})`;
}

function step(incident: Incident, progress: PlaybookProgress): readonly KnownBlock[] {
  const current = currentStep(progress);
  const wait = waitOf(incident, progress);
  if (!current || !wait) return [];
  const from = current.source === undefined ? '' : `  (${line(current.source, 150)})`;
  const number = passedSteps(progress).length + 1;
  const told = current.kind === 'announcement' ? AUDIENCES[current.audience] : undefined;
  // A title such as “Tell users” says it already.
  const audience = told === undefined || current.title.includes(told) ? '' : ` (to ${told})`;
  return blocksOf(
    { type: 'divider' },
    section(
      `*Step ${number}: ${line(current.title, 80)}*${audience}${from}`,
      current.text === undefined ? undefined : prose(current.text, TEXT_ROOM),
      current.kind === 'checklist'
        ? checklist(progress, current, incident.status !== 'closed')
        : undefined,
      waiting(incident, current, wait),
    ),
    incident.status === 'closed' ? undefined : choices(incident, progress, current, wait),
  );
}

/** What is ticked, and what no button says in full: the rest stands on the buttons alone, so that a phone shows it once. */
function checklist(
  { ticks }: PlaybookProgress,
  { id, items }: StepOf<'checklist'>,
  hasButtons: boolean,
): string | undefined {
  const lines = items.flatMap((item) => {
    const tick = ticks[id]?.[item.id];
    const text = line(item.text, 150);
    if (tick) return [`✓ ${text} (${tick.run ? `run ${tick.run}` : who(tick.by)}, ${at(tick.at)})`];
    return hasButtons && fitsButton(tickLabel(item.text)) ? [] : [`○ ${text}`];
  });
  return lines.length === 0 ? undefined : lines.join('\n');
}

function waiting(incident: Incident, current: VisibleStep, wait: Wait): string | undefined {
  switch (wait.for) {
    case 'people':
      return current.kind === 'assessment'
        ? 'Answer the questions on the card; it goes on here by itself.'
        : undefined;
    case 'nothing':
      return undefined;
    case 'time':
      return current.kind === 'timer'
        ? `Until ${onDay(wait.until)}.`
        : `The probes are read until ${onDay(wait.until)}.`;
    case 'watch':
      return `Watching begins now, for ${count(current.kind === 'monitor' ? current.minutes : 0, 'minute')}.`;
    case 'work':
      return current.kind === 'approval'
        ? approvalWords(incident)
        : 'The run has a message of its own; it goes on here once the run has ended.';
    case 'another-try':
      if (wait.failed !== undefined) return `That did not work: ${prose(wait.failed, 600)}`;
      return current.kind === 'approval'
        ? 'No plan waits for an approval.'
        : 'Press Verify now: every probe has to pass several times in a row.';
  }
}

/** What is to be done about the plan, which has a message of its own. */
function approvalWords(incident: Incident): string {
  const proposal = openProposal(incident);
  if (!proposal) return 'The plan is being made; it appears as a message of its own.';
  return proposal.state === 'requested'
    ? `Plan ${proposal.plan.id} waits for its approval; see its message.`
    : `Press *Request approval* on plan ${proposal.plan.id}; an approver starts it.`;
}

const AUDIENCES: Readonly<Record<StepOf<'announcement'>['audience'], string>> = {
  team: 'the team',
  stakeholders: 'stakeholders',
  users: 'users',
};

const ENDED: Readonly<Record<EndedHow, string>> = {
  finished: 'The playbook is done',
  replaced: 'Another playbook took its place',
  stopped: 'Stopped',
};

function endedWords(
  progress: PlaybookProgress,
  { how, by, at: when }: NonNullable<PlaybookProgress['ended']>,
): string {
  const left = passedSteps(progress).filter(({ id }) => progress.done[id]?.how === 'left').length;
  const open = left > 0 ? `; ${count(left, 'step')} left with open items` : '';
  const whom = how === 'finished' ? '' : `${who(by)}, `;
  return `${ENDED[how]} (${whom}${at(when)})${open}.`;
}

function inWords(incident: Incident, progress: PlaybookProgress): string {
  const name = `Playbook ${line(progress.playbook.title, 80)} of ${incident.id}`;
  if (progress.ended) return `${name}: ${endedWords(progress, progress.ended)}`;
  const current = currentStep(progress);
  return `${name}: step ${passedSteps(progress).length + 1}, ${line(current?.title ?? '', WORDS_ROOM)}`;
}
