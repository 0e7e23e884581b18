import { GetDeploymentGroupCommand } from '@aws-sdk/client-codedeploy';
import { z } from 'zod';
import type { DoctorFinding } from '../../component.ts';
import { understood } from '../aws/errors.ts';
import { type Ecs, readTaskDefinition } from '../aws/task-definition.ts';
import { finding, passed, warned } from '../finding.ts';
import type { CodeDeploy } from './client.ts';
import { liveOf, readDeployments } from './deployments.ts';
import { readRelease } from './release.ts';
import { readRevision, taskDefinitionOf } from './revision.ts';
import type { AwsCodeDeploySettings } from './schema.ts';

const Group = z.object({
  deploymentGroupInfo: z.object({ computePlatform: z.string().optional() }),
});

/** Checks by reading: credentials, the group, its history, what tells the release. Never throws. */
export async function examine(
  codeDeploy: CodeDeploy,
  ecs: Ecs,
  settings: AwsCodeDeploySettings,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const group = await finding(`AWS credentials and ${codeDeploy.on}`, 'fail', async () => {
    const attempted = 'read the deployment group';
    const command = new GetDeploymentGroupCommand({
      applicationName: codeDeploy.application,
      deploymentGroupName: codeDeploy.group,
    });
    const answer = await codeDeploy.read(
      attempted,
      (o) => codeDeploy.client.send(command, o),
      signal,
    );
    const { computePlatform } = understood(Group, answer, {
      ...codeDeploy,
      attempted,
    }).deploymentGroupInfo;
    return passed(`readable; it deploys to ${computePlatform ?? 'servers'}`);
  });
  if (group.verdict !== 'pass') return [group];
  const rest = await Promise.all([
    finding(`${codeDeploy.on}: deployment history`, 'fail', async () => {
      const deployments = await readDeployments(codeDeploy, signal);
      const well = deployments.filter((one) => one.status === 'Succeeded');
      const count = new Set(well.map((one) => one.key)).size;
      if (count > 1) return passed(`${count} revisions were deployed well`);
      return warned(
        'no earlier revision is known',
        'After the next deployment there is a way back.',
      );
    }),
    finding(`${codeDeploy.on}: its release`, 'warn', async () => {
      const live = liveOf(await readDeployments(codeDeploy, signal));
      if (!live?.revision) return warned('nothing was deployed yet', 'Deploy once.');
      const registered = await readRevision(codeDeploy, live.revision, signal);
      const arn = registered && taskDefinitionOf(registered);
      // Asked for by itself, so that a missing right is told here.
      if (arn !== undefined) await readTaskDefinition(ecs, arn, signal);
      const release = await readRelease(codeDeploy, ecs, settings, live, signal);
      if (release.commit !== undefined) return passed(`${release.label}, commit known`);
      const next =
        'Deploy from GitHub, put the commit into the name of the bundle, or for ECS set it in the container.';
      return warned(`${release.label}, and nothing tells its commit`, next);
    }),
  ]);
  return [group, ...rest];
}
