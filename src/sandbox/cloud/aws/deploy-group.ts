import { deployedBefore, deployService } from './deploy-service.ts';
import {
  type AwsWorld,
  type Deployment,
  type DeploymentGroup,
  definitionIn,
  type Revision,
} from './world.ts';

/** The deployment that keeps the group busy: CodeDeploy lets only one run. */
export function activeOf(group: DeploymentGroup): Deployment | undefined {
  return group.deployments.find((one) => ['Created', 'InProgress'].includes(one.status));
}

/** Starts a deployment as CodeDeploy does it. One that `failsWith` is taken back where that was asked for. */
export function deployGroup(
  world: AwsWorld,
  group: DeploymentGroup,
  o: {
    readonly revision: Revision;
    readonly description: string;
    readonly creator?: Deployment['creator'];
    readonly rollsBack?: boolean;
    readonly takesMs: number;
    readonly failsWith?: string | undefined;
  },
): Deployment {
  const deployment: Deployment = {
    id: idOf(world.next()),
    revision: o.revision,
    description: o.description,
    creator: o.creator ?? 'user',
    createdAt: world.agenda.now(),
    rollsBack: o.rollsBack ?? false,
    status: 'Created',
    waitsForTermination: false,
    reached: 0,
  };
  group.deployments.unshift(deployment);
  world.agenda.later(o.takesMs / 10, () => {
    if (deployment.status === 'Created') deployment.status = 'InProgress';
  });
  world.agenda.later(o.takesMs, () => {
    if (deployment.status !== 'InProgress' && deployment.status !== 'Created') return;
    if (o.failsWith !== undefined) {
      deployment.failure = o.failsWith;
      finish(world, deployment, 'Failed');
      if (deployment.rollsBack) takeBack(world, group, deployment);
      return;
    }
    deployment.reached = 1;
    moveTraffic(world, group, deployment);
    if (group.terminationWaitMs === 0) {
      finish(world, deployment, 'Succeeded');
      return;
    }
    deployment.status = 'InProgress';
    deployment.waitsForTermination = true;
    world.agenda.later(group.terminationWaitMs, () => {
      if (deployment.status === 'InProgress') finish(world, deployment, 'Succeeded');
    });
  });
  return deployment;
}

/** A deployment that went well before the story begins. */
export function deployedGroupBefore(
  world: AwsWorld,
  group: DeploymentGroup,
  revision: Revision,
  at: number,
): Deployment {
  const deployment: Deployment = {
    id: idOf(world.next()),
    revision,
    description: '',
    creator: 'user',
    createdAt: at,
    completedAt: at,
    rollsBack: false,
    status: 'Succeeded',
    waitsForTermination: false,
    reached: 1,
  };
  group.deployments.unshift(deployment);
  const definition = definitionIn(revision);
  if (group.service && definition) deployedBefore(world, group.service, definition, at);
  return deployment;
}

/** Stops a deployment; with a rollback CodeDeploy deploys the last revision that went well before it. */
export function stopDeployment(
  world: AwsWorld,
  group: DeploymentGroup,
  deployment: Deployment,
  rollsBack: boolean,
): void {
  world.agenda.later(world.stopMs(), () => {
    if (activeOf(group) !== deployment) return;
    finish(world, deployment, 'Stopped');
    if (rollsBack) takeBack(world, group, deployment);
  });
}

function takeBack(world: AwsWorld, group: DeploymentGroup, deployment: Deployment): void {
  const good = group.deployments.find((one) => one.status === 'Succeeded' && one !== deployment);
  if (!good) {
    deployment.rollbackMessage = 'No previous successful deployment to roll back to.';
    return;
  }
  const back = deployGroup(world, group, {
    revision: good.revision,
    description: `Automatic rollback of deployment ${deployment.id}`,
    creator: 'codeDeployRollback',
    // Behind a load balancer the earlier tasks still run, and only traffic moves.
    takesMs: deployment.waitsForTermination ? world.deployMs() / 10 : world.deployMs(),
  });
  deployment.rollback = back.id;
}

function moveTraffic(world: AwsWorld, group: DeploymentGroup, deployment: Deployment): void {
  const definition = definitionIn(deployment.revision);
  if (group.service && definition) {
    deployService(world, group.service, definition, { takesMs: 0 });
  }
}

function finish(world: AwsWorld, deployment: Deployment, status: Deployment['status']): void {
  deployment.status = status;
  deployment.completedAt = world.agenda.now();
  if (status !== 'Succeeded') return;
  deployment.waitsForTermination = false;
}

function idOf(number: number): string {
  return `d-${number.toString(36).toUpperCase().padStart(9, 'A')}`;
}
