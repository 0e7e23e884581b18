/**
 * Publishes approved notices, each at each place once: the intent is in the journal before anything is sent, and after a
 * crash or a lost answer the place is looked at before it is told again.
 */

import type { Clock } from '../clock.ts';
import type { Notice } from '../component.ts';
import { messageOf, OutsideError } from '../errors.ts';
import { intendPublication, recordNotPublished, recordPublished } from '../flows/status-page.ts';
import type { Incident } from '../incident.ts';
import type { Loop } from '../loop.ts';
import type { Intent, Operation, OperationCall, Recovery } from '../operation.ts';
import type { Catalogue } from '../service.ts';
import { openPublications, type Publication, type StatusPageNotice } from '../status-page.ts';
import { BACKSTOP } from './drive-run.ts';

export interface PublisherContext {
  readonly loop: Loop;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  /** Told of each failure; it is tried again, or shown to people. */
  readonly onError: (error: unknown) => void;
}

export interface Publisher {
  start(): void;
  stop(): Promise<void>;
}

const RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;
/** After so many requests that were lost a person is asked, and after so many looks that failed. */
const ATTEMPTS = 4;
const FAILURES = 8;

const BY_HAND = 'Publish it on the page by hand, or try again once that is mended.';

/** What is being published: a notice at a place. */
interface Errand {
  readonly id: string;
  readonly notice: StatusPageNotice;
  readonly publication: Publication;
}

/** A way to a place: the call and what carries it out. */
interface Way {
  readonly call: OperationCall;
  readonly operation: Operation;
  readonly address: (signal: AbortSignal) => Promise<string | undefined>;
}

export function createPublisher(context: PublisherContext): Publisher {
  const { loop, catalogue, clock, onError } = context;
  const stopping = new AbortController();
  const { signal } = stopping;
  const working = new Map<string, Promise<void>>();
  let unsubscribe = (): void => undefined;

  function look(incident: Incident): void {
    for (const { publication } of openPublications(incident.statusPage)) {
      const key = `${incident.id} ${publication.place}`;
      if (signal.aborted || publication.state === 'failed' || working.has(key)) continue;
      const work = keep(incident.id, publication.place)
        .catch(onError)
        .finally(() => {
          working.delete(key);
          const newest = loop.incident(incident.id);
          if (newest) look(newest);
        });
      working.set(key, work);
    }
  }

  /** Works at one place until nothing is left to publish there, or a person has to decide. */
  async function keep(id: string, place: string): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const incident = loop.incident(id);
      const errand = incident && errandAt(incident, place);
      if (!errand) return;
      try {
        await step(incident, errand);
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        failures += 1;
        const hopeless = error instanceof OutsideError && !error.retryable;
        if (hopeless || failures >= FAILURES) await giveUp(errand, messageOf(error), BY_HAND);
        else await clock.sleep(pauseOf(error, failures), signal);
      }
    }
  }

  async function step(incident: Incident, errand: Errand): Promise<void> {
    const { notice, publication } = errand;
    const way = await wayTo(incident, notice, publication.place);
    if (!way) {
      const reason = `${publication.place} is no longer in backstop.yaml.`;
      await giveUp(errand, reason, BY_HAND);
      return;
    }
    const { operation, call } = way;
    if (publication.intent) {
      const { at } = publication.intent;
      // A lost request may still land; until then nothing is sent again.
      await clock.sleep(at + operation.quietMs - clock.now(), signal);
      if (signal.aborted) return;
    }
    if (publication.state === 'sending' && publication.intent) {
      const found = await operation.recover(call.input, publication.intent, undefined, signal);
      if (await concluded(errand, way, found)) return;
    }
    if (publication.attempts >= ATTEMPTS) {
      const reason = `It was tried ${publication.attempts} times.`;
      await giveUp(errand, reason, operation.manual(call.input));
      return;
    }
    await send(errand, way);
  }

  /** True when nothing is to be sent. */
  async function concluded(errand: Errand, way: Way, found: Recovery): Promise<boolean> {
    if (found.state === 'not-started') return false;
    if (found.state === 'in-flight') {
      await clock.sleep(way.operation.pollMs, signal);
    } else if (found.state === 'done') {
      await published(errand, way);
    } else {
      await giveUp(errand, found.reason, way.operation.manual(way.call.input));
    }
    return true;
  }

  async function send(errand: Errand, way: Way): Promise<void> {
    const { id, notice, publication } = errand;
    const { operation, call } = way;
    const seen = await operation.observe(call.input, signal);
    if (seen.fingerprint === seen.expected) {
      await published(errand, way);
      return;
    }
    const intent: Intent = {
      run: id,
      step: `status-page/${notice.number}/${publication.place}`,
      key: `${id}/status-page/${notice.number}/${publication.place}/${publication.attempts + 1}`,
      at: clock.now(),
      before: seen.fingerprint,
      expected: seen.expected,
    };
    const { events } = await loop.decide(
      id,
      BACKSTOP,
      intendPublication(notice.number, publication.place, intent),
    );
    if (events.length === 0) return;
    await operation.submit(call.input, intent, signal);
    await published(errand, way);
  }

  async function published({ id, notice, publication }: Errand, way: Way): Promise<void> {
    // For people only: that it cannot be told is no reason to doubt what was published.
    const address = await way.address(signal).catch(() => undefined);
    await loop.decide(id, BACKSTOP, recordPublished(notice.number, publication.place, address));
  }

  async function giveUp(
    { id, notice, publication }: Errand,
    reason: string,
    manual: string,
  ): Promise<void> {
    const flow = recordNotPublished(notice.number, publication.place, { reason, manual });
    await loop.decide(id, BACKSTOP, flow);
  }

  async function wayTo(
    incident: Incident,
    notice: StatusPageNotice,
    place: string,
  ): Promise<Way | undefined> {
    const places = await catalogue.places(incident.service);
    const component = places.find(({ id }) => id === place);
    const announce = component?.announce;
    if (!component || !announce) return undefined;
    const told = noticeFor(incident, notice);
    const call = announce.publish(told);
    const operation = component.operations[call.operation];
    if (!operation) throw new Error(`${place} offers no operation ${call.operation}`);
    return { call, operation, address: (until) => announce.addressOf(told, until) };
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

function errandAt(incident: Incident, place: string): Errand | undefined {
  const found = openPublications(incident.statusPage).find(
    ({ publication }) => publication.place === place,
  );
  return found && found.publication.state !== 'failed' ? { id: incident.id, ...found } : undefined;
}

/** The incident's id alone is not unique in the world: another journal may have the same. */
function noticeFor(incident: Incident, notice: StatusPageNotice): Notice {
  const { number, first, title, text, state, impact } = notice;
  return {
    thread: `${incident.id}-${incident.declaredAt}-${first}`,
    number: number - first + 1,
    title,
    text,
    state,
    impact,
  };
}

function pauseOf(error: unknown, failures: number): number {
  const asked = error instanceof OutsideError ? (error.detail.retryAfterMs ?? 0) : 0;
  return Math.min(LONGEST_RETRY_MS, Math.max(RETRY_MS * 2 ** (failures - 1), asked));
}
