import { z } from 'zod';
import type { Check, Progress, Recovery } from '../../operation.ts';
import { codeOf } from '../redact.ts';
import type { AppMigrations } from './schema.ts';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;

const Told = z.object({
  state: z.enum(['running', 'done', 'failed']),
  note: z.string().max(300).nullish(),
});

/** How the migrations stand that the app runs by itself; `untold` when it does not say. */
export interface MigrationsSeen {
  readonly state: 'running' | 'done' | 'failed' | 'untold';
  /** In words, without a full stop. */
  readonly note: string;
}

/** Asks production once, at most 10 s. @throws only the signal's reason when it was aborted. */
export async function readMigrations(
  { url, token }: AppMigrations,
  signal: AbortSignal,
): Promise<MigrationsSeen> {
  signal.throwIfAborted();
  const { host, pathname } = new URL(url);
  const untold = (why: string): MigrationsSeen => ({
    state: 'untold',
    note: `${host}${pathname} does not tell about migrations (${why})`,
  });
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: {
        'cache-control': 'no-cache',
        'user-agent': 'backstop',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await response.text();
    if (!response.ok) return untold(`it answered ${response.status}`);
    const told = Told.safeParse(text.length > MAX_BYTES ? undefined : parsed(text));
    if (!told.success) return untold('its answer has no state that is running, done or failed');
    const { state, note } = told.data;
    return { state, note: note || `the app says ${state}` };
  } catch (error) {
    signal.throwIfAborted();
    return untold(codeOf(error) ?? 'no answer');
  }
}

/** What a swap that is done means while the app migrates. */
export function afterSwap(seen: MigrationsSeen): Progress {
  switch (seen.state) {
    case 'done':
      return { state: 'succeeded' };
    case 'failed':
      return { state: 'failed', reason: failedWords(seen) };
    case 'running':
    case 'untold':
      return { state: 'running', note: waitingWords(seen) };
  }
}

function failedWords({ note }: MigrationsSeen): string {
  return `The slots are swapped, and the app's migrations failed: ${note}.`;
}

function waitingWords({ note }: MigrationsSeen): string {
  return `The slots are swapped; waiting for migrations: ${note}.`;
}

/** The same for a swap that is looked at again. */
export function recoveredAfterSwap(seen: MigrationsSeen): Recovery {
  if (seen.state === 'done') return { state: 'done' };
  if (seen.state === 'failed') return { state: 'diverged', reason: failedWords(seen) };
  return { state: 'in-flight', note: waitingWords(seen) };
}

/** A swap in the middle of migrations would leave them half done. */
export function migrationsCheck({ state, note }: MigrationsSeen): Check {
  const name = 'The app runs no migrations';
  if (state === 'running') {
    const reason = `Migrations are running: ${note}. Wait until they have ended, then ask for the plan again.`;
    return { name, verdict: 'fail', reason, blocking: true };
  }
  if (state === 'done')
    return { name, verdict: 'pass', reason: 'They have ended.', blocking: false };
  const verdict = state === 'failed' ? 'warn' : 'unknown';
  const words = state === 'failed' ? `The last ones failed: ${note}.` : `${note}.`;
  return { name, verdict, reason: words, blocking: false };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
