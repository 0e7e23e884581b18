/** What people outside were told of an incident, and what became of each telling at each place. */

import type { NoticeImpact, NoticeState } from './component.ts';
import type { Actor, Recorded } from './events.ts';
import type { Intent } from './operation.ts';

/** A notice that somebody approved. It is published at each place once. */
export interface ApprovedNotice {
  /** Counts the notices of an incident from 1. */
  readonly number: number;
  /** The number of the notice that opened its thread; after `resolved` another thread begins. */
  readonly first: number;
  readonly title: string;
  readonly text: string;
  readonly state: NoticeState;
  readonly impact: NoticeImpact;
  readonly places: readonly string[];
}

/** What becomes of a notice at one place. */
export interface Publication {
  readonly place: string;
  readonly state: 'waiting' | 'sending' | 'published' | 'failed';
  /** Requests begun so far. */
  readonly attempts: number;
  /** Of the request that was begun last; epoch milliseconds in `at`. */
  readonly intent?: Intent;
  readonly publishedAt?: number;
  readonly address?: string;
  /** A person said that it is there, or that it need not be. */
  readonly byHand?: Actor;
  readonly failed?: { readonly reason: string; readonly manual: string };
  /** When a person was first needed for it. */
  readonly failedAt?: number;
}

export interface StatusPageNotice extends ApprovedNotice {
  readonly by: Actor;
  readonly at: number;
  readonly publications: readonly Publication[];
}

export interface StatusPageEvents {
  /** The communications lead or the commander approved what people outside are told. */
  'status-page.approved': ApprovedNotice;
  /** Before the request is sent. */
  'status-page.intended': {
    readonly number: number;
    readonly place: string;
    readonly intent: Intent;
  };
  'status-page.published': {
    readonly number: number;
    readonly place: string;
    readonly address?: string;
  };
  /** `manual`: what a person can do instead. */
  'status-page.failed': {
    readonly number: number;
    readonly place: string;
    readonly reason: string;
    readonly manual: string;
  };
  /** A person decided on what failed: once more, or it was done by hand. */
  'status-page.settled': {
    readonly number: number;
    readonly place: string;
    readonly how: 'again' | 'by-hand';
  };
}

type StatusPageEvent = Extract<Recorded, { type: `status-page.${string}` }>;

/** The notices after one more event. */
export function applyToStatusPage(
  notices: readonly StatusPageNotice[],
  event: StatusPageEvent,
): readonly StatusPageNotice[] {
  if (event.type === 'status-page.approved') {
    const publications = event.data.places.map(
      (place): Publication => ({ place, state: 'waiting', attempts: 0 }),
    );
    return [...notices, { ...event.data, by: event.actor, at: event.at, publications }];
  }
  const { number, place } = event.data;
  return notices.map((notice) =>
    notice.number === number
      ? {
          ...notice,
          publications: notice.publications.map((each) =>
            each.place === place ? after(each, event) : each,
          ),
        }
      : notice,
  );
}

function after(
  publication: Publication,
  event: Exclude<StatusPageEvent, { type: 'status-page.approved' }>,
): Publication {
  const { failed: _failed, ...rest } = publication;
  switch (event.type) {
    case 'status-page.intended': {
      const { intent } = event.data;
      return { ...rest, state: 'sending', attempts: rest.attempts + 1, intent };
    }
    case 'status-page.published': {
      const { address } = event.data;
      const known = address === undefined ? {} : { address };
      return { ...rest, ...known, state: 'published', publishedAt: event.at };
    }
    case 'status-page.failed': {
      const { reason, manual } = event.data;
      const failedAt = rest.failedAt ?? event.at;
      return { ...rest, state: 'failed', failed: { reason, manual }, failedAt };
    }
    case 'status-page.settled':
      return event.data.how === 'again'
        ? { ...rest, state: 'waiting', attempts: 0 }
        : { ...rest, state: 'published', publishedAt: event.at, byHand: event.actor };
  }
}

/** The notice that people outside have as the newest; undefined when none is, or when they were told that it is over. */
export function liveNotice(notices: readonly StatusPageNotice[]): StatusPageNotice | undefined {
  const last = notices.at(-1);
  return last?.state === 'resolved' ? undefined : last;
}

/** The oldest publication at each place that is not over, in the order in which they were approved. */
export function openPublications(
  notices: readonly StatusPageNotice[],
): readonly { readonly notice: StatusPageNotice; readonly publication: Publication }[] {
  const seen = new Set<string>();
  return notices.flatMap((notice) =>
    notice.publications.flatMap((publication) => {
      if (publication.state === 'published' || seen.has(publication.place)) return [];
      seen.add(publication.place);
      return [{ notice, publication }];
    }),
  );
}
