/** The run card: what has been done, what is being done, and who has to decide when it cannot go on. */

import type { Button, KnownBlock } from '@slack/types';
import type { Reading } from '../component.ts';
import { stepsToAllow, stepsToEnd, workToTakeBack } from '../due-steps.ts';
import { type Incident, isOpen, lastRun, openProposal, proposalOf } from '../incident.ts';
import { inOrder, type PlannedStep } from '../plan.ts';
import { isUnderWay, type Run, type RunOutcome, type StepState } from '../run.ts';
import type { Service } from '../service.ts';
import { ACTION } from './actions.ts';
import { actions, areYouSure, blocksOf, button, context, header, section } from './elements.ts';
import type { Dated } from './message.ts';
import { mitigateButton } from './mitigate.ts';
import { at, clip, count, duration, fence, line, linesThatFit, mention, prose } from './mrkdwn.ts';
import { shownStep } from './planned-steps.ts';
import { placeOf, verdictLine, worstFirst } from './words.ts';

const STEPS_ROOM = 2800;
const READINGS_ROOM = 1500;
const REASON_ROOM = 1500;

/** One message for each run, oldest first. */
export function runMessages(incident: Incident, service: Service): readonly Dated[] {
  return incident.runs.map((run) => ({
    since: run.startedAt,
    message: {
      key: `run/${run.id}`,
      where: 'incident',
      text: inWords(incident, run),
      blocks: blocksOf(
        header(titleOf(incident, run)),
        section(stateOf(incident, run, service)),
        steps(incident, run),
        toAllow(incident, run, service),
        halted(incident, run),
        cancellable(incident, run),
        toEnd(incident, run),
        readings(run),
        offers(incident, run, service),
        context(`Run ${run.id} of plan ${run.plan}  |  Started at ${at(run.startedAt)}`),
      ),
    },
  }));
}

/** The last readings of a verification or a monitor window, what failed first. */
export function readingLines(read: readonly Reading[]): string {
  const lines = worstFirst(read).map(({ verdict, probe, reason }) =>
    verdictLine(verdict, probe, reason),
  );
  return linesThatFit(lines, READINGS_ROOM);
}

function titleOf(incident: Incident, run: Run): string {
  return proposalOf(incident, run.plan)?.plan.title ?? `Run ${run.id}`;
}

function plannedSteps(incident: Incident, run: Run): readonly PlannedStep[] {
  return inOrder(proposalOf(incident, run.plan)?.plan.steps ?? []);
}

function stateOf(incident: Incident, run: Run, service: Service): string {
  switch (run.status) {
    case 'running': {
      if (run.cancelling !== undefined) {
        return `*Being cancelled:* ${line(run.cancelling, 500)} Nothing new is started. What is at work is followed to its end${stepsToEnd(run, plannedSteps(incident, run)).length > 0 ? ', unless you end it now' : ''}.`;
      }
      const states = Object.values(run.steps);
      if (states.length === 0) return '*Verifying.* The probes are being read.';
      const done = states.filter(
        ({ status }) => status === 'succeeded' || status === 'skipped',
      ).length;
      return `*Running.* ${done} of ${count(states.length, 'step')} done.`;
    }
    case 'halted':
      return '*Halted.* Nothing more happens until the incident commander decides.';
    case 'verifying': {
      const needed = service.environments[incident.environment]?.verification.passes;
      const streak = run.verification?.streak ?? 0;
      const progress =
        needed === undefined ? count(streak, 'check') : `${streak} of ${count(needed, 'check')}`;
      return `*Verifying.* ${progress} passed in a row.`;
    }
    case 'finished':
      return finished(run);
  }
}

const OUTCOMES: Readonly<Record<RunOutcome, string>> = {
  recovered: 'Recovered',
  'not-recovered': 'It did not recover',
  cancelled: 'Cancelled',
  done: 'Done',
};
/** A run that only verifies has brought nothing back. */
const VERIFIED = { ...OUTCOMES, recovered: 'Passed', 'not-recovered': 'It did not pass' };

function finished(run: Run): string {
  const isWell = run.outcome === 'recovered' || run.outcome === 'done';
  const took =
    run.endedAt === undefined
      ? ''
      : ` ${isWell ? `in ${duration(run.endedAt - run.startedAt)}` : after(run.endedAt - run.startedAt)}`;
  const words = run.kind === 'verify' ? VERIFIED : OUTCOMES;
  return `*${words[run.outcome ?? 'done']}*${took}: ${prose(run.outcomeReason ?? '', REASON_ROOM)}`;
}

/** `after 3 min`; `in under 1 s`. @param time milliseconds, or the words for them. */
function after(time: number | string): string {
  const words = typeof time === 'string' ? time : duration(time);
  return words.startsWith('under') ? `in ${words}` : `after ${words}`;
}

function steps(incident: Incident, run: Run): KnownBlock | undefined {
  const lines = plannedSteps(incident, run).map((step) => stepLine(step, run.steps[step.id]));
  return lines.length === 0 ? undefined : section(linesThatFit(lines, STEPS_ROOM));
}

function stepLine({ title, byHand }: PlannedStep, state: StepState | undefined): string {
  const words = line(title, 160);
  const note = state?.note ? `: ${line(state.note, 200)}` : '';
  const took =
    state?.startedAt !== undefined && state.endedAt !== undefined && state.endedAt > state.startedAt
      ? duration(state.endedAt - state.startedAt)
      : '';
  if (state?.ending !== undefined && isUnderWay(state)) return `… *${words}* being ended${note}`;
  const since = state?.startedAt === undefined ? '' : ` since ${at(state.startedAt)}`;
  switch (state?.status) {
    case 'intended':
      return `… *${words}* starting${note}`;
    case 'submitted':
      return `… *${words}* running${since}${note}`;
    case 'lost':
      return `? *${words}* got no clear answer; checking what became of it${note}`;
    case 'succeeded':
      return `✓ ${words} done${took && ` in ${took}`}${note}`;
    case 'failed':
      if (byHand) return `☞ *${words}* is for a person`;
      return `✗ *${words}* failed${took && ` ${after(took)}`}`;
    case 'skipped':
      return `– ${words} skipped${note}`;
    case 'waiting':
    case undefined:
      return `○ ${words} waiting${note}`;
  }
}

function halted(incident: Incident, run: Run): readonly KnownBlock[] {
  if (run.status !== 'halted' || !run.halt) return [];
  const step = plannedSteps(incident, run).find(({ id }) => id === run.halt?.step);
  const title = line(step?.title ?? run.halt.step, 160);
  const commander = incident.roles.commander;
  const asked = commander
    ? `${mention(commander)} decides:`
    : 'Take command on the card to decide:';
  return blocksOf(
    section(
      `*${title} ${step?.byHand ? 'is for a person' : 'failed'}:* ${prose(run.halt.reason, REASON_ROOM)}`,
    ),
    step ? section('*By hand:*', fence(step.manual)) : undefined,
    isOpen(incident) ? section(asked) : undefined,
    isOpen(incident)
      ? actions(...waysOut(incident, run, run.halt.step, title, step?.byHand))
      : undefined,
  );
}

/** Steps that wait for a second person. */
function toAllow(incident: Incident, run: Run, service: Service): readonly KnownBlock[] {
  const waiting = stepsToAllow(run, plannedSteps(incident, run));
  if (waiting.length === 0 || !isOpen(incident)) return [];
  const from = service.environments[incident.environment]?.approval.from ?? [];
  return waiting.flatMap((step) => {
    const title = line(step.title, 160);
    const asked = `${from.map(mention).join(' ')}: *${title}* needs a second person right now, somebody who neither asked for the plan nor approved it.`;
    const allow = button(ACTION.allowStep, 'Allow this step', [incident.id, run.id, step.id], {
      style: 'danger',
      confirm: areYouSure('Allow this step?', clip(`“${step.title}” runs at once.`, 300), 'Allow'),
      label: `Allow the step: ${title}`,
      choice: step.id,
    });
    const shown = run.steps[step.id]?.shown;
    const words = shown ? shownStep(shown) : '';
    return blocksOf(section(asked), words === '' ? undefined : section(words), actions(allow));
  });
}

/** A run can be called off at any time before its end; when it has halted the button stands with the others. */
function cancellable(incident: Incident, run: Run): readonly KnownBlock[] {
  const going = run.status === 'running' || run.status === 'verifying';
  if (!going || run.cancelling !== undefined || run.kind === 'quick-fix' || !isOpen(incident))
    return [];
  const ids = [incident.id, run.id];
  return actions(button(ACTION.cancelRun, 'Cancel…', ids, { label: `Cancel run ${run.id}` }));
}

/** What is at work in a run that is being cancelled can be ended where it is a command or a tool of ours. */
function toEnd(incident: Incident, run: Run): readonly KnownBlock[] {
  if (!isOpen(incident)) return [];
  const ends = stepsToEnd(run, plannedSteps(incident, run)).map((step) =>
    button(ACTION.endStep, `End ${clip(step.title, 50)}…`, [incident.id, run.id, step.id], {
      label: `End the step before it is done: ${line(step.title, 160)}`,
      choice: step.id,
    }),
  );
  return actions(...ends);
}

function waysOut(
  incident: Incident,
  run: Run,
  step: string,
  title: string,
  byHand: true | undefined,
): readonly Button[] {
  const ids = [incident.id, run.id];
  const here = [...ids, step];
  const again = `Backstop looks at ${placeOf(incident)} first, and tries “${title}” again only if it was not done.`;
  const retry = button(ACTION.retryStep, 'Retry', here, {
    style: 'danger',
    confirm: areYouSure('Retry the step?', again, 'Retry'),
    label: `Retry the step: ${title}`,
  });
  return [
    ...(byHand ? [] : [retry]),
    button(ACTION.skipStep, 'Skip…', here, { label: `Skip the step: ${title}` }),
    button(ACTION.doneByHand, 'Done by hand…', here, { label: `Done by hand: ${title}` }),
    ...(workToTakeBack(run, plannedSteps(incident, run)).length > 0
      ? [
          button(ACTION.undoRun, 'Undo what was done…', ids, {
            label: `Plan to take back run ${run.id}`,
          }),
        ]
      : []),
    button(ACTION.cancelRun, 'Cancel…', ids, { label: `Cancel run ${run.id}` }),
  ];
}

function readings(run: Run): KnownBlock | undefined {
  const read = run.verification?.readings ?? [];
  return run.status === 'verifying' && read.length > 0 ? section(readingLines(read)) : undefined;
}

/** What can be done about a run that has ended; offered until something is under way again. */
function offers(incident: Incident, run: Run, service: Service): readonly KnownBlock[] {
  if (!isOpen(incident) || lastRun(incident) !== run) return [];
  if (openProposal(incident) || incident.planWanted) return [];
  if (run.outcome !== 'not-recovered') return actions(takeBack(incident, run));
  const ids = [incident.id, run.id];
  const back =
    run.kind === 'rollback'
      ? [
          button(ACTION.planRollForward, 'Roll forward again', ids),
          button(ACTION.planOlder, 'Next older version', ids),
        ]
      : [button(ACTION.planRollback, 'Roll back…', [incident.id])];
  const call =
    service.contacts.length > 0 && !incident.contactsCalled
      ? button(ACTION.callContacts, 'Call contacts', [incident.id])
      : undefined;
  const more = run.kind === 'mitigation' ? mitigateButton(incident, undefined) : undefined;
  return actions(...back, more, takeBack(incident, run), call);
}

/**
 * A flag back on, as many instances as before: what was done to buy time is not to stay. Nor is what a cancelled rollback
 * had done: a slot that was prepared and never swapped.
 */
function takeBack(incident: Incident, run: Run): Button | undefined {
  const isLeft = run.outcome === 'cancelled' ? 'rollback' : 'mitigation';
  if (run.kind !== isLeft || workToTakeBack(run, plannedSteps(incident, run)).length === 0)
    return undefined;
  return run.status === 'finished'
    ? button(ACTION.planUndo, 'Take it back…', [incident.id, run.id], {
        label: `Plan to take back run ${run.id}; nothing changes until it is approved`,
      })
    : undefined;
}

function inWords(incident: Incident, run: Run): string {
  const title = `Run ${run.id}: ${line(titleOf(incident, run), 300)} (${placeOf(incident)}).`;
  switch (run.status) {
    case 'running':
      return `${title} Running.`;
    case 'verifying':
      return `${title} Verifying.`;
    case 'halted':
      return `${title} Halted: ${line(run.halt?.reason ?? '', REASON_ROOM)}`;
    case 'finished':
      return `${title} ${finished(run).replaceAll('*', '')}`;
  }
}
