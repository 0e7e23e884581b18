import type { Agenda } from '../agenda.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';

export interface TaskDefinition {
  readonly family: string;
  readonly revision: number;
  readonly arn: string;
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly registeredAt: number;
  readonly registeredBy: string;
  status: 'ACTIVE' | 'INACTIVE';
}

export interface Rollout {
  readonly id: string;
  readonly taskDefinition: string;
  readonly createdAt: number;
  status: 'PRIMARY' | 'ACTIVE';
  state: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  reason: string;
  running: number;
}

/** A deployment of a service as its history keeps it. */
export interface ServiceDeployment {
  readonly arn: string;
  readonly revisionArn: string;
  readonly taskDefinition: string;
  readonly createdAt: number;
  status: string;
  finishedAt?: number;
}

export interface EcsService {
  readonly cluster: string;
  readonly name: string;
  desired: number;
  readonly controller: 'ECS' | 'CODE_DEPLOY';
  circuitBreaker: { enable: boolean; rollback: boolean };
  /** The primary one first. */
  rollouts: Rollout[];
  /** Newest first. */
  readonly history: ServiceDeployment[];
  /** What went wrong, newest first, as the service's events tell it. */
  readonly events: { readonly id: string; readonly at: number; readonly message: string }[];
}

export type Revision = Readonly<Record<string, unknown>> & { readonly revisionType: string };

export interface Deployment {
  readonly id: string;
  readonly revision: Revision;
  readonly description: string;
  readonly creator: 'user' | 'codeDeployRollback';
  readonly createdAt: number;
  readonly rollsBack: boolean;
  status: 'Created' | 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped';
  completedAt?: number;
  waitsForTermination: boolean;
  reached: number;
  failure?: string;
  rollback?: string;
  rollbackMessage?: string;
}

export interface DeploymentGroup {
  readonly application: string;
  readonly name: string;
  readonly platform: 'Server' | 'ECS';
  /** Blue/green: how long the earlier tasks are kept after traffic has moved. */
  terminationWaitMs: number;
  /** Newest first. */
  readonly deployments: Deployment[];
  /** Registered with the application. */
  readonly revisions: Revision[];
  /** The service whose traffic it moves. */
  readonly service: EcsService | undefined;
}

export interface AwsWorld {
  readonly agenda: Agenda;
  readonly taskDefinitions: TaskDefinition[];
  readonly services: EcsService[];
  readonly groups: DeploymentGroup[];
  /** What can be pulled: tags and digests by the address of their repository, `<registry>/shop/web`. */
  readonly repositories: Map<string, Set<string>>;
  /** How long a deployment takes, in milliseconds of the cloud's clock. */
  deployMs(): number;
  /** How long a deployment takes to stop. */
  stopMs(): number;
  /** The next number for ids, which never repeat. */
  next(): number;
}

/** Epoch seconds, as AWS sends dates in JSON. */
export function seconds(ms: number): number {
  return ms / 1000;
}

export function definitionNamed(world: AwsWorld, asked: string): TaskDefinition | undefined {
  const exact = world.taskDefinitions.find(
    (one) => one.arn === asked || `${one.family}:${one.revision}` === asked,
  );
  if (exact) return exact;
  return world.taskDefinitions
    .filter((one) => one.family === asked && one.status === 'ACTIVE')
    .at(-1);
}

/** The address of an image's repository in ECR, and its tag or digest there; undefined for another registry. */
export function inEcr(
  image: string,
): { readonly repository: string; readonly name: string } | undefined {
  const [, repository, name] =
    /^(\d{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com\/[^:@]+)[:@](.+)$/.exec(image) ?? [];
  return repository === undefined || name === undefined ? undefined : { repository, name };
}

/** The task definition an AppSpec names. */
export function definitionIn(revision: Revision): string | undefined {
  return /arn:aws:ecs:[\w:/-]+:task-definition\/[\w-]+:\d+/.exec(JSON.stringify(revision))?.[0];
}
