import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import {
  type Change,
  type Handle,
  type Json,
  type Observation,
  type Operation,
  type Progress,
  recoverByLooking,
} from '../../operation.ts';
import { definitionChanges } from '../aws/differences.ts';
import type { Images } from '../aws/images.ts';
import { newestDefinitionChange } from '../aws/newest-definition.ts';
import { type Ecs, readTaskDefinition, releaseOf, shortArn } from '../aws/task-definition.ts';
import { manualUpdate } from './manual.ts';
import { checkUpdate } from './preflight.ts';
import type { AwsEcsSettings } from './schema.ts';
import { failureIn, type Rollout, readService, rolloutWords } from './service.ts';
import { UPDATE_SERVICE, updateInput } from './update-input.ts';

/** What was asked for, and the deployment that ECS made of it. */
const UpdateHandle = z.object({
  taskDefinition: z.string(),
  deployment: z.string().nullable(),
  /** When ECS made it, epoch milliseconds. */
  at: z.number().nullable(),
});

const Updated = z.object({
  service: z.object({
    deployments: z.array(
      z.object({
        id: z.string(),
        status: z.string(),
        taskDefinition: z.string(),
        createdAt: z.date().optional(),
      }),
    ),
  }),
});

/** Moves the service to a task definition it ran before. Neither the number of tasks nor anything else is touched. */
export function createUpdateService(ecs: Ecs, images: Images, settings: AwsEcsSettings): Operation {
  const { cluster, service } = settings;

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { release } = updateInput(input);
    const { primary } = await readService(ecs, settings, signal);
    return {
      fingerprint: fingerprintOf(primary),
      expected: release,
      moving: primary.state === 'running',
      note: rolloutWords(primary),
    };
  }

  async function poll(handle: Handle, signal: AbortSignal): Promise<Progress> {
    const { taskDefinition, deployment, at } = UpdateHandle.parse(handle);
    const { primary, rollouts, events, circuitBreaker } = await readService(ecs, settings, signal);
    const ours = rollouts.find((one) => one.id === deployment);
    const name = shortArn(taskDefinition);
    if (primary.taskDefinition === taskDefinition) {
      if (primary.state === 'completed') return { state: 'succeeded' };
      if (primary.state === 'running') return { state: 'running', note: rolloutWords(primary) };
      const next = circuitBreaker === 'rolls back' ? '' : ' and left it so';
      return {
        state: 'failed',
        reason: `ECS gave the deployment of ${name} up${next}${because(primary)}.`,
      };
    }
    const isOlder = at !== null && primary.at !== undefined && primary.at <= at;
    if (isOlder && ours?.state !== 'failed') {
      return { state: 'running', note: 'ECS does not show the deployment yet.' };
    }
    const now = rolloutWords(primary);
    if (primary.state === 'running') {
      return { state: 'running', note: `ECS goes away from ${name} again: ${now}.` };
    }
    const reason = ours?.state === 'failed' ? ours.reason : failureIn(events, deployment);
    return {
      state: 'failed',
      reason: `The service did not stay at ${name}${because({ reason })}; it has ${now}. See the events of the service before you retry.`,
    };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: settings.quietSeconds * 1000,
    limitMs: settings.limitMinutes * 60_000,
    usualMs: settings.usualMinutes * 60_000,
    pollMs: settings.pollSeconds * 1000,
    observe,

    async describe(input, signal): Promise<readonly Change[]> {
      const { release } = updateInput(input);
      const { primary } = await readService(ecs, settings, signal);
      const [live, target] = await Promise.all([
        readTaskDefinition(ecs, primary.taskDefinition, signal),
        readTaskDefinition(ecs, release, signal),
      ]);
      const label = (definition: typeof live, arn: string) =>
        definition
          ? `${releaseOf(definition, settings).label} (${definition.name})`
          : shortArn(arn);
      return [
        {
          what: `service ${service}`,
          from: label(live, primary.taskDefinition),
          to: label(target, release),
        },
        ...(live && target ? definitionChanges(live, target) : []),
        ...(await newestDefinitionChange(ecs, target, settings, signal)),
      ];
    },

    async preflight(input, signal) {
      return checkUpdate({ ecs, images }, settings, updateInput(input), signal);
    },

    async submit(input, _intent, signal): Promise<Handle> {
      const { release } = updateInput(input);
      const attempted = `move the service to ${shortArn(release)}`;
      const command = new UpdateServiceCommand({ cluster, service, taskDefinition: release });
      const answer = await ecs.change(attempted, (o) => ecs.client.send(command, o), signal);
      // AWS said that it is done; an answer that names no deployment is followed by looking.
      const deployments = Updated.safeParse(answer).data?.service.deployments ?? [];
      const made = deployments.find(
        (one) => one.status === 'PRIMARY' && one.taskDefinition === release,
      );
      return {
        taskDefinition: release,
        deployment: made?.id ?? null,
        at: made?.createdAt?.getTime() ?? null,
      };
    },

    poll,

    async recover(input, intent, handle, signal) {
      const seen = await observe(input, signal);
      const given = handle === undefined ? undefined : UpdateHandle.parse(handle);
      const judged = recoverByLooking(seen, intent);
      // Right after the answer ECS may still show the service as it was.
      if (judged.state !== 'not-started' || given === undefined) return judged;
      const progress = await poll(given, signal);
      if (progress.state === 'running') {
        return { state: 'in-flight', ...(progress.note !== undefined && { note: progress.note }) };
      }
      return judged;
    },

    undo(input) {
      const { release, replaces } = updateInput(input);
      return { operation: UPDATE_SERVICE, input: { release: replaces, replaces: release } };
    },

    manual: (input) => manualUpdate(settings, updateInput(input)),
  };
}

/** A deployment that was given up and left is neither the state before nor the one wanted. */
function fingerprintOf({ taskDefinition, state }: Rollout): string {
  return state === 'failed' ? `${taskDefinition} failed` : taskDefinition;
}

function because({ reason }: Pick<Rollout, 'reason'>): string {
  return reason === undefined ? '' : `: ${reason.replace(/\.+$/, '')}`;
}
