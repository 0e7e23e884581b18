import type { Component } from '../../component.ts';
import { AzureConnection } from '../azure/schema.ts';
import type { Ingredients } from '../index.ts';
import { createRegistries } from '../registry/index.ts';
import { createActivateRevision } from './activate-revision.ts';
import { createArm } from './client.ts';
import { examine } from './doctor.ts';
import { ACTIVATE_REVISION } from './input.ts';
import { createRestartRevision, RESTART, restartInput } from './restart-revision.ts';
import { createScale, SCALE, scaleMitigation } from './scale.ts';
import { AzureContainerAppsSettings } from './schema.ts';
import { createSetTraffic, SET_TRAFFIC } from './set-traffic.ts';
import { trafficMitigation } from './traffic-said.ts';
import { createVersions } from './versions.ts';

/** An app on Azure Container Apps, put back by its revisions. Throws ZodError on settings that were not parsed. */
export function createAzureContainerApps(from: Ingredients): Component {
  const settings = AzureContainerAppsSettings.parse(from.settings);
  const arm = createArm(AzureConnection.parse(from.connections['azure']), settings);
  const registries = createRegistries(from.connections);
  return {
    id: from.id,
    kind: 'azure-container-apps',
    title: `container app ${settings.app}`,
    versions: createVersions(arm),
    mitigations: {
      restart: {
        title: `Restart container app ${settings.app}`,
        call: async (_asked, signal) => ({
          operation: RESTART,
          input: await restartInput(arm, signal),
        }),
      },
      scale: scaleMitigation(arm),
      traffic: trafficMitigation(arm),
    },
    operations: {
      [ACTIVATE_REVISION]: createActivateRevision(arm, registries),
      [RESTART]: createRestartRevision(arm),
      [SCALE]: createScale(arm),
      [SET_TRAFFIC]: createSetTraffic(arm),
    },
    doctor: (signal) => examine(arm, registries, signal),
  };
}
