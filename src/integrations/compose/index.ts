import type { Component, DoctorFinding } from '../../component.ts';
import { createJobs } from '../command/jobs.ts';
import { createRestorable, type Restorable } from '../database/operations.ts';
import { finding, passed, warned } from '../finding.ts';
import type { Ingredients } from '../index.ts';
import { createPostgresqlSystem } from '../postgresql/system.ts';
import { readStanding } from './containers.ts';
import { serverIn } from './database.ts';
import { ComposeSettings } from './schema.ts';
import { createStart, createStop, START, STOP } from './services.ts';

/** A docker compose project, with PostgreSQL in one of its services where `database` says so. Throws ZodError on settings that were not parsed. */
export function createCompose(from: Ingredients): Component {
  const settings = ComposeSettings.parse(from.settings);
  const { database } = settings;
  const jobs = createJobs();
  const restorable =
    database &&
    createRestorable(createPostgresqlSystem(serverIn(settings, database), database), database, [
      '.dump',
    ]);
  return {
    id: from.id,
    kind: 'compose',
    title: `compose project ${settings.project}`,
    phase: 'data',
    hold: {
      acquire: () => ({ operation: STOP, input: {} }),
      release: () => ({ operation: START, input: {} }),
    },
    ...(restorable && { restorePoints: restorable.restorePoints }),
    operations: {
      [STOP]: createStop(settings, jobs),
      [START]: createStart(settings, jobs),
      ...restorable?.operations,
    },
    doctor: (signal) => examine(settings, restorable, signal),
  };
}

async function examine(
  settings: ComposeSettings,
  restorable: Restorable | undefined,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const { project, services } = settings;
  const access = await finding(`docker compose and project ${project}`, 'fail', async () => {
    const standing = await readStanding(settings, services, signal);
    return standing.isStarted
      ? passed(standing.note)
      : warned(standing.note, 'See why not every service runs.');
  });
  if (access.verdict === 'fail' || access.verdict === 'unknown' || !restorable) return [access];
  return [access, ...(await restorable.examine(signal))];
}
