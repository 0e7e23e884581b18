import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Answer, Call, Route } from '../http.ts';
import { activeOf, deployGroup, stopDeployment } from './deploy-group.ts';
import { awsError } from './errors.ts';
import {
  type AwsWorld,
  type Deployment,
  type DeploymentGroup,
  type Revision,
  seconds,
} from './world.ts';

const SERVICE = 'CodeDeploy_20141006';

const Asked = z.object({
  applicationName: z.string().optional(),
  deploymentGroupName: z.string().optional(),
  deploymentId: z.string().optional(),
  deploymentIds: z.array(z.string()).default([]),
  includeOnlyStatuses: z.array(z.string()).optional(),
  revision: z.looseObject({ revisionType: z.string() }).optional(),
  description: z.string().default(''),
  autoRollbackEnabled: z.boolean().default(false),
  autoRollbackConfiguration: z.object({ enabled: z.boolean().default(false) }).optional(),
});
type Asked = z.infer<typeof Asked>;

/** Deployments of deployment groups, and the revisions registered with their applications. */
export function codeDeployRoutes(world: AwsWorld): readonly Route[] {
  const route = (
    operation: string,
    handle: (asked: Asked, call: Call) => Answer,
    mutates?: 'now',
  ): Route => ({
    call: `POST ${operation}`,
    path: `/${SERVICE}.${operation}`,
    needs: `codedeploy:${operation}`,
    ...(mutates && { mutates }),
    handle(call) {
      const asked = Asked.safeParse(call.body ?? {});
      return asked.success
        ? handle(asked.data, call)
        : awsError('InvalidInputException', '1 validation error detected');
    },
  });
  const inGroup = (
    operation: string,
    handle: (group: DeploymentGroup, asked: Asked, call: Call) => Answer,
    mutates?: 'now',
  ) =>
    route(
      operation,
      (asked, call) => {
        const ofApplication = world.groups.filter(
          (one) => one.application === asked.applicationName,
        );
        if (ofApplication.length === 0) {
          return awsError(
            'ApplicationDoesNotExistException',
            `No application found for name: ${asked.applicationName}`,
          );
        }
        const group = ofApplication.find((one) => one.name === asked.deploymentGroupName);
        return group
          ? handle(group, asked, call)
          : awsError(
              'DeploymentGroupDoesNotExistException',
              `No Deployment Group found for name: ${asked.deploymentGroupName}`,
            );
      },
      mutates,
    );
  const byId = (id: string | undefined) =>
    world.groups
      .flatMap((group) => group.deployments.map((deployment) => ({ group, deployment })))
      .find(({ deployment }) => deployment.id === id);

  return [
    inGroup('GetDeploymentGroup', (group) =>
      ok({
        deploymentGroupInfo: {
          applicationName: group.application,
          deploymentGroupName: group.name,
          deploymentGroupId: 'd3b8a2f0-3b8c-4c55-9d2c-8f5c1c7f3a11',
          computePlatform: group.platform,
        },
      }),
    ),
    inGroup('ListDeployments', (group, { includeOnlyStatuses }) =>
      ok({
        deployments: group.deployments
          .filter((one) => !includeOnlyStatuses || includeOnlyStatuses.includes(one.status))
          .map((one) => one.id),
      }),
    ),
    route('BatchGetDeployments', ({ deploymentIds }) => {
      if (deploymentIds.length > 25) {
        return awsError('BatchLimitExceededException', 'The maximum number of IDs is 25');
      }
      return ok({
        deploymentsInfo: deploymentIds.flatMap((id) => {
          const found = byId(id);
          return found ? [infoOf(found.group, found.deployment)] : [];
        }),
      });
    }),
    route('GetApplicationRevision', ({ applicationName, revision }) => {
      const known = world.groups
        .filter((one) => one.application === applicationName)
        .flatMap((group) => group.revisions);
      const found = revision && known.find((one) => isSame(one, revision));
      if (!found) return awsError('RevisionDoesNotExistException', 'Revision does not exist');
      return ok({ applicationName, revision: withHash(found, true), revisionInfo: {} });
    }),
    inGroup(
      'CreateDeployment',
      (group, asked, call) => {
        const active = activeOf(group);
        if (active) {
          return awsError(
            'DeploymentLimitExceededException',
            `The Deployment Group '${group.name}' already has an active Deployment '${active.id}'`,
          );
        }
        if (!asked.revision) return awsError('RevisionRequiredException', 'Revision is required');
        const { takesMs = world.deployMs(), failsWith } = call.operation ?? {};
        const { revision, description } = asked;
        if (!group.revisions.some((one) => isSame(one, revision))) group.revisions.push(revision);
        const made = deployGroup(world, group, {
          revision,
          description,
          rollsBack: asked.autoRollbackConfiguration?.enabled ?? false,
          takesMs,
          failsWith,
        });
        return ok({ deploymentId: made.id });
      },
      'now',
    ),
    route(
      'StopDeployment',
      ({ deploymentId, autoRollbackEnabled }) => {
        const found = byId(deploymentId);
        if (!found) {
          return awsError(
            'DeploymentDoesNotExistException',
            `The deployment ${deploymentId} could not be found`,
          );
        }
        if (activeOf(found.group) !== found.deployment) {
          return awsError(
            'DeploymentAlreadyCompletedException',
            `The deployment ${deploymentId} is already completed`,
          );
        }
        stopDeployment(world, found.group, found.deployment, autoRollbackEnabled);
        return ok({ status: 'Pending', statusMessage: 'Stopping' });
      },
      'now',
    ),
  ];
}

function infoOf(group: DeploymentGroup, one: Deployment) {
  const isActive = ['Created', 'InProgress'].includes(one.status);
  return {
    applicationName: group.application,
    deploymentGroupName: group.name,
    deploymentConfigName: 'CodeDeployDefault.AllAtOnce',
    deploymentId: one.id,
    revision: withHash(one.revision, false),
    status: one.status,
    createTime: seconds(one.createdAt),
    ...(one.completedAt !== undefined && { completeTime: seconds(one.completedAt) }),
    deploymentOverview: {
      Pending: isActive && one.reached === 0 ? 1 : 0,
      InProgress: 0,
      Succeeded: one.reached,
      Failed: one.status === 'Failed' ? 1 : 0,
      Skipped: 0,
      Ready: 0,
    },
    ...(one.failure !== undefined && {
      errorInformation: { code: 'HEALTH_CONSTRAINTS', message: one.failure },
    }),
    description: one.description,
    creator: one.creator,
    instanceTerminationWaitTimeStarted: one.waitsForTermination,
    computePlatform: group.platform,
    rollbackInfo: {
      ...(one.rollback !== undefined && { rollbackDeploymentId: one.rollback }),
      ...(one.rollbackMessage !== undefined && { rollbackMessage: one.rollbackMessage }),
    },
  };
}

/** An AppSpec comes with its hash; only a registered revision comes with its content too. */
function withHash(revision: Revision, isWhole: boolean): Revision {
  const content = contentOf(revision);
  if (content === undefined) return revision;
  const sha256 = hashOf(revision);
  return { ...revision, appSpecContent: { sha256, ...(isWhole && { content }) } };
}

function isSame(known: Revision, asked: Revision): boolean {
  const hash = hashOf(known);
  if (hash !== undefined) return hash === hashOf(asked);
  return JSON.stringify(known) === JSON.stringify(asked);
}

const AppSpec = z.object({
  appSpecContent: z.object({ content: z.string().optional(), sha256: z.string().optional() }),
});

function contentOf(revision: Revision): string | undefined {
  return AppSpec.safeParse(revision).data?.appSpecContent.content;
}

function hashOf(revision: Revision): string | undefined {
  const spec = AppSpec.safeParse(revision).data?.appSpecContent;
  if (!spec) return undefined;
  return (
    spec.sha256 ??
    createHash('sha256')
      .update(spec.content ?? '')
      .digest('hex')
  );
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}
