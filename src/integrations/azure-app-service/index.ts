import type { Component } from '../../component.ts';
import { AzureConnection } from '../azure/schema.ts';
import type { Ingredients } from '../index.ts';
import { INSTANCES_HINT, instancesWanted } from '../instances.ts';
import { createRegistries } from '../registry/index.ts';
import { createArm } from './client.ts';
import { examine } from './doctor.ts';
import {
  CANCEL_SWAP,
  COMPLETE_SWAP,
  createCancelSwap,
  createCompleteSwap,
  createPrepareSwap,
  PREPARE_SWAP,
} from './prepare-swap.ts';
import { createRestart, RESTART, restartInput } from './restart.ts';
import { createScale, planOf, SCALE } from './scale.ts';
import { AzureAppServiceSettings } from './schema.ts';
import { SWAP_SLOTS } from './swap-input.ts';
import { createSwapSlots } from './swap-slots.ts';
import { createVersions } from './versions.ts';

/** A web app on Azure App Service whose previous release is kept in a deployment slot. Throws ZodError on settings that were not parsed. */
export function createAzureAppService(from: Ingredients): Component {
  const settings = AzureAppServiceSettings.parse(from.settings);
  const connection = AzureConnection.parse(from.connections['azure']);
  const arm = createArm(connection, settings, createRegistries(from.connections));
  return {
    id: from.id,
    kind: 'azure-app-service',
    title: `web app ${settings.app}`,
    // The worker must not be ahead of a web app that migrates, or that waits for somebody to look at it.
    ...((settings.migrations || settings.preview) && { leads: true }),
    versions: createVersions(arm, settings),
    mitigations: {
      restart: {
        title: `Restart web app ${settings.app}`,
        async call({ key, at }) {
          return { operation: RESTART, input: restartInput(key, at) };
        },
      },
      scale: {
        title: `Scale web app ${settings.app}`,
        value: { about: INSTANCES_HINT },
        async call({ value }, signal) {
          const { instances: from, ...plan } = await planOf(arm, signal);
          const to = instancesWanted(value, from, settings.maxInstances);
          return { operation: SCALE, input: { ...plan, to, from } };
        },
      },
    },
    operations: {
      [SWAP_SLOTS]: createSwapSlots(arm, settings),
      [PREPARE_SWAP]: createPrepareSwap(arm, settings),
      [COMPLETE_SWAP]: createCompleteSwap(arm, settings),
      [CANCEL_SWAP]: createCancelSwap(arm, settings),
      [RESTART]: createRestart(arm, settings),
      [SCALE]: createScale(arm, settings),
    },
    doctor: (signal) => examine(arm, settings, signal),
  };
}
