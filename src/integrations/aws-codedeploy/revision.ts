import { createHash } from 'node:crypto';
import { GetApplicationRevisionCommand, type RevisionLocation } from '@aws-sdk/client-codedeploy';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { understood } from '../aws/errors.ts';
import type { CodeDeploy } from './client.ts';

const Content = z.object({ content: z.string().optional(), sha256: z.string().optional() });

/** What was deployed, as CodeDeploy keeps it. */
export const Revision = z.discriminatedUnion('revisionType', [
  z.object({
    revisionType: z.literal('S3'),
    s3Location: z.object({
      bucket: z.string(),
      key: z.string(),
      bundleType: z.enum(['JSON', 'YAML', 'tar', 'tgz', 'zip']).optional(),
      version: z.string().optional(),
      eTag: z.string().optional(),
    }),
  }),
  z.object({
    revisionType: z.literal('GitHub'),
    gitHubLocation: z.object({ repository: z.string(), commitId: z.string() }),
  }),
  z.object({ revisionType: z.literal('AppSpecContent'), appSpecContent: Content }),
  z.object({ revisionType: z.literal('String'), string: Content }),
]);
export type Revision = z.infer<typeof Revision>;

/** Exact and comparable: two deployments with the same key deployed the same. */
export function keyOf(revision: Revision): string {
  switch (revision.revisionType) {
    case 'S3': {
      const { bucket, key, version, eTag } = revision.s3Location;
      const exactly = version ?? eTag?.replaceAll('"', '');
      return `s3://${bucket}/${key}${exactly === undefined ? '' : `#${exactly}`}`;
    }
    case 'GitHub': {
      const { repository, commitId } = revision.gitHubLocation;
      return `github:${repository}@${commitId}`;
    }
    case 'AppSpecContent':
      return `appspec:${hashOf(revision.appSpecContent)}`;
    case 'String':
      return `appspec:${hashOf(revision.string)}`;
  }
}

/** The revision in few words, and its commit where it tells one. */
export function describeRevision(revision: Revision): {
  readonly label: string;
  readonly commit?: string;
} {
  switch (revision.revisionType) {
    case 'S3': {
      const { key } = revision.s3Location;
      const name = key.split('/').at(-1) ?? key;
      const [commit] = /[0-9a-f]{40}/.exec(key) ?? [];
      const label = name.replace(/\.(zip|tgz|tar|tar\.gz|json|ya?ml)$/i, '');
      return { label, ...(commit !== undefined && { commit }) };
    }
    case 'GitHub': {
      const { commitId } = revision.gitHubLocation;
      return { label: commitId.slice(0, 7), commit: commitId };
    }
    case 'AppSpecContent':
    case 'String': {
      const definition = taskDefinitionOf(revision);
      const name = definition?.split('/').at(-1);
      return { label: name ?? `AppSpec ${keyOf(revision).slice(8, 16)}` };
    }
  }
}

/** The ARN of the task definition that an AppSpec for ECS deploys. */
export function taskDefinitionOf(revision: Revision): string | undefined {
  return /TaskDefinition"?\s*:\s*["']?(arn:[\w:/-]+)/.exec(appSpecOf(revision) ?? '')?.[1];
}

/** True when it says all that a deployment needs: an AppSpec known by its hash alone cannot be deployed. */
export function isWhole(revision: Revision): boolean {
  return ['S3', 'GitHub'].includes(revision.revisionType) || appSpecOf(revision) !== undefined;
}

function appSpecOf(revision: Revision): string | undefined {
  if (revision.revisionType === 'AppSpecContent') return revision.appSpecContent.content;
  return revision.revisionType === 'String' ? revision.string.content : undefined;
}

const Registered = z.object({ revision: Revision });

/**
 * The revision as it is registered with the application, an AppSpec with its content, which deployments are listed without.
 * Undefined when CodeDeploy does not have it any more. @throws OutsideError.
 */
export async function readRevision(
  codeDeploy: CodeDeploy,
  revision: Revision,
  signal: AbortSignal,
): Promise<Revision | undefined> {
  const attempted = 'read the revision';
  const command = new GetApplicationRevisionCommand({
    applicationName: codeDeploy.application,
    revision: asLocation(revision),
  });
  try {
    const answer = await codeDeploy.read(
      attempted,
      (o) => codeDeploy.client.send(command, o),
      signal,
    );
    return understood(Registered, answer, { ...codeDeploy, attempted }).revision;
  } catch (error) {
    const code = error instanceof OutsideError ? error.detail.code : undefined;
    if (code === 'RevisionDoesNotExistException') return undefined;
    throw error;
  }
}

/** The revision as the SDK takes it. */
export function asLocation(revision: Revision): RevisionLocation {
  return revision;
}

function hashOf({ content, sha256 }: z.infer<typeof Content>): string {
  return (
    sha256 ??
    createHash('sha256')
      .update(content ?? '')
      .digest('hex')
  );
}
