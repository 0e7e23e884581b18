/** An incident is the fold of its events: what happened, who leads, what was decided, what runs. */

import type { Answers, Response, Severity } from './assessment.ts';
import type { Reading } from './component.ts';
import type { Actor, MonitorWindow, PlanWish, Recorded, Role, Status } from './events.ts';
import type { Plan } from './plan.ts';
import { applyToRun, isActive, type Run, type RunEvent, startRun } from './run.ts';

/** A plan before people: shown, asked about, decided. */
export interface Proposal {
  readonly plan: Plan;
  readonly proposedBy: Actor;
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
    readonly passed?: boolean;
  })[];
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
  readonly declaredAt: number;
  readonly declaredBy: Actor;
  readonly channel?: { readonly id: string; readonly name: string };
  readonly responders: readonly string[];
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
  readonly contactsCalled?: {
    readonly by: Actor;
    readonly at: number;
    readonly contacts: readonly string[];
  };
  readonly postmortems: number;
  readonly lastEventAt: number;
}

/** What a plan is made on: an incident, or as much of one as a look without intent has. */
export type Ground = Pick<Incident, 'id' | 'service' | 'environment' | 'runs' | 'proposals'>;

/** The ground of a look: a service and environment, and no incident. */
export function groundOf(service: string, environment: string): Ground {
  return { id: 'a look', service, environment, runs: [], proposals: [] };
}

/** `INC-0042` for 42. */
export function incidentId(number: number): string {
  return `INC-${String(number).padStart(4, '0')}`;
}

export function incidentStream(id: string): string {
  return `incident/${id}`;
}

/** True until the incident is resolved or closed. */
export function isOpen(incident: Incident): boolean {
  return incident.status !== 'resolved' && incident.status !== 'closed';
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
  if (event.type === 'incident.declared') return declared(event);
  if (!incident) throw new Error(`${event.stream} does not begin with its declaration`);
  const next = change(incident, event);
  return { ...next, version: event.version, lastEventAt: event.at };
}

function declared(event: Recorded & { readonly type: 'incident.declared' }): Incident {
  const { id, title, summary, service, environment } = event.data;
  return {
    id,
    number: Number(id.replace(/\D/g, '')),
    stream: event.stream,
    version: event.version,
    title,
    summary,
    service,
    environment,
    declaredAt: event.at,
    declaredBy: event.actor,
    responders: [],
    status: 'investigating',
    statusSince: event.at,
    roles: {},
    answers: {},
    proposals: [],
    runs: [],
    postmortems: 0,
    lastEventAt: event.at,
  };
}

function change(
  incident: Incident,
  event: Exclude<Recorded, { type: 'incident.declared' }>,
): Incident {
  switch (event.type) {
    case 'channel.opened':
      return { ...incident, channel: { id: event.data.channel, name: event.data.name } };
    case 'responders.invited':
      return {
        ...incident,
        responders: [...new Set([...incident.responders, ...event.data.users])],
      };
    case 'assessment.answered':
      return {
        ...incident,
        answers: { ...incident.answers, [event.data.question]: event.data.answer },
      };
    case 'assessment.restarted':
      return { ...incident, answers: {} };
    case 'severity.set':
      return { ...incident, severity: chosen(event.data.severity, event.data, event) };
    case 'response.chosen':
      return { ...incident, response: chosen(event.data.response, event.data, event) };
    case 'status.changed':
      return {
        ...incident,
        status: event.data.status,
        statusSince: event.at,
        statusReason: event.data.reason,
      };
    case 'role.claimed':
      return { ...incident, roles: { ...incident.roles, [event.data.role]: event.data.user } };
    case 'note.added':
      return incident;
    case 'contacts.called':
      return {
        ...incident,
        contactsCalled: { by: event.actor, at: event.at, contacts: event.data.contacts },
      };
    case 'postmortem.exported':
      return { ...incident, postmortems: incident.postmortems + 1 };
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
    return { ...incident, monitor: { run: event.data.run, windows } };
  }
  const monitor = incident.monitor;
  if (!monitor) throw new Error(`${incident.id} is not being monitored`);
  const windows = monitor.windows.map((window) => {
    if (window.name !== event.data.window) return window;
    return event.type === 'monitor.read'
      ? { ...window, lastReadAt: event.at, readings: event.data.readings }
      : { ...window, passed: event.data.passed };
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
