/** Backups that are in object storage come into the directory by a team's own command; from there on they are files like others. */

import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import { commandAt, shellLine } from '../command/place.ts';
import { howItEnded, runCommand } from '../command/run-command.ts';
import type { RestoreSettings } from './schema.ts';

export interface Fetch {
  /**
   * Runs the command where its last run is too long ago, one at a time, and waits at most `patienceMs`; it goes on behind that.
   * In words why the directory may lack the newest backups, or undefined. Never throws but for the signal.
   */
  refresh(patienceMs: number, signal: AbortSignal): Promise<string | undefined>;
}

const MINUTE_MS = 60_000;

export function createFetch({ fetch }: Pick<RestoreSettings, 'fetch'>): Fetch {
  let running: Promise<string | undefined> | undefined;
  let last: { readonly at: number; readonly fault: string | undefined } | undefined;

  async function run(given: NonNullable<typeof fetch>): Promise<string | undefined> {
    const { run: argv, limitSeconds } = given;
    const limitMs = limitSeconds * 1000;
    const [program = '', ...args] = argv;
    try {
      const errand = { argv: [program, ...args] as const, limitMs };
      // Nobody's in particular: it ends at its own limit.
      const signal = new AbortController().signal;
      const ended = await runCommand(await commandAt(given, errand, signal), signal);
      if (ended.how === 'exited' && ended.code === 0) return undefined;
      const said = ended.lastLines === '' ? '' : `: ${ended.lastLines.slice(-300)}`;
      return `${shellLine([program])} ${howItEnded(ended, limitMs)}${said}`;
    } catch (error) {
      return messageOf(error);
    }
  }

  return {
    async refresh(patienceMs, signal) {
      signal.throwIfAborted();
      if (!fetch) return undefined;
      if (!running && last && last.at + fetch.everyMinutes * MINUTE_MS > Date.now())
        return last.fault && `The newest backups may be missing here: ${last.fault}`;
      running ??= run(fetch).then((fault) => {
        last = { at: Date.now(), fault };
        running = undefined;
        return fault;
      });
      const patience = new AbortController();
      const waited = sleep(patienceMs, 'the newest ones are still being fetched', {
        signal: AbortSignal.any([signal, patience.signal]),
      });
      try {
        const fault = await Promise.race([running, waited]);
        return fault && `The newest backups may be missing here: ${fault}`;
      } finally {
        waited.catch(() => undefined);
        patience.abort();
      }
    },
  };
}
