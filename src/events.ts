/** Everything that can be said of an incident, one event a fact. The journal keeps them; every state is their fold. */

import type { QuestionId, Response, Severity } from './assessment.ts';
import type { Reading } from './component.ts';
import type { FreezeEvents } from './freeze.ts';
import type { Plan } from './plan.ts';
import type { PlaybookEvents } from './playbook-progress.ts';
import type { ReleaseEvents, ReleasePart } from './release.ts';
import type { Reminder } from './reminders.ts';
import type { RunEvents } from './run.ts';
import type { StatusPageEvents } from './status-page.ts';
import type { NewTask } from './tasks.ts';

export type Status = 'investigating' | 'identified' | 'monitoring' | 'resolved' | 'closed';
export type Role = 'commander' | 'communications-lead' | 'operations-lead' | 'scribe';

/** Who caused an event: a person in Slack, Backstop itself, or the operator at the terminal. */
export type Actor =
  | { readonly kind: 'person'; readonly id: string; readonly name?: string }
  | { readonly kind: 'backstop' }
  /** `slack`: who it is there, where the configuration says whose approval code it was. */
  | { readonly kind: 'operator'; readonly name: string; readonly slack?: string };

/** Which plan is wanted: to the previous good version, to `target` (id or label), or to take a run back. */
export interface PlanWish {
  readonly kind: 'rollback' | 'roll-forward' | 'undo' | 'release' | 'mitigation';
  readonly target?: string;
  /** The run that is taken back, for `roll-forward` and `undo`. */
  readonly run?: string;
  /** Components put back to a restore point with it; the newest usable one where no point is named. */
  readonly restore?: readonly { readonly component: string; readonly point?: string }[];
  /** True when nothing but `restore` is to go back. */
  readonly only?: boolean;
  /** Of a rollback behind a release: its content stays as it is. */
  readonly codeOnly?: boolean;
  /** Why older code can run with the schema as it is, in the words of whoever answers for it. */
  readonly keepSchema?: { readonly reason: string };
  /** Of kind `release`. */
  readonly part?: ReleasePart;
  /** Of kind `mitigation`: switches to be set, or one thing to be done to components; to the one that can where none is named. */
  readonly switches?: readonly { readonly name: string; readonly to?: string }[];
  readonly mitigate?: {
    readonly name: string;
    readonly components: readonly string[];
    readonly value?: string;
  };
  /** The commit of a merge to be reverted in the repository, instead of putting a version back. */
  readonly revert?: string;
  /** The commit that a branch is moved back to by force, and the commander's words for why. */
  readonly reset?: { readonly commit: string; readonly reason: string };
  /** True when an approved plan said that this follows: it runs at once. */
  readonly approved?: boolean;
  /** Why it is wanted, where that is not plain: what changed since the plan before. */
  readonly because?: string;
  /** Of kind `undo`: why, in the words of whoever asks for it. */
  readonly reason?: string;
}

/** A message as it was when it was put into the timeline. Slack's `ts` is also its time. */
export interface CapturedMessage {
  readonly channel: string;
  readonly ts: string;
  readonly author?: string;
  readonly text: string;
  /** Names of the files that came with it. */
  readonly files?: readonly string[];
  readonly via: 'pin' | 'reaction' | 'shortcut';
}

/** Where an incident came from that was read in from an export. Nothing acts on it: it is there to be read. */
export interface Imported {
  /** When and by whom, epoch milliseconds. */
  readonly at: number;
  readonly by: string;
  /** The position and hash of its last entry in the journal that it comes from. */
  readonly lastSeq: number;
  readonly hash?: string;
  /** What people were called then, by their id. */
  readonly names?: Readonly<Record<string, string>>;
}

/** A change to how the timeline is told. `entry` is the journal position of the entry it is about. */
export type Curation =
  | { readonly do: 'hide' | 'show'; readonly entry: number; readonly reason: string }
  | { readonly do: 'annotate'; readonly entry: number; readonly text: string }
  /** `at`: when it really was, epoch milliseconds. */
  | {
      readonly do: 'correct';
      readonly entry: number;
      readonly at: number;
      readonly reason: string;
    }
  | { readonly do: 'add'; readonly at: number; readonly text: string };

/** A line of a summary, and the person it names, if any. */
export interface SummaryLine {
  readonly text: string;
  readonly user?: string;
}

export interface EventData
  extends RunEvents,
    ReleaseEvents,
    PlaybookEvents,
    StatusPageEvents,
    FreezeEvents {
  'incident.declared': {
    readonly id: string;
    readonly title: string;
    readonly summary: string;
    readonly service: string;
    readonly environment: string;
    /** Kept to its channel: nothing of it is shown elsewhere. */
    readonly private?: true;
    /** For practice, on targets that are meant for it. */
    readonly drill?: true;
    /** The group of alerts that it was declared for. */
    readonly alert?: string;
    /** Set where it happened in another journal, and was read in from an export. */
    readonly imported?: Imported;
  };
  /** `url`: where people find it, where the workspace told. */
  'channel.opened': { readonly channel: string; readonly name: string; readonly url?: string };
  /** Somebody left the channel of a private incident, or was taken out of it. */
  'responder.left': { readonly user: string };
  'responders.invited': {
    readonly users: readonly string[];
    /** What they were called then, by id, so that an export needs no Slack. */
    readonly names?: Readonly<Record<string, string>>;
  };
  /** Slack said what people are called whom the journal knew by their id only; `names` by id. */
  'people.named': { readonly names: Readonly<Record<string, string>> };
  'assessment.answered': { readonly question: QuestionId; readonly answer: string };
  'assessment.restarted': Record<string, never>;
  'severity.set': {
    readonly severity: Severity;
    readonly reasons: readonly string[];
    /** Given when it differs from what the rules say. */
    readonly override?: string;
  };
  'response.chosen': {
    readonly response: Response;
    readonly reasons: readonly string[];
    readonly override?: string;
  };
  'status.changed': { readonly status: Status; readonly reason: string };
  /** `reason`: why, where somebody said so. */
  'role.claimed': { readonly role: Role; readonly user: string; readonly reason?: string };
  /** `at`: when it was, where that was not when it was noted. */
  'note.added': { readonly text: string; readonly at?: number };
  /** Somebody, or a plan that went stale, calls for a plan; the engine makes it and proposes or refuses it. */
  'plan.wanted': PlanWish;
  'plan.proposed': { readonly plan: Plan };
  'plan.refused': { readonly reason: string };
  'approval.requested': { readonly plan: string; readonly hash: string; readonly until: number };
  'approval.given': {
    readonly plan: string;
    readonly hash: string;
    /** Break-glass: approved alone, with this reason. */
    readonly breakGlass?: string;
  };
  'approval.rejected': { readonly plan: string; readonly reason: string };
  /** A question about a plan before people decide. */
  'question.asked': { readonly plan: string; readonly text: string };
  'approval.expired': { readonly plan: string };
  'plan.went-stale': { readonly plan: string; readonly reason: string };
  'quick-fix.started': { readonly branch: string; readonly until: number };
  'quick-fix.ended': { readonly number: number };
  'quick-fix.extended': { readonly until: number };
  'quick-fix.deployed': Record<string, never>;
  'monitor.started': {
    readonly run: string;
    readonly windows: readonly MonitorWindow[];
  };
  'monitor.read': { readonly window: string; readonly readings: readonly Reading[] };
  'monitor.ended': { readonly window: string; readonly passed: boolean };
  'contacts.called': { readonly contacts: readonly string[] };
  /** A message was put into the timeline, by a mark that people set on it. */
  'message.captured': CapturedMessage;
  'message.edited': { readonly channel: string; readonly ts: string; readonly text: string };
  /** The mark is gone, or the message. */
  'message.released': { readonly channel: string; readonly ts: string };
  /** The timeline was put right by hand; the entry itself stays in the journal as it was. */
  'timeline.curated': Curation;
  /** `canvas`: the id of the canvas in the channel that it was written to. */
  /** `canvas` is its id; `issue` its address. */
  'postmortem.exported': {
    readonly files: readonly string[];
    readonly canvas?: string;
    readonly issue?: string;
  };
  'task.added': NewTask;
  'task.assigned': { readonly task: string; readonly owner: string };
  'task.done': { readonly task: string };
  /** It is worked on elsewhere: the address of its issue. */
  'task.linked': { readonly task: string; readonly url: string };
  /** Its issue was closed because it is done here; whoever opens that again is left alone. */
  'task.issue-closed': { readonly task: string };
  /** Until when it is to be done, epoch milliseconds; without a date it may take as long as it takes. */
  /** Its issue was opened again. */
  'task.reopened': { readonly task: string };
  'task.rescheduled': { readonly task: string; readonly due?: number };
  /** A status update, and until when the next one is promised, if one is. */
  'update.posted': { readonly text: string; readonly next?: number };
  /** Somebody was reminded; the same reminder is not given twice. */
  'reminder.given': Reminder;
  'reminder.snoozed': { readonly key: string; readonly until: number };
  /** The state of things at a change of shift, as it was then. */
  'handover.given': { readonly to?: string; readonly summary: readonly SummaryLine[] };
  /** This incident is about the same as another, which goes on. */
  'incident.merged': { readonly into: string };
  /** Another incident turned out to be about the same as this one. */
  'duplicate.linked': { readonly incident: string };
}

/** A stretch of watching after a recovery; times are epoch milliseconds. */
export interface MonitorWindow {
  readonly name: string;
  readonly from: number;
  readonly until: number;
  /** Milliseconds between two readings. */
  readonly every: number;
}

export type EventType = keyof EventData;

export type Event = {
  [K in EventType]: { readonly type: K; readonly data: EventData[K] };
}[EventType];

/** An event as the journal keeps it. `version` counts within its stream from 1, `seq` over the whole journal. */
export type Recorded = Event & {
  readonly seq: number;
  readonly stream: string;
  readonly version: number;
  readonly at: number;
  readonly actor: Actor;
};
