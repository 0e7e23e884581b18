/** An incident is the fold of its events: what happened, who leads, what was decided, what runs. */

import type { Answers, Response, Severity } from './assessment.ts';
import type { Ending } from './ending.ts';
import type { Actor, CapturedMessage, Imported, Role, Status, SummaryLine } from './events.ts';
import type { FreezeState } from './freeze.ts';
import type { Monitor } from './monitor.ts';
import type { PlaybookProgress } from './playbook-progress.ts';
import type { Planning, Proposal } from './proposal.ts';
import type { QuickFix } from './quick-fix.ts';
import type { Release } from './release.ts';
import type { GivenReminder } from './reminders.ts';
import { isActive, type Run } from './run.ts';
import type { StatusPageNotice } from './status-page.ts';
import { openTasks, type Task } from './tasks.ts';

export interface Choice<T> {
  readonly is: T;
  readonly reasons: readonly string[];
  readonly override?: string;
  readonly by: Actor;
  readonly at: number;
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

export interface Incident extends Planning {
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
  readonly channel?: { readonly id: string; readonly name: string; readonly url?: string };
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
  readonly runs: readonly Run[];
  /** What is kept from being deployed to, one for each component that offers it. */
  readonly freezes: readonly FreezeState[];
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
  /** The id of the canvas with its post-mortem in its channel, where there is one. */
  readonly canvas?: string;
  /** The address of its post-mortem's issue, where there is one. */
  readonly issue?: string;
  /** Since when its post-mortem is worked on in a canvas or an issue. */
  readonly sharedAt?: number;
  readonly tasks: readonly Task[];
  readonly updates: readonly StatusUpdate[];
  /** What people outside were told, oldest first. */
  readonly statusPage: readonly StatusPageNotice[];
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

/** Whether the id is that of a coordinated release, which is announced rather than declared. */
export function isReleaseId(id: string): boolean {
  return id.startsWith('REL-' satisfies `${IdKind}-`);
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
