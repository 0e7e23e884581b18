import type { Component, DoctorFinding } from '../../component.ts';
import type { Operation } from '../../operation.ts';
import { canStart } from '../command/doctor.ts';
import { placeName } from '../command/place.ts';
import { finding, passed, warned } from '../finding.ts';
import type { Ingredients } from '../index.ts';
import type { SafetyOf } from '../safety-backup.ts';
import { createMigrated, type Migrated } from './database.ts';
import { createKeep, KEEP } from './keep.ts';
import { createNoteApplied, NOTE_APPLIED } from './note-applied.ts';
import { createNotes } from './notes.ts';
import { createRestorePoints, whenLeft } from './restore-points.ts';
import { MigrationsSettings, surroundingsIn } from './schema.ts';
import { createTakeBack, TAKE_BACK } from './take-back.ts';
import type { Tool } from './tool.ts';
import { django } from './tools/django.ts';
import { knex } from './tools/knex.ts';
import { prisma } from './tools/prisma.ts';
import { rails } from './tools/rails.ts';
import { sequelize } from './tools/sequelize.ts';

const TOOLS: Readonly<Record<MigrationsSettings['tool'], Tool>> = {
  knex,
  sequelize,
  prisma,
  django,
  rails,
};

/** The migrations of one database, taken back by the code that knows the way down. Throws ZodError on settings that were not parsed. */
export function createMigrations(from: Ingredients): Component {
  const settings = MigrationsSettings.parse(from.settings);
  const { database } = settings;
  const tool = TOOLS[settings.tool];
  const safety: SafetyOf | undefined =
    database === undefined ? undefined : { id: database, find: () => from.sibling?.(database) };
  const migrated = createMigrated(settings, tool, safety);
  const notes = createNotes(settings.notes);
  return {
    id: from.id,
    kind: 'migrations',
    title: `${tool.title} migrations`,
    phase: 'data',
    restorePoints: createRestorePoints(migrated, notes),
    operations: {
      ...copyingFor(safety),
      [TAKE_BACK]: createTakeBack(migrated),
      [KEEP]: createKeep(migrated),
      [NOTE_APPLIED]: createNoteApplied(migrated, notes),
    },
    whenLeft: (signal) => whenLeft(from.id, migrated, signal),
    doctor: (signal) => examine(migrated, signal),
  };
}

/** The operations by which the database's own component takes a backup and exports what was written: steps of this one's plans. */
function copyingFor(safety: SafetyOf | undefined): Readonly<Record<string, Operation>> {
  const component = safety?.find();
  const points = component?.restorePoints;
  const calls = [points?.capture('any'), points?.exportSince?.(0, 'any')];
  return Object.fromEntries(
    calls.flatMap((call) => {
      const operation = call && component?.operations[call.operation];
      return operation ? [[call.operation, operation]] : [];
    }),
  );
}

async function examine(migrated: Migrated, signal: AbortSignal): Promise<readonly DoctorFinding[]> {
  const { settings, tool, safety } = migrated;
  const at = placeName(settings.where);
  const start = await finding(`${tool.title} on ${at}`, 'fail', () =>
    canStart(surroundingsIn(settings, settings.newer), settings.run, signal),
  );
  if (start.verdict !== 'pass') return [start];
  return Promise.all([
    Promise.resolve(start),
    finding(`${tool.title}: which migrations ran`, 'fail', async () => {
      const history = await migrated.history(signal);
      const failed = history.filter(({ state }) => state === 'failed');
      if (failed.length > 0) {
        return warned(
          `failed half-way: ${failed.map(({ name }) => name).join(', ')}`,
          'See to it.',
        );
      }
      return passed(`${history.filter(({ state }) => state === 'applied').length} ran`);
    }),
    finding(`${tool.title}: which the older release knows`, 'fail', async () => {
      const known = await migrated.knownToOlder(signal);
      return known
        ? passed(`${known.size} are in ${settings.older}`)
        : warned('`older` is not set', 'Name the directory of the release to go back to.');
    }),
    finding(`${tool.title}: safety backup`, 'fail', async () => {
      if (!safety)
        return warned(`none: ${settings.withoutBackup}`, 'Name a `database` if you can.');
      return safety.find()?.restorePoints?.safety
        ? passed(`taken by ${safety.id}`)
        : {
            verdict: 'fail',
            reason: `${safety.id} takes no backup that can be verified`,
            next: 'Name a component such as one of kind postgresql.',
          };
    }),
  ]);
}
