import type { Component } from '../../component.ts';
import { createRestorable } from '../database/operations.ts';
import type { Ingredients } from '../index.ts';
import { PostgresqlSettings } from './schema.ts';
import { createServer } from './server.ts';
import { createPostgresqlSystem } from './system.ts';

/** A PostgreSQL database with backups in a directory of this machine. Throws ZodError on settings that were not parsed. */
export function createPostgresql(from: Ingredients): Component {
  const settings = PostgresqlSettings.parse(from.settings);
  const restorable = createRestorable(
    createPostgresqlSystem(createServer(settings), settings),
    settings,
    ['.dump'],
  );
  return {
    id: from.id,
    kind: 'postgresql',
    title: `database ${settings.database}`,
    phase: 'data',
    restorePoints: restorable.restorePoints,
    operations: restorable.operations,
    doctor: (signal) => restorable.examine(signal),
  };
}
