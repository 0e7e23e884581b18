/** Who follows what, as the fold of its stream in the journal. */

import type { Actor } from '../events.ts';
import type { Entry, Journal } from '../journal/journal.ts';
import {
  applyToSubscriptions,
  isOf,
  type RecordedSubscription,
  type Subscription,
  type SubscriptionEvent,
} from '../subscriptions.ts';

const STREAM = 'subscriptions';

export interface SubscriptionStore {
  /** Those who follow the service. */
  of(service: string): readonly Subscription[];
  /** What somebody follows: ids of services. */
  followedBy(subscriber: string): readonly string[];
  /** False when it was so already; durable when it resolves. @throws JournalError */
  follow(actor: Actor, service: string, subscriber: string): Promise<boolean>;
  /** As `follow`. */
  stop(actor: Actor, service: string, subscriber: string): Promise<boolean>;
  /** Calls the reactor with whoever follows something else than before. */
  onChange(reactor: (subscriber: string) => void): void;
}

/** Folds the journal once, then follows what is appended here. */
export function openSubscriptionStore(journal: Journal): SubscriptionStore {
  const reactors = new Set<(subscriber: string) => void>();
  let subscriptions: readonly Subscription[] = [];
  for (const entry of journal.entriesOf(STREAM)) {
    subscriptions = applyToSubscriptions(subscriptions, asSubscription(entry));
  }

  async function append(actor: Actor, event: SubscriptionEvent, when: boolean): Promise<boolean> {
    const { service, subscriber } = event.data;
    const entries = await journal.transact((tx) => {
      const follows = subscriptions.some((each) => isOf(each, service, subscriber));
      return follows === when ? tx.append([{ ...event, stream: STREAM, actor }]) : [];
    });
    for (const entry of entries) {
      subscriptions = applyToSubscriptions(subscriptions, asSubscription(entry));
    }
    if (entries.length > 0) for (const reactor of reactors) reactor(subscriber);
    return entries.length > 0;
  }

  return {
    of: (service) => subscriptions.filter((each) => each.service === service),
    followedBy: (subscriber) =>
      subscriptions
        .filter((each) => each.subscriber === subscriber)
        .map(({ service }) => service)
        .toSorted((a, b) => a.localeCompare(b, 'en')),
    follow: (actor, service, subscriber) =>
      append(actor, { type: 'subscription.added', data: { service, subscriber } }, false),
    stop: (actor, service, subscriber) =>
      append(actor, { type: 'subscription.removed', data: { service, subscriber } }, true),
    onChange: (reactor) => {
      reactors.add(reactor);
    },
  };
}

function asSubscription(entry: Entry): RecordedSubscription {
  return entry as unknown as RecordedSubscription;
}
