/** A playbook at work: one message, which shows the step whose turn it is, its buttons, and what is done. */

import type { Button, KnownBlock } from '@slack/types';
import { activeRun, type Incident, isOpen, openProposal } from '../incident.ts';
import type { PlaybookOperation, StepOf, VisibleStep } from '../playbook.ts';
import {
  currentStep,
  type EndedHow,
  type PlaybookProgress,
  passedSteps,
} from '../playbook-progress.ts';
import { AFTER_ROLLBACK, proposedPlaybook } from '../playbook-rules.ts';
import { canTryAgain, type Wait, waitOf } from '../playbook-waits.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, context, section } from './elements.ts';
import type { Dated } from './message.ts';
import { at, count, line, linesThatFit, onDay, prose, who } from './mrkdwn.ts';

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

/** That a playbook fits, with a button that starts it; nothing while none is proposed. */
export function playbookOffer(incident: Incident): readonly KnownBlock[] {
  const proposed = proposedPlaybook(incident);
  if (!proposed || !isWelcome(incident, proposed.name)) return [];
  const { name, because } = proposed;
  const ids = [incident.id];
  const secret = name === 'security-breach' && !incident.private;
  return blocksOf(
    section(
      `*Playbook ${name}*, because ${because}.`,
      secret
        ? 'It is for a private incident: declare one with `/incident private <title>` and start it there.'
        : undefined,
    ),
    actions(
      secret
        ? undefined
        : button(ACTION.startPlaybook, 'Start playbook', [...ids, name], {
            label: `Start the playbook ${name}`,
          }),
      button(ACTION.choosePlaybook, 'Another playbook…', ids),
    ),
  );
}

/** People who have found their own way are not asked to begin anew. */
function isWelcome(incident: Incident, name: string): boolean {
  if (incident.status === 'closed') return false;
  if (activeRun(incident) || incident.planWanted || openProposal(incident)) return false;
  return name === AFTER_ROLLBACK.gives || (isOpen(incident) && incident.status !== 'monitoring');
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
  const items =
    passed.kind === 'checklist' ? ` (${ticked} of ${passed.items.length} ticked)` : '';
  const sign = ended.how === 'left' ? '–' : '✓';
  return `${sign} ${title}${items}${note} (${who(ended.by)}, ${at(ended.at)})`;
}

function step(incident: Incident, progress: PlaybookProgress): readonly KnownBlock[] {
  const current = currentStep(progress);
  const wait = waitOf(incident, progress);
  if (!current || !wait) return [];
  const from = current.source === undefined ? '' : `  (${line(current.source, 150)})`;
  const number = passedSteps(progress).length + 1;
  const audience = current.kind === 'announcement' ? ` to ${AUDIENCES[current.audience]}` : '';
  return blocksOf(
    { type: 'divider' },
    section(
      `*Step ${number}: ${line(current.title, 80)}*${audience}${from}`,
      current.text === undefined ? undefined : prose(current.text, TEXT_ROOM),
      current.kind === 'checklist' ? checklist(progress, current) : undefined,
      waiting(current, wait),
    ),
    incident.status === 'closed' ? undefined : choices(incident, progress, current, wait),
  );
}

function checklist({ ticks }: PlaybookProgress, { id, items }: StepOf<'checklist'>): string {
  return items
    .map((item) => {
      const tick = ticks[id]?.[item.id];
      const text = line(item.text, 150);
      return tick ? `✓ ${text} (${who(tick.by)}, ${at(tick.at)})` : `○ ${text}`;
    })
    .join('\n');
}

function waiting(current: VisibleStep, wait: Wait): string | undefined {
  switch (wait.for) {
    case 'people':
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
        ? 'The plan has a message of its own, with its approval.'
        : 'The run has a message of its own; it goes on here once the run has ended.';
    case 'another-try':
      if (wait.failed !== undefined) return `It did not come to it: ${prose(wait.failed, 600)}`;
      return current.kind === 'approval'
        ? 'No plan waits for an approval.'
        : 'No run has been verified yet.';
  }
}

function choices(
  incident: Incident,
  progress: PlaybookProgress,
  current: VisibleStep,
  wait: Wait,
): readonly KnownBlock[] {
  const here = [incident.id, String(progress.number)];
  const ids = [...here, current.id];
  const open = isOpen(incident);
  return actions(
    ...answers(progress, current, ids),
    open ? work(incident, current, wait, ids) : undefined,
    goOn(current, ids),
    button(ACTION.stopPlaybook, 'Stop playbook', here, {
      label: `Stop the playbook ${progress.playbook.title}`,
    }),
  );
}

function answers(
  { ticks }: PlaybookProgress,
  current: VisibleStep,
  ids: readonly string[],
): readonly Button[] {
  if (current.kind === 'question') {
    return current.options.map(({ id, label }) =>
      button(ACTION.answerPlaybook, label, [...ids, id], {
        choice: id,
        label: `${current.title} ${label}`,
      }),
    );
  }
  if (current.kind !== 'checklist') return [];
  return current.items
    .filter(({ id }) => !ticks[current.id]?.[id])
    .map(({ id, text }) =>
      button(ACTION.tickPlaybook, `✓ ${text}`, [...ids, id], { choice: id, label: `Tick: ${text}` }),
    );
}

/** What Backstop does about the step. */
function work(
  incident: Incident,
  current: VisibleStep,
  wait: Wait,
  ids: readonly string[],
): Button | undefined {
  const primary = { style: 'primary' } as const;
  if (current.kind === 'announcement' && wait.for === 'people') {
    return button(ACTION.announceInPlaybook, 'Write it…', ids, primary);
  }
  if (current.kind === 'operation' && wait.for === 'people') {
    return button(ACTION.operatePlaybook, OPERATION_LABELS[current.operation], ids, primary);
  }
  if (wait.for !== 'another-try') return undefined;
  if (current.kind === 'approval') return button(ACTION.planRollback, 'Roll back…', [incident.id]);
  if (!canTryAgain(current)) return undefined;
  const label = current.kind === 'monitor' ? 'Watch again' : 'Verify now';
  return button(ACTION.operatePlaybook, label, ids, primary);
}

function goOn(current: VisibleStep, ids: readonly string[]): Button | undefined {
  const label = (words: string) => ({ label: `${words}: ${current.title}` });
  switch (current.kind) {
    case 'question':
      return undefined;
    case 'checklist':
      return button(ACTION.leaveInPlaybook, 'Leave the rest', ids, label('Leave the rest'));
    case 'timer':
      return button(ACTION.leaveInPlaybook, 'Go on now', ids, label('Go on now'));
    case 'operation':
    case 'announcement':
      return button(ACTION.goOnInPlaybook, 'Done by hand…', ids, label('Done by hand'));
    case 'approval':
    case 'verification':
    case 'monitor':
      return button(ACTION.goOnInPlaybook, 'Go on without…', ids, label('Go on without'));
  }
}

const OPERATION_LABELS: Readonly<Record<PlaybookOperation, string>> = {
  'plan-rollback': 'Plan the rollback',
  'plan-restore': 'Plan the restore',
  'plan-full-rollback': 'Plan code and data',
  'call-contacts': 'Call the contacts',
  'start-quick-fix': 'Start the quick fix',
  mitigate: 'Decide to mitigate',
};

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
  const whom = how === 'finished' ? '' : ` by ${who(by)}`;
  return `${ENDED[how]}${whom} at ${at(when)}${open}.`;
}

function inWords(incident: Incident, progress: PlaybookProgress): string {
  const name = `Playbook ${line(progress.playbook.title, 80)} of ${incident.id}`;
  if (progress.ended) return `${name}: ${endedWords(progress, progress.ended)}`;
  const current = currentStep(progress);
  return `${name}: step ${passedSteps(progress).length + 1}, ${line(current?.title ?? '', WORDS_ROOM)}`;
}
