import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { understood } from '../aws/errors.ts';
import { type Ecs, shortArn } from '../aws/task-definition.ts';
import type { AwsEcsSettings } from './schema.ts';

export interface Rollout {
  readonly id: string;
  /** The ARN. */
  readonly taskDefinition: string;
  readonly state: 'running' | 'completed' | 'failed';
  readonly reason: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number | undefined;
  readonly running: number;
  readonly desired: number;
}

export interface ServiceState {
  readonly isActive: boolean;
  /** Who deploys it: `ECS`, `CODE_DEPLOY`, `EXTERNAL`. */
  readonly controller: string;
  /** What the service is being or was last moved to. */
  readonly primary: Rollout;
  readonly rollouts: readonly Rollout[];
  /** How many tasks are wanted, and how many run, of all deployments. */
  readonly desired: number;
  readonly running: number;
  /** What ECS noted last of the service, newest first. */
  readonly events: readonly string[];
  readonly circuitBreaker: 'off' | 'on' | 'rolls back';
}

const Deployment = z.object({
  id: z.string(),
  status: z.string(),
  taskDefinition: z.string(),
  rolloutState: z.string().optional(),
  rolloutStateReason: z.string().optional(),
  createdAt: z.date().optional(),
  runningCount: z.number().default(0),
  desiredCount: z.number().default(0),
});

const Described = z.object({
  services: z.array(
    z.object({
      status: z.string(),
      desiredCount: z.number().default(0),
      runningCount: z.number().default(0),
      deploymentController: z.object({ type: z.string() }).optional(),
      deployments: z.array(Deployment).default([]),
      taskSets: z
        .array(
          Deployment.extend({ runningCount: z.number().default(0) })
            .omit({ desiredCount: true, rolloutState: true, rolloutStateReason: true })
            .extend({ computedDesiredCount: z.number().default(0) }),
        )
        .default([]),
      events: z.array(z.object({ message: z.string().default('') })).default([]),
      deploymentConfiguration: z
        .object({
          deploymentCircuitBreaker: z
            .object({ enable: z.boolean(), rollback: z.boolean() })
            .optional(),
        })
        .optional(),
    }),
  ),
});
type Described = z.infer<typeof Described>;

/** The service as ECS describes it. @throws OutsideError, `not-found` when it is not there. */
export async function readService(
  ecs: Ecs,
  { cluster, service }: AwsEcsSettings,
  signal: AbortSignal,
): Promise<ServiceState> {
  const attempted = 'read the service';
  const answer = await ecs.read(
    attempted,
    (o) => ecs.client.send(new DescribeServicesCommand({ cluster, services: [service] }), o),
    signal,
  );
  const [found] = understood(Described, answer, { ...ecs, attempted }).services;
  if (!found) {
    throw new OutsideError({
      kind: 'not-found',
      system: ecs.system,
      attempted,
      on: ecs.on,
      answer: 'it is not there',
      next: 'Check `aws.region`, `cluster` and `service` in backstop.yaml.',
    });
  }
  const rollouts = [...found.deployments.map(rolloutOf), ...found.taskSets.map(taskSetRollout)];
  const isPrimary = ({ status }: { readonly status: string }) => status === 'PRIMARY';
  const index = [...found.deployments, ...found.taskSets].findIndex(isPrimary);
  const primary = rollouts[index];
  if (!primary) {
    throw new OutsideError({
      kind: 'rejected',
      system: ecs.system,
      attempted,
      on: ecs.on,
      answer: 'it has no primary deployment',
      next: 'See in the ECS console what happened to the service.',
    });
  }
  const breaker = found.deploymentConfiguration?.deploymentCircuitBreaker;
  return {
    isActive: found.status === 'ACTIVE',
    controller: found.deploymentController?.type ?? 'ECS',
    primary,
    rollouts,
    desired: found.desiredCount,
    running: found.runningCount,
    events: found.events.map(({ message }) => message),
    circuitBreaker: !breaker?.enable ? 'off' : breaker.rollback ? 'rolls back' : 'on',
  };
}

/** Why ECS gave a deployment up: after it has gone back, only the service's events still tell. */
export function failureIn(
  events: readonly string[],
  deployment: string | null,
): string | undefined {
  if (deployment === null) return undefined;
  const about = events.find((one) => one.includes(deployment) && /deployment failed/.test(one));
  return about?.replace(/^.*deployment failed:?\s*/, '');
}

/** `web:42` with what becomes of it, for people. */
export function rolloutWords({ taskDefinition, state, running, desired }: Rollout): string {
  const name = shortArn(taskDefinition);
  if (state === 'completed') return `${name} deployed`;
  if (state === 'failed') return `${name}, whose deployment failed`;
  return `${name} being deployed, ${running} of ${desired} tasks running`;
}

function rolloutOf(one: Described['services'][number]['deployments'][number]): Rollout {
  return {
    id: one.id,
    taskDefinition: one.taskDefinition,
    state: stateOf(one),
    reason: one.rolloutStateReason,
    at: one.createdAt?.getTime(),
    running: one.runningCount,
    desired: one.desiredCount,
  };
}

function taskSetRollout(one: Described['services'][number]['taskSets'][number]): Rollout {
  const { computedDesiredCount: desired, runningCount: running } = one;
  return {
    id: one.id,
    taskDefinition: one.taskDefinition,
    state: running === desired ? 'completed' : 'running',
    reason: undefined,
    at: one.createdAt?.getTime(),
    running,
    desired,
  };
}

/** Services behind a Classic Load Balancer have no rollout state: there the counts tell. */
function stateOf(one: z.infer<typeof Deployment>): Rollout['state'] {
  switch (one.rolloutState) {
    case 'COMPLETED':
      return 'completed';
    case 'FAILED':
      return 'failed';
    case undefined:
      return one.runningCount === one.desiredCount ? 'completed' : 'running';
    default:
      return 'running';
  }
}
