import { describe, expect, test } from 'vitest';
import {
  announceKinds,
  componentKinds,
  connectionSchemas,
  probeKinds,
} from '../../src/integrations/index.ts';

const CONNECTIONS = {
  aws: {
    region: 'eu-west-1',
    credentials: { kind: 'keys', accessKeyId: 'AKIA0', secretAccessKey: 'aws-secret-key' },
  },
  azure: {
    subscriptionId: '3f1a6c2e-8b47-4d53-9a1e-5c70de92b8f4',
    auth: { kind: 'token', token: 'azure-secret-token' },
  },
  contentful: { token: 'contentful-secret-token' },
  github: { token: 'github-secret-token' },
  heroku: { token: 'heroku-secret-token' },
  vercel: { token: 'vercel-secret-token' },
  kubernetes: {
    auth: { kind: 'token', server: 'https://k8s.example:6443', token: 'kubernetes-secret-token' },
  },
  launchdarkly: { token: 'launchdarkly-secret-token' },
  unleash: { baseUrl: 'https://unleash.example', token: 'unleash-secret-token' },
  statuspage: { apiKey: 'statuspage-secret-key' },
};
const SETTINGS: Readonly<Record<string, unknown>> = {
  'aws-codedeploy': { application: 'shop', deploymentGroup: 'production' },
  'aws-ecs': { cluster: 'shop', service: 'web' },
  'azure-app-service': { resourceGroup: 'acme', app: 'acme-checkout' },
  'azure-container-apps': { resourceGroup: 'acme', app: 'acme-worker' },
  'azure-container-instances': { resourceGroup: 'acme', group: 'acme-worker' },
  'azure-postgresql': { resourceGroup: 'acme', server: 'acme-db' },
  command: { operations: { restart: { run: ['/srv/restart.sh'] } } },
  compose: { project: 'shop', directory: '/srv', files: ['/srv/c.yml'], services: ['web'] },
  mysql: { database: 'shop', server: { host: 'db', user: 'backstop' }, backups: '/backups' },
  postgresql: { database: 'shop', server: { host: 'db', user: 'backstop' }, backups: '/backups' },
  migrations: {
    tool: 'knex',
    run: ['node_modules/.bin/knex'],
    newer: '/srv/newer',
    notes: '/var/lib/notes',
    database: 'database',
  },
  'job-guard': { endpoint: { url: 'https://shop.example/internal/jobs' } },
  'contentful-environment': { space: 'shop1' },
  'github-repository': { repository: 'acme/checkout' },
  'http-flag': { flags: { banner: { url: 'https://flags.example/banner' } } },
  'heroku-app': { app: 'acme-shop' },
  'vercel-project': { project: 'storefront' },
  'kubernetes-deployment': { deployment: 'checkout' },
  launchdarkly: { project: 'shop', environment: 'production', flags: ['banner'] },
  unleash: { environment: 'production', flags: ['banner'] },
  statuspage: { page: 'kctbh9vrtdwd' },
  webhook: { url: 'https://hooks.example/status' },
};

const KINDS = Object.entries({ ...componentKinds, ...announceKinds });

describe('the registry of integrations', () => {
  test.each(KINDS)('makes a %s from its settings', async (kind, entry) => {
    const connection = entry.connection ?? '';
    const make = await entry.load();

    const component = make({
      id: 'web',
      settings: entry.settings.parse(SETTINGS[kind]),
      connections: {
        [connection]: connectionSchemas[connection]?.parse(CONNECTIONS[connection as 'azure']),
      },
    });

    expect(component).toMatchObject({ id: 'web', kind });
    expect(Object.keys(component.operations).length).toBeGreaterThan(0);
  });

  test.each(KINDS)('%s names a connection that exists', (_kind, entry) => {
    if (entry.connection !== undefined) expect(connectionSchemas).toHaveProperty(entry.connection);
  });

  test('makes a probe', async () => {
    const make = await probeKinds['http']?.load();

    const probe = make?.({
      id: 'health',
      settings: { url: 'https://shop.example/healthz' },
      connections: {},
    });

    expect(probe?.name).toBe('health');
  });

  test.each([
    ['azure', { ...CONNECTIONS.azure, endpoint: 'http://azure.example' }, 'must be https'],
    ['contentful', { ...CONNECTIONS.contentful, baseUrl: 'http://cma.example' }, 'must be https'],
    [
      'statuspage',
      { ...CONNECTIONS.statuspage, baseUrl: 'http://statuspage.example' },
      'must be https',
    ],
    ['github', { ...CONNECTIONS.github, baseUrl: 'http://localhost.example' }, 'must be https'],
    ['unleash', { ...CONNECTIONS.unleash, baseUrl: 'http://unleash.example' }, 'must be https'],
    [
      'kubernetes',
      { auth: { ...CONNECTIONS.kubernetes.auth, server: 'http://k8s.example' } },
      'must be https',
    ],
    ['aws', { ...CONNECTIONS.aws, endpoints: { ecs: 'http://ecs.example' } }, 'must be https'],
  ])('does not send the token of %s over an open line', (name, connection, reason) => {
    const parsed = connectionSchemas[name]?.safeParse(connection);

    expect(parsed?.error?.issues[0]?.message).toContain(reason);
  });

  test('takes production for no slot beside production', () => {
    const settings = componentKinds['azure-app-service']?.settings;

    const parsed = settings?.safeParse({ resourceGroup: 'a', app: 'b', slot: 'Production' });

    expect(parsed?.error?.issues[0]?.message).toBe('must be the slot beside production');
  });
});
