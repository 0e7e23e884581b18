/** The post-mortem: everything the journal knows of an incident, as one document that every export writes. */

import type { Recorded, Status } from '../events.ts';
import type { Incident } from '../incident.ts';
import { mapped } from '../lazily.ts';
import { isZone } from '../time-zone.ts';
import { type Moment, momentOf } from '../timeline/moment.ts';
import { createPlainWords, type Names, type PlainWords } from '../timeline/plain-words.ts';
import { plotOf, type TimelineEntry, tellTimeline } from '../timeline/timeline.ts';
import { agreedFollowUps } from './agreed-follow-ups.ts';
import { type ProbeReading, readingsOf, type StatusRecord, statusesOf } from './course.ts';
import {
  type AnswerRecord,
  answersOf,
  type DecisionRecord,
  decisionsOf,
  type People,
  peopleOf,
  type SeverityRecord,
  severitiesOf,
} from './decisions.ts';
import { type DurationRecord, durationsOf } from './durations.ts';
import { type FollowUp, followUpsOf } from './follow-ups.ts';
import { type Known, knownOf } from './known.ts';
import type { Narrowing } from './narrow.ts';
import {
  type PlanRecord,
  plansOf,
  type RefusedPlan,
  type ReleaseChange,
  refusedPlansOf,
  releaseChangesOf,
} from './plans.ts';
import { type PlaybookRecord, playbooksOf } from './playbooks.ts';
import { type Checklist, isOfEveryRelease, PREVENTION, PROMPTS, type Prompt } from './questions.ts';
import { type RunRecord, runsOf } from './runs.ts';
import { summaryOf } from './summary.ts';
import { type MonitorRecord, monitoringOf, type QuickFixRecord, quickFixesOf } from './watches.ts';

/** Lengths of time are milliseconds; texts are plain, without Slack's or any other markup. */
export interface Postmortem {
  /** `INC-0042`. */
  readonly id: string;
  readonly title: string;
  /** What whoever declared it wrote. */
  readonly reported: string;
  readonly service: { readonly id: string; readonly title: string };
  readonly environment: string;
  /** Set where it is only for those who are in it. */
  readonly private?: true;
  /** The name of its Slack channel, and where it is found. */
  readonly channel?: string;
  readonly channelUrl?: string;
  /** The address of the issue in which it is worked on. */
  readonly issue?: string;
  readonly declared: { readonly by: string; readonly at: Moment };
  readonly status: { readonly is: Status; readonly since: Moment; readonly reason?: string };
  /** The story in sentences. */
  readonly summary: readonly string[];
  readonly durations: readonly DurationRecord[];
  /** Oldest first; the last is in force. */
  readonly severities: readonly SeverityRecord[];
  /** Oldest first; the last is in force. */
  readonly statuses: readonly StatusRecord[];
  readonly assessment: readonly AnswerRecord[];
  readonly people: People;
  /** Oldest first; the last is in force. */
  readonly decisions: readonly DecisionRecord[];
  readonly plans: readonly PlanRecord[];
  readonly refusedPlans: readonly RefusedPlan[];
  readonly runs: readonly RunRecord[];
  readonly quickFixes: readonly QuickFixRecord[];
  readonly monitoring: readonly MonitorRecord[];
  /** Every reading of a probe, oldest first, with the numbers it measured. */
  readonly readings: readonly ProbeReading[];
  readonly changes: readonly ReleaseChange[];
  readonly playbooks: readonly PlaybookRecord[];
  readonly followUps: readonly FollowUp[];
  readonly prompts: readonly Prompt[];
  readonly prevention: readonly Checklist[];
  readonly timeline: readonly TimelineRecord[];
  /** What of the timeline was asked for, where not all of it was. */
  readonly narrowed?: Narrowing;
  /** The reader's time zone; times are given in it beside UTC. */
  readonly zone: string;
  readonly generatedAt: Moment;
  /** Which part of the journal the document was made from. */
  readonly journal: {
    readonly events: number;
    readonly firstSeq: number;
    readonly lastSeq: number;
    /** Of the row `lastSeq`, where the journal tells. */
    readonly hash?: string;
    /** The journal's newest row at that time, of whatever incident. */
    readonly head?: { readonly seq: number; readonly hash: string };
  };
  /** Set where people are called by their role. */
  readonly withoutPeople?: true;
  /** The program and version that wrote it. */
  readonly writtenBy?: string;
}

export interface TimelineRecord
  extends Omit<TimelineEntry, 'at' | 'through' | 'notes' | 'corrected' | 'added'> {
  readonly at: Moment;
  readonly through?: { readonly seq: number; readonly at: Moment };
  readonly notes?: readonly { readonly by: string; readonly at: Moment; readonly text: string }[];
  readonly corrected?: { readonly from: Moment; readonly by: string; readonly why: string };
  readonly added?: { readonly at: Moment };
}

export interface PostmortemOptions {
  readonly names: Names;
  /** IANA name; one the runtime does not know becomes UTC. */
  readonly zone: string;
  readonly serviceTitle: string;
  /** Epoch milliseconds. */
  readonly generatedAt: number;
  /** When the trouble itself began, epoch milliseconds, where somebody said so. */
  readonly began?: number;
}

/** A post-mortem whose timeline is told while it is walked through, so that its length does not matter. */
export type ToldPostmortem = Omit<Postmortem, 'timeline'> & {
  readonly timeline: Iterable<TimelineRecord>;
};

/** The events of an incident's stream, in order. */
export interface Source {
  /** Those in `ALONE` may be missing. */
  readonly facts: readonly Recorded[];
  /** All of them, read anew at each walk. */
  readonly all: Iterable<Recorded>;
  readonly extent: Pick<Postmortem['journal'], 'events' | 'firstSeq' | 'lastSeq'>;
}

/**
 * The document of one incident.
 * @param events all events of the incident's stream, in order; `incident` is their fold.
 */
export function postmortemOf(
  incident: Incident,
  events: readonly Recorded[],
  options: PostmortemOptions,
): Postmortem {
  const extent = {
    events: events.length,
    firstSeq: events[0]?.seq ?? 0,
    lastSeq: events.at(-1)?.seq ?? 0,
  };
  return wholeOf(tellPostmortem(incident, { facts: events, all: events, extent }, options));
}

/** The same with its timeline in memory. */
export function wholeOf(told: ToldPostmortem): Postmortem {
  return { ...told, timeline: [...told.timeline] };
}

/** The same document, told bit by bit. `incident` is the fold of all its events. */
export function tellPostmortem(
  incident: Incident,
  { facts: events, all, extent }: Source,
  options: PostmortemOptions,
): ToldPostmortem {
  const words = createPlainWords(options.names);
  const { names } = options;
  const facts = {
    durations: durationsOf(incident, events, options.began),
    severities: severitiesOf(events, words),
    statuses: statusesOf(events, words),
    decisions: decisionsOf(events, words),
    plans: plansOf(incident, words),
    refusedPlans: refusedPlansOf(events, words),
    runs: runsOf(incident, events, words),
    quickFixes: quickFixesOf(events, words),
    monitoring: monitoringOf(incident, events, words, options.generatedAt),
    readings: readingsOf(events, words),
    changes: releaseChangesOf(incident, words),
    playbooks: playbooksOf(incident, words),
  };
  return {
    ...identity(incident, options.serviceTitle, words),
    ...facts,
    summary: summaryOf(incident, options.serviceTitle, facts, words),
    assessment: answersOf(events, words),
    people: peopleOf(incident, events, words),
    followUps: [...agreedFollowUps(incident, words), ...followUpsOf(facts)],
    prompts: promptsWith(incident, knownOf(incident, facts, words)),
    prevention: PREVENTION,
    timeline: mapped(tellTimeline(all, names, plotOf(events, names)), timelineRecord),
    zone: isZone(options.zone) ? options.zone : 'UTC',
    generatedAt: momentOf(options.generatedAt),
    journal: extent,
  };
}

function promptsWith({ release }: Incident, known: Known): readonly Prompt[] {
  const prompts = release && !release.rolledBack ? PROMPTS.filter(isOfEveryRelease) : PROMPTS;
  return prompts.map((prompt) => {
    const says = known[prompt.id] ?? [];
    return says.length === 0 ? prompt : { ...prompt, known: says };
  });
}

function identity(incident: Incident, serviceTitle: string, words: PlainWords) {
  const { id, title, summary, service, environment, channel, issue, statusReason } = incident;
  return {
    id,
    title: incident.drill ? `Drill: ${words.text(title)}` : words.text(title),
    reported: words.text(summary),
    service: { id: service, title: serviceTitle },
    environment,
    ...(incident.private ? { private: true as const } : {}),
    ...(channel ? { channel: channel.name } : {}),
    ...(channel?.url === undefined ? {} : { channelUrl: channel.url }),
    ...(issue === undefined ? {} : { issue }),
    declared: { by: words.who(incident.declaredBy), at: momentOf(incident.declaredAt) },
    status: {
      is: incident.status,
      since: momentOf(incident.statusSince),
      ...(statusReason === undefined ? {} : { reason: words.text(statusReason) }),
    },
  };
}

/** An entry as documents have it. */
export function timelineRecord(entry: TimelineEntry): TimelineRecord {
  const { seq, at, kind, who, what, why, components, times, through } = entry;
  const { notes, corrected, added } = entry;
  return {
    seq,
    kind,
    who,
    what,
    ...(why === undefined ? {} : { why }),
    ...(components === undefined ? {} : { components }),
    ...(times === undefined ? {} : { times }),
    at: momentOf(at),
    ...(through ? { through: { seq: through.seq, at: momentOf(through.at) } } : {}),
    ...(notes ? { notes: notes.map((note) => ({ ...note, at: momentOf(note.at) })) } : {}),
    ...(corrected ? { corrected: { ...corrected, from: momentOf(corrected.from) } } : {}),
    ...(added ? { added: { at: momentOf(added.at) } } : {}),
  };
}
