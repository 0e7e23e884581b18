import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import {
  type Handle,
  type Json,
  type Observation,
  type Operation,
  type Progress,
  recoverByLooking,
} from '../../operation.ts';
import { type Ecs, shortArn } from '../aws/task-definition.ts';
import type { AwsEcsSettings } from './schema.ts';
import { failureIn, type Rollout, readService, rolloutWords } from './service.ts';

export const RESTART = 'restart';

/** The deployment that is live, and the ARN of its task definition. */
const Input = z.strictObject({ deployment: z.string(), taskDefinition: z.string() });
type Input = z.infer<typeof Input>;

/** What was asked for, and the deployment that ECS made of it. */
const RestartHandle = z.object({ ...Input.shape, made: z.string().nullable() });

const Updated = z.object({
  service: z.object({ deployments: z.array(z.object({ id: z.string(), status: z.string() })) }),
});

const RESTARTED = 'a newer deployment of the same task definition';

/** A new deployment of what runs: new tasks, the old ones go once they are up. Told by the deployment's id, which never comes back. */
export function createRestart(ecs: Ecs, settings: AwsEcsSettings): Operation {
  const { cluster, service } = settings;
  const parse = (input: Json) => Input.parse(input);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { primary } = await readService(ecs, settings, signal);
    return {
      fingerprint: fingerprintOf(primary, parse(input)),
      expected: RESTARTED,
      moving: primary.state === 'running',
      note: rolloutWords(primary),
    };
  }

  async function poll(handle: Handle, signal: AbortSignal): Promise<Progress> {
    const { made, ...before } = RestartHandle.parse(handle);
    const { primary, rollouts, events } = await readService(ecs, settings, signal);
    const ours = rollouts.find(({ id }) => id === made);
    const given = ours?.state === 'failed' ? (ours.reason ?? '') : failureIn(events, made);
    if (given !== undefined) {
      return { state: 'failed', reason: `ECS gave the new deployment up: ${given}` };
    }
    if (primary.id === before.deployment) {
      return { state: 'running', note: 'ECS does not show the new deployment yet.' };
    }
    if (primary.taskDefinition !== before.taskDefinition) {
      const now = rolloutWords(primary);
      return { state: 'failed', reason: `Somebody else deployed meanwhile: ${now}.` };
    }
    return primary.state === 'completed'
      ? { state: 'succeeded' }
      : { state: 'running', note: rolloutWords(primary) };
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs: settings.quietSeconds * 1000,
    limitMs: settings.limitMinutes * 60_000,
    usualMs: settings.usualMinutes * 60_000,
    pollMs: settings.pollSeconds * 1000,
    title: () => `Restart ECS service ${cluster}/${service}`,
    observe,
    async describe(input, signal) {
      parse(input);
      const { running, desired } = await readService(ecs, settings, signal);
      return [
        {
          what: `tasks of service ${service}`,
          from: `${running} of ${desired} running`,
          to: `${desired} new ones of the same release`,
        },
      ];
    },
    async preflight(input, signal) {
      parse(input);
      const { primary, controller, isActive } = await readService(ecs, settings, signal);
      const isOwn = controller === 'ECS' && isActive;
      const isDeploying = primary.state === 'running';
      return [
        {
          name: 'ECS deploys the service',
          verdict: isOwn ? 'pass' : 'fail',
          reason: isOwn ? 'it does' : isActive ? `${controller} does` : 'ECS is taking it away',
          blocking: true,
        },
        {
          name: 'Nothing else is under way',
          verdict: isDeploying ? 'fail' : 'pass',
          reason: isDeploying ? rolloutWords(primary) : 'no deployment is',
          blocking: true,
        },
      ];
    },
    async submit(input, _intent, signal): Promise<Handle> {
      const before = parse(input);
      const command = new UpdateServiceCommand({ cluster, service, forceNewDeployment: true });
      const answer = await ecs.change('restart it', (o) => ecs.client.send(command, o), signal);
      const deployments = Updated.safeParse(answer).data?.service.deployments ?? [];
      const made = deployments.find(
        ({ id, status }) => status === 'PRIMARY' && id !== before.deployment,
      );
      return { ...before, made: made?.id ?? null };
    },
    poll,
    async recover(input, intent, handle, signal) {
      const judged = recoverByLooking(await observe(input, signal), intent);
      if (handle === undefined) return judged;
      const progress = await poll(handle, signal);
      // The circuit breaker goes back by one more deployment of the same task definition.
      if (judged.state === 'done' && progress.state === 'failed') {
        return { state: 'diverged', reason: progress.reason };
      }
      return judged.state === 'not-started' && progress.state === 'running'
        ? { state: 'in-flight', note: progress.note ?? '' }
        : judged;
    },
    manual(input) {
      const { deployment, taskDefinition } = parse(input);
      return `aws ecs update-service --cluster ${cluster} --service ${service} --force-new-deployment starts new tasks of ${shortArn(taskDefinition)}; aws ecs describe-services --cluster ${cluster} --services ${service} --query "services[0].deployments[].[id,status,rolloutState]" shows when PRIMARY is another than ${deployment} and COMPLETED.`;
    },
  };
}

function fingerprintOf({ id, taskDefinition, state }: Rollout, before: Input): string {
  if (id === before.deployment) return id;
  const isSame = taskDefinition === before.taskDefinition && state !== 'failed';
  return isSame ? RESTARTED : `${taskDefinition}${state === 'failed' ? ' failed' : ''}`;
}
