import { OutsideError } from '../../errors.ts';
import type { Change } from '../../operation.ts';
import type { Jobs } from '../command/jobs.ts';
import type { Backups } from './backups.ts';
import type { Fetch } from './fetch.ts';
import type { RestoreSettings } from './schema.ts';
import type { Database, DatabaseSystem, Exchange } from './system.ts';

/** What the operations on one database share. */
export interface Restoring {
  readonly system: DatabaseSystem;
  readonly settings: RestoreSettings;
  readonly backups: Backups;
  readonly jobs: Jobs;
  readonly fetch: Fetch;
}

/** @throws OutsideError `not-found` when there is no such database. */
export async function liveDatabase(
  { system }: Pick<Restoring, 'system'>,
  signal: AbortSignal,
): Promise<Database> {
  const name = await system.liveName(signal);
  const [live] = await system.find([name], signal);
  if (live) return live;
  throw new OutsideError({
    kind: 'not-found',
    system: system.name,
    attempted: 'find the database',
    on: name,
    next: 'Check its name in backstop.yaml; if a restore was interrupted, see the manual steps of its plan.',
  });
}

/** What those who approve a switch by renaming are shown. @param note such as `, read-only`. */
export function renamedChanges(
  live: string,
  { incoming, outgoing }: Exchange,
  back: boolean,
  note = '',
): readonly Change[] {
  const from = back ? 'the restored one' : 'as it is now';
  const kept = back ? 'the restored one, with all written since' : `what is in ${live} now`;
  return [
    { what: `database ${live}`, from, to: `what is in ${incoming}` },
    { what: `database ${outgoing}`, from: 'none', to: `${kept}${note}` },
  ];
}

/** A moment for people: `2026-11-29 01:35:13 UTC`. @param iso in UTC, as ECMAScript writes it. */
export function inUtc(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}

/** A number of bytes for people: `1.5 GB`. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
