import { BatchGetDeploymentsCommand, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { z } from 'zod';
import { understood } from '../aws/errors.ts';
import type { CodeDeploy } from './client.ts';
import { keyOf, Revision } from './revision.ts';

/** BatchGetDeployments takes twenty-five at once. */
const BATCH = 25;
const MOST = 50;

export interface Deployment {
  readonly id: string;
  /** `Created`, `Queued`, `InProgress`, `Baking`, `Ready`, `Succeeded`, `Failed`, `Stopped`. */
  readonly status: string;
  readonly isActive: boolean;
  /** Traffic goes to what it deployed; it only waits before the tasks or servers of the earlier one are ended. */
  readonly isServing: boolean;
  /** Absent where CodeDeploy keeps none that is understood. */
  readonly revision: Revision | undefined;
  readonly key: string;
  readonly description: string;
  readonly by: string | undefined;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly completedAt: number | undefined;
  /** Servers or task sets that hold what it deployed. */
  readonly reached: number;
  /** Why it failed, in CodeDeploy's words. */
  readonly failure: string | undefined;
  /** The deployment that takes it back. */
  readonly rollback: string | undefined;
  readonly rollbackMessage: string | undefined;
}

const Listed = z.object({ deployments: z.array(z.string()).default([]) });

const Info = z.object({
  deploymentId: z.string(),
  status: z.string(),
  revision: Revision.optional().catch(undefined),
  description: z.string().default(''),
  creator: z.string().optional(),
  createTime: z.date(),
  completeTime: z.date().optional(),
  instanceTerminationWaitTimeStarted: z.boolean().default(false),
  deploymentOverview: z.object({ Succeeded: z.number().default(0) }).optional(),
  errorInformation: z
    .object({ code: z.string().optional(), message: z.string().optional() })
    .optional(),
  rollbackInfo: z
    .object({
      rollbackDeploymentId: z.string().optional(),
      rollbackMessage: z.string().optional(),
    })
    .optional(),
});

const Batch = z.object({ deploymentsInfo: z.array(Info).default([]) });

/** The group's newest fifty deployments, whatever became of them, newest first. @throws OutsideError. */
export async function readDeployments(
  codeDeploy: CodeDeploy,
  signal: AbortSignal,
): Promise<readonly Deployment[]> {
  const attempted = 'list the deployments';
  const command = new ListDeploymentsCommand({
    applicationName: codeDeploy.application,
    deploymentGroupName: codeDeploy.group,
  });
  const answer = await codeDeploy.read(
    attempted,
    (o) => codeDeploy.client.send(command, o),
    signal,
  );
  // CodeDeploy lists the newest first.
  const ids = understood(Listed, answer, { ...codeDeploy, attempted }).deployments.slice(0, MOST);
  const batches = [ids.slice(0, BATCH), ids.slice(BATCH)].filter((batch) => batch.length > 0);
  const found = await Promise.all(batches.map((batch) => readByIds(codeDeploy, batch, signal)));
  return found.flat().sort((a, b) => b.createdAt - a.createdAt);
}

/** One deployment; undefined when there is none with that id. @throws OutsideError. */
export async function readDeployment(
  codeDeploy: CodeDeploy,
  id: string,
  signal: AbortSignal,
): Promise<Deployment | undefined> {
  return (await readByIds(codeDeploy, [id], signal)).find((one) => one.id === id);
}

/** The deployment whose revision the group runs: the newest that succeeded, or that traffic goes to already. */
export function liveOf(deployments: readonly Deployment[]): Deployment | undefined {
  return deployments.find((one) => one.revision && (one.status === 'Succeeded' || one.isServing));
}

/** The deployment that keeps the group from another one: in progress, or with the earlier release still beside it. */
export function activeOf(deployments: readonly Deployment[]): Deployment | undefined {
  return deployments.find((one) => one.isActive);
}

/** A deployment that is moving the group from one revision to another. */
export function movingOf(deployments: readonly Deployment[]): Deployment | undefined {
  return deployments.find((one) => one.isActive && !one.isServing);
}

async function readByIds(
  codeDeploy: CodeDeploy,
  deploymentIds: string[],
  signal: AbortSignal,
): Promise<readonly Deployment[]> {
  const attempted = 'read the deployments';
  const command = new BatchGetDeploymentsCommand({ deploymentIds });
  const answer = await codeDeploy.read(
    attempted,
    (o) => codeDeploy.client.send(command, o),
    signal,
  );
  return understood(Batch, answer, { ...codeDeploy, attempted }).deploymentsInfo.map(deploymentOf);
}

function deploymentOf(info: z.infer<typeof Info>): Deployment {
  const isActive = !['Succeeded', 'Failed', 'Stopped'].includes(info.status);
  const { code, message } = info.errorInformation ?? {};
  const failure = [code, message].filter((part) => part !== undefined).join(': ');
  return {
    id: info.deploymentId,
    status: info.status,
    isActive,
    isServing: isActive && info.instanceTerminationWaitTimeStarted,
    revision: info.revision,
    key: info.revision ? keyOf(info.revision) : 'unknown',
    description: info.description,
    by: info.creator,
    createdAt: info.createTime.getTime(),
    completedAt: info.completeTime?.getTime(),
    reached: info.deploymentOverview?.Succeeded ?? 0,
    failure: failure || undefined,
    rollback: info.rollbackInfo?.rollbackDeploymentId,
    rollbackMessage: info.rollbackInfo?.rollbackMessage,
  };
}
