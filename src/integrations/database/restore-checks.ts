/** What must hold before anything is restored. */

import type { Check } from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import { type Readability, readabilityFault } from './readings.ts';
import type { Restoring } from './restoring.ts';
import { safetyFault } from './safety.ts';
import type { Database } from './system.ts';

const PATIENCE_MS = 10_000;

/** Before its turn the safety backup is not there yet; one that is there but no good blocks already here. */
export async function safetyCheck(
  { backups }: Pick<Restoring, 'backups'>,
  safety: string,
  live: Database,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'A safety backup comes first';
  if (!(await backups.find(safety))) {
    return pass(
      name,
      `${safety} is to be taken by the step before; without it this step refuses to run.`,
    );
  }
  const fault =
    (await safetyFault(backups, safety, { live })) ??
    readabilityFault(await backups.readings.check(backups.path(safety), PATIENCE_MS, signal));
  return fault === undefined
    ? pass(name, `${safety} was read to its end.`)
    : fail(name, `${safety}: ${fault}`);
}

/** Whether the backup that is to be put back is there, whole, and of this database. */
export async function pointCheck(
  { backups, system }: Pick<Restoring, 'backups' | 'system'>,
  point: string,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'The backup can be read to its end';
  if (!(await backups.find(point))) return fail(name, `There is no backup ${point}.`);
  const readable = await backups.readings.check(backups.path(point), PATIENCE_MS, signal);
  if (readable.state === 'reading') {
    return {
      name,
      verdict: 'unknown',
      reason: `${point} is still being read; plan again in a while.`,
      blocking: true,
    };
  }
  const fault = pointFault(system, readable);
  return fault === undefined
    ? pass(name, `${point} was read to its end.`)
    : fail(name, `${point}: ${fault}`);
}

/** Why a backup that was read cannot be put back; undefined where it can. */
export function pointFault(system: Restoring['system'], readable: Readability): string | undefined {
  const fault = readabilityFault(readable);
  if (fault !== undefined || readable.state !== 'whole') return fault;
  const { database } = readable.header;
  return system.isOwn(database) ? undefined : `It is a backup of ${database}.`;
}
