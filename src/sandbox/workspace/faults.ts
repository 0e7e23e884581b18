/** Failures that can be injected. All are off until asked for, all count how often they struck. */
import type { Delivery } from './app-link.ts';
import type { Json } from './json.ts';
import type { DisconnectReason } from './socket-mode.ts';

export type MethodFault =
  /** Answers with an HTTP error status; `applied` makes the call take effect first. */
  | { readonly status: number; readonly applied?: boolean }
  /** 429 with Retry-After in seconds; the call takes no effect. */
  | { readonly rateLimited: number }
  /** No answer for so many ms, then the connection is cut; the call takes no effect. */
  | { readonly hang: number }
  /** The call takes effect and is answered only after so many ms. */
  | { readonly delay: number }
  /** The connection is cut before the call takes effect. */
  | { readonly dropBefore: true }
  /** The call takes effect, then the connection is cut: the answer is lost. */
  | { readonly dropAfter: true }
  /** A Slack error answer; the call takes no effect. */
  | { readonly error: string; readonly extra?: Json };

export interface InjectedFault {
  readonly method: string;
  /** How many calls it has struck. */
  readonly hits: number;
  remove(): void;
}

export interface HeldDeliveries {
  /** Lets the held payloads go, in the order they came or the other way round. */
  release(order?: 'in order' | 'reversed'): void;
}

export interface Faults {
  /**
   * Makes calls of a Web API method fail, the newest fault first. `method` may be `*`, `response_url` or
   * `upload_url`. `times`: only the next so many calls (default: until removed). `when`: only calls with such arguments.
   */
  onMethod(
    method: string,
    fault: MethodFault,
    options?: { readonly times?: number; readonly when?: (args: Json) => boolean },
  ): InjectedFault;
  readonly socket: {
    /** Cuts every Socket Mode connection with no close frame. */
    drop(): void;
    /** Sends Slack's disconnect message on every socket, which gets no more payloads. */
    disconnect(reason?: DisconnectReason): void;
    /** Renews the oldest connection, as Slack does about once an hour; the others go on taking payloads. */
    refreshOldest(): void;
    /** Connections that take payloads. */
    readonly open: number;
  };
  /** The whole of Slack is gone: connections are reset, sockets closed, and nobody can act. */
  unreachable(down: boolean): void;
  /** The next payload arrives `extra` more times. */
  duplicateNextDelivery(extra?: number): void;
  /** Sends the payload of an earlier delivery again, as a replay or a late duplicate would come. */
  replay(delivery: Delivery): Promise<Delivery>;
  /** The next `count` acks get lost: people see a timeout, events are sent again. */
  loseNextAck(count?: number): void;
  /** The next payload is on its way for so many ms; the person's 3 s run meanwhile. */
  delayNextDelivery(ms: number): void;
  /** Holds payloads back until released. */
  holdDeliveries(): HeldDeliveries;
  /** How often each kind of delivery fault has struck. */
  readonly struck: Readonly<Record<'duplicated' | 'ackLost' | 'delayed' | 'held', number>>;
  /** Removes every fault of a method and of deliveries and makes Slack reachable. */
  clear(): void;
}

interface ActiveFault {
  readonly method: string;
  readonly fault: MethodFault;
  readonly when: (args: Json) => boolean;
  left: number;
  hits: number;
}

export interface MethodFaults {
  readonly onMethod: Faults['onMethod'];
  /** The fault that strikes this call, if any; counts it. */
  strike(method: string, args: Json): MethodFault | undefined;
  clear(): void;
}

/** The faults of Web API methods, none yet. */
export function createMethodFaults(): MethodFaults {
  const active: ActiveFault[] = [];
  return {
    onMethod: (method, fault, options) => {
      const entry: ActiveFault = {
        method,
        fault,
        when: options?.when ?? (() => true),
        left: options?.times ?? Number.POSITIVE_INFINITY,
        hits: 0,
      };
      active.unshift(entry);
      return {
        method,
        get hits() {
          return entry.hits;
        },
        remove: () => {
          entry.left = 0;
        },
      };
    },
    strike: (method, args) => {
      const hit = active.find(
        (entry) =>
          entry.left > 0 && (entry.method === '*' || entry.method === method) && entry.when(args),
      );
      if (!hit) return undefined;
      hit.left -= 1;
      hit.hits += 1;
      return hit.fault;
    },
    clear: () => {
      for (const entry of active) entry.left = 0;
      active.length = 0;
    },
  };
}
