import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Answer, Route } from '../http.ts';
import { awsError } from './errors.ts';
import { ACCOUNT, type AwsWorld, REGION, seconds } from './world.ts';

const SERVICE = 'AmazonEC2ContainerRegistry_V20150921';

const Asked = z.object({
  registryId: z.string().default(ACCOUNT),
  repositoryName: z.string(),
  imageIds: z
    .array(z.object({ imageTag: z.string().optional(), imageDigest: z.string().optional() }))
    .optional(),
});

/** Images that can be pulled. */
export function ecrRoutes(world: AwsWorld): readonly Route[] {
  return [
    {
      call: 'POST DescribeImages',
      path: `/${SERVICE}.DescribeImages`,
      needs: 'ecr:DescribeImages',
      handle({ body }): Answer {
        const asked = Asked.safeParse(body ?? {});
        if (!asked.success) return awsError('InvalidParameterException', 'Invalid parameter');
        const { registryId, repositoryName, imageIds } = asked.data;
        const where = `with name '${repositoryName}'`;
        const registry = `in the registry with id '${registryId}'`;
        const held = world.repositories.get(
          `${registryId}.dkr.ecr.${REGION}.amazonaws.com/${repositoryName}`,
        );
        if (!held) {
          const message = `The repository ${where} does not exist ${registry}`;
          return awsError('RepositoryNotFoundException', message);
        }
        const names = imageIds?.map(({ imageDigest, imageTag }) => imageDigest ?? imageTag ?? '');
        // ECR refuses the whole question when one of the images is not there.
        const missing = names?.find((name) => !held.has(name));
        if (missing !== undefined) {
          const id = missing.startsWith('sha256:')
            ? `imageDigest:'${missing}', imageTag:'null'`
            : `imageDigest:'null', imageTag:'${missing}'`;
          const message = `The image with imageId {${id}} does not exist within the repository ${where} ${registry}`;
          return awsError('ImageNotFoundException', message);
        }
        const imageDetails = (names ?? [...held]).map((name) => ({
          registryId,
          repositoryName,
          ...identified(name),
          imageSizeInBytes: 48_211_904,
          imagePushedAt: seconds(world.agenda.now()),
          imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
          imageStatus: 'ACTIVE',
        }));
        return { status: 200, body: { imageDetails } };
      },
    },
  ];
}

function identified(name: string) {
  if (name.startsWith('sha256:')) return { imageDigest: name };
  const digest = createHash('sha256').update(name).digest('hex');
  return { imageDigest: `sha256:${digest}`, imageTags: [name] };
}
