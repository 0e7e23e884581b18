import type { DescribeImagesCommandInput, ECRClient } from '@aws-sdk/client-ecr';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import type { Check } from '../../operation.ts';
import { checkImages, type ImagePlace } from '../registry/images-check.ts';
import type { Registries } from '../registry/index.ts';
import { clientConfig, createAws } from './client.ts';
import { understood } from './errors.ts';
import type { AwsConnection } from './schema.ts';
import type { TaskDefinition } from './task-definition.ts';

/** An image of ECR by its host, repository, and tag or digest (docs.aws.amazon.com, «Amazon ECR registries» and «Dual-stack endpoints»). */
const ECR_IMAGE =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/([a-z0-9._/-]+)(?::([\w][\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?$/;

const Described = z.object({ imageDetails: z.array(z.object({})).default([]) });

/** Where the images of task definitions are pulled from. */
export interface Images {
  /**
   * Whether tasks of this definition could be started as far as their images go; see `checkImages`.
   * @throws the signal's reason when it was aborted.
   */
  check(definition: TaskDefinition, signal: AbortSignal): Promise<Check>;
}

/**
 * Looks into ECR, by reading, and into the other registries; the SDK for ECR is loaded when there is an image to look for.
 * @param lookMs how long all the images of a version may take, in milliseconds; as `checkImages` unless given.
 */
export function createImages(
  connection: AwsConnection,
  registries: Registries,
  lookMs?: number,
): Images {
  const clients = new Map<string, ECRClient>();

  function ecrPlace(image: string): ImagePlace | undefined {
    const asked = ecrImage(image);
    return asked && { name: 'ECR', has: (signal) => isThere(image, asked, signal) };
  }

  async function isThere(image: string, asked: Asked, signal: AbortSignal): Promise<boolean> {
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
      return imageDetails.length > 0;
    } catch (error) {
      if (error instanceof OutsideError && isGone(error)) return false;
      throw error;
    }
  }

  /** An address of its own is that of one region. */
  function inRegion(region: string): AwsConnection {
    return region === connection.region ? connection : { ...connection, region, endpoints: {} };
  }

  return {
    check: ({ containers }, signal) =>
      checkImages(
        containers.map(({ image }) => image),
        (image) => ecrPlace(image) ?? registries.placeOf(image),
        signal,
        lookMs,
      ),
  };
}

interface Asked {
  readonly region: string;
  readonly input: DescribeImagesCommandInput;
}

/** What to ask ECR for, and where; undefined for an image of another registry. */
function ecrImage(image: string): Asked | undefined {
  const [, registryId, region, repositoryName, tag, imageDigest] = ECR_IMAGE.exec(image) ?? [];
  if (registryId === undefined || region === undefined) return undefined;
  // With both, the digest is what is pulled; with none, the tag `latest`.
  const imageId = imageDigest === undefined ? { imageTag: tag ?? 'latest' } : { imageDigest };
  return { region, input: { registryId, repositoryName, imageIds: [imageId] } };
}

function isGone({ detail: { code } }: OutsideError): boolean {
  return code === 'ImageNotFoundException' || code === 'RepositoryNotFoundException';
}
