/** What counts as a safety backup, and the one look that every way to a restore goes through. */

import type { SafetyCopy, SafetyWanted } from '../../component.ts';
import { OutsideError } from '../../errors.ts';
import type { Backups } from './backups.ts';
import { fileFor } from './names.ts';
import { readabilityFault } from './readings.ts';
import { inUtc, liveDatabase, type Restoring } from './restoring.ts';
import { type Database, isSame } from './system.ts';

const PATIENCE_MS = 8_000;
/** How much longer than the export, which may take as long as a restore, a second person may be waited for. */
const WAITING_MINUTES = 60;
const AGAIN =
  'Nothing was changed. Take the safety backup again; without one that can be read nothing is restored.';
const OLDER = 'It was taken by an older version of Backstop, which did not note what it held.';

/** What a safety backup has to be of: the database that is live now, and where a run rests on it, taken by that very run. */
interface Of {
  readonly live: Pick<Database, 'name' | 'identity'>;
  readonly run?: string | undefined;
  /** Epoch milliseconds after which it has to have been whole. */
  readonly after?: number | undefined;
}

/**
 * The safety backup that a restore rests on: taken by this very run of the very database that is live now, and read to its end.
 * Every way to a restore comes through here.
 * @throws OutsideError, nothing was done, when there is none or it cannot be read.
 */
export async function requireSafetyBackup(
  backups: Backups,
  safety: string,
  of: Of & { readonly run: string },
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const missing = await safetyFault(backups, safety, of);
  if (missing === OLDER) {
    throw noSafety(
      safety,
      missing,
      'Nothing was changed. Cancel this run and ask for a new plan: it takes one first.',
    );
  }
  if (missing !== undefined) throw noSafety(safety, missing);
  const readable = await backups.readings.check(backups.path(safety), patienceMs, signal);
  if (readable.state === 'broken') throw noSafety(safety, readable.reason);
  if (readable.state === 'reading') {
    const next = 'Nothing was changed. Try again in a while.';
    throw noSafety(safety, 'It is still being read to its end.', next);
  }
}

/** Why it is no safety backup of the live database, judged without reading it; undefined when it may be one. */
export async function safetyFault(
  backups: Backups,
  safety: string,
  { live, run, after }: Of,
): Promise<string | undefined> {
  const [file, note] = await Promise.all([backups.find(safety), backups.note(safety)]);
  if (!file || !note) return 'It was not taken, or not to its end.';
  if (note.database !== live.name || !isSame(note.of, live.identity)) {
    return `It is of another database than the one that is live as ${live.name} now.`;
  }
  if (note.bytes !== file.bytes) return 'Its size has changed since it was taken.';
  if (note.wholeAt === undefined || note.sha256 === undefined || note.run === undefined) {
    return OLDER;
  }
  if (run !== undefined && note.run !== run) return `It was taken in ${note.run}, not in this run.`;
  if (after !== undefined && note.wholeAt < after) {
    const since = inUtc(new Date(note.wholeAt).toISOString());
    return `It was taken too long ago: what was written since ${since} is not in it.`;
  }
  return undefined;
}

function noSafety(safety: string, reason: string, next = AGAIN): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: 'Backstop',
    attempted: 'restore',
    on: `safety backup ${safety}`,
    answer: reason,
    next,
  });
}

/** The backup that the operation `backup` took of the database that is live now, read to its end; else why there is none. */
export async function findSafety(
  { system, settings, backups }: Restoring,
  {
    name: wanted,
    run,
    after = Date.now() - (settings.restoreMinutes + WAITING_MINUTES) * 60_000,
  }: SafetyWanted,
  signal: AbortSignal,
): Promise<SafetyCopy> {
  const live = await liveDatabase({ system }, signal);
  const name = fileFor(settings.database, system.extension, wanted);
  if (!(await backups.find(name))) {
    return { state: 'none', reason: `${name} was not taken, or not to its end.` };
  }
  const fault = await safetyFault(backups, name, { live, run, after });
  if (fault !== undefined) return { state: 'unfit', reason: `${name}: ${fault}` };
  const found = await backups.readings.check(backups.path(name), PATIENCE_MS, signal);
  const unread = readabilityFault(found);
  if (unread === undefined) return { state: 'verified', label: name };
  const state = found.state === 'reading' ? 'reading' : 'unfit';
  return { state, reason: `${name}: ${unread}` };
}
