import type { Component } from '../../component.ts';
import { AwsConnection } from '../aws/schema.ts';
import { createEcs } from '../aws/task-definition.ts';
import type { Ingredients } from '../index.ts';
import { examine } from './doctor.ts';
import { AwsEcsSettings } from './schema.ts';
import { UPDATE_SERVICE } from './update-input.ts';
import { createUpdateService } from './update-service.ts';
import { createVersions } from './versions.ts';

/** A service on Amazon ECS that ECS itself deploys. Throws ZodError on settings that were not parsed. */
export function createAwsEcs(from: Ingredients): Component {
  const settings = AwsEcsSettings.parse(from.settings);
  const connection = AwsConnection.parse(from.connections['aws']);
  const title = `ECS service ${settings.cluster}/${settings.service}`;
  const ecs = createEcs(connection, title);
  return {
    id: from.id,
    kind: 'aws-ecs',
    title,
    versions: createVersions(ecs, settings),
    operations: { [UPDATE_SERVICE]: createUpdateService(ecs, settings) },
    doctor: (signal) => examine(ecs, settings, signal),
  };
}
