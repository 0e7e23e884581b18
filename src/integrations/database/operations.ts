import type { Component, DoctorFinding } from '../../component.ts';
import type { Check, Operation } from '../../operation.ts';
import { createJobs } from '../command/jobs.ts';
import { finding, passed, warned } from '../finding.ts';
import { createBackup } from './backup.ts';
import { createBackups } from './backups.ts';
import { createExportSince } from './export-since.ts';
import { createFetch } from './fetch.ts';
import { BACKUP, EXPORT_SINCE, RESTORE_BESIDE, SWITCH, SWITCH_BACK } from './names.ts';
import { createRestoreBeside } from './restore-beside.ts';
import { createRestorePoints } from './restore-points.ts';
import { liveDatabase, type Restoring, size } from './restoring.ts';
import type { RestoreSettings } from './schema.ts';
import { createSwitch, createSwitchBack } from './switch.ts';
import type { DatabaseSystem } from './system.ts';

const FETCH_MS = 20_000;
const DAY_MS = 24 * 3_600_000;

export interface Restorable extends Required<Pick<Component, 'restorePoints'>> {
  readonly operations: Readonly<Record<string, Operation>>;
  /** Never throws. */
  examine(signal: AbortSignal): Promise<readonly DoctorFinding[]>;
}

/** Everything that can be done with the backups of one database, whichever way leads to its server. */
export function createRestorable(
  system: DatabaseSystem,
  settings: RestoreSettings,
  extensions: readonly string[],
): Restorable {
  const restoring: Restoring = {
    system,
    settings,
    backups: createBackups(settings.backups, extensions, (file) => system.read(file)),
    jobs: createJobs(),
    fetch: createFetch(settings),
  };
  return {
    restorePoints: createRestorePoints(restoring),
    operations: {
      [BACKUP]: createBackup(restoring),
      [RESTORE_BESIDE]: createRestoreBeside(restoring),
      [SWITCH]: createSwitch(restoring),
      [SWITCH_BACK]: createSwitchBack(restoring),
      [EXPORT_SINCE]: createExportSince(restoring),
    },
    examine: (signal) => examine(restoring, signal),
  };
}

async function examine(
  restoring: Restoring,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const { system, settings, backups, fetch } = restoring;
  const { database } = settings;
  const access = await finding(`${system.place}: database ${database}`, 'fail', async () => {
    const live = await liveDatabase(restoring, signal);
    return passed(live.bytes === null ? 'readable' : `readable, ${size(live.bytes)}`);
  });
  if (access.verdict !== 'pass') return [access];
  const fromCheck = async (check: Promise<Check>) => {
    const { verdict, reason } = await check;
    return {
      verdict,
      reason,
      next: verdict === 'pass' ? '' : 'See the README of this integration.',
    };
  };
  const rest = await Promise.all([
    finding(`${database}: tools`, 'fail', () => fromCheck(system.toolsCheck(signal))),
    finding(`${database}: right to restore`, 'fail', () => fromCheck(system.rightsCheck(signal))),
    finding(`${database}: backups in ${backups.directory}`, 'fail', async () => {
      await backups.mayWrite();
      const points = await createRestorePoints(restoring).list(signal);
      const newest = points.find((point) => point.available && !point.isSafety);
      if (!newest)
        return warned('none that can be restored', 'Take a backup, or check the directory.');
      const days = Math.floor((Date.now() - newest.capturedAt) / DAY_MS);
      if (days < 2) return passed(`the newest, ${newest.id}, can be read to its end`);
      return warned(
        `the newest that can be restored is ${days} days old`,
        'See why no newer one is there.',
      );
    }),
    ...(settings.fetch
      ? [
          finding(`${database}: backups from object storage`, 'warn', async () => {
            const missing = await fetch.refresh(FETCH_MS, signal);
            return missing === undefined
              ? passed('fetched')
              : warned(missing, 'Run the `fetch` command by hand.');
          }),
        ]
      : []),
    finding(`${database}: what would be lost by a restore`, 'warn', async () => {
      const { words } = system;
      const tables = await system.tables(database, 'reader', signal);
      const silent = tables.filter((each) => each.tells !== 'written');
      if (silent.length === 0)
        return passed(`every ${words.table} tells when its ${words.rows} were written`);
      return warned(
        `nobody can tell which ${words.rows} were changed in ${silent
          .map((each) => each.name)
          .slice(0, 10)
          .join(', ')}`,
        `Give them a ${words.telling} such as ${settings.timestampColumns[0]}, kept by the application or a trigger.`,
      );
    }),
  ]);
  return [access, ...rest];
}
