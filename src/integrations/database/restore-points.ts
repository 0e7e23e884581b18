import type { RestorePoint, RestorePoints } from '../../component.ts';
import { OutsideError } from '../../errors.ts';
import type { OperationCall } from '../../operation.ts';
import type { BackupFile } from './backups.ts';
import { lossesSince } from './losses.ts';
import {
  BACKUP,
  EXPORT_SINCE,
  fileFor,
  isSafetyFile,
  namesFor,
  RESTORE_BESIDE,
  SWITCH,
} from './names.ts';
import type { Restoring } from './restoring.ts';
import { findSafety } from './safety.ts';

/** All backups of one list together may be read for so long; what takes longer is said to be under way. */
const PATIENCE_MS = 15_000;

/** The backups of the directory, and the one order in which they are put back. */
export function createRestorePoints(restoring: Restoring): RestorePoints {
  const { system, backups, settings, fetch } = restoring;
  const { database, listed } = settings;

  async function pointOf(
    file: BackupFile,
    replaces: string | undefined,
    until: number,
    signal: AbortSignal,
  ): Promise<RestorePoint> {
    const patience = Math.max(0, until - Date.now());
    const readable = await backups.readings.check(file.path, patience, signal);
    const base = {
      id: file.name,
      sizeBytes: file.bytes,
      ...(isSafetyFile(file.name) && { isSafety: true }),
      ...(replaces && { replaces }),
    };
    if (readable.state !== 'whole') {
      const reason =
        readable.state === 'broken'
          ? readable.reason
          : 'It is still being read to its end; look again in a while.';
      return { ...base, label: file.name, capturedAt: file.changedAt, available: false, reason };
    }
    const { header } = readable;
    const label = `${file.name} (${system.name} ${header.serverVersion})`;
    const point = { ...base, label, capturedAt: await beginningOf(file, header.createdAt) };
    return system.isOwn(header.database)
      ? { ...point, available: true, ...(header.remark && { reason: header.remark }) }
      : { ...point, available: false, reason: `It is a backup of ${header.database}.` };
  }

  /** When its contents were taken: what it says itself, else when Backstop began to take it, else when the file was last written. */
  async function beginningOf(file: BackupFile, createdAt: number | undefined): Promise<number> {
    if (createdAt !== undefined) return createdAt;
    return (await backups.note(file.name))?.takenAt ?? file.changedAt;
  }

  return {
    async list(signal) {
      const missing = await fetch.refresh(PATIENCE_MS, signal);
      const files = (await backups.list()).slice(0, listed);
      if (missing !== undefined && files.length === 0) throw nothingFetched(settings, missing);
      const until = Date.now() + PATIENCE_MS;
      const replaces = system.switching.renames ? undefined : await system.liveName(signal);
      const points = await Promise.all(files.map((file) => pointOf(file, replaces, until, signal)));
      return points
        .sort((a, b) => b.capturedAt - a.capturedAt)
        .map((point) => (missing && point.available ? { ...point, reason: missing } : point));
    },

    capture: (name) => ({
      operation: BACKUP,
      input: { file: fileFor(database, system.extension, name) },
    }),

    restore(point): readonly OperationCall[] {
      const names = namesFor(database, system.extension, new Date());
      const { safety, beside, exported } = names;
      const kept = system.switching.renames ? names.kept : (point.replaces ?? database);
      const since = new Date(point.capturedAt).toISOString();
      return [
        { operation: BACKUP, input: { file: safety } },
        { operation: RESTORE_BESIDE, input: { point: point.id, beside, safety } },
        { operation: SWITCH, input: { beside, kept, safety } },
        { operation: EXPORT_SINCE, input: { kept, since, directory: exported } },
      ];
    },

    exportSince(since, name): OperationCall {
      const directory = `${database}-${name}`;
      const input = { kept: null, since: new Date(since).toISOString(), directory };
      return { operation: EXPORT_SINCE, input };
    },

    losses: (point, signal) => lossesSince(restoring, point.capturedAt, signal),
    safety: (wanted, signal) => findSafety(restoring, wanted, signal),
  };
}

function nothingFetched({ backups }: Restoring['settings'], answer: string): OutsideError {
  return new OutsideError({
    kind: 'unavailable',
    system: 'The directory of backups',
    attempted: 'list the backups',
    on: backups,
    answer,
    next: 'Run the `fetch` command of this component by hand.',
  });
}
