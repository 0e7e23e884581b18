import type { Component } from '../../component.ts';
import { Refusal } from '../../errors.ts';
import { createImages } from '../aws/images.ts';
import { AwsConnection } from '../aws/schema.ts';
import { createEcs } from '../aws/task-definition.ts';
import type { Ingredients } from '../index.ts';
import { createRegistries } from '../registry/index.ts';
import { createCodeDeploy } from './client.ts';
import { activeOf, readDeployments } from './deployments.ts';
import { examine } from './doctor.ts';
import { createRedeploy } from './redeploy.ts';
import { REDEPLOY, STOP_DEPLOYMENT } from './redeploy-input.ts';
import { AwsCodeDeploySettings } from './schema.ts';
import { createStopDeployment } from './stop-deployment.ts';
import { createVersions } from './versions.ts';

/** A deployment group of AWS CodeDeploy. Throws ZodError on settings that were not parsed. */
export function createAwsCodeDeploy(from: Ingredients): Component {
  const settings = AwsCodeDeploySettings.parse(from.settings);
  const connection = AwsConnection.parse(from.connections['aws']);
  const codeDeploy = createCodeDeploy(connection, settings);
  const ecs = createEcs(connection, codeDeploy.on);
  const images = createImages(connection, createRegistries(from.connections));
  return {
    id: from.id,
    kind: 'aws-codedeploy',
    title: codeDeploy.on,
    versions: createVersions(codeDeploy, ecs, settings),
    mitigations: {
      [STOP_DEPLOYMENT]: {
        title: `Stop the deployment in progress to ${codeDeploy.on} and take it back`,
        async call(_asked, signal) {
          const active = activeOf(await readDeployments(codeDeploy, signal));
          if (active) return { operation: STOP_DEPLOYMENT, input: { deployment: active.id } };
          throw new Refusal(
            'not-possible',
            `No deployment to ${codeDeploy.on} is in progress. Put the earlier version back instead: /rollback.`,
          );
        },
      },
    },
    operations: {
      [REDEPLOY]: createRedeploy(codeDeploy, { ecs, images }, settings),
      [STOP_DEPLOYMENT]: createStopDeployment(codeDeploy, settings),
    },
    doctor: (signal) => examine(codeDeploy, ecs, settings, signal),
  };
}
