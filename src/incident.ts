/** An incident is the fold of its events: what happened, who leads, what was decided, what runs. */

import type { Answers, Response, Severity } from './assessment.ts';
import type { Reading } from './component.ts';
import type {
  Actor,
  CapturedMessage,
  EventData,
  Imported,
  MonitorWindow,
  PlanWish,
  Recorded,
  Role,
  Status,
  SummaryLine,
} from './events.ts';
import type { Plan } from './plan.ts';
import { applyToPlaybooks, type PlaybookProgress } from './playbook-progress.ts';
import { applyToRelease, beginRelease, type Release, type ReleaseEvents } from './release.ts';
import { applyToReminders, type GivenReminder } from './reminders.ts';
import { allPass, applyToRun, isActive, type Run, type RunEvent, startRun } from './run.ts';
import { applyToTasks, openTasks, type Task } from './tasks.ts';

/** A plan before people: shown, asked about, decided. */
export interface Proposal {
  readonly plan: Plan;
  readonly proposedBy: Actor;
  /** What was asked for, so that it can be asked for again. */
  readonly wish?: PlanWish;
  readonly state:
    | 'shown'
    | 'requested'
    | 'approved'
    | 'rejected'
    | 'expired'
    | 'stale'
    | 'superseded';
  readonly requestedBy?: Actor;
  readonly requestedAt?: number;
  /** Until when approvals count, epoch milliseconds. */
  readonly until?: number;
  readonly approvals: readonly {
    readonly by: Actor;
    readonly at: number;
    readonly breakGlass?: string;
  }[];
  readonly questions: readonly { readonly by: Actor; readonly at: number; readonly text: string }[];
  readonly ended?: { readonly by: Actor; readonly at: number; readonly reason: string };
}

export interface Choice<T> {
  readonly is: T;
  readonly reasons: readonly string[];
  readonly override?: string;
  readonly by: Actor;
  readonly at: number;
}

export interface QuickFix {
  readonly number: number;
  readonly branch: string;
  readonly startedAt: number;
  readonly until: number;
  readonly state: 'running' | 'time-up' | 'deployed';
}

export interface Monitor {
  readonly run: string;
  readonly windows: readonly (MonitorWindow & {
    readonly lastReadAt?: number;
    readonly readings: readonly Reading[];
    /** When a reading first did not pass. */
    readonly troubledAt?: number;
    readonly passed?: boolean;
  })[];
}

/** What people were told, and until when the next word is promised. */
export interface StatusUpdate {
  readonly text: string;
  readonly by: Actor;
  readonly at: number;
  readonly next?: number;
}

interface Handover {
  readonly by: Actor;
  readonly at: number;
  readonly to?: string;
  readonly summary: readonly SummaryLine[];
}

/** A time that the incident was over. */
export interface Ending {
  readonly by: Actor;
  readonly at: number;
  readonly reason: string;
  readonly closed?: Said;
  readonly reopened?: Said;
}

interface Said {
  readonly by: Actor;
  readonly at: number;
  readonly reason: string;
}

export interface Incident {
  readonly id: string;
  readonly number: number;
  readonly stream: string;
  /** How many events made this state. */
  readonly version: number;
  readonly title: string;
  readonly summary: string;
  readonly service: string;
  readonly environment: string;
  readonly private: boolean;
  readonly drill: boolean;
  /** The group of alerts that it was declared for. */
  readonly alert?: string;
  /** Read in from another journal's export: nothing acts on it. */
  readonly imported?: Imported;
  readonly declaredAt: number;
  readonly declaredBy: Actor;
  readonly channel?: { readonly id: string; readonly name: string };
  readonly responders: readonly string[];
  /** Those who left a private incident. */
  readonly left: readonly string[];
  readonly status: Status;
  readonly statusSince: number;
  readonly statusReason?: string;
  readonly severity?: Choice<Severity>;
  readonly response?: Choice<Response>;
  readonly roles: Readonly<Partial<Record<Role, string>>>;
  readonly answers: Answers;
  readonly proposals: readonly Proposal[];
  /** A plan that is being made. */
  readonly planWanted?: PlanWish & { readonly by: Actor; readonly at: number };
  readonly planRefused?: { readonly reason: string; readonly at: number };
  readonly runs: readonly Run[];
  readonly quickFix?: QuickFix;
  readonly monitor?: Monitor;
  /** Monitoring that a newer recovery took the place of. */
  readonly earlierMonitors: readonly Monitor[];
  readonly contactsCalled?: {
    readonly by: Actor;
    readonly at: number;
    readonly contacts: readonly string[];
  };
  readonly postmortems: number;
  readonly tasks: readonly Task[];
  readonly updates: readonly StatusUpdate[];
  /** In the order they were started; one at most is not ended. */
  readonly playbooks: readonly PlaybookProgress[];
  readonly reminders: readonly GivenReminder[];
  readonly handovers: readonly Handover[];
  /** The messages that are in the timeline now. */
  readonly captured: readonly Pick<CapturedMessage, 'channel' | 'ts' | 'text'>[];
  /** Oldest first; all but the last were reopened. */
  readonly endings: readonly Ending[];
  /** The incident that goes on in place of this one. */
  readonly mergedInto?: string;
  /** Incidents that were about the same as this one. */
  readonly duplicates: readonly string[];
  /** Of a coordinated release, which is prepared and not declared; its owner is its commander. */
  readonly release?: Release;
  readonly lastEventAt: number;
}

/** What a plan is made on: an incident, or as much of one as a look without intent has. */
export type Ground = Pick<
  Incident,
  'id' | 'service' | 'environment' | 'runs' | 'proposals' | 'release'
>;

/** The ground of a look: a service and environment, and no incident. */
export function groundOf(service: string, environment: string): Ground {
  return { id: 'a look', service, environment, runs: [], proposals: [] };
}

/** How ids begin: those of incidents, and those of releases, which are counted by themselves. */
export type IdKind = 'INC' | 'REL';

/** `INC-0042` for 42. */
export function incidentId(number: number): string {
  return idOf('INC', number);
}

export function idOf(kind: IdKind, number: number): string {
  return `${kind}-${String(number).padStart(4, '0')}`;
}

export function incidentStream(id: string): string {
  return `incident/${id}`;
}

/** True until the incident is resolved or closed. */
export function isOpen(incident: Incident): boolean {
  return incident.status !== 'resolved' && incident.status !== 'closed';
}

/** Whether the person may know of the incident: a private one is for those who are in it. */
export function maySee(incident: Incident, user: string): boolean {
  if (!incident.private) return true;
  const { declaredBy, left, responders, roles } = incident;
  if (left.includes(user)) return false;
  const declared = declaredBy.kind === 'person' && declaredBy.id === user;
  return declared || responders.includes(user) || Object.values(roles).includes(user);
}

/** What is left to do. */
export function openTasksOf(incident: Incident): readonly Task[] {
  return openTasks(incident.tasks);
}

/** The run that holds the incident's service and environment, if any. */
export function activeRun(incident: Incident): Run | undefined {
  return incident.runs.find(isActive);
}

export function lastRun(incident: Incident): Run | undefined {
  return incident.runs.at(-1);
}

/** The proposal with that plan id. */
export function proposalOf(incident: Incident, plan: string): Proposal | undefined {
  return incident.proposals.find((proposal) => proposal.plan.id === plan);
}

/** The newest proposal that people can still act on. */
export function openProposal(incident: Incident): Proposal | undefined {
  return incident.proposals.findLast((p) => p.state === 'shown' || p.state === 'requested');
}

/** The statuses an incident may go to from each; the rest is refused. */
export const STATUS_TRANSITIONS: Readonly<Record<Status, readonly Status[]>> = {
  investigating: ['identified', 'monitoring', 'resolved'],
  identified: ['investigating', 'monitoring', 'resolved'],
  monitoring: ['investigating', 'identified', 'resolved'],
  resolved: ['investigating', 'closed'],
  closed: [],
};

/**
 * The incident after one more event; `undefined` is the state before the first.
 * @throws Error when the first event does not declare, a run event names no run, or the type is unknown.
 */
export function applyEvent(incident: Incident | undefined, event: Recorded): Incident {
  if (event.type === 'incident.declared') return declared(event, event.data);
  if (event.type === 'release.prepared') return prepared(event);
  if (!incident) throw new Error(`${event.stream} does not begin with its declaration`);
  const next = change(incident, event);
  return { ...next, version: event.version, lastEventAt: event.at };
}

function prepared(event: Recorded & { readonly type: 'release.prepared' }): Incident {
  const { data } = event;
  const title = `${data.service} ${data.version}`;
  const begun = declared(event, { ...data, title, summary: '' });
  return { ...begun, roles: { commander: data.owner }, release: beginRelease(data) };
}

function declared(event: Recorded, data: EventData['incident.declared']): Incident {
  const { id, title, summary, service, environment } = data;
  return {
    id,
    number: Number(id.replace(/\D/g, '')),
    stream: event.stream,
    version: event.version,
    title,
    summary,
    service,
    environment,
    private: data.private === true,
    drill: data.drill === true,
    ...(data.alert === undefined ? {} : { alert: data.alert }),
    ...(data.imported === undefined ? {} : { imported: data.imported }),
    declaredAt: event.at,
    declaredBy: event.actor,
    responders: [],
    left: [],
    status: 'investigating',
    statusSince: event.at,
    roles: {},
    answers: {},
    proposals: [],
    runs: [],
    earlierMonitors: [],
    postmortems: 0,
    tasks: [],
    updates: [],
    playbooks: [],
    reminders: [],
    handovers: [],
    captured: [],
    endings: [],
    duplicates: [],
    lastEventAt: event.at,
  };
}

function change(
  incident: Incident,
  event: Exclude<Recorded, { type: 'incident.declared' | 'release.prepared' }>,
): Incident {
  switch (event.type) {
    case 'channel.opened':
      return { ...incident, channel: { id: event.data.channel, name: event.data.name } };
    case 'responders.invited':
      return {
        ...incident,
        responders: [...new Set([...incident.responders, ...event.data.users])],
        left: incident.left.filter((user) => !event.data.users.includes(user)),
      };
    case 'responder.left':
      return {
        ...incident,
        responders: incident.responders.filter((user) => user !== event.data.user),
        left: [...incident.left, event.data.user],
      };
    case 'message.captured':
    case 'message.edited':
    case 'message.released':
      return { ...incident, captured: capturedAfter(incident.captured, event) };
    case 'assessment.answered':
      return {
        ...incident,
        answers: { ...incident.answers, [event.data.question]: event.data.answer },
      };
    case 'assessment.restarted':
      return { ...incident, answers: {} };
    case 'severity.set':
      return { ...incident, severity: chosen(event.data.severity, event.data, event) };
    case 'response.chosen': {
      // Chosen again after its plan could not be made, it is tried again.
      const { planRefused: _refused, ...rest } = incident;
      return { ...rest, response: chosen(event.data.response, event.data, event) };
    }
    case 'status.changed':
      return {
        ...incident,
        status: event.data.status,
        statusSince: event.at,
        statusReason: event.data.reason,
        endings: endingsAfter(incident.endings, event),
      };
    case 'role.claimed':
      return { ...incident, roles: { ...incident.roles, [event.data.role]: event.data.user } };
    case 'note.added':
    case 'timeline.curated':
      return incident;
    case 'contacts.called':
      return {
        ...incident,
        contactsCalled: { by: event.actor, at: event.at, contacts: event.data.contacts },
      };
    case 'postmortem.exported':
      return { ...incident, postmortems: incident.postmortems + 1 };
    case 'task.added':
    case 'task.assigned':
    case 'task.done':
      return { ...incident, tasks: applyToTasks(incident.tasks, event) };
    case 'reminder.given':
    case 'reminder.snoozed':
      return { ...incident, reminders: applyToReminders(incident.reminders, event) };
    case 'update.posted': {
      const update = { ...event.data, by: event.actor, at: event.at };
      return { ...incident, updates: [...incident.updates, update] };
    }
    case 'handover.given': {
      const handover = { ...event.data, by: event.actor, at: event.at };
      return { ...incident, handovers: [...incident.handovers, handover] };
    }
    case 'release.ticked':
    case 'release.captured':
    case 'release.out':
    case 'release.rolled-back':
    case 'release.called-off':
    case 'release.settled':
      return changeRelease(incident, event);
    case 'playbook.started':
    case 'playbook.answered':
    case 'playbook.ticked':
    case 'playbook.step-done':
    case 'playbook.ended':
      return { ...incident, playbooks: applyToPlaybooks(incident.playbooks, event) };
    case 'incident.merged':
      return { ...incident, mergedInto: event.data.into };
    case 'duplicate.linked':
      return { ...incident, duplicates: [...incident.duplicates, event.data.incident] };
    case 'plan.wanted':
    case 'plan.proposed':
    case 'plan.refused':
    case 'plan.went-stale':
    case 'approval.requested':
    case 'approval.given':
    case 'approval.rejected':
    case 'approval.expired':
    case 'question.asked':
      return changeProposals(incident, event);
    case 'quick-fix.started':
    case 'quick-fix.ended':
    case 'quick-fix.extended':
    case 'quick-fix.deployed':
      return changeQuickFix(incident, event);
    case 'monitor.started':
    case 'monitor.read':
    case 'monitor.ended':
      return changeMonitor(incident, event);
    case 'run.started': {
      const plan = proposalOf(incident, event.data.plan)?.plan;
      if (!plan) throw new Error(`${event.data.run} runs a plan that was never proposed`);
      const run = startRun(event.data, plan.kind, plan.steps, event.at);
      const approved = withProposal(incident, plan.id, { state: 'approved' });
      return { ...approved, runs: [...incident.runs, run] };
    }
    case 'run.cancelling':
    case 'run.finished':
    case 'run.halted':
    case 'step.allowed':
    case 'step.failed':
    case 'step.intended':
    case 'step.lost':
    case 'step.progressed':
    case 'step.retried':
    case 'step.skipped':
    case 'step.submitted':
    case 'step.succeeded':
    case 'verification.read':
    case 'verification.started':
      return changeRun(incident, event);
  }
  throw new Error(
    `${(event satisfies never as Recorded).type} is no event that this version knows`,
  );
}

function changeRelease(
  incident: Incident,
  event: OfType<Exclude<keyof ReleaseEvents, 'release.prepared'>>,
): Incident {
  if (!incident.release) throw new Error(`${incident.id} is no release`);
  return { ...incident, release: applyToRelease(incident.release, event) };
}

function capturedAfter(
  captured: Incident['captured'],
  event: OfType<'message.captured' | 'message.edited' | 'message.released'>,
): Incident['captured'] {
  const { channel, ts } = event.data;
  const others = captured.filter((each) => each.channel !== channel || each.ts !== ts);
  if (event.type === 'message.released') return others;
  return [...others, { channel, ts, text: event.data.text }];
}

function endingsAfter(
  endings: readonly Ending[],
  event: OfType<'status.changed'>,
): readonly Ending[] {
  const { status, reason } = event.data;
  const said = { by: event.actor, at: event.at, reason };
  const last = endings.at(-1);
  const current = last && !last.reopened ? last : undefined;
  const others = current ? endings.slice(0, -1) : endings;
  if (status === 'resolved') return [...others, said];
  if (status === 'closed') {
    return [...others, current ? { ...current, closed: said } : { ...said, closed: said }];
  }
  return current ? [...others, { ...current, reopened: said }] : endings;
}

function changeRun(incident: Incident, event: RunEvent & { readonly at: number }): Incident {
  if (!incident.runs.some((run) => run.id === event.data.run)) {
    throw new Error(`${incident.id} has no run ${event.data.run}`);
  }
  return {
    ...incident,
    runs: incident.runs.map((run) =>
      run.id === event.data.run ? applyToRun(run, event, event.at) : run,
    ),
  };
}

type OfType<T extends Recorded['type']> = Extract<Recorded, { type: T }>;

function changeProposals(
  incident: Incident,
  event: OfType<
    | 'plan.wanted'
    | 'plan.proposed'
    | 'plan.refused'
    | 'plan.went-stale'
    | 'approval.requested'
    | 'approval.given'
    | 'approval.rejected'
    | 'approval.expired'
    | 'question.asked'
  >,
): Incident {
  const ended = (reason: string) => ({ by: event.actor, at: event.at, reason });
  switch (event.type) {
    case 'plan.proposed': {
      const earlier = incident.proposals.map(
        (p): Proposal =>
          p.state === 'shown' || p.state === 'requested'
            ? { ...p, state: 'superseded', ended: ended('A newer plan took its place.') }
            : p,
      );
      const fresh: Proposal = {
        plan: event.data.plan,
        proposedBy: event.actor,
        state: 'shown',
        approvals: [],
        questions: [],
        ...(incident.planWanted ? { wish: wishIn(incident.planWanted) } : {}),
      };
      return { ...withoutWish(incident), proposals: [...earlier, fresh] };
    }
    case 'plan.wanted':
      return {
        ...withoutWish(incident),
        planWanted: { ...event.data, by: event.actor, at: event.at },
      };
    case 'plan.refused':
      return { ...withoutWish(incident), planRefused: { reason: event.data.reason, at: event.at } };
    case 'approval.requested':
      return withProposal(incident, event.data.plan, {
        state: 'requested',
        requestedBy: event.actor,
        requestedAt: event.at,
        until: event.data.until,
      });
    case 'approval.given': {
      const before = proposalOf(incident, event.data.plan)?.approvals ?? [];
      const { breakGlass } = event.data;
      const given = { by: event.actor, at: event.at, ...(breakGlass ? { breakGlass } : {}) };
      return withProposal(incident, event.data.plan, { approvals: [...before, given] });
    }
    case 'question.asked': {
      const before = proposalOf(incident, event.data.plan)?.questions ?? [];
      const asked = { by: event.actor, at: event.at, text: event.data.text };
      return withProposal(incident, event.data.plan, { questions: [...before, asked] });
    }
    case 'approval.rejected':
      return withProposal(incident, event.data.plan, {
        state: 'rejected',
        ended: ended(event.data.reason),
      });
    case 'approval.expired':
      return withProposal(incident, event.data.plan, {
        state: 'expired',
        ended: ended('The approval was not complete in time.'),
      });
    case 'plan.went-stale':
      return withProposal(incident, event.data.plan, {
        state: 'stale',
        ended: ended(event.data.reason),
      });
  }
}

function wishIn({ by: _by, at: _at, ...wish }: NonNullable<Incident['planWanted']>): PlanWish {
  return wish;
}

function withoutWish(incident: Incident): Incident {
  const { planRefused: _refused, planWanted: _wanted, ...rest } = incident;
  return rest;
}

function withProposal(incident: Incident, plan: string, patch: Partial<Proposal>): Incident {
  return {
    ...incident,
    proposals: incident.proposals.map((p) => (p.plan.id === plan ? { ...p, ...patch } : p)),
  };
}

function changeQuickFix(
  incident: Incident,
  event: OfType<
    'quick-fix.started' | 'quick-fix.ended' | 'quick-fix.extended' | 'quick-fix.deployed'
  >,
): Incident {
  if (event.type === 'quick-fix.started') {
    const number = (incident.quickFix?.number ?? 0) + 1;
    const { branch, until } = event.data;
    return {
      ...incident,
      quickFix: { number, branch, until, startedAt: event.at, state: 'running' },
    };
  }
  const quickFix = incident.quickFix;
  if (!quickFix) throw new Error(`${incident.id} has no quick fix`);
  switch (event.type) {
    case 'quick-fix.ended':
      return { ...incident, quickFix: { ...quickFix, state: 'time-up' } };
    case 'quick-fix.extended':
      return { ...incident, quickFix: { ...quickFix, state: 'running', until: event.data.until } };
    case 'quick-fix.deployed':
      return { ...incident, quickFix: { ...quickFix, state: 'deployed' } };
  }
}

function changeMonitor(
  incident: Incident,
  event: OfType<'monitor.started' | 'monitor.read' | 'monitor.ended'>,
): Incident {
  if (event.type === 'monitor.started') {
    const windows = event.data.windows.map((window) => ({ ...window, readings: [] }));
    const earlier = incident.monitor ? [incident.monitor] : [];
    return {
      ...incident,
      monitor: { run: event.data.run, windows },
      earlierMonitors: [...incident.earlierMonitors, ...earlier],
    };
  }
  const monitor = incident.monitor;
  if (!monitor) throw new Error(`${incident.id} is not being monitored`);
  const windows = monitor.windows.map((window) => {
    if (window.name !== event.data.window) return window;
    if (event.type === 'monitor.ended') return { ...window, passed: event.data.passed };
    const { readings } = event.data;
    const troubled = allPass(readings) ? {} : { troubledAt: window.troubledAt ?? event.at };
    return { ...window, lastReadAt: event.at, readings, ...troubled };
  });
  return { ...incident, monitor: { ...monitor, windows } };
}

function chosen<T>(
  is: T,
  data: { readonly reasons: readonly string[]; readonly override?: string },
  event: { readonly actor: Actor; readonly at: number },
): Choice<T> {
  const { reasons, override } = data;
  return { is, reasons, by: event.actor, at: event.at, ...(override ? { override } : {}) };
}
