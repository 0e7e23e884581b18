/** The configuration that joins the bot of a story to its workspace and its cloud. */

import type { CheckoutWorld, Cloud } from './cloud/index.ts';
import type { LaunchDarkly } from './cloud/launchdarkly/index.ts';
import type { AwsShop } from './cloud/seed-aws.ts';
import type { ContentWorld, WorkerWorld } from './cloud/seed-content.ts';
import type { WorkflowShop } from './cloud/seed-workflow.ts';
import type { ShopDatabase } from './database/index.ts';

/** What the configuration names. */
export interface Names {
  readonly slackApi: string;
  readonly channel: string;
  readonly azure: string;
  readonly subscription: string;
  readonly github: string;
  readonly shop: string;
  readonly staging: string;
  readonly world: CheckoutWorld;
  readonly ana: string;
  readonly ben: string;
  readonly oncall: string;
  readonly leads: string;
  readonly approvals: number;
  readonly editors: string;
  readonly contentful: string;
  readonly jobs: string;
  readonly space: ContentWorld | undefined;
  readonly limit: number | undefined;
  readonly worker:
    | (WorkerWorld & { readonly registryAddress: string; readonly registryUser: string })
    | undefined;
  readonly freeze: boolean;
  readonly data: ShopDatabase | undefined;
  readonly statusPage: Cloud['statuspage'] | undefined;
  readonly flags: LaunchDarkly | undefined;
  readonly aws: (AwsShop & { readonly endpoint: string; readonly region: string }) | undefined;
  readonly workflow: (WorkflowShop & { readonly app: Cloud['github']['app'] }) | undefined;
  readonly preview: boolean;
  readonly migrations: boolean;
  /** Whether the checkout itself is probed: where only data goes back it stays as it is. */
  readonly withShop: boolean;
}

/** The components that a set-up asks for, indented as they stand in the file. */
function moreComponents({ space, limit, worker, world, jobs, data, flags }: Names): string {
  const content = space
    ? [
        'content:',
        '  kind: contentful-environment',
        `  space: ${space.space}`,
        `  editorRoles: [${space.editors}]`,
        ...(limit === undefined ? [] : [`  environmentLimit: ${limit}`]),
      ]
    : [];
  const background = worker
    ? [
        'worker:',
        '  kind: azure-container-instances',
        `  resourceGroup: ${world.resourceGroup}`,
        `  group: ${worker.group}`,
        '  startupSeconds: 5',
        '  pollSeconds: 1',
        '  quietSeconds: 5',
        'jobs:',
        '  kind: job-guard',
        '  jobs: ["*Mail*", "*Export*"]',
        '  pollSeconds: 1',
        '  quietSeconds: 5',
        `  endpoint: { url: ${jobs}/internal/jobs, token: env:JOBS_TOKEN }`,
      ]
    : [];
  const switches = flags
    ? [
        'flags:',
        '  kind: launchdarkly',
        `  project: ${flags.project}`,
        `  environment: ${flags.environment}`,
        '  flags: [new-checkout, banner]',
      ]
    : [];
  return indented([...content, ...background, ...switches, ...(data?.components ?? [])], 10);
}

function webApp({
  world,
  staging,
  shop,
  migrations,
  aws,
  workflow,
  preview,
}: Names): readonly string[] {
  const times = ['pollSeconds: 1', 'quietSeconds: 5'];
  if (workflow) {
    return [
      'kind: github-workflow',
      `repository: ${world.repository}`,
      'environment: production',
      `workflow: ${workflow.workflow}`,
    ];
  }
  if (aws) {
    const { application, group } = aws;
    return [
      'kind: aws-codedeploy',
      `application: ${application}`,
      `deploymentGroup: ${group}`,
      ...times,
    ];
  }
  return [
    'kind: azure-app-service',
    `resourceGroup: ${world.resourceGroup}`,
    `app: ${world.app}`,
    `slot: ${world.slot}`,
    `slotUrl: ${staging}/healthz`,
    ...(preview ? ['preview: true'] : []),
    ...(migrations ? [`migrations: { url: ${shop}/internal/migrations }`] : []),
    ...times,
  ];
}

function awsConnection({ aws }: Names): string {
  if (!aws) return '';
  return `aws:
  region: ${aws.region}
  endpoints: { codedeploy: ${aws.endpoint}, ecs: ${aws.endpoint}, ecr: ${aws.endpoint} }
  credentials:
    kind: keys
    accessKeyId: env:AWS_KEY_ID
    secretAccessKey: env:AWS_SECRET_KEY
    sessionToken: env:AWS_SESSION
`;
}

function registries({ worker }: Names): string {
  if (!worker) return '';
  const { registry, registryAddress, registryUser } = worker;
  return `registries:
  servers:
    ${registry}:
      address: ${registryAddress}
      login: { username: ${registryUser}, password: env:REGISTRY_PASSWORD }
`;
}

function githubLogin({ workflow }: Names): string {
  if (!workflow) return '  token: env:GITHUB_TOKEN\n';
  const { id, installationId } = workflow.app;
  return `  app: { id: ${id}, installationId: ${installationId}, privateKey: env:GITHUB_APP_KEY }\n`;
}

function indented(lines: readonly string[], by: number): string {
  return lines.map((line) => `${' '.repeat(by)}${line}\n`).join('');
}

function probes({ withShop, shop, data }: Names): string {
  const checkout = withShop ? ['checkout:', '  kind: http', `  url: ${shop}/checkout`] : [];
  return indented([...checkout, ...(data?.probe ?? [])], 10);
}

function launchdarkly({ flags }: Names): string {
  return flags ? `launchdarkly:\n  baseUrl: ${flags.url}\n  token: env:LAUNCHDARKLY_TOKEN\n` : '';
}

function statuspage({ statusPage }: Names): string {
  if (!statusPage) return '';
  return `statuspage:\n  baseUrl: ${statusPage.baseUrl}\n  apiKey: env:STATUSPAGE_KEY\n`;
}

function announce({ statusPage }: Names): string {
  if (!statusPage) return '';
  const { pageId, componentId } = statusPage;
  return `    announce:\n      status-page: { kind: statuspage, page: ${pageId}, components: [${componentId}] }\n`;
}

/** The `backstop.yaml` of a story; secrets are named as variables of its environment. */
export function configText(at: Names): string {
  return `slack:
  mode: socket
  apiUrl: ${at.slackApi}
  botToken: env:SLACK_BOT_TOKEN
  appToken: env:SLACK_APP_TOKEN
  signingSecret: env:SLACK_SIGNING_SECRET
  port: 0
incidents:
  channel: ${at.channel}
  zone: Europe/Berlin
  readiness: { daily: off }
azure:
  endpoint: ${at.azure}
  subscriptionId: ${at.subscription}
  auth: { kind: token, token: env:AZURE_TOKEN }
github:
  baseUrl: ${at.github}
${githubLogin(at)}${at.space ? `contentful:\n  baseUrl: ${at.contentful}\n  token: env:CONTENTFUL_TOKEN\n` : ''}${statuspage(at)}${launchdarkly(at)}${awsConnection(at)}${registries(at)}services:
  checkout:
    name: Checkout
    responders: [${at.oncall}, ${at.ben}]
    contacts:
      - { role: DevOps, name: Ana, slack: ${at.ana} }
      - { role: Database administrator, name: Priya Raman, phone: "+49 30 5550142" }
      - { role: Security, name: Noor Haddad, phone: "+49 30 5550143" }
      - { role: Management, name: Tomas Lind, phone: "+49 30 5550144" }
${announce(at)}    environments:
      production:
        components:
          web:
${indented(webApp(at), 12)}          code:
            kind: github-repository
            repository: ${at.world.repository}
${at.freeze ? '            freeze: true\n' : ''}${moreComponents(at)}        probes:
${probes(at)}        verification: { passes: 3, every: 2s, limit: 20s }
        approval:
          count: ${at.approvals}
          from: [${at.leads}]
          breakGlass: [${at.ben}]
${at.space ? `        release: { settle: 30m, contentGroup: ${at.editors} }\n` : ''}`;
}
