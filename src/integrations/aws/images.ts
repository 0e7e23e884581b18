import type { DescribeImagesCommandInput, ECRClient } from '@aws-sdk/client-ecr';
import { z } from 'zod';
import type { Check } from '../../component.ts';
import { OutsideError } from '../../errors.ts';
import { fail, pass } from '../checks.ts';
import { clientConfig, createAws } from './client.ts';
import { understood } from './errors.ts';
import type { AwsConnection } from './schema.ts';
import type { TaskDefinition } from './task-definition.ts';

/** How long a version's images are looked for, unless told otherwise: a rollback does not wait longer for what it can do without. */
const LOOK_MS = 15_000;

/** An image of ECR by its host, repository, and tag or digest (docs.aws.amazon.com, «Amazon ECR registries» and «Dual-stack endpoints»). */
const ECR_IMAGE =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/([a-z0-9._/-]+)(?::([\w][\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?$/;

const Described = z.object({ imageDetails: z.array(z.object({})).default([]) });

/** What a look at one image found; `why` nobody knows. */
type Found =
  | { readonly image: string; readonly state: 'there' | 'gone' }
  | { readonly image: string; readonly state: 'unknown'; readonly why: string };

/** Where the images of task definitions are pulled from. */
export interface Images {
  /**
   * Whether tasks of this definition could be started as far as their images go. Blocks where ECR says that one is gone; where
   * nobody could look, it says so and blocks nothing. @throws the signal's reason when it was aborted.
   */
  check(definition: TaskDefinition, signal: AbortSignal): Promise<Check>;
}

/**
 * Looks into ECR, by reading; the SDK for it is loaded when there is an image to look for.
 * @param lookMs how long all the images of a version may take, in milliseconds.
 */
export function createImages(connection: AwsConnection, lookMs = LOOK_MS): Images {
  const clients = new Map<string, ECRClient>();

  async function look(image: string, signal: AbortSignal): Promise<Found> {
    const asked = ecrImage(image);
    if (!asked) return { image, state: 'unknown', why: 'it is not in ECR' };
    const ecr = createAws(connection, 'AWS ECR', `image ${image}`);
    const attempted = 'look whether it is there';
    try {
      const { DescribeImagesCommand, ECRClient: Client } = await import('@aws-sdk/client-ecr');
      const client =
        clients.get(asked.region) ?? new Client(clientConfig(inRegion(asked.region), 'ecr'));
      clients.set(asked.region, client);
      const command = new DescribeImagesCommand(asked.input);
      const answer = await ecr.read(attempted, (o) => client.send(command, o), signal);
      const { imageDetails } = understood(Described, answer, { ...ecr, attempted });
      // One that was archived is not described, and cannot be pulled either.
      return { image, state: imageDetails.length > 0 ? 'there' : 'gone' };
    } catch (error) {
      if (signal.aborted) {
        return { image, state: 'unknown', why: `ECR did not answer in ${lookMs / 1000} s` };
      }
      if (!(error instanceof OutsideError)) throw error;
      return isGone(error)
        ? { image, state: 'gone' }
        : { image, state: 'unknown', why: error.message };
    }
  }

  /** An address of its own is that of one region. */
  function inRegion(region: string): AwsConnection {
    return region === connection.region ? connection : { ...connection, region, endpoints: {} };
  }

  return {
    async check({ containers }, signal) {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(lookMs)]);
      const images = [...new Set(containers.map(({ image }) => image))];
      const found = await Promise.all(images.map((image) => look(image, limited)));
      signal.throwIfAborted();
      return judged(found);
    },
  };
}

function judged(found: readonly Found[]): Check {
  const name = 'The images are there';
  const gone = found.filter(({ state }) => state === 'gone').map(({ image }) => image);
  if (gone.length > 0) {
    const next = 'Choose another version, or push the image again.';
    return fail(name, `ECR does not have ${gone.join(', ')} any more. ${next}`);
  }
  const unknown = found.flatMap((one) => (one.state === 'unknown' ? [one] : []));
  if (unknown.length > 0) {
    const reason = unknown.map(
      ({ image, why }) => `Nobody looked whether ${image} is there: ${why.replace(/\.+$/, '')}.`,
    );
    return { name, verdict: 'unknown', reason: reason.join(' '), blocking: false };
  }
  return pass(name, `ECR has ${found.map(({ image }) => image).join(', ')}.`);
}

/** What to ask ECR for, and where; undefined for an image of another registry. */
function ecrImage(
  image: string,
): { readonly region: string; readonly input: DescribeImagesCommandInput } | undefined {
  const [, registryId, region, repositoryName, tag, imageDigest] = ECR_IMAGE.exec(image) ?? [];
  if (registryId === undefined || region === undefined) return undefined;
  // With both, the digest is what is pulled; with none, the tag `latest`.
  const imageId = imageDigest === undefined ? { imageTag: tag ?? 'latest' } : { imageDigest };
  return { region, input: { registryId, repositoryName, imageIds: [imageId] } };
}

function isGone({ detail: { code } }: OutsideError): boolean {
  return code === 'ImageNotFoundException' || code === 'RepositoryNotFoundException';
}
