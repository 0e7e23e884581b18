/** Keeps one message for each group of alerts in the channel for announcements, as it should be. */

import { type AlertGroup, isFiring } from '../alerts.ts';
import { type AlertFacts, alertMessage } from '../blocks/alerts.ts';
import type { Clock } from '../clock.ts';
import { type Incident, isOpen } from '../incident.ts';
import type { Journal } from '../journal/journal.ts';
import type { Loop } from '../loop.ts';
import { canonicalJson } from '../plan.ts';
import { edit, findPosted, type MessageContext, post } from './messages.ts';
import { openNoteBook } from './posted.ts';

export interface AlertBoardOptions {
  readonly loop: Loop;
  readonly journal: Journal;
  readonly groups: () => readonly AlertGroup[];
  readonly canPlan: (group: AlertGroup) => boolean;
  readonly context: Omit<MessageContext, 'signal'>;
  readonly clock: Clock;
  readonly announcements: string;
  /** Told of each failure; the board tries again by itself. */
  readonly onError: (error: unknown) => void;
}

export interface AlertBoard {
  /** Shows what changed; to be called after each change of a group. */
  look(): void;
  start(): void;
  stop(): Promise<void>;
}

/** What the board's messages are marked with in place of an incident. */
const MARK = 'alerts';
const RETRY_MS = 15_000;
/** Groups that are over are shown once more and then left as they are, milliseconds. */
const RECENT_MS = 24 * 60 * 60_000;

export function createAlertBoard(options: AlertBoardOptions): AlertBoard {
  const { loop, clock, announcements, onError } = options;
  const book = openNoteBook(options.journal);
  const stopping = new AbortController();
  const { signal } = stopping;
  const context: MessageContext = { ...options.context, signal };
  const sent = new Map<string, string>();
  let known = false;
  let working: Promise<void> | undefined;
  let again = false;
  let unsubscribe = (): void => undefined;

  function look(): void {
    if (signal.aborted) return;
    if (working) {
      again = true;
      return;
    }
    working = showAll().finally(() => {
      working = undefined;
      if (!again) return;
      again = false;
      look();
    });
  }

  async function showAll(): Promise<void> {
    const since = clock.now() - RECENT_MS;
    for (const group of options.groups().filter((each) => isFiring(each) || each.lastAt > since)) {
      try {
        await show(group);
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        await clock.sleep(RETRY_MS, signal);
        again = true;
      }
    }
  }

  async function show(group: AlertGroup): Promise<void> {
    const message = alertMessage(group, factsOf(group));
    const content = canonicalJson([message.text, message.blocks]);
    if (sent.get(group.id) === content) return;
    const noted = (): ReturnType<typeof book.of>['messages'][string] | undefined =>
      book.of(MARK).messages[message.key];
    const before = noted();
    if (!before || !(await edit(context, before, message))) {
      // After a lost answer or a crash it may be there already.
      await takeStock();
      const found = noted();
      if (!found || found === before || !(await edit(context, found, message))) {
        known = false;
        const posted = await post(context, announcements, MARK, message.key, message);
        await book.posted(MARK, message.key, posted);
        known = true;
      }
    }
    sent.set(group.id, content);
  }

  async function takeStock(): Promise<void> {
    if (known) return;
    for (const [key, posted] of await findPosted(context, announcements, MARK)) {
      if (!book.of(MARK).messages[key]) await book.posted(MARK, key, posted);
    }
    known = true;
  }

  function factsOf(group: AlertGroup): AlertFacts {
    const incidents = loop.incidents();
    const sameAs = (incident: Incident): boolean =>
      isOpen(incident) &&
      !incident.private &&
      incident.service === group.service &&
      incident.environment === group.environment;
    return {
      declared: incidents.find(({ alert }) => alert === group.id),
      open: incidents.find(sameAs),
      canPlan: options.canPlan(group),
    };
  }

  return {
    look,
    start() {
      // What is declared or opened changes what the alerts say.
      unsubscribe = loop.subscribe((_incident, { type }) => {
        if (TOLD.has(type) && options.groups().length > 0) look();
      });
      look();
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      await working;
    },
  };
}

const TOLD: ReadonlySet<string> = new Set([
  'incident.declared',
  'channel.opened',
  'status.changed',
]);
