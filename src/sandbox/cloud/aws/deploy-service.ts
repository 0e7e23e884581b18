import { randomUUID } from 'node:crypto';
import {
  ACCOUNT,
  type AwsWorld,
  type EcsService,
  REGION,
  type Rollout,
  type ServiceDeployment,
} from './world.ts';

/**
 * Moves a service to a task definition as ECS does it: a new primary rollout beside the old one, which goes once the new
 * tasks run. One that `failsWith` is given up; with the circuit breaker ECS goes back by itself.
 */
export function deployService(
  world: AwsWorld,
  service: EcsService,
  taskDefinition: string,
  o: { readonly takesMs: number; readonly failsWith?: string | undefined },
): Rollout {
  const earlier = service.rollouts[0]?.taskDefinition;
  const { rollout, record } = begin(world, service, taskDefinition);
  world.agenda.later(o.takesMs, () => {
    if (service.rollouts[0] !== rollout) return;
    if (o.failsWith === undefined) {
      settle(world, service, rollout, record, 'SUCCESSFUL');
      return;
    }
    rollout.state = 'FAILED';
    rollout.reason = o.failsWith;
    service.events.unshift({
      id: randomUUID(),
      at: world.agenda.now(),
      message: `(service ${service.name}) (deployment ${rollout.id}) deployment failed: ${o.failsWith}`,
    });
    record.status = 'ROLLBACK_SUCCESSFUL';
    if (!service.circuitBreaker.rollback || earlier === undefined) {
      record.status = 'STOPPED';
      return;
    }
    const back = begin(world, service, earlier);
    world.agenda.later(o.takesMs, () =>
      settle(world, service, back.rollout, back.record, 'STOPPED'),
    );
  });
  return rollout;
}

/** Sets how many tasks are wanted; they run a while later, without a deployment. */
export function scaleService(
  world: AwsWorld,
  service: EcsService,
  desired: number,
  takesMs: number,
): void {
  service.desired = desired;
  world.agenda.later(takesMs, () => {
    const [primary] = service.rollouts;
    if (service.desired === desired && primary?.state === 'COMPLETED') primary.running = desired;
  });
}

/** A deployment that went well before the story begins. */
export function deployedBefore(
  world: AwsWorld,
  service: EcsService,
  taskDefinition: string,
  at: number,
): void {
  const { rollout, record } = begin(world, service, taskDefinition, at);
  settle(world, service, rollout, record, 'SUCCESSFUL', at);
}

function begin(
  world: AwsWorld,
  service: EcsService,
  taskDefinition: string,
  at: number = world.agenda.now(),
): { readonly rollout: Rollout; readonly record: ServiceDeployment } {
  const number = String(world.next());
  const rollout: Rollout = {
    id: `ecs-svc/${number.padStart(19, '4')}`,
    taskDefinition,
    createdAt: at,
    status: 'PRIMARY',
    state: 'IN_PROGRESS',
    reason: `ECS deployment ecs-svc/${number} in progress.`,
    running: 0,
  };
  for (const one of service.rollouts) one.status = 'ACTIVE';
  service.rollouts = [rollout, ...service.rollouts];
  const under = `arn:aws:ecs:${REGION}:${ACCOUNT}`;
  const record: ServiceDeployment = {
    arn: `${under}:service-deployment/${service.cluster}/${service.name}/${number.padStart(12, 'd')}`,
    revisionArn: `${under}:service-revision/${service.cluster}/${service.name}/${number.padStart(12, '7')}`,
    taskDefinition,
    createdAt: at,
    status: 'IN_PROGRESS',
  };
  service.history.unshift(record);
  return { rollout, record };
}

function settle(
  world: AwsWorld,
  service: EcsService,
  rollout: Rollout,
  record: ServiceDeployment,
  status: string,
  at: number = world.agenda.now(),
): void {
  if (service.rollouts[0] !== rollout) return;
  rollout.state = 'COMPLETED';
  rollout.reason = `ECS deployment ${rollout.id} completed.`;
  rollout.running = service.desired;
  service.rollouts = [rollout];
  record.status = status;
  record.finishedAt = at;
}
