/**
 * The systems Backstop can drive. To add one: a folder beside this file, one line in a registry below, one contract test.
 * A module is imported only when a configured service uses its kind, so that no SDK loads in vain.
 */

import type { z } from 'zod';
import type { Component, Probe } from '../component.ts';
import { AwsConnection } from './aws/schema.ts';
import { AwsCodeDeploySettings } from './aws-codedeploy/schema.ts';
import { AwsEcsSettings } from './aws-ecs/schema.ts';
import { AzureConnection } from './azure/schema.ts';
import { AzureAppServiceSettings } from './azure-app-service/schema.ts';
import { AzureContainerAppsSettings } from './azure-container-apps/schema.ts';
import { AzureContainerInstancesSettings } from './azure-container-instances/schema.ts';
import { AzurePostgresqlSettings } from './azure-postgresql/schema.ts';
import { CommandProbeSettings, CommandSettings } from './command/schema.ts';
import { ComposeProbeSettings, ComposeSettings } from './compose/schema.ts';
import { ContentfulConnection, ContentfulEnvironmentSettings } from './contentful/schema.ts';
import { GitHubConnection } from './github/schema.ts';
import { GitHubRepositorySettings } from './github-repository/schema.ts';
import { GitHubWorkflowSettings } from './github-workflow/schema.ts';
import { HerokuAppSettings, HerokuConnection } from './heroku/schema.ts';
import { HttpFlagSettings } from './http-flag/schema.ts';
import { createHttpProbe, HttpProbeSettings } from './http-probe.ts';
import { JobGuardSettings } from './job-guard/schema.ts';
import { KubernetesConnection, KubernetesDeploymentSettings } from './kubernetes/schema.ts';
import { LaunchDarklyConnection, LaunchDarklySettings } from './launchdarkly/schema.ts';
import {
  AzureMonitorProbeSettings,
  CloudWatchProbeSettings,
  DatadogProbeSettings,
  PrometheusProbeSettings,
} from './metrics/schema.ts';
import { MigrationsSettings } from './migrations/schema.ts';
import { MongodbSettings } from './mongodb/schema.ts';
import { MysqlSettings } from './mysql/schema.ts';
import { PostgresqlSettings } from './postgresql/schema.ts';
import { RegistriesConnection } from './registry/schema.ts';
import { StatuspageConnection, StatuspageSettings } from './statuspage/schema.ts';
import { UnleashConnection, UnleashSettings } from './unleash/schema.ts';
import { VercelConnection, VercelProjectSettings } from './vercel/schema.ts';
import { WebhookSettings } from './webhook/schema.ts';

/** What a component or probe is made from: its id, its parsed settings, and the parsed top-level `connections` of the configuration. */
export interface Ingredients {
  readonly id: string;
  readonly settings: unknown;
  readonly connections: Readonly<Record<string, unknown>>;
  /** Absolute path of the directory for files that must outlive an incident, such as content that was put away. */
  readonly exports?: string;
  /** Another component of the same environment, by its id; undefined where there is none, and for itself. */
  readonly sibling?: (id: string) => Component | undefined;
}

export interface ComponentKind {
  /** The settings of one component of this kind in `backstop.yaml`, without `kind`. */
  readonly settings: z.ZodObject;
  /** The top-level connection it needs, e.g. `azure`. */
  readonly connection?: string;
  load(): Promise<(from: Ingredients) => Component>;
}

export interface ProbeKind {
  readonly settings: z.ZodObject;
  /** The top-level connection it needs. */
  readonly connection?: string;
  load(): Promise<(from: Ingredients) => Probe>;
}

/** By the `kind` of a component in `backstop.yaml`. */
export const componentKinds: Readonly<Record<string, ComponentKind>> = {
  'aws-codedeploy': {
    settings: AwsCodeDeploySettings,
    connection: 'aws',
    load: async () => (await import('./aws-codedeploy/index.ts')).createAwsCodeDeploy,
  },
  'aws-ecs': {
    settings: AwsEcsSettings,
    connection: 'aws',
    load: async () => (await import('./aws-ecs/index.ts')).createAwsEcs,
  },
  'azure-app-service': {
    settings: AzureAppServiceSettings,
    connection: 'azure',
    load: async () => (await import('./azure-app-service/index.ts')).createAzureAppService,
  },
  'azure-container-apps': {
    settings: AzureContainerAppsSettings,
    connection: 'azure',
    load: async () => (await import('./azure-container-apps/index.ts')).createAzureContainerApps,
  },
  'azure-container-instances': {
    settings: AzureContainerInstancesSettings,
    connection: 'azure',
    load: async () =>
      (await import('./azure-container-instances/index.ts')).createAzureContainerInstances,
  },
  'azure-postgresql': {
    settings: AzurePostgresqlSettings,
    connection: 'azure',
    load: async () => (await import('./azure-postgresql/index.ts')).createAzurePostgresql,
  },
  command: {
    settings: CommandSettings,
    load: async () => (await import('./command/index.ts')).createCommandComponent,
  },
  compose: {
    settings: ComposeSettings,
    load: async () => (await import('./compose/index.ts')).createCompose,
  },
  'contentful-environment': {
    settings: ContentfulEnvironmentSettings,
    connection: 'contentful',
    load: async () => (await import('./contentful/index.ts')).createContentfulEnvironment,
  },
  'github-repository': {
    settings: GitHubRepositorySettings,
    connection: 'github',
    load: async () => (await import('./github-repository/index.ts')).createGitHubRepository,
  },
  'github-workflow': {
    settings: GitHubWorkflowSettings,
    connection: 'github',
    load: async () => (await import('./github-workflow/index.ts')).createGitHubWorkflow,
  },
  'heroku-app': {
    settings: HerokuAppSettings,
    connection: 'heroku',
    load: async () => (await import('./heroku/index.ts')).createHerokuApp,
  },
  'http-flag': {
    settings: HttpFlagSettings,
    load: async () => (await import('./http-flag/index.ts')).createHttpFlag,
  },
  'job-guard': {
    settings: JobGuardSettings,
    load: async () => (await import('./job-guard/index.ts')).createJobGuard,
  },
  'kubernetes-deployment': {
    settings: KubernetesDeploymentSettings,
    connection: 'kubernetes',
    load: async () => (await import('./kubernetes/index.ts')).createKubernetesDeployment,
  },
  launchdarkly: {
    settings: LaunchDarklySettings,
    connection: 'launchdarkly',
    load: async () => (await import('./launchdarkly/index.ts')).createLaunchDarkly,
  },
  migrations: {
    settings: MigrationsSettings,
    load: async () => (await import('./migrations/index.ts')).createMigrations,
  },
  mongodb: {
    settings: MongodbSettings,
    load: async () => (await import('./mongodb/index.ts')).createMongodb,
  },
  mysql: {
    settings: MysqlSettings,
    load: async () => (await import('./mysql/index.ts')).createMysql,
  },
  postgresql: {
    settings: PostgresqlSettings,
    load: async () => (await import('./postgresql/index.ts')).createPostgresql,
  },
  unleash: {
    settings: UnleashSettings,
    connection: 'unleash',
    load: async () => (await import('./unleash/index.ts')).createUnleash,
  },
  'vercel-project': {
    settings: VercelProjectSettings,
    connection: 'vercel',
    load: async () => (await import('./vercel/index.ts')).createVercelProject,
  },
};

/** By the `kind` of a place where people outside are told; each component offers `announce`. */
export const announceKinds: Readonly<Record<string, ComponentKind>> = {
  statuspage: {
    settings: StatuspageSettings,
    connection: 'statuspage',
    load: async () => (await import('./statuspage/index.ts')).createStatuspage,
  },
  webhook: {
    settings: WebhookSettings,
    load: async () => (await import('./webhook/index.ts')).createWebhook,
  },
};

/** By the `kind` of a probe in `backstop.yaml`. */
export const probeKinds: Readonly<Record<string, ProbeKind>> = {
  command: {
    settings: CommandProbeSettings,
    load: async () => (await import('./command/probe.ts')).createCommandProbe,
  },
  compose: {
    settings: ComposeProbeSettings,
    load: async () => (await import('./compose/probe.ts')).createComposeProbe,
  },
  'azure-monitor': {
    settings: AzureMonitorProbeSettings,
    connection: 'azure',
    load: async () => (await import('./metrics/azure-monitor.ts')).createAzureMonitorProbe,
  },
  'cloudwatch-alarms': {
    settings: CloudWatchProbeSettings,
    connection: 'aws',
    load: async () => (await import('./metrics/cloudwatch-alarms.ts')).createCloudWatchProbe,
  },
  datadog: {
    settings: DatadogProbeSettings,
    load: async () => (await import('./metrics/datadog.ts')).createDatadogProbe,
  },
  prometheus: {
    settings: PrometheusProbeSettings,
    load: async () => (await import('./metrics/prometheus.ts')).createPrometheusProbe,
  },
  http: { settings: HttpProbeSettings, load: async () => createHttpProbe },
};

/**
 * The top-level `connections` of `backstop.yaml`. Fields that are secrets say so in their metadata
 * (`schema.meta()?.secret`), so that the configuration resolves them from `env:` or `file:` and never prints them.
 */
export const connectionSchemas: Readonly<Record<string, z.ZodObject>> = {
  aws: AwsConnection,
  azure: AzureConnection,
  contentful: ContentfulConnection,
  github: GitHubConnection,
  heroku: HerokuConnection,
  kubernetes: KubernetesConnection,
  launchdarkly: LaunchDarklyConnection,
  registries: RegistriesConnection,
  unleash: UnleashConnection,
  vercel: VercelConnection,
  statuspage: StatuspageConnection,
};
