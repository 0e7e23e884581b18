import type { Component } from '../../component.ts';
import { Refusal } from '../../errors.ts';
import { AzureConnection } from '../azure/schema.ts';
import type { Ingredients } from '../index.ts';
import { createRegistries } from '../registry/index.ts';
import { createArm } from './client.ts';
import { examine } from './doctor.ts';
import { readGroup } from './group.ts';
import { RECREATE_GROUP } from './input.ts';
import { createRecreateGroup } from './recreate-group.ts';
import { createRestartGroup, RESTART } from './restart-group.ts';
import { AzureContainerInstancesSettings } from './schema.ts';
import { createVersions } from './versions.ts';

/** A container group on Azure Container Instances, put back by its image. Throws ZodError on settings that were not parsed. */
export function createAzureContainerInstances(from: Ingredients): Component {
  const settings = AzureContainerInstancesSettings.parse(from.settings);
  const arm = createArm(AzureConnection.parse(from.connections['azure']), settings);
  const registries = createRegistries(from.connections);
  return {
    id: from.id,
    kind: 'azure-container-instances',
    title: `container group ${settings.group}`,
    versions: createVersions(arm),
    mitigations: {
      restart: {
        title: `Restart container group ${settings.group}`,
        async call(_asked, signal) {
          const { image, startedAt } = await readGroup(arm, signal);
          if (startedAt !== undefined) return { operation: RESTART, input: { image, startedAt } };
          const reason = `Container group ${settings.group} is not started, so there is nothing to restart.`;
          throw new Refusal('not-possible', reason);
        },
      },
    },
    operations: {
      [RECREATE_GROUP]: createRecreateGroup(arm, registries),
      [RESTART]: createRestartGroup(arm, registries),
    },
    doctor: (signal) => examine(arm, registries, signal),
  };
}
