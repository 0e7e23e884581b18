/** What counts as a safety backup, and the one look that every way to a restore goes through. */

import type { SafetyCopy, SafetyWanted } from '../../component.ts';
import { OutsideError } from '../../errors.ts';
import type { Backups } from './backups.ts';
import { fileFor } from './names.ts';
import { readabilityFault } from './readings.ts';
import { liveDatabase, type Restoring } from './restoring.ts';
import { type Database, isSame } from './system.ts';

const PATIENCE_MS = 8_000;

/**
 * The safety backup that a restore rests on: taken by Backstop of the very database that is live now, and read to its end.
 * Every way to a restore comes through here.
 * @throws OutsideError, nothing was done, when there is none or it cannot be read.
 */
export async function requireSafetyBackup(
  backups: Backups,
  safety: string,
  live: Pick<Database, 'name' | 'identity'>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const missing = await safetyFault(backups, safety, live);
  if (missing !== undefined) throw noSafety(safety, missing);
  const readable = await backups.readings.check(backups.path(safety), patienceMs, signal);
  if (readable.state === 'broken') throw noSafety(safety, readable.reason);
  if (readable.state === 'reading') {
    throw noSafety(safety, 'It is still being read to its end; try again in a while.');
  }
}

/** Why it is no safety backup of the live database, judged without reading it; undefined when it may be one. */
export async function safetyFault(
  backups: Backups,
  safety: string,
  live: Pick<Database, 'name' | 'identity'>,
): Promise<string | undefined> {
  const [file, note] = await Promise.all([backups.find(safety), backups.note(safety)]);
  if (!file || !note) return 'It was not taken, or not to its end.';
  if (note.database !== live.name || !isSame(note.of, live.identity)) {
    return `It is of another database than the one that is live as ${live.name} now.`;
  }
  if (note.bytes !== file.bytes) return 'Its size has changed since it was taken.';
  return undefined;
}

function noSafety(safety: string, reason: string): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: 'Backstop',
    attempted: 'restore',
    on: `safety backup ${safety}`,
    answer: reason,
    next: 'Nothing was changed. Take the safety backup again; without one that can be read nothing is restored.',
  });
}

/** A backup that the operation `backup` took of the database that is live now, read to its end; else why there is none. */
export async function findSafety(
  { system, settings, backups }: Restoring,
  wanted: SafetyWanted,
  signal: AbortSignal,
): Promise<SafetyCopy> {
  const { database } = settings;
  const live = await liveDatabase({ system }, signal);
  const name =
    'name' in wanted
      ? fileFor(database, system.extension, wanted.name)
      : await newest(wanted.takenAfter);
  if (name === undefined || !(await backups.find(name))) {
    const reason =
      'name' in wanted
        ? `${name} was not taken, or not to its end.`
        : `Backstop has taken no backup of ${database} since ${new Date(wanted.takenAfter).toISOString()}.`;
    return { state: 'none', reason };
  }
  const fault =
    (await safetyFault(backups, name, live)) ??
    readabilityFault(await backups.readings.check(backups.path(name), PATIENCE_MS, signal));
  return fault === undefined
    ? { state: 'verified', label: name }
    : { state: 'unfit', reason: `${name}: ${fault}` };

  async function newest(takenAfter: number): Promise<string | undefined> {
    for (const file of await backups.list()) {
      const note = await backups.note(file.name);
      if (note?.database === live.name && note.takenAt >= takenAfter) return file.name;
    }
    return undefined;
  }
}
