import {
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { understood } from '../aws/errors.ts';
import type { Ecs } from '../aws/task-definition.ts';
import type { AwsEcsSettings } from './schema.ts';

/** DescribeServiceRevisions takes twenty at once. */
const MOST = 20;

/** A deployment of the service that went well. */
export interface PastDeployment {
  readonly taskDefinition: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The exact images that ran, `web@sha256:…`, by container. */
  readonly digests: ReadonlyMap<string, string>;
}

const Listed = z.object({
  serviceDeployments: z
    .array(z.object({ targetServiceRevisionArn: z.string(), createdAt: z.date() }))
    .default([]),
});

const Revisions = z.object({
  serviceRevisions: z
    .array(
      z.object({
        serviceRevisionArn: z.string(),
        taskDefinition: z.string(),
        containerImages: z
          .array(
            z.object({ containerName: z.string().optional(), imageDigest: z.string().optional() }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/** The newest twenty successful deployments, newest first; ECS keeps them for ninety days. @throws OutsideError. */
export async function readPastDeployments(
  ecs: Ecs,
  { cluster, service }: AwsEcsSettings,
  signal: AbortSignal,
): Promise<readonly PastDeployment[]> {
  const attempted = 'list the deployments of the service';
  const list = new ListServiceDeploymentsCommand({
    cluster,
    service,
    status: ['SUCCESSFUL'],
    maxResults: MOST,
  });
  const listed = understood(
    Listed,
    await ecs.read(attempted, (o) => ecs.client.send(list, o), signal),
    { ...ecs, attempted },
  ).serviceDeployments;
  const newestFirst = [...listed]
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
    .slice(0, MOST);
  if (newestFirst.length === 0) return [];
  const arns = [...new Set(newestFirst.map((one) => one.targetServiceRevisionArn))];
  const describe = new DescribeServiceRevisionsCommand({ serviceRevisionArns: arns });
  const found = understood(
    Revisions,
    await ecs.read(attempted, (o) => ecs.client.send(describe, o), signal),
    { ...ecs, attempted },
  ).serviceRevisions;
  return newestFirst.flatMap((one) => {
    const revision = found.find((each) => each.serviceRevisionArn === one.targetServiceRevisionArn);
    if (!revision) return [];
    const digests = revision.containerImages.flatMap(({ containerName, imageDigest }) =>
      containerName !== undefined && imageDigest !== undefined
        ? [[containerName, imageDigest] as const]
        : [],
    );
    return [
      {
        taskDefinition: revision.taskDefinition,
        at: one.createdAt.getTime(),
        digests: new Map(digests),
      },
    ];
  });
}
