/** The modals. Each input block is named by the field that a refusal names, so that the refusal shows under it. */

import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { assess, RESPONSES, SEVERITIES } from '../assessment.ts';
import { type Incident, proposalOf } from '../incident.ts';
import type { Service } from '../service.ts';
import { severityTerm } from '../vocabulary.ts';
import { ACTION, VIEW, type ViewName } from './actions.ts';
import { option, plain, section } from './elements.ts';
import { modal, reason, select, text, tick } from './inputs.ts';
import { type Metadata, metadataOf } from './metadata.ts';
import { line, prose } from './mrkdwn.ts';
import { inOneLine } from './planned-steps.ts';
import { lastNoticeInput } from './status-page.ts';
import { placeOf, RESPONSE_MEANINGS, RESPONSE_NAMES } from './words.ts';

/** The limits that the flows hold these fields to. */
const TITLE_LIMIT = 150;
const SUMMARY_LIMIT = 3000;

interface DeclareForm {
  readonly title?: string | undefined;
  readonly summary?: string | undefined;
  readonly services: readonly Service[];
  /** The id of the service chosen; its environments are offered. Without one, every environment is. */
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly private?: boolean;
  readonly drill?: boolean;
  readonly metadata: string;
}

/** The form that declares an incident. Choosing a service dispatches `ACTION.chooseService`, for an update of the form. */
export function declareModal(form: DeclareForm): ModalView {
  const only = form.services.length === 1 ? form.services[0] : undefined;
  const service = form.services.find(({ id }) => id === form.service) ?? only;
  const title = form.drill ? 'Declare a drill' : 'Declare an incident';
  return modal(VIEW.declare, title, 'Declare', form.metadata, [
    text('title', 'What do you see?', {
      max: TITLE_LIMIT,
      value: form.title,
      placeholder: 'Checkout answers 500 since the last release',
    }),
    serviceInput(form.services, service),
    environmentInput(form, service),
    text('summary', 'What else is known?', {
      max: SUMMARY_LIMIT,
      multiline: true,
      optional: true,
      value: form.summary,
      placeholder: 'Since when, who is affected, what changed, links',
    }),
    tick(
      'private',
      'Who may see it?',
      option(
        'Keep it private',
        'private',
        'Shown nowhere else; invite people to its channel yourself',
      ),
      form.private === true,
    ),
  ]);
}

/** What the declare form turns into once the incident is declared; its channel may still be on its way. */
export function declaredModal(incident: Incident): ModalView {
  const where = incident.channel
    ? `Go on in <#${incident.channel.id}>.`
    : 'Its channel is being opened; you will be invited in a moment.';
  return {
    type: 'modal',
    callback_id: 'declared',
    title: plain('Declared', 24),
    close: plain('Close', 24),
    blocks: [section(`*${incident.id} is declared:* ${line(incident.title, 300)}`, where)],
  };
}

export type ReasonView = Exclude<
  ViewName,
  | 'declare'
  | 'update'
  | 'notice'
  | 'note'
  | 'task'
  | 'role'
  | 'handover'
  | 'status'
  | 'merge'
  | 'prepare-release'
  | 'call-off'
  | 'choose-playbook'
  | 'go-on-in-playbook'
  | 'mitigate'
  | 'keep-message'
  | 'curate-entry'
>;

interface ReasonExtra extends Metadata {
  /** What the status page says when the incident is resolved, unless somebody changes it. */
  readonly usualNotice?: string;
}

/**
 * The modal that a button opens before it acts. `metadata.ref` is the id of the plan for `reject` and `break-glass`, of
 * the run for `skip-step`, `done-by-hand`, `cancel-run`, `end-step`, `undo-run` and `plan-undo`.
 */
export function reasonModal(view: ReasonView, incident: Incident, extra: ReasonExtra): ModalView {
  const { usualNotice = '', ...metadata } = extra;
  const sent = metadataOf({ incident: incident.id, ...metadata });
  switch (view) {
    case 'override-response':
      return modal(
        view,
        'Choose the response',
        'Choose',
        sent,
        [
          select(
            'response',
            'Response',
            RESPONSES.map((id) => option(capital(RESPONSE_NAMES[id]), id, RESPONSE_MEANINGS[id])),
            incident.response?.is,
          ),
          reason('Why this one?'),
        ],
        recommendation(incident),
      );
    case 'override-severity':
      return modal(view, 'Change the severity', 'Change', sent, [
        select(
          'severity',
          'Severity',
          SEVERITIES.map((id) => option(severityTerm(id).label, id, severityTerm(id).meaning)),
          incident.severity?.is,
        ),
        reason('Why?'),
      ]);
    case 'reject':
      return modal(
        view,
        'Decline the plan',
        'Decline',
        sent,
        [reason('Why not?', 'Everybody in the channel sees it.')],
        planWords(incident, metadata, 'Nothing of it is carried out.'),
      );
    case 'ask-question':
      return modal(
        view,
        'Ask about the plan',
        'Ask',
        sent,
        [reason('What do you want to know?', 'Everybody in the channel sees it.', 'question')],
        planWords(incident, metadata, 'The plan waits; nothing runs meanwhile.'),
      );
    case 'break-glass':
      return modal(
        view,
        'Break the glass',
        'Approve alone and run',
        sent,
        [
          reason(
            'Why can this not wait for an approval?',
            'It is announced and goes into the timeline.',
          ),
        ],
        planWords(incident, metadata, 'You approve it alone, and it runs at once.'),
      );
    case 'skip-step':
      return modal(
        view,
        'Skip the step',
        'Skip it',
        sent,
        [reason('Why may it be skipped?')],
        stepWords(incident, metadata, 'It stays undone, and the run goes on with the rest.'),
      );
    case 'done-by-hand':
      return modal(
        view,
        'Done by hand',
        'It is done',
        sent,
        [reason('What did you do?', undefined, 'note')],
        stepWords(incident, metadata, 'Your word counts: the run goes on with the rest.'),
      );
    case 'cancel-run':
      return modal(
        view,
        'Cancel the run',
        'Cancel the run',
        sent,
        [reason('Why?')],
        stepWords(
          incident,
          metadata,
          'Nothing new is started. What was done stays done, and what was sent is followed to its end.',
        ),
      );
    case 'end-step':
      return modal(
        view,
        'End the step',
        'End it now',
        sent,
        [reason('Why can it not be left to end by itself?')],
        endingWords(incident, metadata),
      );
    case 'undo-run':
    case 'plan-undo':
      return modal(
        view,
        'Take it back',
        'Plan it',
        sent,
        [reason('Why is it taken back?', 'It stands in the plan and goes into the timeline.')],
        runWords(incident, metadata, 'This makes a plan; nothing changes until it is approved.'),
      );
    case 'resolve':
      return modal(view, 'Resolve the incident', 'Resolve', sent, [
        reason('Why is it over?', undefined, 'reason', overBecause(incident)),
        ...lastNoticeInput(incident, usualNotice),
      ]);
    case 'reopen':
      return modal(view, 'Reopen the incident', 'Reopen', sent, [reason('What is back?')]);
    case 'close':
      return modal(
        view,
        incident.release ? 'Close the release' : 'Close the incident',
        'Close',
        sent,
        [{ ...reason('Why, when something is still open?'), optional: true }],
        section('Closing says that the post-mortem and its follow-ups are agreed.'),
      );
  }
}

function serviceInput(services: readonly Service[], chosen: Service | undefined): InputBlock {
  const options = services.map((service) => option(service.name, service.id));
  return {
    ...select('service', 'Service', options, chosen?.id, ACTION.chooseService),
    dispatch_action: true,
  };
}

/** A new action id for each service makes Slack forget the environment chosen for another one. */
function environmentInput(form: DeclareForm, service: Service | undefined): InputBlock {
  const offering = service ? [service] : form.services;
  const ids = [...new Set(offering.flatMap(({ environments }) => Object.keys(environments)))];
  const chosen = ids.length === 1 ? ids[0] : form.environment;
  const actionId = service ? `environment.${service.id}` : 'environment';
  return select(
    'environment',
    'Environment',
    ids.map((id) => option(id, id)),
    chosen,
    actionId,
  );
}

function recommendation(incident: Incident): KnownBlock | undefined {
  const found = assess(incident.answers).response;
  if (!found) return undefined;
  return section(
    `The assessment recommends: *${RESPONSE_NAMES[found.result]}*, because ${found.reasons.join('; ')}.`,
  );
}

function planWords(incident: Incident, { ref }: Metadata, effect: string): KnownBlock | undefined {
  const plan = ref === undefined ? undefined : proposalOf(incident, ref)?.plan;
  if (!plan) return undefined;
  return section(
    `*${line(plan.title, 300)}* (${placeOf(plan)})`,
    line(inOneLine(plan), 1000),
    effect,
  );
}

/** The failed step that it is about, or the one that the run has halted at. */
function stepWords(
  incident: Incident,
  { ref, step: about }: Metadata,
  effect: string,
): KnownBlock | undefined {
  const run = incident.runs.find(({ id }) => id === ref);
  const plan = run && proposalOf(incident, run.plan)?.plan;
  const id = about ?? run?.halt?.step;
  const step = plan?.steps.find((each) => each.id === id);
  if (!run || !step) return undefined;
  const { note } = run.steps[step.id] ?? {};
  const reason = run.halt?.step === id ? run.halt?.reason : note;
  return section(`*${line(step.title, 300)}* failed: ${prose(reason ?? '', 1000)}`, effect);
}

/** What ending it does, and what it may leave behind. */
function endingWords(incident: Incident, { ref, step: id }: Metadata): KnownBlock | undefined {
  const run = incident.runs.find((each) => each.id === ref);
  const plan = run && proposalOf(incident, run.plan)?.plan;
  const step = plan?.steps.find((each) => each.id === id);
  if (!step) return undefined;
  return section(
    `*${line(step.title, 300)}* is still at work. All of its processes get SIGTERM, and SIGKILL five seconds later.`,
    prose(step.endingLeaves ?? '', 1000),
  );
}

function runWords(incident: Incident, { ref }: Metadata, effect: string): KnownBlock | undefined {
  const run = incident.runs.find(({ id }) => id === ref);
  const plan = run && proposalOf(incident, run.plan)?.plan;
  return plan && section(`*${run.id}*: ${line(plan.title, 300)}`, effect);
}

function overBecause(incident: Incident): string | undefined {
  const windows = incident.monitor?.windows ?? [];
  const over = windows.length > 0 && windows.every(({ passed }) => passed === true);
  return over ? 'Every monitor window passed.' : undefined;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
