import { listDeployments, listDeploymentsSlot } from '@azure/arm-appservice/api/webApps';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import type { Arm } from './client.ts';
import { PRODUCTION, type Release, understood } from './slots.ts';

const MOST = 50;

/** One entry of a slot's deployment history. */
export interface Deployment {
  readonly id: string;
  readonly commit: string | undefined;
  readonly title: string | undefined;
  readonly by: string | undefined;
  /** When it was in place, epoch milliseconds. */
  readonly at: number | undefined;
  readonly isActive: boolean;
  readonly isUnderWay: boolean;
}

/** Kudu's words for a deployment's state: 3 failed, 4 succeeded; below, it is still at work. */
const FAILED = 3;

const Entry = z.object({
  name: z.string().nullish(),
  status: z.number().nullish(),
  message: z.string().nullish(),
  author: z.string().nullish(),
  deployer: z.string().nullish(),
  startTime: z.date().nullish().catch(undefined),
  endTime: z.date().nullish().catch(undefined),
  active: z.boolean().nullish(),
});

/** What GitHub's and Azure's pipelines write into the message. */
const PipelineMessage = z.object({
  sha: z.string().optional(),
  commitId: z.string().optional(),
  actor: z.string().optional(),
  commitMessage: z.string().optional(),
  message: z.string().optional(),
});

/**
 * The deployment history of a slot, as Azure lists it. Undefined when it may not be read or the app has none, as with
 * plain containers.
 * @throws OutsideError when it could not be read for another reason.
 */
export async function readDeployments(
  arm: Arm,
  slot: string,
  signal: AbortSignal,
): Promise<readonly Deployment[] | undefined> {
  const { context, group, app } = arm;
  const attempted = `read the deployments of ${slot}`;
  try {
    const value = await arm.read(
      attempted,
      (o) =>
        firstOf(
          slot === PRODUCTION
            ? listDeployments(context, group, app, o)
            : listDeploymentsSlot(context, group, app, slot, o),
        ),
      signal,
    );
    return understood(z.array(Entry), value, attempted, arm).map(deploymentFrom);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    if (['permission', 'not-found'].includes(error.detail.kind)) return undefined;
    throw error;
  }
}

/** Whether it brought this release, by its commit. */
export function isOf(deployment: Deployment, release: Release): boolean {
  const { commit } = deployment;
  if (commit === undefined || release.commit === undefined || release.commit.length < 7) {
    return false;
  }
  return commit.startsWith(release.commit.toLowerCase()) || release.commit.startsWith(commit);
}

async function firstOf<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const first: T[] = [];
  for await (const item of items) {
    first.push(item);
    if (first.length === MOST) break;
  }
  return first;
}

function deploymentFrom(entry: z.infer<typeof Entry>): Deployment {
  const id = entry.name ?? '';
  const told = fromPipeline(entry.message ?? '');
  const text = told ? (told.commitMessage ?? told.message) : entry.message;
  const commit = [told?.sha, told?.commitId, id].find((one) => one && /^[0-9a-f]{40}$/i.test(one));
  const known = (name: string | null | undefined) => (name && name !== 'N/A' ? name : undefined);
  return {
    id,
    commit,
    title: text?.split('\n', 1)[0]?.trim() || undefined,
    by: known(told?.actor) ?? known(entry.author) ?? known(entry.deployer),
    at: entry.endTime?.getTime(),
    isActive: entry.active === true,
    isUnderWay: typeof entry.status === 'number' && entry.status < FAILED && !entry.endTime,
  };
}

function fromPipeline(message: string): z.infer<typeof PipelineMessage> | undefined {
  if (!message.trimStart().startsWith('{')) return undefined;
  try {
    return PipelineMessage.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}
