import type { SafetyCopy, SafetyWanted } from '../../component.ts';
import { readabilityFault, safetyFault } from './backups.ts';
import { liveDatabase } from './databases.ts';
import { fileFor } from './names.ts';
import type { Restoring } from './restoring.ts';

const PATIENCE_MS = 8_000;

/** A backup that the operation `backup` took of the database that is live now, read to its end; else why there is none. */
export async function findSafety(
  { server, settings, backups }: Restoring,
  wanted: SafetyWanted,
  signal: AbortSignal,
): Promise<SafetyCopy> {
  const { database } = settings;
  const live = await liveDatabase(server, settings, signal);
  const name = 'name' in wanted ? fileFor(database, wanted.name) : await newest(wanted.takenAfter);
  if (name === undefined || !(await backups.find(name))) {
    const reason =
      'name' in wanted
        ? `${name} was not taken, or not to its end.`
        : `Backstop has taken no backup of ${database} since ${new Date(wanted.takenAfter).toISOString()}.`;
    return { state: 'none', reason };
  }
  const fault =
    (await safetyFault(backups, name, { database, oid: live.oid })) ??
    readabilityFault(await backups.archives.check(backups.path(name), PATIENCE_MS, signal));
  return fault === undefined
    ? { state: 'verified', label: name }
    : { state: 'unfit', reason: `${name}: ${fault}` };

  async function newest(takenAfter: number): Promise<string | undefined> {
    for (const file of await backups.list()) {
      const note = await backups.note(file.name);
      if (note?.database === database && note.takenAt >= takenAfter) return file.name;
    }
    return undefined;
  }
}
