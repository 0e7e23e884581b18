/**
 * Makes Slack look as the incidents' state says: compares what each incident calls for with what was posted and closes
 * the difference. Where many changes come within a second they become one edit. It may stop at any instant and start again.
 */

import { setMaxListeners } from 'node:events';
import type { WebClient } from '@slack/web-api';
import { conversation } from '../blocks/conversation.ts';
import type { Surroundings } from '../blocks/message.ts';
import type { Clock } from '../clock.ts';
import { recordChannel, recordInvited } from '../flows/open-channel.ts';
import { type Incident, isOpen } from '../incident.ts';
import type { Journal } from '../journal/journal.ts';
import type { Loop } from '../loop.ts';
import { messageAddress } from '../message-address.ts';
import type { Catalogue, Service } from '../service.ts';
import { severityTerm, statusWord } from '../vocabulary.ts';
import { createBeside } from './beside.ts';
import type { Directory } from './directory.ts';
import { type ChannelContext, invite, openChannel, setTopic } from './incident-channel.ts';
import { keepMessage, keepPinned, type MessageMemory } from './keep-message.ts';
import { openNoteBook, type Posted } from './posted.ts';
import type { RateLimits } from './rate-limits.ts';

export interface ProjectorOptions {
  readonly loop: Loop;
  readonly journal: Journal;
  readonly catalogue: Catalogue;
  readonly client: WebClient;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly limits: RateLimits;
  readonly botUserId: string;
  /** Where incidents are announced, a channel id. */
  readonly announcements: string;
  readonly channelPrefix: string;
  /** The address of the workspace, such as `https://acme.slack.com/`; without it the card leads nowhere. */
  readonly workspaceUrl: string | undefined;
  /** Milliseconds that people may hear nothing, by severity. */
  readonly updates: NonNullable<Surroundings['updates']>;
  /** Told of each failure; the projector tries again by itself. */
  readonly onError: (error: unknown) => void;
}

export interface Projector {
  /** Shows every incident that changed since it was last shown. */
  start(): void;
  /** Finishes the edits under way. */
  stop(): Promise<void>;
}

/** Slack asks for at most one message a second in a channel, and lets short bursts pass. */
const MIN_GAP_MS = 1_000;
const BURST = 5;
const RETRY_PAUSES_MS = [2_000, 5_000, 15_000, 30_000, 60_000];

/** What is known of an incident's messages only while the process lives. */
interface Memory extends MessageMemory {
  readonly uninvitable: Set<string>;
  topic: string;
}

export function createProjector(options: ProjectorOptions): Projector {
  const { loop, catalogue, client, directory, clock, botUserId, onError } = options;
  const book = openNoteBook(options.journal);
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each incident that is being shown waits on it.
  setMaxListeners(0, signal);
  const context: ChannelContext = {
    client,
    clock,
    signal,
    limits: options.limits,
    botUserId,
    prefix: options.channelPrefix,
  };
  const memories = new Map<string, Memory>();
  const working = new Map<string, Promise<void>>();
  const changed = new Map<string, AbortController>();
  /** By which time what was shown of an incident would have been shown at one a second. */
  const paidUntil = new Map<string, number>();
  const beside = createBeside();
  let unsubscribe = (): void => undefined;

  function look({ id, version, imported }: Incident): void {
    if (imported) return;
    changed.get(id)?.abort();
    if (signal.aborted || working.has(id) || book.of(id).shown >= version) return;
    const work = keepShown(id).finally(() => {
      working.delete(id);
      // A change that came while the last look was ending.
      const newest = loop.incident(id);
      if (newest) look(newest);
    });
    working.set(id, work);
  }

  /** Shows the incident until nothing is left to show. */
  async function keepShown(id: string): Promise<void> {
    let failures = 0;
    // Building messages takes milliseconds; whoever decided is answered first.
    await new Promise((resolve) => setImmediate(resolve));
    while (!signal.aborted) {
      const incident = loop.incident(id);
      if (!incident || book.of(id).shown >= incident.version) return;
      const started = clock.now();
      try {
        await show(incident);
        failures = 0;
        await clock.sleep(mayShowAgain(incident, started) - clock.now(), signal);
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        const pause = RETRY_PAUSES_MS[Math.min(failures, RETRY_PAUSES_MS.length - 1)] ?? 0;
        failures += 1;
        await clock.sleep(MIN_GAP_MS, signal);
        // What failed can wait; what people do meanwhile cannot.
        const change = new AbortController();
        changed.set(id, change);
        if (loop.incident(id) === incident) {
          await clock.sleep(pause - MIN_GAP_MS, AbortSignal.any([signal, change.signal]));
        }
        changed.delete(id);
      }
    }
  }

  /** When the incident may be shown again: a few times at once, and over time once a second. */
  function mayShowAgain(incident: Incident, started: number): number {
    const until = Math.max(paidUntil.get(incident.id) ?? 0, started) + MIN_GAP_MS;
    if (isOpen(incident)) paidUntil.set(incident.id, until);
    else paidUntil.delete(incident.id);
    return until - (BURST - 1) * MIN_GAP_MS;
  }

  async function show(incident: Incident): Promise<void> {
    const service = catalogue.service(incident.service) ?? unknownService(incident);
    const memory = memoryOf(incident.id);
    const { channel } = incident;
    if (!channel) {
      memory.known.add(await open(incident));
      memory.known.add(options.announcements);
      return;
    }
    const failures: unknown[] = [];
    const attempt = (work: Promise<void>): Promise<void> =>
      work.catch((error: unknown) => {
        failures.push(error);
      });
    const keeper = { context, book, memory };
    const around: Surroundings = {
      updates: options.updates,
      linkTo: (key) => addressOf(book.of(incident.id).messages[key]),
    };
    const messages = conversation(incident, service, around);
    for (const message of messages) {
      const place = message.where === 'incident' ? channel.id : options.announcements;
      await attempt(keepMessage(keeper, incident, place, message));
    }
    // By now it is known where the others stand that the card leads to.
    const card = conversation(incident, service, around).find(({ key }) => key === 'card');
    if (card) await attempt(keepMessage(keeper, incident, channel.id, card));
    const aside = async (name: string, work: () => Promise<void>): Promise<boolean> => {
      let done = true;
      await attempt(
        beside.run(`${name} ${incident.id}`, work).then((was) => {
          done = was;
        }),
      );
      return done;
    };
    const rest = Promise.all([
      aside('pins', () => keepPinned(keeper, incident, messages)),
      aside('people', () => inviteMissing(incident, channel.id, service, memory)),
      aside('topic', () => showTopic(incident, channel.id, memory)),
    ]);
    const patience = clock.sleep(MIN_GAP_MS, signal);
    const isDone = (await Promise.race([rest, patience.then(() => [false])])).every(Boolean);
    if (failures.length > 0)
      throw failures.length === 1 ? failures[0] : new AggregateError(failures);
    if (!isDone) {
      // Looked at again soon, with what has changed by then.
      await patience;
      return;
    }
    await book.shown(incident.id, incident.version);
    if (!isOpen(incident)) memories.delete(incident.id);
  }

  function addressOf(posted: Posted | undefined): string | undefined {
    return posted && messageAddress(options.workspaceUrl, posted.channel, posted.ts);
  }

  /** Undefined while Slack has not said where the workspace is. */
  function inWorkspace(path: string): string | undefined {
    return options.workspaceUrl === undefined
      ? undefined
      : new URL(path, options.workspaceUrl).href;
  }

  async function open(incident: Incident): Promise<string> {
    const { id, name } = await openChannel(context, incident);
    await loop.decide(
      incident.id,
      { kind: 'backstop' },
      recordChannel(id, name, inWorkspace(`archives/${id}`)),
    );
    return id;
  }

  async function inviteMissing(
    incident: Incident,
    channel: string,
    service: Service,
    memory: Memory,
  ): Promise<void> {
    // To a private incident those who are in it invite the others.
    const editors = incident.release?.contentGroup;
    const called = [...service.responders, ...(editors === undefined ? [] : [editors])];
    const people = incident.private ? [] : await directory.people(called);
    const declarer = incident.declaredBy.kind === 'person' ? [incident.declaredBy.id] : [];
    const wanted = new Set([...declarer, ...people, ...Object.values(incident.roles)]);
    const missing = [...wanted].filter(
      (user) =>
        user !== botUserId &&
        !incident.responders.includes(user) &&
        !incident.left.includes(user) &&
        !memory.uninvitable.has(user),
    );
    if (missing.length === 0) return;
    const inside = await invite(context, channel, missing);
    for (const user of missing) if (!inside.includes(user)) memory.uninvitable.add(user);
    const pairs = inside.map(async (user) => [user, await directory.name(user)] as const);
    const names = new Map(await Promise.all(pairs));
    await loop.decide(incident.id, { kind: 'backstop' }, recordInvited(inside, names));
  }

  async function showTopic(incident: Incident, channel: string, memory: Memory): Promise<void> {
    const { commander } = incident.roles;
    const topic = [
      ...(incident.drill ? ['DRILL'] : []),
      ...(incident.release
        ? [`Release ${incident.release.version}`]
        : [
            incident.severity ? severityTerm(incident.severity.is).label : 'No severity yet',
            statusWord(incident.status),
          ]),
      `${incident.service} ${incident.environment}`,
      commander
        ? `${incident.release ? 'owner' : 'commander'} ${await directory.name(commander)}`
        : 'no commander yet',
      incident.id,
    ].join(' | ');
    if (memory.topic === topic) return;
    await setTopic(context, channel, topic);
    memory.topic = topic;
  }

  function memoryOf(id: string): Memory {
    const known = memories.get(id);
    if (known) return known;
    const fresh: Memory = {
      sent: new Map(),
      pinned: new Set(),
      uninvitable: new Set(),
      topic: '',
      known: new Set(),
    };
    memories.set(id, fresh);
    return fresh;
  }

  return {
    start() {
      unsubscribe = loop.subscribe(look);
      for (const incident of loop.incidents()) look(incident);
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      await Promise.all(working.values());
      await beside.ended();
    },
  };
}

/** An incident of a service that has left the configuration is still shown. */
function unknownService({ service }: Incident): Service {
  return { id: service, name: service, responders: [], contacts: [], environments: {} };
}
