/**
 * A coordinated release (guide 000): announced, checked, held, captured, sent out, watched, settled. It is a part of the
 * state that an incident also has, so that plans, runs, monitoring and Slack are the same for both.
 */

import type { RestorePoint, Version } from './component.ts';
import type { Actor, Imported } from './events.ts';

/** What a plan of kind `release` is for: its capture, room for it, the end of what is held, and the end of its restore point. */
export type ReleasePart = 'prepare' | 'make-room' | 'release-holds' | 'wind-down';

/** Guide 004, "Pre-Deployment Checklist"; backup and rollback plan are the restore point's, which Backstop captures. */
export const CHECKLIST = [
  { id: 'tests', text: 'All tests pass' },
  { id: 'review', text: 'Code review is approved' },
  { id: 'staging', text: 'Staging deployment was successful' },
  { id: 'migrations', text: 'Migrations are tested and backward compatible' },
  { id: 'configuration', text: 'Variables, secrets and flags are set' },
  { id: 'documentation', text: 'Changelog and deployment notes are written' },
  { id: 'people', text: 'Stakeholders know, and somebody is on call' },
] as const;

/** A component's version as it was live when the restore point was captured. */
export interface Pin {
  readonly component: string;
  readonly title: string;
  readonly version: Pick<Version, 'id' | 'label'>;
}

/** A feature flag as it stood when the restore point was captured. */
export interface PinnedFlag {
  readonly component: string;
  readonly name: string;
  readonly state: string;
}

/** A kept state of one component. */
export interface CapturedPoint {
  readonly component: string;
  readonly title: string;
  readonly point: Pick<RestorePoint, 'id' | 'label' | 'capturedAt'>;
}

/** What a rollback of the release goes back to. */
export interface ReleasePoint {
  readonly pins: readonly Pin[];
  readonly points: readonly CapturedPoint[];
  /** Absent in what was captured before flags were kept. */
  readonly flags?: readonly PinnedFlag[];
  /** Components of which nothing is kept, one sentence each. */
  readonly notCovered: readonly string[];
}

/** The words of guide 004's announcement. */
export interface ReleaseAnnouncement {
  readonly version: string;
  /** When it is to go out, epoch milliseconds. */
  readonly plannedAt: number;
  readonly takes: string;
  readonly impact: string;
  readonly changes: string;
}

export interface ReleaseEvents {
  'release.prepared': ReleaseAnnouncement & {
    readonly id: string;
    readonly service: string;
    readonly environment: string;
    readonly owner: string;
    /** Milliseconds that the restore point is kept once it is out. */
    readonly settle: number;
    /** The user or user group of those who edit content. */
    readonly contentGroup?: string;
    /** Set where it happened in another journal, and was read in from an export. */
    readonly imported?: Imported;
  };
  'release.ticked': { readonly item: string };
  'release.captured': ReleasePoint;
  /** It is deployed; `run` verifies it. */
  'release.out': { readonly run: string };
  'release.rolled-back': { readonly incident: string; readonly run: string };
  'release.called-off': { readonly reason: string };
  /** It has stood long enough; nobody goes back behind it any more. */
  'release.settled': Record<string, never>;
}

interface Said {
  readonly by: Actor;
  readonly at: number;
}

export interface Release extends ReleaseAnnouncement {
  readonly owner: string;
  readonly settle: number;
  readonly contentGroup?: string;
  readonly ticks: Readonly<Record<string, Said>>;
  readonly point?: ReleasePoint & { readonly at: number };
  /** The last time that somebody said so. */
  readonly out?: Said & { readonly run: string };
  readonly rolledBack?: { readonly incident: string; readonly run: string; readonly at: number };
  readonly calledOff?: Said & { readonly reason: string };
  readonly settledAt?: number;
}

export type ReleaseEvent = {
  [K in keyof ReleaseEvents]: { readonly type: K; readonly data: ReleaseEvents[K] };
}[keyof ReleaseEvents];

export function beginRelease(data: ReleaseEvents['release.prepared']): Release {
  const { version, plannedAt, takes, impact, changes, owner, settle, contentGroup } = data;
  const group = contentGroup === undefined ? {} : { contentGroup };
  return { version, plannedAt, takes, impact, changes, owner, settle, ...group, ticks: {} };
}

/** The release after one more event. */
export function applyToRelease(
  release: Release,
  event: Exclude<ReleaseEvent, { type: 'release.prepared' }> & {
    readonly actor: Actor;
    readonly at: number;
  },
): Release {
  const said = { by: event.actor, at: event.at };
  switch (event.type) {
    case 'release.ticked':
      return { ...release, ticks: { ...release.ticks, [event.data.item]: said } };
    case 'release.captured':
      return { ...release, point: { ...event.data, at: event.at } };
    case 'release.out':
      return { ...release, out: { ...said, run: event.data.run } };
    case 'release.rolled-back':
      return { ...release, rolledBack: { ...event.data, at: event.at } };
    case 'release.called-off':
      return { ...release, calledOff: { ...said, reason: event.data.reason } };
    case 'release.settled':
      return { ...release, settledAt: event.at };
  }
}

/** When its restore point is no longer kept, epoch milliseconds; undefined while it is not out. */
export function settlesAt({ settle, out, rolledBack, settledAt }: Release): number | undefined {
  if (settledAt !== undefined) return undefined;
  const from = out?.at ?? rolledBack?.at;
  return from === undefined ? undefined : from + settle;
}

/** True while a rollback of its environment goes back to its restore point. */
export function isUnsettled({ point, rolledBack, calledOff, settledAt }: Release): boolean {
  return point !== undefined && !rolledBack && !calledOff && settledAt === undefined;
}
