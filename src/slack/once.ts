/** Lets each delivery of Slack through once: it comes again where its answer was lost or late, by whichever socket. */

import type { AllMiddlewareArgs, AnyMiddlewareArgs } from '@slack/bolt';

/** Deliveries that are remembered; one that comes again does so within seconds. */
const REMEMBERED = 1_000;
/** Real milliseconds that a repeat waits for the first, so that it is not acknowledged before that has decided. */
const PATIENCE_MS = 2_000;

/** A middleware in front of all others. Decisions are kept apart by the journal as well, also over a restart. */
export function onceEach(): (args: AllMiddlewareArgs & AnyMiddlewareArgs) => Promise<void> {
  const known = new Map<string, Promise<void>>();
  return async (args) => {
    const delivery = deliveryOf(args.body);
    if (delivery === undefined) return args.next();
    const first = known.get(delivery);
    if (first) {
      await settledWithin(first, PATIENCE_MS);
      if ('ack' in args && typeof args.ack === 'function') await args.ack();
      return;
    }
    const work = args.next();
    known.set(delivery, work);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    await work.catch((error: unknown) => {
      known.delete(delivery);
      throw error;
    });
  };
}

/** What tells a delivery from every other; undefined for what only asks. */
function deliveryOf(body: object): string | undefined {
  if ('event_id' in body && typeof body.event_id === 'string') return body.event_id;
  if (!('trigger_id' in body) || typeof body.trigger_id !== 'string') return undefined;
  // Two clicks may come of one sight of a message.
  const [action] = 'actions' in body && Array.isArray(body.actions) ? body.actions : [];
  return `${body.trigger_id} ${String((action as { action_ts?: string } | undefined)?.action_ts)}`;
}

async function settledWithin(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), patience]);
  clearTimeout(timer);
}
