import type { DeploymentGroup, EcsService, TaskDefinition } from './aws/world.ts';
import type { Repository, Run } from './github/index.ts';
import type { Cloud } from './index.ts';
import type { Release } from './release.ts';
import type { CheckoutWorld } from './seed.ts';

/** What `seedAws` made, by the names a configuration uses. */
export interface AwsShop {
  readonly application: 'shop';
  readonly group: 'production';
  /** What the service runs now. */
  live(): TaskDefinition;
  /** What ran before the release. */
  readonly before: TaskDefinition;
  /** The newest of its family, from which the next deployment starts. */
  newest(): TaskDefinition;
  /** Deployments of the group, newest first. */
  readonly deployments: DeploymentGroup['deployments'];
}

/**
 * The checkout on ECS as guide 001 has it: CodeDeploy moves the service shop/web, whose task definition of 2.4.0 is live, newest
 * and broken; 2.3.1 ran before. A pipeline that runs registers a task definition of its commit and deploys it.
 */
export function seedAws(cloud: Cloud, { good, bad }: CheckoutWorld): AwsShop {
  const { aws, github, shop } = cloud;
  aws.deployMs = 3_000;
  github.runMs = 3_000;
  const definitions = new Map<string, TaskDefinition>();
  const register = ({ version, commit }: Release, by: string): TaskDefinition => {
    const environment = { APP_VERSION: version, APP_COMMIT: commit };
    const image = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:${commit}`;
    const made = aws.registerTaskDefinition({ family: 'web', image, environment, by });
    definitions.set(made.arn, made);
    return made;
  };
  const before = register(good, 'ben');
  const ran = [before, register(bad, 'cleo')];
  const service: EcsService = aws.addService({
    cluster: 'shop',
    name: 'web',
    ran: ran.slice(0, 1),
    controller: 'CODE_DEPLOY',
  });
  const group = aws.addDeploymentGroup({
    application: 'shop',
    name: 'production',
    platform: 'ECS',
    deployed: ran.map(appSpec),
    service,
  });
  const live = (): TaskDefinition => {
    cloud.now();
    const found = definitions.get(service.rollouts[0]?.taskDefinition ?? '');
    if (!found) throw new Error('The service runs nothing.');
    return found;
  };
  const releaseOf = ({ environment }: TaskDefinition): Release =>
    environment['APP_COMMIT'] === bad.commit ? bad : good;
  shop.serveProduction(() => releaseOf(live()));
  github.afterRun = (_repository: Repository, run: Run) => {
    const release = [good, bad].find(({ commit }) => commit === run.sha);
    if (release) aws.deployGroup(group, appSpec(register(release, 'ci')));
  };
  return {
    application: 'shop',
    group: 'production',
    live,
    before,
    newest: () => [...definitions.values()].at(-1) ?? live(),
    deployments: group.deployments,
  };
}

/** The AppSpec of an ECS deployment, as a pipeline writes it. */
function appSpec({ arn }: TaskDefinition) {
  const container = { ContainerName: 'web', ContainerPort: 8080 };
  const properties = { TaskDefinition: arn, LoadBalancerInfo: container };
  const target = { TargetService: { Type: 'AWS::ECS::Service', Properties: properties } };
  const content = JSON.stringify({ version: 0, Resources: [target] });
  return { revisionType: 'AppSpecContent', appSpecContent: { content } } as const;
}
