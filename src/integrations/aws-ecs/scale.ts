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
import type { Ecs } from '../aws/task-definition.ts';
import type { AwsEcsSettings } from './schema.ts';
import { readService } from './service.ts';

export const SCALE = 'scale';

const Input = z.strictObject({ to: z.int(), from: z.int() });

/** Another number of tasks; what they run stays. */
export function createScale(ecs: Ecs, settings: AwsEcsSettings): Operation {
  const { cluster, service } = settings;
  const parse = (input: Json) => Input.parse(input);
  const words = (tasks: number): string => (tasks === 1 ? '1 task' : `${tasks} tasks`);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { to } = parse(input);
    const { desired, running } = await readService(ecs, settings, signal);
    return {
      fingerprint: words(desired),
      expected: words(to),
      moving: desired === to && running !== to,
      note: `${words(desired)} wanted, ${running} running`,
    };
  }

  async function poll(handle: Handle, signal: AbortSignal): Promise<Progress> {
    const { to, from } = parse(handle);
    const { desired, running } = await readService(ecs, settings, signal);
    // Right after the answer ECS may still show the service as it was.
    if (desired === from) return { state: 'running', note: 'ECS does not show the number yet.' };
    if (desired !== to) {
      return { state: 'failed', reason: `It was set to ${words(desired)} meanwhile.` };
    }
    return running === to
      ? { state: 'succeeded' }
      : { state: 'running', note: `${running} of ${words(to)} are running.` };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: settings.quietSeconds * 1000,
    limitMs: settings.limitMinutes * 60_000,
    usualMs: 60_000,
    pollMs: settings.pollSeconds * 1000,
    title: (input) => `Scale ECS service ${cluster}/${service} to ${words(parse(input).to)}`,
    observe,
    async describe(input, signal) {
      const { to } = parse(input);
      const { desired } = await readService(ecs, settings, signal);
      return [{ what: `service ${service}`, from: words(desired), to: words(to) }];
    },
    async preflight(input, signal) {
      parse(input);
      const { primary, isActive } = await readService(ecs, settings, signal);
      const isDeploying = primary.state === 'running';
      return [
        {
          name: 'The service is active',
          verdict: isActive ? 'pass' : 'fail',
          reason: isActive ? 'it is' : 'ECS is taking it away',
          blocking: true,
        },
        {
          name: 'Nothing else is under way',
          verdict: isDeploying ? 'warn' : 'pass',
          reason: isDeploying ? 'a deployment starts tasks as well' : 'no deployment is',
          blocking: false,
        },
      ];
    },
    async submit(input, _intent, signal): Promise<Handle> {
      const { to, from } = parse(input);
      const command = new UpdateServiceCommand({ cluster, service, desiredCount: to });
      await ecs.change(`scale it to ${words(to)}`, (o) => ecs.client.send(command, o), signal);
      return { to, from };
    },
    poll,
    async recover(input, intent, handle, signal) {
      const judged = recoverByLooking(await observe(input, signal), intent);
      if (judged.state !== 'not-started' || handle === undefined) return judged;
      const progress = await poll(handle, signal);
      return progress.state === 'running'
        ? { state: 'in-flight', note: progress.note ?? '' }
        : judged;
    },
    undo(input) {
      const { to, from } = parse(input);
      return { operation: SCALE, input: { to: from, from: to } };
    },
    manual(input) {
      return `aws ecs update-service --cluster ${cluster} --service ${service} --desired-count ${parse(input).to} sets the number; aws ecs describe-services --cluster ${cluster} --services ${service} --query "services[0].[desiredCount,runningCount]" shows when all of them run. Autoscaling may set it again: raise its minimum where it does.`;
    },
  };
}
