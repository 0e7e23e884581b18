/** What can happen to a payload on its way to the app: duplicates, lost acks, delays, a changed order. */
import type { Ack } from './app-link.ts';
import type { HeldDeliveries } from './faults.ts';

export interface DeliveryFaults {
  duplicateNext(extra: number): void;
  loseAcks(count: number): void;
  delayNext(ms: number): void;
  hold(): HeldDeliveries;
  readonly struck: Record<'duplicated' | 'ackLost' | 'delayed' | 'held', number>;
  clear(): void;
}

export interface FaultyWay {
  /** Sends the payload as the faults let it; never resolves when the ack gets lost. */
  pass(send: () => Promise<Ack>): Promise<Ack>;
}

/** No faults yet. */
export function createDeliveryFaults(): DeliveryFaults & FaultyWay {
  const struck = { duplicated: 0, ackLost: 0, delayed: 0, held: 0 };
  let extra = 0;
  let lose = 0;
  let delay = 0;
  let held: (() => void)[] | undefined;
  const gate = async (): Promise<void> => {
    if (delay > 0) {
      const ms = delay;
      delay = 0;
      struck.delayed += 1;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    if (held) {
      struck.held += 1;
      await new Promise<void>((resolve) => held?.push(resolve));
    }
  };
  return {
    struck,
    duplicateNext: (count) => {
      extra += count;
    },
    loseAcks: (count) => {
      lose += count;
    },
    delayNext: (ms) => {
      delay = ms;
    },
    hold: () => {
      const mine: (() => void)[] = [];
      held = mine;
      return {
        release: (order = 'in order') => {
          if (held === mine) held = undefined;
          const parcels = mine.splice(0);
          for (const go of order === 'reversed' ? parcels.reverse() : parcels) go();
        },
      };
    },
    clear: () => {
      extra = lose = delay = 0;
      for (const go of held?.splice(0) ?? []) go();
      held = undefined;
    },
    pass: async (send) => {
      if (delay > 0 || held) await gate();
      const copies = extra;
      extra = 0;
      struck.duplicated += copies;
      const first = send();
      for (let copy = 0; copy < copies; copy += 1) void send();
      const ack = await first;
      if (ack.status !== 'ok' || lose === 0) return ack;
      lose -= 1;
      struck.ackLost += 1;
      return new Promise<Ack>(() => undefined);
    },
  };
}
