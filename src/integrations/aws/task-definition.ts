import { DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { type Aws, clientConfig, createAws } from './client.ts';
import { understood } from './errors.ts';
import type { AwsConnection, ReleaseSettings } from './schema.ts';

/** Calls to ECS about one resource. */
export interface Ecs extends Aws {
  readonly client: ECSClient;
}

/** @param on the resource in AWS's words, for messages. */
export function createEcs(connection: AwsConnection, on: string): Ecs {
  const client = new ECSClient(clientConfig(connection, 'ecs'));
  return { ...createAws(connection, 'AWS ECS', on), client };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly isEssential: boolean;
  /** Values may be secret: compared, never shown. */
  readonly environment: ReadonlyMap<string, string>;
  /** Where secrets come from, by name. */
  readonly secrets: ReadonlyMap<string, string>;
}

export interface TaskDefinition {
  readonly arn: string;
  /** `web:42`. */
  readonly name: string;
  readonly family: string;
  /** False once it was deregistered: no service can be moved to it. */
  readonly isActive: boolean;
  readonly containers: readonly Container[];
  readonly cpu: string | undefined;
  readonly memory: string | undefined;
  readonly registeredBy: string | undefined;
}

const Described = z.object({
  taskDefinition: z.object({
    taskDefinitionArn: z.string(),
    family: z.string(),
    revision: z.number(),
    status: z.string(),
    cpu: z.string().optional(),
    memory: z.string().optional(),
    registeredBy: z.string().optional(),
    containerDefinitions: z.array(
      z.object({
        name: z.string(),
        image: z.string(),
        essential: z.boolean().optional(),
        environment: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
        secrets: z.array(z.object({ name: z.string(), valueFrom: z.string() })).default([]),
      }),
    ),
  }),
});

/**
 * A task definition by its ARN, `family:revision`, or family, which gives the newest active one.
 * Undefined when there is none. @throws OutsideError.
 */
export async function readTaskDefinition(
  ecs: Ecs,
  asked: string,
  signal: AbortSignal,
): Promise<TaskDefinition | undefined> {
  const attempted = `read task definition ${shortArn(asked)}`;
  try {
    const answer = await ecs.read(
      attempted,
      (o) => ecs.client.send(new DescribeTaskDefinitionCommand({ taskDefinition: asked }), o),
      signal,
    );
    const { taskDefinition: found } = understood(Described, answer, { ...ecs, attempted });
    return {
      arn: found.taskDefinitionArn,
      name: `${found.family}:${found.revision}`,
      family: found.family,
      isActive: found.status === 'ACTIVE',
      containers: found.containerDefinitions.map((one) => ({
        name: one.name,
        image: one.image,
        isEssential: one.essential !== false,
        environment: new Map(one.environment.map((each) => [each.name, each.value])),
        secrets: new Map(one.secrets.map((each) => [each.name, each.valueFrom])),
      })),
      cpu: found.cpu,
      memory: found.memory,
      registeredBy: found.registeredBy?.split('/').at(-1),
    };
  } catch (error) {
    const isMissing =
      error instanceof OutsideError &&
      /unable to describe task definition/i.test(error.detail.answer ?? '');
    if (isMissing) return undefined;
    throw error;
  }
}

/** The release in a task definition: its label for people, and its commit where anything tells it. */
export function releaseOf(
  definition: TaskDefinition,
  settings: ReleaseSettings,
): { readonly label: string; readonly commit?: string } {
  const container =
    definition.containers.find((one) => one.name === settings.container) ??
    definition.containers.find((one) => one.isEssential);
  const tag = tagOf(container?.image ?? '');
  const isCommit = tag !== undefined && /^[0-9a-f]{7,40}$/.test(tag);
  const commit =
    container?.environment.get(settings.commitVariable) ?? (isCommit ? tag : undefined);
  const version = container?.environment.get(settings.versionVariable);
  const named = tag !== undefined && !isCommit && tag !== 'latest' ? tag : undefined;
  return {
    label: version ?? named ?? definition.name,
    ...(commit !== undefined && { commit }),
  };
}

/** `web:42` of a task definition's ARN; anything else as it is. */
export function shortArn(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

/** The tag of an image reference: not the port of its registry, not its digest. */
function tagOf(image: string): string | undefined {
  return /:([\w][\w.-]*)$/.exec(image.split('@', 1)[0]?.split('/').at(-1) ?? '')?.[1];
}
