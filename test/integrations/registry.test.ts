import { describe, expect, test } from 'vitest';
import { componentKinds, connectionSchemas, probeKinds } from '../../src/integrations/index.ts';

const CONNECTIONS = {
  azure: {
    subscriptionId: '3f1a6c2e-8b47-4d53-9a1e-5c70de92b8f4',
    auth: { kind: 'token', token: 'azure-secret-token' },
  },
  github: { token: 'github-secret-token' },
};
const SETTINGS: Readonly<Record<string, unknown>> = {
  'azure-app-service': { resourceGroup: 'acme', app: 'acme-checkout' },
  'github-repository': { repository: 'acme/checkout' },
};

describe('the registry of integrations', () => {
  test.each(Object.entries(componentKinds))('makes a %s from its settings', async (kind, entry) => {
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

  test.each(Object.entries(componentKinds))('%s names a connection that exists', (_kind, entry) => {
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
    ['github', { ...CONNECTIONS.github, baseUrl: 'http://localhost.example' }, 'must be https'],
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
