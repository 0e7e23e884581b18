import type { JobSource } from './jobs.ts';

/** Queues in Redis: the jobs that run, and no new ones while Backstop holds them. */
export interface Queues extends JobSource {
  /** For people: `BullMQ on queue.example:6379`. */
  readonly where: string;
  /** Lets no new job begin. Sent once. @throws OutsideError, `ambiguous` when nobody knows whether it was done. */
  pause(timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** Ends Backstop's own pause, and nobody else's. Sent once. @throws as `pause`. */
  resume(timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** Whether anything is known of them there, in words; undefined when all is as it should be. */
  doubt(signal: AbortSignal): Promise<string | undefined>;
  /** The steps for a person, each a sentence. */
  readonly byHand: { readonly pause: string; readonly look: string; readonly resume: string };
}

/** A mark of Backstop's that nobody took away is none after this long: the pause then counts as somebody else's. Seconds. */
export const MARK_SECONDS = 7 * 24 * 60 * 60;
