/** The way from Slack to the app: every payload, its ack, Slack's retries of events, and the faults on the way. */
import type { Activity } from './activity.ts';
import { createDeliveryFaults, type DeliveryFaults } from './delivery-faults.ts';
import type { Json } from './json.ts';

type DeliveryKind = 'event' | 'command' | 'interaction' | 'options';

export interface Ack {
  readonly status: 'ok' | 'timeout' | 'not delivered' | 'unreachable' | 'error';
  /** What the app answered with; `{}` when it only acknowledged. */
  readonly body?: unknown;
  /** For `error`: what went wrong. */
  readonly detail?: string;
}

export interface Delivery {
  readonly id: number;
  readonly kind: DeliveryKind;
  readonly payload: Json;
  /** Real time, ms. */
  readonly at: number;
  readonly via: 'socket' | 'http';
  /** 0 for the first try. */
  readonly attempt: number;
  readonly retryReason?: string;
  /** Missing while Slack waits. */
  readonly ack?: Ack;
  /** The app did answer, but too late. */
  readonly lateAck?: boolean;
}

export interface Parcel {
  readonly kind: DeliveryKind;
  readonly payload: Json;
  readonly attempt: number;
  readonly retryReason?: string;
}

export interface Transport {
  readonly via: 'socket' | 'http';
  /** Resolves when the app answered, or when the payload could not be handed over. */
  send(parcel: Parcel): Promise<Ack>;
}

export interface AppLink {
  readonly deliveries: readonly Delivery[];
  /** Sends a payload that a person is waiting for. Resolves within the ack timeout. */
  ask(kind: Exclude<DeliveryKind, 'event'>, payload: Json): Promise<Ack>;
  /** Sends an event, again if it is not acked: three more tries. Returns at once. */
  event(payload: Json): void;
  /** One more try of everything that waits for its retry. */
  retryNow(): void;
  /** Sends the payload once more as it was. */
  replay(delivery: Delivery): Promise<Delivery>;
  readonly faults: DeliveryFaults;
  close(): void;
}

export interface AppLinkOptions {
  readonly activity: Activity;
  readonly ackTimeoutMs: number;
  readonly retryDelaysMs: readonly number[];
  transport(): Transport;
  isUnreachable(): boolean;
}

interface Waiting {
  readonly timer: NodeJS.Timeout;
  readonly send: () => void;
}

type Open = { -readonly [K in keyof Delivery]: Delivery[K] };

/** A link with nothing delivered yet. */
export function createAppLink(options: AppLinkOptions): AppLink {
  const deliveries: Open[] = [];
  const waiting = new Set<Waiting>();
  const faults = createDeliveryFaults();
  let closed = false;

  async function hand(parcel: Parcel): Promise<Open> {
    const transport = options.transport();
    const delivery: Open = {
      id: deliveries.length + 1,
      at: Date.now(),
      via: transport.via,
      ...parcel,
    };
    deliveries.push(delivery);
    if (options.isUnreachable()) {
      delivery.ack = { status: 'unreachable' };
      return delivery;
    }
    const end = options.activity.begin();
    const answered = faults.pass(() => transport.send(parcel));
    void answered.then(() => {
      if (delivery.ack?.status === 'timeout') delivery.lateAck = true;
    });
    delivery.ack = await withTimeout(answered, options.ackTimeoutMs);
    end();
    return delivery;
  }

  async function tryEvent(payload: Json, attempt: number, retryReason?: string): Promise<void> {
    const parcel: Parcel = { kind: 'event', payload, attempt };
    const { ack, via } = await hand(
      retryReason === undefined ? parcel : { ...parcel, retryReason },
    );
    const delay = options.retryDelaysMs[attempt];
    if (ack?.status === 'ok' || delay === undefined || closed) return;
    const reason = ack?.detail ?? (via === 'http' ? 'http_timeout' : 'timeout');
    const send = (): void => {
      clearTimeout(entry.timer);
      if (waiting.delete(entry)) void tryEvent(payload, attempt + 1, reason);
    };
    const entry: Waiting = { timer: setTimeout(send, delay).unref(), send };
    waiting.add(entry);
  }

  return {
    deliveries,
    ask: async (kind, payload) => {
      const { ack } = await hand({ kind, payload, attempt: 0 });
      return ack ?? { status: 'timeout' };
    },
    event: (payload) => {
      void tryEvent(payload, 0);
    },
    retryNow: () => {
      for (const entry of waiting) entry.send();
    },
    replay: ({ kind, payload, attempt }) => hand({ kind, payload, attempt }),
    faults,
    close: () => {
      closed = true;
      for (const entry of waiting) clearTimeout(entry.timer);
      waiting.clear();
    },
  };
}

function withTimeout(answer: Promise<Ack>, ms: number): Promise<Ack> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ status: 'timeout' }), ms);
    void answer.then((ack) => {
      clearTimeout(timer);
      resolve(ack);
    });
  });
}
