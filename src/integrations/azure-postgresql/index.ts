import type { Component } from '../../component.ts';
import { AzureConnection } from '../azure/schema.ts';
import type { Ingredients } from '../index.ts';
import { createArm } from './client.ts';
import { examine } from './doctor.ts';
import { RESTORE_SERVER, SWITCH_OVER, TAKE_BACKUP } from './input.ts';
import { createRestorePoints } from './restore-points.ts';
import { createRestoreServer } from './restore-server.ts';
import { AzurePostgresqlSettings } from './schema.ts';
import { createSwitchOver } from './switch-over.ts';
import { createTakeBackup } from './take-backup.ts';

/** A PostgreSQL flexible server with its restore points. Throws ZodError on settings that were not parsed. */
export function createAzurePostgresql(from: Ingredients): Component {
  const settings = AzurePostgresqlSettings.parse(from.settings);
  const arm = createArm(AzureConnection.parse(from.connections['azure']), settings);
  const find = (id: string) => from.sibling?.(id);
  return {
    id: from.id,
    kind: 'azure-postgresql',
    title: `PostgreSQL server ${settings.server}`,
    phase: 'data',
    restorePoints: createRestorePoints(arm),
    operations: {
      [TAKE_BACKUP]: createTakeBackup(arm),
      [RESTORE_SERVER]: createRestoreServer(arm),
      [SWITCH_OVER]: createSwitchOver(arm, find),
    },
    doctor: (signal) => examine(arm, find, signal),
  };
}
