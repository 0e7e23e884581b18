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
  mongodb: {
    database: 'shop',
    server: { uri: 'mongodb://db' },
    backups: '/backups',
    used: { read: ['/srv/read.sh'], set: ['/srv/set.sh', '{database}'] },
  },
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
  'contentful-environment': { space: 'shop1', exports: '/var/lib/exports' },
  'github-repository': { repository: 'acme/checkout' },
  'github-workflow': { repository: 'acme/checkout', workflow: 'deploy.yml' },
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

/**
 * Every operation of every kind is sorted here: one that is new fails until somebody has said whether it changes the data of a
 * database, and what keeps it safe. That each really refuses is shown by its own tests, on real servers.
 */
describe('no way leads to a restore without a verified safety backup', () => {
  const database = { service: 'db', database: 'shop', backups: '/backups' };
  const restore = {
    run: ['/srv/restore.sh', '{backup}'],
    parameters: { backup: { pattern: '.*' } },
    restores: 'database',
  };
  const settings: Readonly<Record<string, unknown>> = {
    ...SETTINGS,
    compose: { ...(SETTINGS['compose'] as object), database },
    command: { operations: { restart: { run: ['/srv/restart.sh'] }, restore }, restore: 'restore' },
  };
  const beside = ['restore-beside', 'switch'];
  /** They change data, and look for a safety backup right before they act. */
  const guarded: Readonly<Record<string, readonly string[]>> = {
    postgresql: beside,
    mysql: beside,
    mongodb: beside,
    compose: beside,
    migrations: ['take-back'],
    command: ['restore'],
  };
  /** They delete nothing: one moves back what a switch has kept whole, one makes another server, to which the app is pointed. */
  const keeping: Readonly<Record<string, readonly string[]>> = {
    postgresql: ['switch-back'],
    mysql: ['switch-back'],
    mongodb: ['switch-back'],
    compose: ['switch-back'],
    'azure-postgresql': ['restore-to-new-server', 'switch-over'],
  };
  /** They change no data. */
  const harmless: Readonly<Record<string, readonly string[]>> = {
    postgresql: ['backup', 'export-since'],
    mysql: ['backup', 'export-since'],
    mongodb: ['backup', 'export-since'],
    compose: ['backup', 'export-since', 'start', 'stop'],
    migrations: ['keep', 'note-applied'],
    command: ['restart'],
    'azure-postgresql': ['take-backup'],
  };
  const point = { id: 'a.dump', label: 'a', capturedAt: 0, available: true };

  async function made(kind: string) {
    const entry = componentKinds[kind];
    if (!entry) throw new Error(`There is no kind ${kind}.`);
    const make = await entry.load();
    const connection = entry.connection ?? '';
    return make({
      id: 'web',
      settings: entry.settings.parse(settings[kind]),
      connections: {
        [connection]: connectionSchemas[connection]?.parse(CONNECTIONS[connection as 'azure']),
      },
    });
  }

  test('by any operation that is not known', async () => {
    const data = await Promise.all(Object.keys(componentKinds).map(made));

    for (const { kind, operations, phase } of data) {
      const known = [guarded, keeping, harmless].flatMap((all) => all[kind] ?? []);
      if (phase === 'data' || known.length > 0)
        expect([kind, Object.keys(operations).sort()]).toEqual([kind, [...known].sort()]);
    }
    // Content is no database; whatever else comes to have restore points has to be sorted above.
    expect(
      data
        .filter(({ restorePoints }) => restorePoints)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(
      [...Object.keys({ ...guarded, ...keeping, ...harmless }), 'contentful-environment'].sort(),
    );
    expect(data.filter(({ phase }) => phase === 'data').map(({ kind }) => kind)).toEqual([
      'azure-postgresql',
      'command',
      'compose',
      'migrations',
      'mongodb',
      'mysql',
      'postgresql',
    ]);
  });

  test.each(['postgresql', 'mysql', 'mongodb', 'compose'])('in any plan of %s', async (kind) => {
    const { operations, restorePoints } = await made(kind);
    const [safety, ...rest] = restorePoints?.restore(point) ?? [];

    if (!safety) throw new Error('The plan has no step.');
    expect(safety.operation).toBe('backup');
    const { file } = safety.input as { readonly file: string };
    for (const call of rest.filter(({ operation }) => beside.includes(operation)))
      expect(call.input).toMatchObject({ safety: file });
    expect(operations['switch']?.asksAgain).toBe(true);
    expect(operations['switch-back']?.asksAgain).toBe(true);
  });

  test.each(['postgresql', 'mysql', 'mongodb', 'compose'])(
    'by any input of %s that names none',
    async (kind) => {
      const { operations, restorePoints } = await made(kind);
      const never = new AbortController().signal;
      for (const { operation, input } of restorePoints?.restore(point) ?? []) {
        if (!beside.includes(operation)) continue;
        const { safety: _safety, ...without } = input as { readonly safety: string };
        const intent = { run: 'r', step: 's', key: 'k', at: 0, before: 'a', expected: 'b' };

        const act = async () => operations[operation]?.submit(without, intent, never);

        await expect(act()).rejects.toMatchObject({ code: 'invalid-input', field: 'safety' });
      }
    },
  );

  test('by a command, where no component takes one', async () => {
    const { operations, restorePoints } = await made('command');

    expect(() => restorePoints?.restore(point)).toThrow(/no component database that takes/);
    const intent = { run: 'r', step: 's', key: 'k', at: 0, before: 'a', expected: 'b' };

    const act = operations['restore']?.submit(
      { backup: 'a.dump' },
      intent,
      new AbortController().signal,
    );

    await expect(act).rejects.toMatchObject({ surelyNotDone: true });
    expect(operations['restore']?.asksAgain).toBe(true);
  });
});
