/** Who follows which service: people and channels that are told of its incidents in plain words. */

import type { Actor } from './events.ts';

/** Somebody who follows a service. */
export interface Subscription {
  readonly service: string;
  /** A Slack user id (`U…`, `W…`) or channel id (`C…`). */
  readonly subscriber: string;
  /** Told of what is new since then, epoch milliseconds. */
  readonly since: number;
}

/** What the journal keeps of subscriptions, in one stream. */
interface SubscriptionEvents {
  'subscription.added': { readonly service: string; readonly subscriber: string };
  'subscription.removed': { readonly service: string; readonly subscriber: string };
}

export type SubscriptionEvent = {
  [K in keyof SubscriptionEvents]: { readonly type: K; readonly data: SubscriptionEvents[K] };
}[keyof SubscriptionEvents];

export type RecordedSubscription = SubscriptionEvent & {
  readonly at: number;
  readonly actor: Actor;
};

/** The subscriptions after one more event. */
export function applyToSubscriptions(
  subscriptions: readonly Subscription[],
  event: RecordedSubscription,
): readonly Subscription[] {
  const { service, subscriber } = event.data;
  const others = subscriptions.filter((each) => !isOf(each, service, subscriber));
  if (event.type === 'subscription.removed') return others;
  return [...others, { service, subscriber, since: event.at }];
}

export function isOf(subscription: Subscription, service: string, subscriber: string): boolean {
  return subscription.service === service && subscription.subscriber === subscriber;
}
