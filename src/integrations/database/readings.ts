/** Backups are read to their end once for each state of their file, one after the other, and the answer is remembered. */

import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';

interface Header {
  readonly database: string;
  /** Epoch milliseconds; what was written afterwards may be missing. Undefined where the backup does not say when it began. */
  readonly createdAt: number | undefined;
  /** Such as `15.18`. */
  readonly serverVersion: string;
  /** What to know about it, where there is something. */
  readonly remark?: string;
}

export type Readability =
  | { readonly state: 'whole'; readonly header: Header }
  | { readonly state: 'broken'; readonly reason: string }
  /** It is being read; ask again. */
  | { readonly state: 'reading' };

export interface Readings {
  /**
   * Reads the whole file, once for each state of the file, and remembers the answer while the process lives. Waits at
   * most `patienceMs`; the reading goes on behind it.
   */
  check(file: string, patienceMs: number, signal: AbortSignal): Promise<Readability>;
  /** What was read under another name, before the file came to its place: it is not read again. */
  remember(file: string, found: Readability): Promise<void>;
}

export function createReadings(read: (file: string) => Promise<Readability>): Readings {
  const known = new Map<string, Promise<Readability>>();
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: several at once would only wear the disk out. */
  function inTurn(file: string): Promise<Readability> {
    const turn = last.then(
      () => read(file),
      () => read(file),
    );
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    async check(file, patienceMs, signal) {
      signal.throwIfAborted();
      const key = await identityOf(file);
      if (key === undefined) return { state: 'broken', reason: 'It is not there.' };
      const reading = known.get(key) ?? inTurn(file);
      known.set(key, reading);
      // A failure of ours, such as a tool that is not there, says nothing about the file: it is tried again.
      const outcome = reading.catch((error: unknown): Readability => {
        known.delete(key);
        return { state: 'broken', reason: `It could not be read: ${messageOf(error)}` };
      });
      const patience = new AbortController();
      const waited = sleep(patienceMs, { state: 'reading' } as const, {
        signal: AbortSignal.any([signal, patience.signal]),
      });
      try {
        return await Promise.race([outcome, waited]);
      } finally {
        waited.catch(() => undefined);
        patience.abort();
      }
    },
    async remember(file, found) {
      const key = await identityOf(file);
      if (key !== undefined) known.set(key, Promise.resolve(found));
    },
  };
}

/** Which file it is in which state: a file that was written to, or replaced, is another one. */
async function identityOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found && `${file} ${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
}

/** In words, for a check or a list. */
export function readabilityFault(found: Readability): string | undefined {
  if (found.state === 'whole') return undefined;
  return found.state === 'broken' ? found.reason : 'It is still being read to its end; look again.';
}
