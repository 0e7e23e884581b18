/** The stage of a story: a workspace with four people, a cloud with a broken release, and the configuration that joins them. */

import { createAgenda } from './cloud/agenda.ts';
import { type CheckoutWorld, type Cloud, createCloud, seedCheckout } from './cloud/index.ts';
import { createLaunchDarkly, type LaunchDarkly } from './cloud/launchdarkly/index.ts';
import { type AwsShop, seedAws } from './cloud/seed-aws.ts';
import {
  type ContentWorld,
  seedContent,
  seedWorker,
  type WorkerWorld,
} from './cloud/seed-content.ts';
import { seedWorkflow, type WorkflowShop } from './cloud/seed-workflow.ts';
import { configText } from './config-text.ts';
import { type DatabaseSettings, openShopDatabase, type ShopDatabase } from './database/index.ts';
import type { ShopPostgresql } from './database/postgresql.ts';
import { createStoryClock, type StoryClock } from './story-clock.ts';
import { createWorkspace, type Workspace } from './workspace/index.ts';
import { createPerson, type Person } from './workspace/person.ts';

export interface Stage {
  readonly clock: StoryClock;
  readonly workspace: Workspace;
  readonly cloud: Cloud;
  readonly world: CheckoutWorld;
  /** There where the set-up asks for it. */
  readonly content: ContentWorld | undefined;
  /** There where the set-up asks for it. */
  readonly worker: WorkerWorld | undefined;
  /** There where the set-up asks for it. */
  readonly aws: AwsShop | undefined;
  /** There where the set-up asks for it. */
  readonly workflow: WorkflowShop | undefined;
  /** There where the set-up asks for it. */
  readonly flags: LaunchDarkly | undefined;
  /** The shop's own, where the set-up asks for it. */
  readonly database: ShopDatabase | ShopPostgresql | undefined;
  readonly people: Cast;
  /** The text of a `backstop.yaml` for this workspace and cloud; its secrets are in `env`. */
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Ana is on call, Ben leads, Cleo shipped the release, Dee works in another team. */
export interface Cast {
  readonly ana: Person;
  readonly ben: Person;
  readonly cleo: Person;
  readonly dee: Person;
}

export interface StageOptions extends StageSettings {
  /** Instead of one that runs like the real one. */
  readonly clock?: StoryClock;
  /** Slack's own, where that one runs too fast for people; the same unless given. */
  readonly slackClock?: { now(): number };
  /** How long people wait for the app (real time); as with Slack unless given. */
  readonly ackTimeoutMs?: number;
}

/** How a story's set-up differs from the usual one. */
export interface StageSettings {
  /** How many people must approve; one unless given. */
  readonly approvals?: number;
  /** With the content of the shop in Contentful, in a space that takes so many environments. */
  readonly content?: { readonly limit?: number };
  /** With the background worker of the shop and the guard of its jobs. */
  readonly worker?: boolean;
  /** With a status page that people outside read. */
  readonly statusPage?: boolean;
  /** With a web app that runs migrations after each swap, and tells how they stand. */
  readonly migrations?: boolean;
  /** With the checkout on ECS, deployed by CodeDeploy, in place of the web app on Azure. */
  readonly aws?: boolean;
  /** With the checkout deployed by a GitHub workflow, in place of the web app on Azure, and Backstop installed as an App. */
  readonly workflow?: boolean;
  /** With swaps in two phases, a person looking in between. */
  readonly preview?: boolean;
  /** With the branch of the repository locked while a run is at work or a SEV1 is open. */
  readonly freeze?: boolean;
  /** With feature flags in LaunchDarkly: the release is broken while `new-checkout` is on. */
  readonly flags?: boolean;
  /** With the database of the shop: on a real PostgreSQL server, or behind stand-ins for MongoDB's. */
  readonly database?: DatabaseSettings;
}

/** @param manifest text of `manifest.yml`. @param start what the story's clock shows first, epoch milliseconds. */
export async function createStage(
  manifest: string,
  start: number,
  options: StageOptions = {},
): Promise<Stage> {
  const { clock = createStoryClock(start), slackClock = clock, approvals = 1, ...rest } = options;
  const {
    content,
    worker,
    aws: onAws,
    workflow: byWorkflow,
    preview = false,
    database,
    freeze,
    statusPage = false,
    migrations = false,
    flags: flagged,
    ...slack
  } = rest;
  const data = database && (await openShopDatabase(database));
  const workspace = await createWorkspace({ manifest, clock: slackClock, ...slack });
  const cloud = await createCloud({ clock });
  const world = seedCheckout(cloud);
  const space = content && seedContent(cloud, content.limit);
  const jobs = worker ? seedWorker(cloud) : undefined;
  const aws = onAws ? seedAws(cloud, world) : undefined;
  const workflow = byWorkflow ? seedWorkflow(cloud, world) : undefined;
  const flags = flagged
    ? await createLaunchDarkly({
        agenda: createAgenda(clock),
        log: cloud.exchanges,
        flags: ['new-checkout', 'banner'],
      })
    : undefined;
  if (flags) cloud.shop.guardedBy(() => flags.flags.get('new-checkout')?.on === true);
  const ana = workspace.addUser({ name: 'ana', realName: 'Ana', tz: 'Europe/Lisbon' });
  const ben = workspace.addUser({ name: 'ben', realName: 'Ben', tz: 'Europe/Berlin' });
  const cleo = workspace.addUser({ name: 'cleo', realName: 'Cleo', tz: 'Europe/Berlin' });
  const dee = workspace.addUser({ name: 'dee', realName: 'Dee', tz: 'Europe/Berlin' });
  const oncall = workspace.addGroup({ handle: 'checkout-oncall', members: ['ana', 'cleo'] });
  const leads = workspace.addGroup({ handle: 'release-leads', members: ['ben', 'cleo'] });
  const editors = workspace.addGroup({ handle: 'shop-editors', members: ['cleo'] });
  const incidents = workspace.addChannel({
    name: 'incidents',
    members: ['ana', 'ben', 'cleo', 'dee'],
    withBot: true,
  });
  const person = (user: { readonly id: string }): Person =>
    createPerson(workspace.slack, user.id, { patienceMs: PATIENCE_MS });

  return {
    clock,
    workspace,
    cloud,
    world,
    content: space,
    worker: jobs,
    aws,
    workflow,
    flags,
    database: data,
    people: { ana: person(ana), ben: person(ben), cleo: person(cleo), dee: person(dee) },
    env: {
      SLACK_BOT_TOKEN: workspace.botToken,
      SLACK_APP_TOKEN: workspace.appToken,
      SLACK_SIGNING_SECRET: workspace.signingSecret,
      AZURE_TOKEN: cloud.azure.token,
      GITHUB_TOKEN: cloud.github.token,
      CONTENTFUL_TOKEN: cloud.contentful.token,
      JOBS_TOKEN: cloud.worker.token,
      REGISTRY_PASSWORD: cloud.registry.login.password,
      STATUSPAGE_KEY: cloud.statuspage.apiKey,
      ...(workflow ? { GITHUB_APP_KEY: cloud.github.app.privateKey } : {}),
      ...(flags ? { LAUNCHDARKLY_TOKEN: flags.token } : {}),
      AWS_KEY_ID: cloud.aws.credentials.accessKeyId,
      AWS_SECRET_KEY: cloud.aws.credentials.secretAccessKey,
      AWS_SESSION: cloud.aws.credentials.sessionToken,
    },
    config: configText({
      slackApi: workspace.apiUrl,
      channel: incidents.id,
      azure: cloud.azure.endpoint,
      subscription: cloud.azure.subscriptionId,
      github: cloud.github.baseUrl,
      shop: cloud.shop.productionUrl,
      staging: cloud.shop.stagingUrl,
      world,
      ana: ana.id,
      ben: ben.id,
      oncall: oncall.id,
      leads: leads.id,
      approvals,
      editors: editors.id,
      contentful: cloud.contentful.baseUrl,
      jobs: cloud.worker.url,
      space,
      limit: content?.limit,
      worker: jobs && {
        ...jobs,
        registryAddress: cloud.registry.url,
        registryUser: cloud.registry.login.username,
      },
      freeze: freeze === true,
      data,
      statusPage: statusPage ? cloud.statuspage : undefined,
      flags,
      aws: aws && { ...aws, endpoint: cloud.aws.baseUrl, region: cloud.aws.region },
      workflow: workflow && { ...workflow, app: cloud.github.app },
      preview,
      migrations,
      withShop: database === undefined || database.migrations !== undefined,
    }),
    async close() {
      await workspace.close();
      await cloud.close();
      await flags?.close();
      await data?.close();
    },
  };
}

/** Real time that people in a story wait for something to come into sight. */
const PATIENCE_MS = 20_000;
