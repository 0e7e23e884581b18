import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCloud, seedCheckout } from '../../../src/sandbox/cloud/index.ts';
import { aCheckoutCloud, ask, type Stage } from './clients.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await aCheckoutCloud();
});
afterEach(() => stage.cloud.close());

it('fails in production and works in staging before the swap, and the other way round after it', async () => {
  const { cloud } = stage;
  const { productionUrl, stagingUrl } = cloud.shop;
  const look = () => Promise.all([productionUrl, stagingUrl].map((url) => ask(`${url}/healthz`)));

  const before = await look();
  cloud.azure.swapBehindYourBack('ben@acme.example');
  const after = await look();

  expect(before).toMatchObject([
    { status: 500, release: '2.4.0', text: expect.stringContaining('taxRate') },
    { status: 200, release: '2.3.1' },
  ]);
  expect(after).toMatchObject([
    { status: 200, release: '2.3.1' },
    { status: 500, release: '2.4.0' },
  ]);
});

it('sells, or says that it cannot', async () => {
  const { productionUrl, stagingUrl } = stage.cloud.shop;

  const [broken, working] = await Promise.all(
    [productionUrl, stagingUrl].map((url) => ask(`${url}/checkout`)),
  );

  expect(broken).toMatchObject({ status: 500, text: expect.stringContaining('Checkout failed') });
  expect(working).toMatchObject({ status: 200, text: expect.stringContaining('A-10042') });
});

it('says the same on a page, to whoever comes with a browser', async () => {
  const { productionUrl, stagingUrl } = stage.cloud.shop;
  const visit = (url: string) => fetch(`${url}/checkout`, { headers: { accept: 'text/html' } });

  const [broken, working] = await Promise.all([productionUrl, stagingUrl].map(visit));

  expect(broken?.status).toBe(500);
  expect(broken?.headers.get('content-type')).toContain('text/html');
  expect(broken?.headers.get('x-release')).toBe('2.4.0');
  expect(await broken?.text()).toContain('<h1>Checkout failed. Please try again later.</h1>');
  expect(await working?.text()).toContain('Order A-10042 is placed: 49.90 EUR.');
});

it('can stay broken whatever release is live', async () => {
  const { cloud, seeded } = stage;
  cloud.azure.swapBehindYourBack('ben@acme.example');
  cloud.shop.stayBroken(true);

  const broken = await ask(`${cloud.shop.productionUrl}/healthz`);
  cloud.azure.deployTo('staging', seeded.good);
  const staging = await ask(`${cloud.shop.stagingUrl}/healthz`);
  cloud.shop.stayBroken(false);
  const working = await ask(`${cloud.shop.productionUrl}/healthz`);

  expect(broken).toMatchObject({ status: 500, release: '2.3.1' });
  expect(staging).toMatchObject({ status: 200, release: '2.3.1' });
  expect(working.status).toBe(200);
});

it('takes its time with a slow release, and none is up in a stopped slot', async () => {
  const { cloud, seeded } = stage;
  cloud.shop.slowMs = 60;
  cloud.azure.deployTo('production', { ...seeded.good, behaviour: 'slow' });
  cloud.azure.setRunning('staging', false);

  const started = performance.now();
  const slow = await ask(`${cloud.shop.productionUrl}/healthz`);
  const stopped = await ask(`${cloud.shop.stagingUrl}/healthz`);

  expect(slow.status).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(50);
  expect(stopped).toMatchObject({ status: 403, release: null });
});

it('can be struck by faults on one host only', async () => {
  const { cloud } = stage;
  const { productionUrl, stagingUrl } = cloud.shop;
  cloud.faults.shop.add({ on: 'GET staging/healthz', fault: { kind: 'reset' }, times: 2 });

  await expect(ask(`${stagingUrl}/healthz`)).rejects.toThrow();
  const production = await ask(`${productionUrl}/healthz`);
  cloud.faults.clear();
  const staging = await ask(`${stagingUrl}/healthz`);

  expect([production.status, staging.status]).toEqual([500, 200]);
  expect(cloud.faults.shop.hits()).toBe(1);
});

it('writes every request down with its time and outcome, and no credential', async () => {
  const { cloud, advance } = stage;
  await ask(`${cloud.shop.productionUrl}/checkout`);
  advance(1500);
  await fetch(`${cloud.github.baseUrl}/user`, { headers: { authorization: 'Bearer s3cret' } });

  const [first, second] = cloud.exchanges;

  expect(first).toMatchObject({
    service: 'shop',
    method: 'GET',
    path: '/checkout',
    status: 500,
    at: '2026-11-20T10:00:00.000Z',
  });
  expect(second).toMatchObject({
    service: 'github',
    status: 401,
    at: '2026-11-20T10:00:01.500Z',
  });
  expect(JSON.stringify(cloud.exchanges)).not.toContain('s3cret');
});

it('moves by the real clock unless given another', async () => {
  const cloud = await createCloud();
  seedCheckout(cloud);
  cloud.azure.swapMs = 20;
  const production = `${cloud.azure.endpoint}/subscriptions/${cloud.azure.subscriptionId}/resourceGroups/rg-shop/providers/Microsoft.Web/sites/acme-checkout`;
  const headers = {
    authorization: `Bearer ${cloud.azure.token}`,
    'content-type': 'application/json',
  };

  await fetch(`${production}/slots/staging/slotsswap?api-version=2025-05-01`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ targetSlot: 'production', preserveVnet: true }),
  });
  await expect
    .poll(() => ask(`${cloud.shop.productionUrl}/healthz`), { interval: 5 })
    .toMatchObject({ status: 200, release: '2.3.1' });

  expect(cloud.azure.swapsApplied).toBe(1);
  await cloud.close();
});

it('closes at once, also with an answer outstanding', async () => {
  const { cloud } = stage;
  cloud.faults.shop.add({ on: 'GET production/healthz', fault: { kind: 'hang' } });
  const asked = ask(`${cloud.shop.productionUrl}/healthz`);
  const refused = expect(asked).rejects.toThrow();
  while (cloud.exchanges.at(-1)?.outcome !== 'hung') await new Promise(setImmediate);

  await cloud.close();

  await refused;
});

it('is not started halfway when a port is taken', async () => {
  const taken = Number(new URL(stage.cloud.shop.stagingUrl).port);

  await expect(createCloud({ ports: { staging: taken } })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
