import type { Component } from '../../src/component.ts';
import { createAwsCodeDeploy } from '../../src/integrations/aws-codedeploy/index.ts';
import { createAwsEcs } from '../../src/integrations/aws-ecs/index.ts';
import type {
  DeploymentGroup,
  EcsService,
  Revision,
  TaskDefinition,
} from '../../src/sandbox/cloud/aws/world.ts';
import { type Aws, type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';
import type { Bench } from './contract.ts';

/** In ECR; what is registered from it is there. */
export const REPOSITORY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/web';

const START = Date.parse('2026-03-04T10:00:00Z');
export const DEPLOY_MS = 60_000;

export const GOOD_COMMIT = 'a1f4d2c3b5e6978800112233445566778899aabb';
export const BROKEN_COMMIT = 'b2c9e5f0a1d34c7788e6f5d4c3b2a19087654321';
export const DATABASE_URL = 'postgres://web:pw-93d1@db.internal/web';

export interface AwsBench extends Bench {
  readonly cloud: Cloud;
  readonly aws: Aws;
  /** Oldest first: web:1 (2.3.0), web:2 (2.3.1), web:3 (2.4.0, live and newest). */
  readonly definitions: readonly [TaskDefinition, TaskDefinition, TaskDefinition];
  readonly service: EcsService;
  pass(ms: number): void;
  with(settings: Readonly<Record<string, unknown>>): Component;
}

export interface CodeDeployBench extends AwsBench {
  readonly group: DeploymentGroup;
  readonly revisions: readonly Revision[];
}

/** The AppSpec of an ECS deployment, as a pipeline writes it. */
export function appSpec(definition: TaskDefinition): Revision {
  const content = JSON.stringify({
    version: 0,
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: definition.arn,
            LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
          },
        },
      },
    ],
  });
  return { revisionType: 'AppSpecContent', appSpecContent: { content } };
}

async function openAws(controller: EcsService['controller']) {
  let now = START;
  const cloud = await createCloud({ clock: { now: () => now } });
  const { aws } = cloud;
  aws.deployMs = DEPLOY_MS;
  const register = (tag: string, environment: Readonly<Record<string, string>>, by: string) =>
    aws.registerTaskDefinition({ family: 'web', image: `${REPOSITORY}:${tag}`, environment, by });
  const definitions = [
    register('2.3.0', { APP_VERSION: '2.3.0' }, 'ben'),
    register(GOOD_COMMIT, { APP_VERSION: '2.3.1', FLAGS: 'old' }, 'ana'),
    register(BROKEN_COMMIT, { APP_VERSION: '2.4.0', FLAGS: 'new', DATABASE_URL }, 'cleo'),
  ] as const;
  const service = aws.addService({
    cluster: 'shop',
    name: 'web',
    ran: controller === 'ECS' ? definitions : definitions.slice(0, 1),
    controller,
  });
  const { region, credentials } = aws;
  const connection = {
    region,
    endpoints: { codedeploy: aws.baseUrl, ecs: aws.baseUrl, ecr: aws.baseUrl },
    credentials: { kind: 'keys', ...credentials },
  };
  const { secretAccessKey, sessionToken } = credentials;
  const pass = (ms: number) => {
    now += ms;
  };
  return {
    cloud,
    aws,
    definitions,
    service,
    connection,
    pass,
    faults: aws.faults,
    requests: () => aws.requests,
    secrets: [secretAccessKey, sessionToken, DATABASE_URL],
    now: () => now,
    finish: () => pass(DEPLOY_MS * 3),
    takesTime: true,
    close: () => cloud.close(),
  };
}

/** A service that ECS deploys: 2.4.0 is live, 2.3.1 and 2.3.0 ran before. */
export async function openEcsBench(): Promise<AwsBench> {
  const { connection, ...world } = await openAws('ECS');
  const { aws, definitions, service } = world;
  const make = (settings: Readonly<Record<string, unknown>> = {}) =>
    createAwsEcs({
      id: 'web',
      settings: { cluster: 'shop', service: 'web', ...settings },
      connections: { aws: connection },
    });
  return {
    ...world,
    component: make(),
    again: make,
    with: make,
    operation: 'update-service',
    input: { release: definitions[1].arn, replaces: definitions[2].arn },
    mutation: 'POST UpdateService',
    reads: 'POST DescribeServices',
    interfere: () => {
      const image = 'registry.example:5000/acme/web:2.5.0';
      aws.deployService(service, aws.registerTaskDefinition({ family: 'web', image }));
    },
  };
}

/** An ECS service that CodeDeploy deploys: 2.4.0 is live, 2.3.1 and 2.3.0 were before. */
export async function openCodeDeployBench(): Promise<CodeDeployBench> {
  const { connection, ...world } = await openAws('CODE_DEPLOY');
  const { aws, definitions, service } = world;
  const revisions = definitions.map(appSpec);
  const group = aws.addDeploymentGroup({
    application: 'shop',
    name: 'production',
    platform: 'ECS',
    deployed: revisions,
    service,
  });
  const make = (settings: Readonly<Record<string, unknown>> = {}) =>
    createAwsCodeDeploy({
      id: 'web',
      settings: { application: 'shop', deploymentGroup: 'production', ...settings },
      connections: { aws: connection },
    });
  const component = make();
  const live = await component.versions?.live(AbortSignal.timeout(60_000));
  const history = await component.versions?.history(AbortSignal.timeout(60_000));
  const target = history?.[0]?.version;
  if (!live || !target) throw new Error('The bench has no earlier version.');
  const past = aws.requests.length;
  return {
    ...world,
    group,
    revisions,
    component,
    again: make,
    with: make,
    operation: 'redeploy',
    input: { release: target.id, replaces: live.id },
    mutation: 'POST CreateDeployment',
    reads: 'POST BatchGetDeployments',
    requests: () => aws.requests.slice(past),
    interfere: () => {
      const image = 'registry.example:5000/acme/web:2.5.0';
      aws.deployGroup(group, appSpec(aws.registerTaskDefinition({ family: 'web', image })));
    },
  };
}

/** The same with a fourth deployment, of 2.5.0, in progress; its traffic has moved once `moved`. */
export async function openStopBench(moved = false): Promise<CodeDeployBench> {
  const bench = await openCodeDeployBench();
  const { aws, group } = bench;
  group.terminationWaitMs = moved ? 3_600_000 : 0;
  const image = 'registry.example:5000/acme/web:2.5.0';
  const definition = aws.registerTaskDefinition({ family: 'web', image });
  const running = aws.deployGroup(group, appSpec(definition), DEPLOY_MS);
  bench.pass(moved ? DEPLOY_MS : DEPLOY_MS / 5);
  return {
    ...bench,
    operation: 'stop-deployment',
    input: { deployment: running.id },
    mutation: 'POST StopDeployment',
    interfere: () => bench.pass(DEPLOY_MS),
  };
}

/** The service with a mitigation as a person asks for it, ready to be done. */
export async function openMitigationBench(name: string, value?: string): Promise<AwsBench> {
  const bench = await openEcsBench();
  const { operation, input } = await called(bench, name, value);
  const past = bench.requests().length;
  return {
    ...bench,
    operation,
    input,
    requests: () => bench.requests().slice(past),
    interfere: () => {
      bench.service.desired = 7;
      bench.interfere();
    },
  };
}

/** The call that a mitigation stands for. */
export async function called(bench: AwsBench, name: string, value?: string) {
  const call = await bench.component.mitigations?.[name]?.call(
    { value, key: 'P1', at: 0 },
    new AbortController().signal,
  );
  if (!call) throw new Error(`no ${name}`);
  return call;
}
