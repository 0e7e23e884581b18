import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Answer, Call, Route } from '../http.ts';
import { deployService, scaleService } from './deploy-service.ts';
import { awsError } from './errors.ts';
import {
  ACCOUNT,
  type AwsWorld,
  definitionNamed,
  type EcsService,
  REGION,
  type ServiceDeployment,
  seconds,
  type TaskDefinition,
} from './world.ts';

const SERVICE = 'AmazonEC2ContainerServiceV20141113';
const ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}`;

const Asked = z.object({
  cluster: z.string().default('default'),
  service: z.string().optional(),
  services: z.array(z.string()).default([]),
  status: z.array(z.string()).optional(),
  taskDefinition: z.string().optional(),
  forceNewDeployment: z.boolean().default(false),
  desiredCount: z.int().min(0).optional(),
  serviceRevisionArns: z.array(z.string()).default([]),
  maxResults: z.number().optional(),
});
type Asked = z.infer<typeof Asked>;

/** Services, their deployments and task definitions. */
export function ecsRoutes(world: AwsWorld): readonly Route[] {
  const route = (
    operation: string,
    handle: (asked: Asked, call: Call) => Answer,
    mutates?: 'now',
  ): Route => ({
    call: `POST ${operation}`,
    path: `/${SERVICE}.${operation}`,
    needs: `ecs:${operation}`,
    ...(mutates && { mutates }),
    handle(call) {
      const asked = Asked.safeParse(call.body ?? {});
      if (!asked.success) return invalid('1 validation error detected');
      return handle(asked.data, call);
    },
  });
  const find = (asked: Asked, name: string | undefined) =>
    world.services.find((one) => one.cluster === asked.cluster && one.name === name);

  return [
    route('DescribeServices', (asked) => {
      if (!world.services.some((one) => one.cluster === asked.cluster)) return noCluster();
      const found = asked.services.map((name) => ({ name, service: find(asked, name) }));
      const missing = found.filter((one) => !one.service);
      return ok({
        services: found.flatMap(({ service }) => (service ? [serviceRecord(service)] : [])),
        failures: missing.map(({ name }) => ({
          arn: `${ARN}:service/${asked.cluster}/${name}`,
          reason: 'MISSING',
        })),
      });
    }),
    route('DescribeTaskDefinition', (asked) => {
      const found = definitionNamed(world, asked.taskDefinition ?? '');
      if (!found) return awsError('ClientException', 'Unable to describe task definition.');
      return ok({ taskDefinition: definitionRecord(found), tags: [] });
    }),
    route('ListServiceDeployments', (asked) => {
      const service = find(asked, asked.service);
      if (!service) return noService();
      const wanted = service.history
        .filter((one) => !asked.status || asked.status.includes(one.status))
        .slice(0, asked.maxResults ?? 20);
      return ok({ serviceDeployments: wanted.map((one) => briefRecord(service, one)) });
    }),
    route('DescribeServiceRevisions', (asked) => {
      const all = world.services.flatMap((service) =>
        service.history.map((one) => ({ service, one })),
      );
      const found = asked.serviceRevisionArns.flatMap(
        (arn) => all.find(({ one }) => one.revisionArn === arn) ?? [],
      );
      return ok({
        serviceRevisions: found.map(({ service, one }) => revisionRecord(world, service, one)),
        failures: [],
      });
    }),
    route(
      'UpdateService',
      (asked, call) => {
        const service = find(asked, asked.service);
        if (!service) return noService();
        const runs = service.rollouts[0]?.taskDefinition;
        const definition = definitionNamed(world, asked.taskDefinition ?? runs ?? '');
        const { takesMs = world.deployMs(), failsWith } = call.operation ?? {};
        if (asked.desiredCount !== undefined) {
          scaleService(world, service, asked.desiredCount, takesMs);
        }
        const deploys = asked.taskDefinition !== undefined || asked.forceNewDeployment;
        if (!deploys) return ok({ service: serviceRecord(service) });
        if (service.controller === 'CODE_DEPLOY') {
          return invalid(
            'Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
          );
        }
        if (!definition) return awsError('ClientException', 'TaskDefinition not found.');
        if (definition.status !== 'ACTIVE') {
          return awsError('ClientException', 'TaskDefinition is inactive');
        }
        if (asked.forceNewDeployment || runs !== definition.arn) {
          deployService(world, service, definition.arn, { takesMs, failsWith });
        }
        return ok({ service: serviceRecord(service) });
      },
      'now',
    ),
  ];
}

function serviceRecord(service: EcsService) {
  const [primary] = service.rollouts;
  const isOwn = service.controller === 'ECS';
  return {
    serviceArn: `${ARN}:service/${service.cluster}/${service.name}`,
    serviceName: service.name,
    clusterArn: `${ARN}:cluster/${service.cluster}`,
    status: 'ACTIVE',
    desiredCount: service.desired,
    runningCount: service.rollouts.reduce((sum, one) => sum + one.running, 0),
    pendingCount: 0,
    launchType: 'FARGATE',
    taskDefinition: primary?.taskDefinition,
    deploymentController: { type: service.controller },
    deploymentConfiguration: {
      deploymentCircuitBreaker: service.circuitBreaker,
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    },
    deployments: isOwn ? service.rollouts.map((one) => rolloutRecord(service, one)) : [],
    taskSets: isOwn
      ? []
      : service.rollouts.map((one) => ({
          id: one.id,
          status: one.status,
          taskDefinition: one.taskDefinition,
          computedDesiredCount: service.desired,
          runningCount: one.running,
          createdAt: seconds(one.createdAt),
        })),
    events: service.events.map(({ id, at, message }) => ({ id, message, createdAt: seconds(at) })),
  };
}

function rolloutRecord(service: EcsService, one: EcsService['rollouts'][number]) {
  return {
    id: one.id,
    status: one.status,
    taskDefinition: one.taskDefinition,
    desiredCount: service.desired,
    runningCount: one.running,
    pendingCount: service.desired - one.running,
    failedTasks: one.state === 'FAILED' ? service.desired : 0,
    createdAt: seconds(one.createdAt),
    updatedAt: seconds(one.createdAt),
    launchType: 'FARGATE',
    rolloutState: one.state,
    rolloutStateReason: one.reason,
  };
}

function definitionRecord(one: TaskDefinition) {
  return {
    taskDefinitionArn: one.arn,
    family: one.family,
    revision: one.revision,
    status: one.status,
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    registeredAt: seconds(one.registeredAt),
    registeredBy: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/${one.registeredBy}`,
    containerDefinitions: [
      {
        name: one.family,
        image: one.image,
        essential: true,
        environment: Object.entries(one.environment).map(([name, value]) => ({ name, value })),
        secrets: Object.entries(one.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
      },
    ],
  };
}

function briefRecord(service: EcsService, one: ServiceDeployment) {
  return {
    serviceDeploymentArn: one.arn,
    serviceArn: `${ARN}:service/${service.cluster}/${service.name}`,
    clusterArn: `${ARN}:cluster/${service.cluster}`,
    createdAt: seconds(one.createdAt),
    startedAt: seconds(one.createdAt),
    ...(one.finishedAt !== undefined && { finishedAt: seconds(one.finishedAt) }),
    targetServiceRevisionArn: one.revisionArn,
    status: one.status,
  };
}

function revisionRecord(world: AwsWorld, service: EcsService, one: ServiceDeployment) {
  const image = definitionNamed(world, one.taskDefinition)?.image ?? '';
  const digest = createHash('sha256').update(image).digest('hex');
  return {
    serviceRevisionArn: one.revisionArn,
    serviceArn: `${ARN}:service/${service.cluster}/${service.name}`,
    clusterArn: `${ARN}:cluster/${service.cluster}`,
    taskDefinition: one.taskDefinition,
    launchType: 'FARGATE',
    containerImages: [{ containerName: service.name, image, imageDigest: `sha256:${digest}` }],
    createdAt: seconds(one.createdAt),
  };
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function invalid(message: string): Answer {
  return awsError('InvalidParameterException', message);
}

function noCluster(): Answer {
  return awsError('ClusterNotFoundException', 'Cluster not found.');
}

function noService(): Answer {
  return awsError('ServiceNotFoundException', 'Service not found.');
}
