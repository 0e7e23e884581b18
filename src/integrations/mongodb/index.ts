import type { Component } from '../../component.ts';
import { createRestorable } from '../database/operations.ts';
import type { Ingredients } from '../index.ts';
import { MongodbSettings } from './schema.ts';
import { createServer } from './server.ts';
import { createMongodbSystem } from './system.ts';

/** A MongoDB database with backups in a directory of this machine. Throws ZodError on settings that were not parsed. */
export function createMongodb(from: Ingredients): Component {
  const settings = MongodbSettings.parse(from.settings);
  const restorable = createRestorable(createMongodbSystem(createServer(settings)), settings, [
    '.archive',
    '.archive.gz',
  ]);
  return {
    id: from.id,
    kind: 'mongodb',
    title: `database ${settings.database}`,
    phase: 'data',
    restorePoints: restorable.restorePoints,
    operations: restorable.operations,
    doctor: (signal) => restorable.examine(signal),
  };
}
