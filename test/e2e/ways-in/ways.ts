/**
 * The table of every way in: what a person types, clicks and submits, with what Slack sends for it, and what comes of it.
 * `INC` stands for the incident, `TEXT` for somebody's words.
 */

import { type ActionName, VIEW, type ViewName } from '../../../src/blocks/actions.ts';

/** The types of what is recorded in people's names, or the words of an answer with which nothing is recorded. */
export type Comes = readonly string[] | RegExp;

interface Common {
  readonly comes: Comes;
  /** Who does it, where that is not the commander. */
  readonly by?: 'ana' | 'cleo';
  /** The same where the incident is closed; a refusal unless given. */
  readonly closed?: Comes;
  /** True for what a guest, or somebody who left, may not do; else they may what everybody in the channel may. */
  readonly members?: true;
}

export interface Line extends Common {
  readonly line: string;
}

export interface Button extends Common {
  readonly click: ActionName;
  /** What the button carries. */
  readonly value: string;
  /** For a button of a modal: what the modal carries. */
  readonly inModal?: Readonly<Record<string, unknown>>;
}

export interface Form extends Common {
  readonly form: ViewName;
  /** What it carries beside the incident. */
  readonly with?: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, string>>;
}

/** A shortcut, of a message where that is what it is about. */
export interface Shortcut extends Common {
  readonly shortcut: string;
  readonly onMessage: boolean;
}

export type Way = Line | Button | Form | Shortcut;

export function nameOf(way: Way): string {
  if ('line' in way) return way.line;
  if ('shortcut' in way) return `shortcut ${way.shortcut}`;
  return 'click' in way ? `click ${way.click} ${way.value}` : `form ${way.form}`;
}

const OPENS = {
  declare: /Declare an incident/,
  drill: /Declare a drill/,
  update: /Status update/,
  notice: /Status page/,
  timeline: /The timeline/,
  question: /Ask about the plan/,
  decline: /Decline the plan/,
  glass: /Break the glass/,
  cancel: /Cancel the run/,
  back: /Take it back/,
} as const;

/** Ben is in command; the incident is fresh. In the order of an evening, so that each finds what it needs. */
const AN_INCIDENT: readonly Way[] = [
  { line: '/incident help', comes: /lists the open ones/, closed: /lists the open ones/ },
  { line: '/incident list', comes: /INC/, closed: /INC/ },
  { line: '/incident TEXT', comes: OPENS.declare, closed: OPENS.declare },
  { line: '/incident declare TEXT', comes: OPENS.declare, closed: OPENS.declare },
  { line: '/incident private TEXT', comes: OPENS.declare, closed: OPENS.declare },
  { line: '/incident drill TEXT', comes: OPENS.drill, closed: OPENS.drill },
  { line: '/incident note TEXT', comes: ['note.added'] },
  { line: '/incident contacts', comes: ['contacts.called'] },
  { line: '/incident status identified TEXT', comes: ['status.changed'], members: true },
  { line: '/incident severity sev2 TEXT', comes: ['severity.set'], members: true },
  { line: '/incident command', comes: /already/, members: true },
  { line: '/incident role scribe', comes: ['role.claimed'], members: true },
  { line: '/incident task TEXT', comes: ['task.added'] },
  { line: '/incident follow-up TEXT', comes: ['task.added'] },
  { line: '/incident tasks', comes: /T1/, closed: /task/ },
  { line: '/incident due T1 30m', comes: ['task.rescheduled'] },
  { line: '/incident done T1', comes: ['task.done'] },
  { line: '/incident update TEXT', comes: ['update.posted'] },
  { line: '/incident update', comes: OPENS.update, closed: OPENS.update },
  { line: '/incident statuspage', comes: OPENS.notice },
  {
    line: '/incident subscribe',
    comes: ['subscription.added'],
    closed: ['subscription.added'],
    members: true,
  },
  {
    line: '/incident unsubscribe',
    comes: ['subscription.removed'],
    closed: ['subscription.removed'],
  },
  { line: '/incident handover', comes: ['handover.given'] },
  { line: '/incident playbook', comes: /memory-leak/, closed: /memory-leak/ },
  { line: '/incident playbook memory-leak', comes: ['playbook.started'], members: true },
  { line: '/incident playbook stop', comes: ['playbook.ended'] },
  { line: '/rollback help', comes: /plans the way back/, closed: /plans the way back/ },
  { line: '/rollback readiness', comes: /Having a look/, closed: /Having a look/ },
  { line: '/rollback points', comes: /Having a look/, closed: /Having a look/ },
  { line: '/rollback --dry-run', comes: /Having a look/, closed: /Having a look/ },
  {
    line: '/rollback checkout production --dry-run',
    comes: /Having a look/,
    closed: /Having a look/,
  },
  { line: '/release', comes: /announces a release/, closed: /announces a release/ },
  { line: '/release checkout 2.5.0', comes: /Prepare a release/, closed: /Prepare a release/ },
  { line: '/postmortem help', comes: /timeline/, closed: /timeline/ },
  { line: '/postmortem', comes: ['postmortem.exported'], closed: ['postmortem.exported'] },
  {
    line: '/postmortem curate',
    comes: OPENS.timeline,
    closed: OPENS.timeline,
    members: true,
  },

  { shortcut: 'declare-incident', onMessage: false, comes: OPENS.declare, closed: OPENS.declare },
  {
    shortcut: 'declare-from-message',
    onMessage: true,
    comes: OPENS.declare,
    closed: OPENS.declare,
  },
  { shortcut: 'keep-message', onMessage: true, comes: ['message.captured'] },

  { click: 'answer', value: 'INC users few', comes: ['assessment.answered'] },
  { click: 'restart-assessment', value: 'INC', comes: ['assessment.restarted'] },
  { click: 'take-role', value: 'INC communications-lead ', comes: ['role.claimed'], members: true },
  { click: 'confirm-response', value: 'INC', comes: /assessment|recommend/, members: true },
  {
    click: 'override-response',
    value: 'INC',
    comes: /Choose the response/,
    closed: /Choose the response/,
  },
  {
    click: 'override-severity',
    value: 'INC',
    comes: /Change the severity/,
    closed: /Change the severity/,
  },
  { click: 'call-contacts', value: 'INC', comes: /already/ },
  {
    click: 'export-postmortem',
    value: 'INC',
    comes: ['postmortem.exported'],
    closed: ['postmortem.exported'],
  },
  { click: 'open-timeline', value: 'INC', comes: OPENS.timeline, closed: OPENS.timeline },
  {
    click: 'curate-filter',
    value: 'INC any any any 0',
    inModal: {},
    comes: OPENS.timeline,
    closed: OPENS.timeline,
  },
  {
    click: 'curate-entry',
    value: 'INC add 0',
    inModal: { ref: 'any any any 0' },
    comes: /Add an entry|When was it/,
    closed: /When was it/,
  },
  { click: 'take-task', value: 'INC T2', comes: ['task.assigned'] },
  { click: 'finish-task', value: 'INC T2', comes: ['task.done'] },
  { click: 'write-update', value: 'INC', comes: OPENS.update, closed: OPENS.update },
  { click: 'write-notice', value: 'INC', comes: OPENS.notice },
  { click: 'publish-again', value: 'INC 1 status-page', comes: /./ },
  { click: 'published-by-hand', value: 'INC 1 status-page', comes: /./ },
  { click: 'snooze', value: 'INC update/1', comes: /./ },
  { click: 'open-more', value: 'INC', comes: /Tell people/, closed: /More/ },
  ...[
    ['update', OPENS.update],
    ['note', /What happened/],
    ['task', /What is to be done/],
    ['tasks', /T1/],
    ['statuspage', OPENS.notice],
    ['playbook', /Playbook/],
    ['role', /Give a role/],
    ['handover', /Who takes command/],
    ['contacts', /already/],
    ['status', /Change the status/],
    ['severity', /Change the severity/],
    ['merge', /Merge a duplicate/],
    ['close', /Close the incident/],
  ].map(
    ([choice, comes]): Way => ({
      click: 'more',
      value: `INC ${String(choice)}`,
      inModal: {},
      comes: comes as RegExp,
      closed: /./,
    }),
  ),
  {
    click: 'more',
    value: 'INC subscribe',
    inModal: {},
    comes: ['subscription.added'],
    closed: ['subscription.added'],
    members: true,
  },
  {
    click: 'unsubscribe',
    value: 'checkout',
    comes: ['subscription.removed'],
    closed: ['subscription.removed'],
  },
  {
    click: 'subscribe',
    value: 'checkout',
    comes: ['subscription.added'],
    closed: ['subscription.added'],
    members: true,
  },
  { click: 'look-again', value: 'checkout', comes: /Having a look/, closed: /Having a look/ },
  { click: 'declare', value: 'x', comes: OPENS.declare, closed: OPENS.declare },
  { click: 'declare-drill', value: 'x', comes: OPENS.drill, closed: OPENS.drill },
  {
    click: 'choose-service',
    value: 'checkout',
    inModal: {},
    comes: OPENS.declare,
    closed: OPENS.declare,
  },
  { click: 'mitigate', value: 'INC scale', comes: /One moment|Mitigate/, closed: /./ },
  { click: 'choose-playbook', value: 'INC', comes: /Playbook/, closed: /Playbook/ },
  {
    click: 'start-playbook',
    value: 'INC data-loss',
    comes: ['playbook.started'],
    members: true,
  },
  { click: 'tick-playbook', value: 'INC 2 stop-writes writes', comes: ['playbook.ticked'] },
  {
    click: 'leave-in-playbook',
    value: 'INC 2 stop-writes',
    comes: ['playbook.step-done', 'playbook.step-done'],
  },
  { click: 'go-on-in-playbook', value: 'INC 2 assess', comes: /Go on/ },
  {
    form: VIEW.goOnInPlaybook,
    with: { ref: '2 assess' },
    fields: { note: 'TEXT' },
    comes: ['playbook.step-done'],
  },
  { click: 'answer-playbook', value: 'INC 2 backup-known no', comes: ['playbook.answered'] },
  { click: 'leave-in-playbook', value: 'INC 2 corrupt-state', comes: ['playbook.step-done'] },
  { click: 'operate-playbook', value: 'INC 2 missing', comes: /./ },
  { click: 'leave-in-playbook', value: 'INC 2 missing', comes: ['playbook.step-done'] },
  { click: 'leave-in-playbook', value: 'INC 2 writes-again', comes: ['playbook.step-done'] },
  { click: 'announce-in-playbook', value: 'INC 2 users', comes: OPENS.notice },
  { click: 'stop-playbook', value: 'INC 2', comes: ['playbook.ended'], members: true },

  {
    form: VIEW.overrideSeverity,
    fields: { severity: 'sev3', reason: 'TEXT' },
    comes: ['severity.set'],
    members: true,
  },
  {
    form: VIEW.overrideResponse,
    fields: { response: 'monitor', reason: 'TEXT' },
    comes: ['response.chosen'],
    members: true,
  },
  { form: VIEW.update, fields: { text: 'TEXT', next: '1800000' }, comes: ['update.posted'] },
  {
    form: VIEW.notice,
    fields: { title: 'TEXT', text: 'TEXT', state: 'investigating' },
    comes: ['status-page.approved'],
  },
  { form: VIEW.note, fields: { text: 'TEXT', at: '' }, comes: ['note.added'] },
  { form: VIEW.task, fields: { text: 'TEXT', user: '', due: '', kind: '' }, comes: ['task.added'] },
  {
    form: VIEW.role,
    fields: { role: 'operations-lead', user: '' },
    comes: ['role.claimed'],
    members: true,
  },
  { form: VIEW.handover, fields: { user: '' }, comes: ['handover.given'] },
  {
    form: VIEW.status,
    fields: { status: 'investigating', reason: 'TEXT' },
    comes: ['status.changed'],
    members: true,
  },
  {
    form: VIEW.choosePlaybook,
    fields: { playbook: 'memory-leak' },
    comes: ['playbook.started'],
    members: true,
  },
  {
    form: VIEW.mitigate,
    fields: { what: 'flag new-checkout off', value: '' },
    comes: ['plan.wanted'],
  },
  {
    form: VIEW.curateEntry,
    with: { ref: 'add 0 -' },
    fields: { time: '2026-11-21 03:01', text: 'TEXT' },
    comes: ['timeline.curated'],
    closed: ['timeline.curated'],
    members: true,
  },
  {
    form: VIEW.keepMessage,
    with: { message: { channel: 'C1', ts: '1.1', text: 'TEXT' } },
    fields: { incident: 'INC' },
    comes: ['message.captured'],
  },
  {
    form: VIEW.declare,
    fields: {
      title: 'TEXT',
      service: 'checkout',
      environment: 'production',
      summary: 'TEXT',
      private: '',
    },
    comes: ['incident.declared'],
    closed: ['incident.declared'],
  },
  {
    form: VIEW.merge,
    fields: { duplicate: 'OTHER' },
    comes: ['incident.merged', 'status.changed'],
  },
  {
    form: VIEW.prepareRelease,
    with: { ref: 'checkout' },
    by: 'cleo',
    fields: {
      version: '2.5.0',
      environment: 'production',
      when: 'now',
      takes: 'TEXT',
      impact: 'TEXT',
      changes: 'TEXT',
    },
    comes: ['release.prepared', 'plan.wanted'],
    closed: ['release.prepared', 'plan.wanted'],
  },
  { line: '/incident merge OTHER', comes: /./ },
  { click: 'resolve', value: 'INC', comes: /Resolve the incident/, closed: /Resolve the incident/ },
  {
    form: VIEW.resolve,
    fields: { reason: 'TEXT', notice: 'TEXT' },
    comes: ['status.changed', 'status-page.approved'],
    members: true,
  },
  { click: 'reopen', value: 'INC', comes: /Reopen the incident/, closed: /Reopen the incident/ },
  {
    form: VIEW.reopen,
    fields: { reason: 'TEXT' },
    comes: ['status.changed'],
  },
  { line: '/incident resolve TEXT', comes: ['status.changed'], members: true },
  { line: '/incident reopen TEXT', comes: ['status.changed'] },
  { line: '/incident resolve TEXT', comes: ['status.changed'] },
  { click: 'close', value: 'INC', comes: /Close the incident/, closed: /Close the incident/ },
  { line: '/incident close TEXT', comes: ['status.changed'] },
  { form: VIEW.close, fields: { reason: 'TEXT' }, comes: /closed/ },
];

/** A plan of a rollback is shown; each that is asked for makes another. */
const A_PLAN: readonly Way[] = [
  { click: 'request-approval', value: 'INC INC-P1', comes: ['approval.requested'] },
  { click: 'ask-question', value: 'INC INC-P1', comes: OPENS.question, closed: OPENS.question },
  {
    form: VIEW.askQuestion,
    with: { ref: 'INC-P1' },
    fields: { question: 'TEXT' },
    comes: ['question.asked'],
  },
  { click: 'reject', value: 'INC INC-P1', comes: OPENS.decline, closed: OPENS.decline },
  {
    form: VIEW.reject,
    with: { ref: 'INC-P1' },
    fields: { reason: 'TEXT' },
    comes: ['approval.rejected'],
    members: true,
  },
  { click: 'request-approval', value: 'INC INC-P1', comes: /declined by/ },
  { click: 'refresh-plan', value: 'INC INC-P1', comes: ['plan.wanted'] },
  { click: 'plan-rollback', value: 'INC', comes: ['plan.wanted'] },
  { line: '/rollback', comes: ['plan.wanted'] },
  { click: 'request-approval', value: 'INC INC-P4', by: 'ana', comes: ['approval.requested'] },
  {
    click: 'approve',
    value: 'INC INC-P4',
    comes: ['approval.given', 'run.started'],
    members: true,
  },
];

/** A plan of a rollback is shown, and nobody can be reached. */
const A_LONELY_PLAN: readonly Way[] = [
  { click: 'break-glass', value: 'INC INC-P1', comes: OPENS.glass, closed: OPENS.glass },
  {
    form: VIEW.breakGlass,
    with: { ref: 'INC-P1' },
    fields: { reason: 'TEXT' },
    comes: ['approval.given', 'run.started'],
    members: true,
  },
];

/** A run has halted at its step. */
const A_HALTED_RUN: readonly Way[] = [
  { click: 'allow-step', value: 'INC INC-R1 web', comes: /./, members: true },
  { click: 'end-step', value: 'INC INC-R1 web', comes: /End the step/, closed: /End the step/ },
  {
    form: VIEW.endStep,
    with: { ref: 'INC-R1', step: 'web' },
    fields: { reason: 'TEXT' },
    comes: /./,
    members: true,
  },
  { click: 'skip-step', value: 'INC INC-R1 web', comes: /Skip the step/, closed: /Skip the step/ },
  { click: 'done-by-hand', value: 'INC INC-R1 web', comes: /Done by hand/, closed: /Done by hand/ },
  { click: 'cancel-run', value: 'INC INC-R1', comes: OPENS.cancel, closed: OPENS.cancel },
  { click: 'undo-run', value: 'INC INC-R1', comes: OPENS.back, closed: OPENS.back },
  {
    form: VIEW.undoRun,
    with: { ref: 'INC-R1' },
    fields: { reason: 'TEXT' },
    comes: /has done nothing yet/,
    members: true,
  },
  {
    form: VIEW.doneByHand,
    with: { ref: 'INC-R1', step: 'web' },
    fields: { note: 'TEXT' },
    comes: ['step.succeeded'],
    members: true,
  },
];

/** The same: its step is tried again, is not needed, or the run is not wanted any more. */
const A_RETRIED_RUN: readonly Way[] = [
  { click: 'retry-step', value: 'INC INC-R1 web', comes: ['step.retried'], members: true },
];
const A_NEEDLESS_RUN: readonly Way[] = [
  {
    form: VIEW.skipStep,
    with: { ref: 'INC-R1', step: 'web' },
    fields: { reason: 'TEXT' },
    comes: ['step.skipped'],
    members: true,
  },
];
const AN_UNWANTED_RUN: readonly Way[] = [
  {
    form: VIEW.cancelRun,
    with: { ref: 'INC-R1' },
    fields: { reason: 'TEXT' },
    comes: ['run.finished'],
    members: true,
  },
];

/** A rollback has not helped. */
const A_RUN_IN_VAIN: readonly Way[] = [
  { click: 'plan-undo', value: 'INC INC-R1', comes: /Take it back/, closed: /Take it back/ },
  {
    form: VIEW.planUndo,
    with: { ref: 'INC-R1' },
    fields: { reason: 'TEXT' },
    comes: ['plan.wanted'],
  },
  { click: 'plan-older', value: 'INC INC-R1', comes: ['plan.wanted'] },
  { click: 'plan-roll-forward', value: 'INC INC-R1', comes: ['plan.wanted'] },
];

const A_QUICK_FIX: readonly Way[] = [
  { click: 'extend-quick-fix', value: 'INC', comes: ['quick-fix.extended'] },
  {
    click: 'quick-fix-deployed',
    value: 'INC',
    comes: ['quick-fix.deployed', 'run.started'],
  },
  { click: 'abandon-quick-fix', value: 'INC', comes: /./ },
];

/** Cleo has announced a release, and its plan is shown. */
const A_RELEASE: readonly Way[] = [
  { click: 'tick-item', value: 'INC tests', by: 'cleo', comes: ['release.ticked'] },
  { click: 'call-off', value: 'INC', by: 'cleo', comes: /Call the release off/ },
  { click: 'plan-part', value: 'INC prepare', by: 'cleo', comes: ['plan.wanted'] },
  { click: 'release-out', value: 'INC', by: 'cleo', comes: /./ },
  { click: 'start-release', value: 'INC INC-P1', by: 'cleo', comes: /./ },
  { form: VIEW.callOff, by: 'cleo', fields: { reason: 'TEXT' }, comes: ['release.called-off'] },
];

/** Three groups of alerts ask whether they are an incident. */
const ALERTS: readonly Way[] = [
  { click: 'dismiss-alert', value: 'A1', comes: ['alert.dismissed'] },
  { click: 'declare-for-alert', value: 'A2', comes: OPENS.declare },
  { click: 'declare-and-plan', value: 'A2', comes: ['incident.declared', 'plan.wanted'] },
];

export const WAYS = {
  'an incident': AN_INCIDENT,
  'a plan': A_PLAN,
  'a lonely plan': A_LONELY_PLAN,
  'a halted run': A_HALTED_RUN,
  'a retried run': A_RETRIED_RUN,
  'a needless run': A_NEEDLESS_RUN,
  'an unwanted run': AN_UNWANTED_RUN,
  'a run in vain': A_RUN_IN_VAIN,
  'a quick fix': A_QUICK_FIX,
  'a release': A_RELEASE,
  alerts: ALERTS,
} as const satisfies Readonly<Record<string, readonly Way[]>>;

export type World = keyof typeof WAYS;
