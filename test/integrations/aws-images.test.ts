/** Whether the images of the version gone back to can still be pulled, before anything is moved. */
import { beforeEach, describe, expect, test } from 'vitest';
import { createImages } from '../../src/integrations/aws/images.ts';
import { AwsConnection } from '../../src/integrations/aws/schema.ts';
import { createEcs, readTaskDefinition } from '../../src/integrations/aws/task-definition.ts';
import { createRegistries } from '../../src/integrations/registry/index.ts';
import type { Check } from '../../src/operation.ts';
import {
  type AwsBench,
  GOOD_COMMIT,
  openCodeDeployBench,
  openEcsBench,
  REPOSITORY,
} from './aws-bench.ts';

const never = new AbortController().signal;
const IMAGE = `${REPOSITORY}:${GOOD_COMMIT}`;
const DIGEST = `sha256:${'4e1f'.repeat(16)}`;

describe.each([
  { kind: 'aws-ecs', open: openEcsBench },
  { kind: 'aws-codedeploy', open: openCodeDeployBench },
])('the images of a version of $kind', ({ open }) => {
  let bench: AwsBench;
  beforeEach(async () => {
    bench = await open();
    return () => bench.close();
  });

  async function check(): Promise<Check | undefined> {
    const operation = bench.component.operations[bench.operation];
    const checks = await operation?.preflight(bench.input, never);
    return checks?.find(({ name }) => name === 'The images are there');
  }

  test('are looked for in ECR', async () => {
    expect(await check()).toEqual({
      name: 'The images are there',
      verdict: 'pass',
      reason: `ECR has ${IMAGE}.`,
      blocking: true,
    });
    expect(bench.requests().map(({ call }) => call)).toContain('POST DescribeImages');
  });

  test('that are gone block the plan, which names them and what to do', async () => {
    const gone = {
      verdict: 'fail',
      blocking: true,
      reason: `ECR does not have ${IMAGE} any more. Choose another version, or push the image again.`,
    };

    bench.aws.repositories.get(REPOSITORY)?.delete(GOOD_COMMIT);
    expect(await check()).toMatchObject(gone);
    bench.aws.repositories.delete(REPOSITORY);
    expect(await check()).toMatchObject(gone);
  });

  test('block nothing where Backstop may not look, and it says that nobody did', async () => {
    bench.aws.denied.add('ecr:DescribeImages');

    expect(await check()).toMatchObject({
      verdict: 'unknown',
      blocking: false,
      reason: expect.stringMatching(/^Nobody looked whether .*must be allowed ecr:DescribeImages/),
    });
  });
});

describe('an image', () => {
  let bench: AwsBench;
  beforeEach(async () => {
    bench = await openEcsBench();
    return () => bench.close();
  });

  /** Of a task definition by its ARN. */
  async function check(arn: string, lookMs?: number): Promise<Check> {
    const { baseUrl, region, credentials } = bench.aws;
    const connection = AwsConnection.parse({
      region,
      endpoints: { ecs: baseUrl, ecr: baseUrl },
      credentials: { kind: 'keys', ...credentials },
    });
    const ecs = createEcs(connection, 'ECS service shop/web');
    const definition = await readTaskDefinition(ecs, arn, never);
    if (!definition) throw new Error(`no ${arn}`);
    const registries = createRegistries({
      registries: { servers: { 'docker.io': { address: bench.cloud.registry.url } } },
    });
    return createImages(connection, registries, lookMs).check(definition, never);
  }

  test.each([
    ['by its digest', `${REPOSITORY}@${DIGEST}`, DIGEST],
    ['by its digest, whatever its tag', `${REPOSITORY}:2.3.1@${DIGEST}`, DIGEST],
    ['without a tag as latest', REPOSITORY, 'latest'],
    [
      'at the address for IPv6',
      `${REPOSITORY.replace('.dkr.ecr.', '.dkr-ecr.').replace('amazonaws.com', 'on.aws')}:2.3.1`,
      '2.3.1',
    ],
  ])('is looked for %s', async (_how, image, name) => {
    const { arn } = bench.aws.registerTaskDefinition({ family: 'other', image });
    // Nothing else is there, whatever was registered.
    bench.aws.repositories.set(REPOSITORY, new Set([name]));
    expect(await check(arn)).toMatchObject({ verdict: 'pass' });

    bench.aws.repositories.set(REPOSITORY, new Set(['another']));
    expect(await check(arn)).toMatchObject({ verdict: 'fail' });
  });

  test.each([
    'registry.example:5000/acme/web:2.3.1',
    `${REPOSITORY.replace('amazonaws.com', 'amazonaws.com.evil.example')}:2.3.1`,
  ])('of a registry that nobody named is not looked for: %s', async (image) => {
    const { arn } = bench.aws.registerTaskDefinition({ family: 'other', image });

    expect(await check(arn)).toMatchObject({
      verdict: 'unknown',
      blocking: false,
      reason: `Nobody looked whether ${image} is there: ${image.split('/')[0]} is not under \`registries.servers\` in backstop.yaml.`,
    });
    expect(bench.aws.requests.map(({ call }) => call)).not.toContain('POST DescribeImages');
    expect(bench.cloud.registry.requests).toEqual([]);
  });

  test('of another registry is looked for there', async () => {
    const { arn } = bench.aws.registerTaskDefinition({ family: 'other', image: 'nginx:1.27' });
    const { registry } = bench.cloud;
    registry.everybodys.add('library/nginx');
    registry.push('library/nginx', '1.27');

    expect(await check(arn)).toMatchObject({
      verdict: 'pass',
      reason: 'Docker Hub has nginx:1.27.',
    });
    registry.repositories.get('library/nginx')?.delete('1.27');
    expect(await check(arn)).toMatchObject({
      verdict: 'fail',
      blocking: true,
      reason:
        'Docker Hub does not have nginx:1.27 any more. Choose another version, or push the image again.',
    });
  });

  test('is not waited for longer than a look may take', async () => {
    bench.faults.add({ on: 'POST DescribeImages', fault: { kind: 'hang' } });

    expect(await check(bench.definitions[1].arn, 100)).toMatchObject({
      verdict: 'unknown',
      blocking: false,
      reason: expect.stringContaining('ECR did not answer'),
    });
  });
});
