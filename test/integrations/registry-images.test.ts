/** Whether an image is still in its registry, by the API that registries have in common. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createAzureContainerApps } from '../../src/integrations/azure-container-apps/index.ts';
import { imageName } from '../../src/integrations/registry/image-name.ts';
import { checkImages } from '../../src/integrations/registry/images-check.ts';
import { createRegistries } from '../../src/integrations/registry/index.ts';
import { RegistriesConnection } from '../../src/integrations/registry/schema.ts';
import type { Check } from '../../src/operation.ts';
import { type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';
import { openAppBench } from './azure-container-apps-bench.ts';
import { GOOD, openGroupBench } from './azure-container-instances-bench.ts';
import type { Bench } from './contract.ts';

const never = new AbortController().signal;
const DIGEST = `sha256:${'4e1f'.repeat(16)}`;

describe.each([
  ['nginx', 'docker.io', 'library/nginx', 'latest'],
  ['acme/web:1.2', 'docker.io', 'acme/web', '1.2'],
  ['index.docker.io/acme/web:1.2', 'docker.io', 'acme/web', '1.2'],
  ['ghcr.io/acme/shop/web:2.3.1', 'ghcr.io', 'acme/shop/web', '2.3.1'],
  ['localhost/web', 'localhost', 'web', 'latest'],
  [`registry.example:5000/web:1@${DIGEST}`, 'registry.example:5000', 'web', DIGEST],
])('the image %s', (image, server, repository, reference) => {
  test('is asked for by what is pulled', () => {
    expect(imageName(image)).toEqual({ server, repository, reference });
  });
});

test.each([
  '',
  'ghcr.io/',
  'ghcr.io/Acme/web',
  'ghcr.io/a/../b',
  'ghcr.io/a?b',
  'a@sha256:12',
  'a:b c',
])('is no name of an image: %s', (image) => {
  expect(imageName(image)).toBeUndefined();
});

describe('a registry', () => {
  const IMAGE = 'ghcr.io/acme/web:2.3.1';
  let cloud: Cloud;
  beforeEach(async () => {
    cloud = await createCloud();
    cloud.registry.push('acme/web', '2.3.1');
    return () => cloud.close();
  });

  function check(as?: object, o: { image?: string; lookMs?: number } = {}): Promise<Check> {
    const address = cloud.registry.url;
    const registries = createRegistries({
      registries: RegistriesConnection.parse({ servers: { 'ghcr.io': { address, ...as } } }),
    });
    const { image = IMAGE, lookMs } = o;
    return checkImages([image], (one) => registries.placeOf(one), never, lookMs);
  }
  const calls = () => cloud.registry.requests.map(({ call }) => call);
  const known = () => ({ login: cloud.registry.login });

  test('is asked with the login, and by nothing that pulls', async () => {
    expect(await check(known())).toEqual({
      name: 'The images are there',
      verdict: 'pass',
      blocking: true,
      reason: `ghcr.io has ${IMAGE}.`,
    });
    expect(calls()).toEqual(['HEAD manifest', 'GET token', 'HEAD manifest']);
  });

  test('is asked as nobody where everybody may pull', async () => {
    cloud.registry.everybodys.add('acme/web');

    expect(await check()).toMatchObject({ verdict: 'pass' });
    expect(await check({}, { image: 'ghcr.io/acme/web:9' })).toMatchObject({ verdict: 'fail' });
  });

  test.each([
    ['the image', () => cloud.registry.repositories.get('acme/web')?.clear()],
    ['the repository', () => cloud.registry.repositories.clear()],
  ])('that does not have %s any more blocks', async (_what, remove) => {
    remove();

    expect(await check(known())).toMatchObject({
      verdict: 'fail',
      blocking: true,
      reason: `ghcr.io does not have ${IMAGE} any more. Choose another version, or push the image again.`,
    });
  });

  test('that shows nobody the repository does not say that it is gone', async () => {
    cloud.registry.everybodys.add('acme/web');
    cloud.registry.repositories.clear();

    expect(await check()).toMatchObject({
      verdict: 'unknown',
      blocking: false,
      reason: expect.stringMatching(/NAME_UNKNOWN.*`registries\.servers\.ghcr\.io\.login`/),
    });
  });

  test.each([
    ['nobody', undefined, /403 DENIED/],
    [
      'somebody with the wrong password',
      { username: 'pull', password: 'wrong-4711' },
      /401 UNAUTHORIZED/,
    ],
  ])('that refuses %s leaves it unknown, and says what to do', async (_who, login, code) => {
    const found = await check(login && { login });

    expect(found).toMatchObject({ verdict: 'unknown', blocking: false });
    expect(found.reason).toMatch(code);
    expect(found.reason).toMatch(/image acme\/web:2\.3\.1.*`registries\.servers\.ghcr\.io\.login`/);
    expect(found.reason).not.toContain('wrong-4711');
  });

  test.each([
    ['asks for a while', { kind: 'status', status: 429, headers: { 'retry-after': '60' } }, /429/],
    [
      'sends it elsewhere',
      { kind: 'status', status: 307, headers: { location: 'http://127.0.0.1:1/' } },
      /307/,
    ],
    ['answers with nothing of the kind', { kind: 'status', status: 404, body: '<html>' }, /404/],
  ] as const)('that %s leaves it unknown', async (_what, fault, reason) => {
    for (const on of ['HEAD manifest', 'GET manifest']) {
      cloud.faults.registry.add({ on, fault, times: Number.POSITIVE_INFINITY });
    }

    expect(await check(known())).toMatchObject({
      verdict: 'unknown',
      blocking: false,
      reason: expect.stringMatching(reason),
    });
  });

  test('that cannot be reached for a moment is asked again', async () => {
    cloud.faults.registry.add({ on: 'HEAD manifest', fault: { kind: 'reset' } });

    expect(await check(known())).toMatchObject({ verdict: 'pass' });
  });

  test('that does not answer is not waited for', async () => {
    cloud.faults.registry.add({
      on: '*',
      fault: { kind: 'hang' },
      times: Number.POSITIVE_INFINITY,
    });

    expect(await check(known(), { lookMs: 100 })).toMatchObject({
      verdict: 'unknown',
      blocking: false,
      reason: expect.stringContaining('ghcr.io did not answer in 0.1 s'),
    });
  });

  test.each([
    'Bearer realm="http://127.0.0.1:1/token",service="x"',
    'Bearer realm="nonsense"',
    'Negotiate',
  ])('that sends to %s is given no password', async (challenge) => {
    const fault = {
      kind: 'status',
      status: 401,
      headers: { 'www-authenticate': challenge },
    } as const;
    cloud.faults.registry.add({ on: 'HEAD manifest', fault, times: Number.POSITIVE_INFINITY });

    expect(await check(known())).toMatchObject({ verdict: 'unknown', blocking: false });
    expect(calls()).toEqual(['HEAD manifest']);
  });

  test('is asked by Basic where it takes that', async () => {
    const fault = {
      kind: 'status',
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="acme"' },
    } as const;
    cloud.faults.registry.add({ on: 'HEAD manifest', fault });

    await check(known());

    expect(calls()).toEqual(['HEAD manifest', 'HEAD manifest']);
  });

  test('is not named by a plain http address of another machine', () => {
    const parsed = RegistriesConnection.safeParse({
      servers: { 'registry.acme.example': { address: 'http://registry.acme.example' } },
    });

    expect(parsed.error?.issues[0]?.message).toContain('must be https');
  });
});

describe('a registry of Azure that is asked as an identity of Azure', () => {
  const IMAGE = 'acme-f3a9.azurecr.io/shop/web:2.3.1';
  const [SERVER = ''] = IMAGE.split('/');
  const TOKEN = 'entra-token-of-backstop';
  const auth = { kind: 'token', token: TOKEN };
  let cloud: Cloud;
  beforeEach(async () => {
    cloud = await createCloud();
    cloud.registry.push('shop/web', '2.3.1');
    cloud.registry.identities.set(TOKEN, new Set(['shop/web']));
    return () => cloud.close();
  });

  function check(o: { as?: object | undefined; image?: string } = {}): Promise<Check> {
    const { as = auth, image = IMAGE } = o;
    const servers = { [SERVER]: { address: cloud.registry.url, identity: 'azure' } };
    const registries = createRegistries({
      registries: RegistriesConnection.parse({ servers }),
      ...('as' in o && o.as === undefined
        ? {}
        : { azure: { subscriptionId: '11111111-2222-4333-8444-555555555555', auth: as } }),
    });
    return checkImages([image], (one) => registries.placeOf(one), never);
  }
  const calls = () => cloud.registry.requests.map(({ call }) => call);

  test('takes its token in exchange for one to the repository', async () => {
    expect(await check()).toMatchObject({ verdict: 'pass', reason: `${SERVER} has ${IMAGE}.` });
    expect(calls()).toEqual(['HEAD manifest', 'POST exchange', 'POST token', 'HEAD manifest']);
  });

  test('says to it, and not only to a login, that an image is gone', async () => {
    cloud.registry.repositories.clear();

    expect(await check()).toMatchObject({
      verdict: 'fail',
      blocking: true,
      reason: expect.stringContaining('does not have'),
    });
  });

  test.each([
    ['is known to it no more', () => cloud.registry.identities.clear()],
    ['may not pull', () => cloud.registry.identities.set(TOKEN, new Set())],
  ])('leaves it unknown where the identity %s, and says what to grant', async (_what, take) => {
    take();

    const found = await check();

    expect(found).toMatchObject({
      verdict: 'unknown',
      blocking: false,
      reason: expect.stringMatching(/401.*role AcrPull on acme-f3a9\.azurecr\.io/),
    });
    expect(found.reason).not.toContain(TOKEN);
  });

  test('is not asked without `azure` in the configuration, which is said', async () => {
    expect(await check({ as: undefined })).toMatchObject({
      verdict: 'unknown',
      blocking: false,
      reason: expect.stringContaining('`azure`, which backstop.yaml does not have'),
    });
    expect(calls()).toEqual([]);
  });

  test('is signed in to by the managed identity of where Backstop runs', async () => {
    const asked: URL[] = [];
    const token = await serveOn((url) => {
      asked.push(url);
      const expires_on = String(Math.floor(Date.now() / 1000) + 3600);
      const resource = url.searchParams.get('resource') ?? '';
      return { access_token: TOKEN, expires_on, resource, token_type: 'Bearer' };
    });
    vi.stubEnv('IDENTITY_ENDPOINT', `${token}/msi/token`);
    vi.stubEnv('IDENTITY_HEADER', 'of-this-machine');
    onTestFinished(() => void vi.unstubAllEnvs());

    expect(await check({ as: { kind: 'managed-identity' } })).toMatchObject({ verdict: 'pass' });
    expect(asked.map(({ searchParams }) => searchParams.get('resource'))).toEqual([
      'https://containerregistry.azure.net',
    ]);
  });

  test.each([
    [{ 'ghcr.io': { identity: 'azure' } }, 'only be given for a registry of Azure'],
    [
      { [SERVER]: { identity: 'azure', login: { username: 'a', password: 'b' } } },
      'must not be given beside login',
    ],
  ])('is refused in a configuration such as %j', (servers, message) => {
    const parsed = RegistriesConnection.safeParse({ servers });

    expect(parsed.error?.issues[0]?.message).toContain(message);
  });
});

/** Answers every GET with JSON, at the address returned, until the test is over. */
async function serveOn(answer: (url: URL) => object): Promise<string> {
  const server = createServer((request, response) => {
    const body = JSON.stringify(answer(new URL(request.url ?? '/', 'http://127.0.0.1')));
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The worker of guide 000: what it goes back to is looked for as it signs in itself. */
describe.each<[string, () => Promise<Bench & { readonly cloud: Cloud }>, string]>([
  ['Container Instances', openGroupBench, GOOD.split('@')[1] ?? ''],
  ['Container Apps', () => openAppBench('Single', false), '2.3.1'],
])('the image of a worker on %s', (_kind, open, reference) => {
  let bench: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    bench = await open();
    return () => bench.close();
  });
  async function check(): Promise<Check | undefined> {
    const operation = bench.component.operations[bench.operation];
    const checks = await operation?.preflight(bench.input, never);
    return checks?.find(({ name }) => name === 'The images are there');
  }

  test('is looked for before anything is moved', async () => {
    expect(await check()).toMatchObject({
      verdict: 'pass',
      reason: expect.stringMatching(/^acme\.azurecr\.io has /),
    });
  });

  test('blocks where it is gone', async () => {
    bench.cloud.registry.repositories.get('shop/worker')?.delete(reference);

    expect(await check()).toMatchObject({
      verdict: 'fail',
      blocking: true,
      reason: expect.stringMatching(
        /^acme\.azurecr\.io does not have acme\.azurecr\.io\/shop\/worker/,
      ),
    });
  });
});

test('the doctor looks as the identity of Backstop, and says what to grant it', async () => {
  const bench = await openAppBench('Single', false);
  onTestFinished(() => bench.close());
  const { azure, registry } = bench.cloud;
  const component = createAzureContainerApps({
    id: 'worker',
    settings: { resourceGroup: 'acme-production', app: 'acme-worker' },
    connections: {
      azure: {
        endpoint: azure.endpoint,
        subscriptionId: azure.subscriptionId,
        auth: { kind: 'token', token: azure.token },
      },
      registries: { servers: { 'acme.azurecr.io': { address: registry.url, identity: 'azure' } } },
    },
  });
  const images = async () =>
    (await component.doctor(never)).find(({ what }) => what.endsWith('its images'));
  registry.identities.set(azure.token, new Set(['shop/worker']));

  const granted = await images();
  registry.identities.set(azure.token, new Set());
  const refused = await images();

  expect(granted).toMatchObject({ verdict: 'pass', reason: expect.stringContaining('has acme') });
  expect(refused).toMatchObject({
    verdict: 'warn',
    reason: expect.stringContaining('role AcrPull on acme.azurecr.io'),
  });
});

test('a registry of Azure whose name carries the hash of its scope is asked as any other', () => {
  const image = 'contosoacrregistry-e7ggejfuhzhgedc8.azurecr.io/shop/web:2.3.1';

  expect(createRegistries({}).placeOf(image)).toMatchObject({
    name: 'contosoacrregistry-e7ggejfuhzhgedc8.azurecr.io',
  });
  expect(createRegistries({}).placeOf('registry.acme.example/shop/web:2.3.1')).toContain(
    '`registries.servers`',
  );
});

test('one that runs already in several revisions is only warned of', async () => {
  const bench = await openAppBench('Multiple', true);
  bench.cloud.registry.repositories.clear();

  const checks = await bench.component.operations[bench.operation]?.preflight(bench.input, never);
  await bench.close();

  expect(checks?.find(({ name }) => name === 'The images are there')).toMatchObject({
    verdict: 'warn',
    blocking: false,
  });
});
