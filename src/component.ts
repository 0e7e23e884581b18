/**
 * A component is one thing that can be put back: a web slot, a worker image, a flag.
 * This file is the contract between Backstop and an integration: the ports an integration offers for one component.
 */

import type { Operation, OperationCall, Verdict } from './operation.ts';

/** A version that a component ran, runs or can run. `id` is exact and comparable, `label` is for people. */
export interface Version {
  readonly id: string;
  readonly label: string;
  readonly commit?: string;
  /** When it went live, epoch milliseconds. */
  readonly since?: number;
  readonly by?: string;
  readonly note?: string;
}

/** A version offered as a target, and whether the system can still put it back. */
export interface Candidate {
  readonly version: Version;
  readonly available: boolean;
  /** Why it cannot be put back, or what to know about it. */
  readonly reason?: string;
}

/** What is live, what was live and when, and the call that puts one back. */
export interface Versions {
  live(signal: AbortSignal): Promise<Version>;
  /** Newest first, without the live one. */
  history(signal: AbortSignal): Promise<readonly Candidate[]>;
  putBack(target: Version, live: Version): OperationCall;
  /** What is done before that, as a step of its own, where people want to see the version run before it is live. */
  prepare?(target: Version, live: Version): OperationCall;
  /**
   * What has to follow once it is back, carried out by whichever component of the environment offers the operation: a
   * pipeline run again, so that what was registered last is right too (guide 001). Reads only.
   */
  correction?(
    target: Version,
    live: Version,
    signal: AbortSignal,
  ): Promise<OperationCall | undefined>;
}

/** A state of the component that was kept to go back to: a content clone, a database backup. */
export interface RestorePoint {
  readonly id: string;
  readonly label: string;
  /** Epoch milliseconds. */
  readonly capturedAt: number;
  readonly sizeBytes?: number;
  /** Whether it was read to its end and found whole, and the system can still put it back. */
  readonly available: boolean;
  /** Why it cannot be put back, or what to know about it. */
  readonly reason?: string;
  /** Of what was there before a restore or the like, wrong perhaps: put back only where it is named. */
  readonly isSafety?: boolean;
  /** The name of what it would replace, where putting it back leaves that under its name. */
  readonly replaces?: string;
  /** What a capture that failed left behind: of no use to anybody, and in the way of the next one. */
  readonly isLeftover?: true;
}

/** The copy that was captured under this name. */
export interface SafetyWanted {
  readonly name: string;
  /** The run that has to have taken it; not known while a plan is made. */
  readonly run?: string;
  /**
   * It has to have been whole after this moment, epoch milliseconds: what was written since is in no copy. Unless said, the component
   * leaves as much time as what comes between usually takes at most.
   */
  readonly after?: number;
}

export type SafetyCopy =
  | { readonly state: 'verified'; readonly label: string }
  /** There is none of that name. */
  | { readonly state: 'none'; readonly reason: string }
  /** There is one, and it cannot be told yet whether it is good. */
  | { readonly state: 'reading'; readonly reason: string }
  /** There is one, and it is no good. */
  | { readonly state: 'unfit'; readonly reason: string };

/** Restore points of one component: list, capture, put back. */
export interface RestorePoints {
  /** The component whose points they are, where this one only puts them back another way: that one captures and counts them. */
  readonly of?: string;
  /** Newest first. Reads only. */
  list(signal: AbortSignal): Promise<readonly RestorePoint[]>;
  /** @param name for people and to find it again; unique for each release or run. */
  capture(name: string): OperationCall;
  /**
   * The calls that put it back, in their order, each one step of the plan. What is there now is kept first, always:
   * the first call is a safety copy wherever data could be lost.
   */
  restore(point: RestorePoint): readonly OperationCall[];
  /** What was written since the point and would be lost, one sentence each; says so where nobody can tell. Reads only. */
  losses(point: RestorePoint, signal: AbortSignal): Promise<readonly string[]>;
  /** What stays as it is and why, one sentence each. Reads only. */
  remarks?(point: RestorePoint, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * A copy of what is live now, taken by Backstop itself and read to its end, for whatever else changes this component's data.
   * Never takes a copy of unknown origin for one. Reads only.
   */
  safety?(wanted: SafetyWanted, signal: AbortSignal): Promise<SafetyCopy>;
  /**
   * The call that writes what was written to what is live since a moment (epoch milliseconds) into files, before something else
   * changes this component's data, so that it can be put back by hand. @param name unique, to find it again.
   */
  exportSince?(since: number, name: string): OperationCall;
  /** The call that deletes a point of Backstop's own, once it is no longer needed. */
  discard?(point: RestorePoint): OperationCall;
}

/** Something kept still while a plan runs: jobs drained, editors paused. */
export interface Hold {
  /** First of all in a run. Succeeds when it is still; `waiting` while it is not yet. */
  acquire(): OperationCall;
  /** Last of all in a run, also in one that is cancelled. */
  release(): OperationCall;
  /** The id of the component whose hold this one stands in for, because both keep the same still: it is held once. */
  readonly insteadOf?: string;
}

/** Named states that are set by themselves in seconds: feature flags. */
export interface Switches {
  /** The names that `backstop.yaml` lists, in its order. */
  readonly names: readonly string[];
  /** Every state that can be set, the one that relieves first: `off`, `on`. */
  readonly states: readonly string[];
  /** How it stands now, one of `states` or another word of the system. Reads only. */
  read(name: string, signal: AbortSignal): Promise<string>;
  /** The call that sets it. @param from how it stands now, so that it can be taken back. */
  set(name: string, to: string, from: string): OperationCall;
}

/** Something done to buy time, asked for by its name: `restart`, `scale`, `purge-cache`. */
export interface Mitigation {
  /** For people, imperative, with the component: `Restart web app acme-checkout`. */
  readonly title: string;
  /** What is said with it, such as how many instances; nothing can be when absent. */
  readonly value?: { readonly about: string; readonly optional?: boolean };
  /**
   * The call that does it, from how things are now. Reads only.
   * @param asked.key unique to the plan, for what can be told from an earlier one only by a mark: a restart
   * @param asked.at when it is planned, epoch milliseconds: where a system is to look for that mark
   * @throws Refusal for a value that cannot be, OutsideError when the system could not be read
   */
  call(
    asked: {
      readonly value?: string | undefined;
      readonly key: string;
      readonly at: number;
    },
    signal: AbortSignal,
  ): Promise<OperationCall>;
  /** What comes before that call, each a step of its own: a copy of what it changes. */
  before?(call: OperationCall): readonly OperationCall[];
}

/**
 * Keeps everybody from deploying while something is put back. Several may hold it at once, each by a name of its own: it
 * is lifted when the last one lets go. What else keeps people from deploying is left as it is.
 */
export interface Freeze {
  /** For people: `branch main of acme/checkout`. */
  readonly what: string;
  /** @param holder the id of an incident. */
  set(holder: string): OperationCall;
  lift(holder: string): OperationCall;
}

/** When in a plan a component's steps run: each phase waits for the one before, steps of one phase run side by side (guide 000). */
export type Phase = 'data' | 'content' | 'code';

/** One reading of a probe, with a verdict and a reason. */
export interface Reading {
  readonly probe: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** Measured values such as `responseMs`, for thresholds and charts. */
  readonly values: Readonly<Record<string, number>>;
}

export interface Probe {
  readonly name: string;
  /** Never throws: a probe that cannot be read answers `unknown` with the reason. */
  read(signal: AbortSignal): Promise<Reading>;
}

export interface ChangeSet {
  readonly commits: readonly {
    readonly id: string;
    readonly title: string;
    readonly author: string;
  }[];
  readonly pullRequests: readonly {
    readonly number: number;
    readonly title: string;
    readonly author: string;
    readonly url: string;
  }[];
  readonly url?: string;
  /** True when the system cut the list. */
  readonly truncated: boolean;
}

/** What changed between two commits, by whom. */
export interface Changes {
  between(older: string, newer: string, signal: AbortSignal): Promise<ChangeSet>;
}

/** What a status page says of an incident at one time, in words for people outside engineering. */
export interface Notice {
  /** Names the incident on the page: the same for all its notices, and no other's anywhere. */
  readonly thread: string;
  /** Counts the notices of a thread from 1. */
  readonly number: number;
  readonly title: string;
  readonly text: string;
  readonly state: NoticeState;
  readonly impact: NoticeImpact;
}

export type NoticeState = 'investigating' | 'identified' | 'monitoring' | 'resolved';
export type NoticeImpact = 'minor' | 'major' | 'critical';

/** Tells people outside: the first notice of a thread opens it on the page, `resolved` ends it. */
export interface Announce {
  publish(notice: Notice): OperationCall;
  /** Where people read it; undefined where it has no address. Reads only. */
  addressOf(notice: Notice, signal: AbortSignal): Promise<string | undefined>;
}

/** What leaving a component as it is means to older code. */
export interface WhenLeft {
  /** Said in the plan, one sentence each. */
  readonly notes: readonly string[];
  /** Why older code cannot be expected to run with it, and what to do about it; the plan is blocked by it. */
  readonly breaks?: string;
  /** The component that it is part of: putting that back puts this back too, and the plan says so instead of being blocked. */
  readonly goesWith?: { readonly component: string; readonly note: string };
}

/** What an integration offers for one component: the ports its system has. */
export interface Component {
  readonly id: string;
  readonly kind: string;
  /** The resource in the vendor's words, for people: `web app acme-checkout`. */
  readonly title: string;
  readonly versions?: Versions;
  readonly restorePoints?: RestorePoints;
  readonly hold?: Hold;
  readonly switches?: Switches;
  /** By name. One name means the same for every component: `restart`, `scale`. */
  readonly mitigations?: Readonly<Record<string, Mitigation>>;
  readonly freeze?: Freeze;
  readonly changes?: Changes;
  readonly announce?: Announce;
  /** `code` unless given. */
  readonly phase?: Phase;
  /** True when the others of its phase wait for it: it runs migrations that they need once it is live (guide 000). */
  readonly leads?: boolean;
  readonly operations: Readonly<Record<string, Operation>>;
  /** Whether older code can run with this component as it is, for a plan that leaves it so. Reads only. */
  whenLeft?(signal: AbortSignal): Promise<WhenLeft>;
  /** Checks credentials, permissions and the resource, by reading only. Never throws. */
  doctor(signal: AbortSignal): Promise<readonly DoctorFinding[]>;
}

/** One credential or resource checked by reading only, for `backstop doctor`. */
export interface DoctorFinding {
  readonly what: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** What to do about it; empty when it passed. */
  readonly next: string;
}
