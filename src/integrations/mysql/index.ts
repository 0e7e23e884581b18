import type { Component } from '../../component.ts';
import { createRestorable } from '../database/operations.ts';
import type { Ingredients } from '../index.ts';
import { MysqlSettings } from './schema.ts';
import { createServer } from './server.ts';
import { createMysqlSystem } from './system.ts';

/** A MySQL or MariaDB database with backups in a directory of this machine. Throws ZodError on settings that were not parsed. */
export function createMysql(from: Ingredients): Component {
  const settings = MysqlSettings.parse(from.settings);
  const restorable = createRestorable(createMysqlSystem(createServer(settings)), settings, [
    '.sql',
    '.sql.gz',
  ]);
  return {
    id: from.id,
    kind: 'mysql',
    title: `database ${settings.database}`,
    phase: 'data',
    restorePoints: restorable.restorePoints,
    operations: restorable.operations,
    doctor: (signal) => restorable.examine(signal),
  };
}
