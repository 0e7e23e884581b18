import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Answer, type Call, type Route, serve } from '../http.ts';
import { codeDeployRoutes } from './codedeploy-routes.ts';
import { deployedGroupBefore, deployGroup } from './deploy-group.ts';
import { deployedBefore, deployService } from './deploy-service.ts';
import { ecrRoutes } from './ecr-routes.ts';
import { ecsRoutes } from './ecs-routes.ts';
import { accessDenied, awsError } from './errors.ts';
import {
  ACCOUNT,
  type AwsWorld,
  type Deployment,
  type DeploymentGroup,
  type EcsService,
  inEcr,
  REGION,
  type Revision,
  type TaskDefinition,
} from './world.ts';

export { awsFaults } from './errors.ts';

/** CodeDeploy, ECS and ECR in one account and region; all speak JSON 1.1 at one address. */
export interface Aws {
  /** What the SDK clients take as their endpoint. */
  readonly baseUrl: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
  readonly faults: Faults;
  /** Actions that are not allowed: `codedeploy:CreateDeployment`. */
  readonly denied: Set<string>;
  /** How long a deployment takes, in milliseconds of the cloud's clock. */
  deployMs: number;
  /** How long a deployment goes on after it was told to stop. */
  stopMs: number;
  /** Every request, oldest first. */
  readonly requests: readonly Exchange[];
  /** What ECR has: tags and digests by the address of their repository. */
  readonly repositories: Map<string, Set<string>>;
  /** Registers the next revision of a family; an image of ECR is there from then on. */
  registerTaskDefinition(o: {
    readonly family: string;
    readonly image: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly secrets?: Readonly<Record<string, string>>;
    readonly by?: string;
  }): TaskDefinition;
  /** A service that ran these task definitions, oldest first, an hour each; the last one is live. */
  addService(o: {
    readonly cluster: string;
    readonly name: string;
    readonly ran: readonly TaskDefinition[];
    readonly controller?: EcsService['controller'];
  }): EcsService;
  /** Moves a service behind everybody's back. */
  deployService(service: EcsService, definition: TaskDefinition): void;
  /** A deployment group whose deployments of these revisions went well, oldest first, an hour each. */
  addDeploymentGroup(o: {
    readonly application: string;
    readonly name: string;
    readonly platform: DeploymentGroup['platform'];
    readonly deployed: readonly Revision[];
    readonly service?: EcsService;
    readonly terminationWaitMs?: number;
  }): DeploymentGroup;
  /** Starts a deployment behind everybody's back. */
  deployGroup(group: DeploymentGroup, revision: Revision, takesMs?: number): Deployment;
  readonly close: () => Promise<void>;
}

/** Serves an AWS account with nothing in it; every request is written to `log`. */
export async function createAws(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
  readonly port?: number | undefined;
}): Promise<Aws> {
  const { agenda } = o;
  const credentials = {
    accessKeyId: 'AKIASANDBOXBACKSTOP0',
    secretAccessKey: 'sandbox-secret-access-key-7c1d90',
    sessionToken: 'sandbox-session-token-44e0b2',
  };
  const denied = new Set<string>();
  let count = 0;
  const world: AwsWorld = {
    agenda,
    taskDefinitions: [],
    services: [],
    groups: [],
    repositories: new Map(),
    deployMs: () => aws.deployMs,
    stopMs: () => aws.stopMs,
    next: () => ++count,
  };
  const routes: readonly Route[] = [
    ...codeDeployRoutes(world),
    ...ecsRoutes(world),
    ...ecrRoutes(world),
  ];
  const faults = createFaults(routes.map((route) => route.call));
  const service = await serve({
    name: 'aws',
    routes,
    faults,
    agenda,
    log: o.log,
    port: o.port,
    // All operations have the same path; which one it is stands in a header.
    pathOf: (url, headers) => `${url.pathname}${String(headers['x-amz-target'] ?? '')}`,
    guard: (call) => refuseCaller(call, credentials) ?? refuseAction(call, denied),
    headers: (call) => ({
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': call.exchange.id,
    }),
    notFound: () => awsError('UnknownOperationException', ''),
  });

  /** The n-th of `total` past moments, an hour apart, the last one an hour ago. */
  const past = (n: number, total: number) => agenda.now() - (total - n) * 3_600_000;

  const aws: Aws = {
    baseUrl: service.url,
    region: REGION,
    credentials,
    faults,
    denied,
    deployMs: 120_000,
    stopMs: 0,
    repositories: world.repositories,
    get requests() {
      agenda.settle();
      return o.log.filter((one) => one.service === 'aws');
    },
    registerTaskDefinition({ family, image, environment = {}, secrets = {}, by = 'ci' }) {
      const revision = world.taskDefinitions.filter((one) => one.family === family).length + 1;
      const made: TaskDefinition = {
        family,
        revision,
        arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${family}:${revision}`,
        image,
        environment,
        secrets,
        registeredAt: agenda.now(),
        registeredBy: by,
        status: 'ACTIVE',
      };
      world.taskDefinitions.push(made);
      const pushed = inEcr(image);
      if (pushed) {
        const known = world.repositories.get(pushed.repository) ?? [];
        world.repositories.set(pushed.repository, new Set([...known, pushed.name]));
      }
      return made;
    },
    addService({ cluster, name, ran, controller = 'ECS' }) {
      const made: EcsService = {
        cluster,
        name,
        desired: 2,
        controller,
        circuitBreaker: { enable: true, rollback: true },
        rollouts: [],
        history: [],
        events: [],
      };
      for (const [n, one] of ran.entries()) {
        deployedBefore(world, made, one.arn, past(n, ran.length));
      }
      world.services.push(made);
      return made;
    },
    deployService(target, definition) {
      agenda.settle();
      deployService(world, target, definition.arn, { takesMs: 0 });
    },
    addDeploymentGroup({ deployed, service: moved, terminationWaitMs = 0, ...rest }) {
      const made: DeploymentGroup = {
        ...rest,
        terminationWaitMs,
        service: moved,
        deployments: [],
        revisions: [...deployed],
      };
      for (const [n, revision] of deployed.entries()) {
        deployedGroupBefore(world, made, revision, past(n, deployed.length));
      }
      world.groups.push(made);
      return made;
    },
    deployGroup(group, revision, takesMs = 0) {
      agenda.settle();
      group.revisions.push(revision);
      return deployGroup(world, group, { revision, description: 'by hand', takesMs });
    },
    close: service.close,
  };
  return aws;
}

function refuseCaller(
  call: Call,
  { accessKeyId, sessionToken }: Aws['credentials'],
): Answer | undefined {
  const sent = /^AWS4-HMAC-SHA256 Credential=([^/]+)\//.exec(call.headers.authorization ?? '')?.[1];
  if (sent === undefined) {
    return awsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  if (sent === accessKeyId && call.headers['x-amz-security-token'] === sessionToken)
    return undefined;
  return awsError(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  );
}

function refuseAction(call: Call, denied: ReadonlySet<string>): Answer | undefined {
  return call.needs !== undefined && denied.has(call.needs) ? accessDenied(call.needs) : undefined;
}
