/** Tells those who answer for a service, once a day, when something stands in the way of a rollback; none twice after a restart. */

import { dailyReadiness } from '../blocks/daily-readiness.ts';
import type { Clock } from '../clock.ts';
import { type DailyLook, dailyLook, dayIn } from '../daily-readiness.ts';
import { OutsideError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Readiness } from '../readiness.ts';
import type { Catalogue, Service } from '../service.ts';
import { timeSaid } from '../wall-clock.ts';
import { isUnreachable, openDirects } from './direct.ts';
import type { Directory } from './directory.ts';
import { keepMessage, type MessageMemory } from './keep-message.ts';
import type { MessageContext } from './messages.ts';
import { openNoteBook } from './posted.ts';

export interface DailyReadinessOptions {
  readonly journal: Journal;
  readonly catalogue: Catalogue;
  readonly directory: Directory;
  /** Looks whether it could be rolled back right now; reads only. */
  readonly readiness: (
    service: string,
    environment: string,
    signal: AbortSignal,
  ) => Promise<Readiness>;
  readonly context: Omit<MessageContext, 'signal'>;
  readonly clock: Clock;
  /** The time of day, `09:00`, in the zone. */
  readonly at: string;
  /** IANA name. */
  readonly zone: string;
  /** Told of each failure; it is tried again. */
  readonly onError: (error: unknown) => void;
}

export interface DailyReadiness {
  start(): void;
  stop(): Promise<void>;
}

/** Whoever starts Backstop later than this after the hour is told the next day: nobody wants it in the evening. */
const LATEST_MS = 4 * 3_600_000;
/** What a look at one environment may take. */
const LOOK_LIMIT_MS = 60_000;
const RETRY_PAUSES_MS = [5_000, 60_000, 600_000];

export function createDailyReadiness(options: DailyReadinessOptions): DailyReadiness {
  const { journal, catalogue, directory, clock, at, zone, onError } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const context: MessageContext = { ...options.context, signal };
  const book = openNoteBook(journal);
  const directOf = openDirects(context);
  let ended: Promise<void> = Promise.resolve();

  async function keepTelling(): Promise<void> {
    while (!signal.aborted) {
      const now = clock.now();
      const due = timeSaid(at, now, zone, 'behind') ?? now;
      if (now - due <= LATEST_MS) {
        await Promise.all(catalogue.services().map((service) => keepTold(service, due)));
      }
      // Counted from the day that was seen to, so that none is passed over.
      const next = timeSaid(at, due, zone, 'ahead') ?? Number.POSITIVE_INFINITY;
      await clock.sleep(next - clock.now(), signal);
    }
  }

  /** Returns when the owners know what the day has to tell, or it is too late for it. */
  async function keepTold(service: Service, due: number): Promise<void> {
    const memory: MessageMemory = { sent: new Map(), pinned: new Set(), known: new Set() };
    for (let failures = 0; !signal.aborted && clock.now() - due <= LATEST_MS; failures += 1) {
      try {
        const { look, told } = await lookOf(service, dayIn(zone, due));
        if (told || signal.aborted) return;
        if (look.off.length > 0) await tell(service, look, memory);
        await record(service.id, 'readiness.told', look);
        return;
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        const pause = RETRY_PAUSES_MS[Math.min(failures, RETRY_PAUSES_MS.length - 1)] ?? 0;
        await clock.sleep(pause, signal);
      }
    }
  }

  /** The look of that day: as it was written down, or a fresh one. */
  async function lookOf(
    service: Service,
    day: string,
  ): Promise<{ readonly look: DailyLook; readonly told: boolean }> {
    const newest = journal.newestOf(streamOf(service.id));
    const before = newest?.data as DailyLook | undefined;
    if (newest && before?.day === day) {
      return { look: before, told: newest.type === 'readiness.told' };
    }
    const found = await Promise.all(
      Object.keys(service.environments).map((environment) =>
        options.readiness(
          service.id,
          environment,
          AbortSignal.any([signal, AbortSignal.timeout(LOOK_LIMIT_MS)]),
        ),
      ),
    );
    const look = dailyLook(day, clock.now(), found, before);
    // What was read while everything was being stopped says nothing of the systems.
    if (!signal.aborted) await record(service.id, 'readiness.looked', look);
    return { look, told: false };
  }

  async function record(service: string, type: string, data: DailyLook): Promise<void> {
    const entry = { stream: streamOf(service), type, actor: { kind: 'backstop' }, data } as const;
    await journal.transact((tx) => tx.append([entry]));
  }

  /** @throws OutsideError when somebody could not be told; the others were. */
  async function tell(service: Service, look: DailyLook, memory: MessageMemory): Promise<void> {
    const { text, blocks } = dailyReadiness(service, look, at);
    const people = await Promise.all(service.responders.map((each) => directory.people([each])));
    for (const user of new Set(people.flat())) {
      const message = { key: `${look.day}/${user}`, where: 'incident' as const, text, blocks };
      try {
        const place = await directOf(user);
        await keepMessage({ context, book, memory }, { id: noteOf(service.id) }, place, message);
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        onError(error);
      }
    }
    const unread = service.responders.filter((_, index) => people[index]?.length === 0);
    if (unread.length > 0) throw nobodyIn(service, unread);
  }

  return {
    start() {
      ended = keepTelling().catch(onError);
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

function nobodyIn({ id }: Service, groups: readonly string[]): OutsideError {
  return new OutsideError({
    kind: 'unavailable',
    system: 'Slack',
    attempted: `tell who is in ${groups.join(', ')}`,
    on: `service ${id}`,
    next: 'See that the user groups in its `responders` are there and not empty.',
  });
}

function streamOf(service: string): string {
  return `readiness/${service}`;
}

/** The notes of what was told are kept beside those of incidents. */
function noteOf(service: string): string {
  return `readiness/${service}`;
}
