import { OutsideError } from '../../errors.ts';
import {
  type Ecs,
  readTaskDefinition,
  releaseOf,
  type TaskDefinition,
} from '../aws/task-definition.ts';
import type { CodeDeploy } from './client.ts';
import type { Deployment } from './deployments.ts';
import {
  describeRevision,
  isWhole,
  type Revision,
  readRevision,
  taskDefinitionOf,
} from './revision.ts';
import type { AwsCodeDeploySettings } from './schema.ts';

/** What a deployment brought: its revision as it is registered, and the release in it. */
export interface Release {
  readonly label: string;
  readonly commit?: string;
  /** Absent when it cannot be deployed again. */
  readonly revision?: Revision;
  /** Why it cannot. */
  readonly gone?: string;
  /** Of an ECS service, where ECS may be read. */
  readonly definition?: TaskDefinition;
}

/** @throws OutsideError. */
export async function readRelease(
  codeDeploy: CodeDeploy,
  ecs: Ecs,
  settings: AwsCodeDeploySettings,
  { id, revision }: Deployment,
  signal: AbortSignal,
): Promise<Release> {
  if (!revision) return { label: id, gone: 'CodeDeploy does not tell what it deployed.' };
  const registered = await readRevision(codeDeploy, revision, signal);
  if (!registered) {
    return { ...describeRevision(revision), gone: 'Its revision is no longer registered.' };
  }
  if (!isWhole(registered)) {
    return { ...describeRevision(registered), gone: 'CodeDeploy does not give its AppSpec.' };
  }
  const arn = taskDefinitionOf(registered);
  if (arn === undefined) return { ...describeRevision(registered), revision: registered };
  const found = await definitionOf(ecs, arn, signal);
  if (found === 'not told') return { ...describeRevision(registered), revision: registered };
  if (!found?.isActive) {
    return {
      ...(found ? releaseOf(found, settings) : describeRevision(registered)),
      gone: `Task definition ${arn.split('/').at(-1)} was deregistered. Run the pipeline of its commit again.`,
    };
  }
  return { ...releaseOf(found, settings), revision: registered, definition: found };
}

/** A team may let Backstop use CodeDeploy and not read ECS: then revisions are called by their task definitions. */
async function definitionOf(
  ecs: Ecs,
  arn: string,
  signal: AbortSignal,
): Promise<TaskDefinition | undefined | 'not told'> {
  try {
    return await readTaskDefinition(ecs, arn, signal);
  } catch (error) {
    if (error instanceof OutsideError && error.detail.kind === 'permission') return 'not told';
    throw error;
  }
}
