/** Tells those who follow a service of its incidents: each turn once, to each of them, also over a restart. */

import { type News, newsOf } from '../blocks/news.ts';
import type { Clock } from '../clock.ts';
import { type Incident, isOpen } from '../incident.ts';
import type { Journal } from '../journal/journal.ts';
import type { Loop } from '../loop.ts';
import type { Catalogue } from '../service.ts';
import type { Subscription } from '../subscriptions.ts';
import { isUnreachable, openDirects } from './direct.ts';
import { keepMessage, type MessageMemory } from './keep-message.ts';
import type { MessageContext } from './messages.ts';
import { openNoteBook } from './posted.ts';

export interface HeraldOptions {
  readonly loop: Loop;
  readonly journal: Journal;
  readonly catalogue: Catalogue;
  readonly subscribersOf: (service: string) => readonly Subscription[];
  readonly context: Omit<MessageContext, 'signal'>;
  readonly clock: Clock;
  /** Told of each failure; it is tried again. */
  readonly onError: (error: unknown) => void;
}

export interface Herald {
  start(): void;
  stop(): Promise<void>;
}

const RETRY_PAUSES_MS = [5_000, 15_000, 60_000];

export function createHerald(options: HeraldOptions): Herald {
  const { loop, catalogue, clock, subscribersOf, onError } = options;
  const book = openNoteBook(options.journal);
  const stopping = new AbortController();
  const { signal } = stopping;
  const context: MessageContext = { ...options.context, signal };
  const memories = new Map<string, MessageMemory>();
  const directOf = openDirects(context);
  const unreachable = new Set<string>();
  const working = new Map<string, Promise<void>>();
  let unsubscribe = (): void => undefined;

  function look({ id, version }: Incident): void {
    if (signal.aborted || working.has(id) || book.of(noteOf(id)).shown >= version) return;
    const incident = loop.incident(id);
    if (!incident || wanted(incident).length === 0) return;
    const work = keepTold(id).finally(() => {
      working.delete(id);
      const newest = loop.incident(id);
      if (newest && newest.version > version) look(newest);
    });
    working.set(id, work);
  }

  /** Who is to be told what of it. */
  function wanted(incident: Incident): readonly (readonly [Subscription, News])[] {
    const subscriptions = subscribersOf(incident.service);
    if (subscriptions.length === 0) return [];
    const name = catalogue.service(incident.service)?.name ?? incident.service;
    const news = newsOf(incident, name);
    return subscriptions.flatMap((subscription) =>
      news
        .filter(({ since }) => since >= subscription.since)
        .map((each) => [subscription, each] as const),
    );
  }

  async function keepTold(id: string): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const incident = loop.incident(id);
      if (!incident) return;
      try {
        for (const [subscription, news] of wanted(incident)) await tell(id, subscription, news);
        if (!isOpen(incident)) {
          await book.shown(noteOf(id), incident.version);
          memories.delete(id);
        }
        if (loop.incident(id) === incident) return;
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        const pause = RETRY_PAUSES_MS[Math.min(failures, RETRY_PAUSES_MS.length - 1)] ?? 0;
        await clock.sleep(pause, signal);
      }
    }
  }

  async function tell(id: string, { subscriber }: Subscription, news: News): Promise<void> {
    if (unreachable.has(subscriber)) return;
    const memory = memories.get(id) ?? { sent: new Map(), pinned: new Set(), known: new Set() };
    memories.set(id, memory);
    const { key, text, blocks } = news;
    const message = { key: `${subscriber}/${key}`, where: 'incident' as const, text, blocks };
    try {
      const place = await placeOf(subscriber);
      await keepMessage({ context, book, memory }, { id: noteOf(id) }, place, message);
    } catch (error) {
      // The others are told all the same; it is tried again after the next start.
      if (!isUnreachable(error)) throw error;
      unreachable.add(subscriber);
      onError(error);
    }
  }

  /** The direct message with a person; a channel is its own place. */
  async function placeOf(subscriber: string): Promise<string> {
    return /^[UW]/.test(subscriber) ? directOf(subscriber) : subscriber;
  }

  return {
    start() {
      unsubscribe = loop.subscribe(look);
      for (const incident of loop.incidents()) if (!incident.imported) look(incident);
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      await Promise.all(working.values());
    },
  };
}

/** The notes of what was told are kept beside those of the incident's own messages. */
function noteOf(incident: string): string {
  return `news/${incident}`;
}
