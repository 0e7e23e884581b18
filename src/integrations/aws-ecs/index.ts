import type { Component } from '../../component.ts';
import { createImages } from '../aws/images.ts';
import { AwsConnection } from '../aws/schema.ts';
import { createEcs } from '../aws/task-definition.ts';
import type { Ingredients } from '../index.ts';
import { INSTANCES_HINT, instancesWanted } from '../instances.ts';
import { createRegistries } from '../registry/index.ts';
import { examine } from './doctor.ts';
import { createRestart, RESTART } from './restart.ts';
import { createScale, SCALE } from './scale.ts';
import { AwsEcsSettings } from './schema.ts';
import { readService } from './service.ts';
import { UPDATE_SERVICE } from './update-input.ts';
import { createUpdateService } from './update-service.ts';
import { createVersions } from './versions.ts';

/** A service on Amazon ECS that ECS itself deploys. Throws ZodError on settings that were not parsed. */
export function createAwsEcs(from: Ingredients): Component {
  const settings = AwsEcsSettings.parse(from.settings);
  const connection = AwsConnection.parse(from.connections['aws']);
  const registries = createRegistries(from.connections);
  const title = `ECS service ${settings.cluster}/${settings.service}`;
  const ecs = createEcs(connection, title);
  return {
    id: from.id,
    kind: 'aws-ecs',
    title,
    versions: createVersions(ecs, settings),
    mitigations: {
      restart: {
        title: `Restart ${title}`,
        async call(_asked, signal) {
          const { id: deployment, taskDefinition } = (await readService(ecs, settings, signal))
            .primary;
          return { operation: RESTART, input: { deployment, taskDefinition } };
        },
      },
      scale: {
        title: `Scale ${title}`,
        value: { about: INSTANCES_HINT },
        async call({ value }, signal) {
          const { desired: from } = await readService(ecs, settings, signal);
          const to = instancesWanted(value, from, settings.maxTasks);
          return { operation: SCALE, input: { to, from } };
        },
      },
    },
    operations: {
      [UPDATE_SERVICE]: createUpdateService(ecs, createImages(connection, registries), settings),
      [RESTART]: createRestart(ecs, settings),
      [SCALE]: createScale(ecs, settings),
    },
    doctor: (signal) => examine(ecs, settings, signal),
  };
}
