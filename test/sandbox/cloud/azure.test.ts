import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { azureFaults, scaledDuringSwap, warmUpFailure } from '../../../src/sandbox/cloud/index.ts';
import {
  APP,
  aCheckoutCloud,
  armClient,
  GROUP,
  type Stage,
  TO_PRODUCTION,
  versionIn,
} from './clients.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await aCheckoutCloud();
});
afterEach(() => stage.cloud.close());

/** Begins a swap of staging into production; the poller is wrapped because it is a promise of the end. */
async function beginSwap(client = armClient(stage.cloud), headers: Record<string, string> = {}) {
  const poller = client.webApps.swapSlot(GROUP, APP, 'staging', TO_PRODUCTION, {
    updateIntervalInMs: 1,
    requestOptions: { headers },
  });
  await poller.submitted();
  return { poller };
}

/** Where the releases are, and how many swaps took effect. */
function outcome() {
  const { cloud } = stage;
  return {
    production: versionIn(cloud, 'production'),
    staging: versionIn(cloud, 'staging'),
    swaps: cloud.azure.swapsApplied,
  };
}

const BEFORE = { production: '2.4.0', staging: '2.3.1', swaps: 0 };
const AFTER = { production: '2.3.1', staging: '2.4.0', swaps: 1 };

describe('a slot swap', () => {
  it('is accepted, runs by the clock however often it is polled, and then exchanges the releases', async () => {
    const { cloud, advance } = stage;
    const client = armClient(cloud);

    const { poller } = await beginSwap(client);
    for (let i = 0; i < 4; i++) await poller.poll();
    advance(2_999);
    await poller.poll();
    const during = await client.webApps.get(GROUP, APP);
    expect(poller.isDone).toBe(false);
    expect(during.inProgressOperationId).toBeTruthy();
    expect(outcome()).toEqual(BEFORE);

    advance(1);
    await poller.pollUntilDone();
    const after = await client.webApps.get(GROUP, APP);
    expect(outcome()).toEqual(AFTER);
    expect(after.inProgressOperationId).toBeFalsy();
    expect(after.slotSwapStatus).toEqual({
      timestampUtc: new Date(cloud.now()),
      sourceSlotName: 'staging',
      destinationSlotName: 'Production',
    });
    expect(cloud.azure.mutations).toEqual({ 'POST slotsswap': 1 });
  });

  it('ends at its own time, also when nobody looked until much later', async () => {
    const { cloud, advance } = stage;
    const at = cloud.now();
    await beginSwap();

    advance(60_000);

    expect(cloud.azure.slot('production').lastSwap?.at).toBe(new Date(at + 3000).toISOString());
  });

  it('moves settings and deployment history, except what is bound to a slot', async () => {
    const { cloud, advance, seeded } = stage;
    const client = armClient(cloud);
    await beginSwap(client);

    advance(3000);

    const { properties } = await client.webApps.listApplicationSettings(GROUP, APP);
    expect(properties).toMatchObject({
      APP_VERSION: '2.3.1',
      APP_COMMIT: seeded.good.commit,
      PAYMENT_MODE: 'live',
    });
    const deployments = await all(client.webApps.listDeployments(GROUP, APP));
    expect(deployments.map((one) => [one.name, one.active])).toEqual([[seeded.good.commit, true]]);
  });

  it('can be followed through Azure-AsyncOperation too', async () => {
    const { cloud, advance } = stage;
    cloud.azure.asyncOperation = true;

    const { poller } = await beginSwap();
    await poller.poll();
    advance(3000);
    await poller.pollUntilDone();

    const polled = cloud.azure.requests.filter((one) => one.call === 'GET operations');
    expect(polled.map((one) => one.status)).toEqual([200, 200]);
    expect(outcome()).toEqual(AFTER);
  });

  it('fails at its end and changes nothing when the slot does not start', async () => {
    const { cloud, advance } = stage;
    cloud.azure.setRunning('staging', false);
    const { poller } = await beginSwap();

    advance(3000);

    await expect(poller.pollUntilDone()).rejects.toMatchObject({ statusCode: 400 });
    expect(outcome()).toEqual(BEFORE);
  });

  it('refuses every other change while it runs', async () => {
    const client = armClient(stage.cloud);
    await beginSwap(client);

    await expect(beginSwap(client)).rejects.toMatchObject({ statusCode: 409 });
    await expect(client.webApps.restart(GROUP, APP)).rejects.toMatchObject({ statusCode: 409 });

    stage.advance(3000);
    expect(outcome()).toEqual(AFTER);
  });

  it('is found in the activity log by the ids it was sent with', async () => {
    const id = 'a9d3a2e4-6f43-4a6d-8f0e-0c6f3f2f9f10';
    await beginSwap(armClient(stage.cloud), {
      'x-ms-client-request-id': id,
      'x-ms-correlation-request-id': id,
    });
    stage.advance(3000);

    const entries = await activityLog();

    const ours = entries.filter((one) => one.correlationId === id);
    expect(ours.map((one) => [one.status.value, one.httpRequest.clientRequestId])).toEqual([
      ['Succeeded', id],
      ['Accepted', id],
    ]);
    expect(entries.find((one) => one.correlationId !== id)?.caller).toBe('cleo@acme.example');
  });
});

it('the activity log lags, and is read from a moment on', async () => {
  const { cloud, advance } = stage;
  cloud.azure.activityLagMs = 60_000;
  cloud.azure.swapBehindYourBack('ben@acme.example');
  const at = new Date(cloud.now()).toISOString();
  const since = `eventTimestamp ge '${at}' and resourceGroupName eq '${GROUP}'`;

  const early = await activityLog(since);
  advance(60_000);
  const late = await activityLog(since);

  expect(early).toEqual([]);
  expect(late.map((one) => one.caller)).toEqual(['ben@acme.example', 'ben@acme.example']);
});

describe('what goes wrong', () => {
  it('a swap answered by a reset is done all the same, and a client that retries undoes it', async () => {
    const { cloud } = stage;
    cloud.azure.swapMs = 0;
    cloud.faults.azure.add({ on: 'POST slotsswap', fault: { kind: 'reset', when: 'after' } });
    await expect(beginSwap()).rejects.toThrow();
    expect(outcome()).toEqual(AFTER);

    cloud.faults.azure.add({ on: 'POST slotsswap', fault: azureFaults.serverError('after') });
    await beginSwap(armClient(cloud, { retries: 3 }));

    expect(outcome()).toEqual({ ...AFTER, swaps: 3 });
  });

  it.each([
    ['reset before', { kind: 'reset' } as const],
    ['429', azureFaults.throttled(7)],
    ['500 before', azureFaults.serverError()],
    ['401', azureFaults.unauthorized()],
    ['409', azureFaults.busy()],
  ])('%s leaves everything as it was', async (_name, fault) => {
    stage.cloud.faults.azure.add({ on: 'POST slotsswap', fault });

    await expect(beginSwap()).rejects.toThrow();

    stage.advance(60_000);
    expect(outcome()).toEqual(BEFORE);
  });

  it('a throttled request is told how long to wait', async () => {
    stage.cloud.faults.azure.add({ on: 'GET site', fault: azureFaults.throttled(7) });

    const response = await arm(
      'GET',
      `/resourceGroups/${GROUP}/providers/Microsoft.Web/sites/${APP}`,
    );

    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
  });

  it.each([warmUpFailure(APP, 'staging'), scaledDuringSwap(APP, 'staging')])(
    'an operation can fail at its end, with the reason in the old dialect: %s',
    async (reason) => {
      const { cloud, advance } = stage;
      cloud.faults.azure.add({ on: 'POST slotsswap', fault: azureFaults.swapFails(reason) });
      const swap = await arm(
        'POST',
        `/resourceGroups/${GROUP}/providers/Microsoft.Web/sites/${APP}/slots/staging/slotsswap`,
        TO_PRODUCTION,
      );
      expect(swap.status).toBe(202);

      advance(3000);

      const poll = await fetch(String(swap.headers.get('location')), { headers: bearer() });
      expect(poll.status).toBe(400);
      expect(await poll.json()).toMatchObject({ Code: 'BadRequest', Message: reason });
      expect(outcome()).toEqual(BEFORE);
    },
  );

  it('an operation can be slow', async () => {
    const { cloud, advance } = stage;
    cloud.faults.azure.add({ on: 'POST slotsswap', fault: azureFaults.slowSwap(600_000) });
    await beginSwap();

    advance(599_999);
    expect(outcome()).toEqual(BEFORE);
    advance(1);
    expect(outcome()).toEqual(AFTER);
  });

  it('a 202 without an address looks like success to the SDK long before the swap is done', async () => {
    const { cloud, advance } = stage;
    cloud.azure.asyncOperation = true;
    cloud.faults.azure.add({ on: 'POST slotsswap', fault: azureFaults.noLocation() });

    const { poller } = await beginSwap();
    await poller.pollUntilDone();

    expect(outcome()).toEqual(BEFORE);
    advance(3000);
    expect(outcome()).toEqual(AFTER);
  });

  it('a lost request can land late, by the clock', async () => {
    const { cloud, advance } = stage;
    cloud.faults.azure.add({ on: 'POST slotsswap', fault: { kind: 'late', ms: 30_000 } });
    await expect(beginSwap()).rejects.toThrow();

    advance(32_999);
    expect(outcome()).toEqual(BEFORE);
    advance(1);
    expect(outcome()).toEqual(AFTER);
  });

  it('the record of an operation can be lost', async () => {
    stage.cloud.faults.azure.add({ on: 'GET operationresults', fault: azureFaults.recordLost() });
    const { poller } = await beginSwap();

    await expect(poller.pollUntilDone()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('an answer can be cut off, or come late but true', async () => {
    const { cloud } = stage;
    const site = `/resourceGroups/${GROUP}/providers/Microsoft.Web/sites/${APP}`;
    cloud.faults.azure.add({ on: 'GET site', fault: { kind: 'malformed' } });
    cloud.faults.azure.add({ on: 'GET site', fault: { kind: 'delay', ms: 40 } });

    const malformed = await arm('GET', site);
    const started = performance.now();
    const late = await arm('GET', site);

    await expect(malformed.json()).rejects.toThrow(SyntaxError);
    expect(performance.now() - started).toBeGreaterThan(35);
    expect(await late.json()).toMatchObject({ name: APP });
  });

  it('a fault strikes only as often as it was asked to, after those it lets pass', async () => {
    const { webApps } = armClient(stage.cloud);
    const fault = azureFaults.unavailable();
    stage.cloud.faults.azure.add({ on: 'GET *', fault, skip: 1, times: 2 });

    const read = () =>
      webApps.get(GROUP, APP).then(
        () => 'ok',
        (error: { statusCode?: number }) => error.statusCode,
      );
    const seen = [await read(), await read(), await read(), await read()];

    expect(seen).toEqual(['ok', 503, 503, 'ok']);
  });

  it('a fault on a call that does not exist is refused', () => {
    const add = () => stage.cloud.faults.azure.add({ on: 'POST swap', fault: { kind: 'hang' } });

    expect(add).toThrow("No call is named 'POST swap'");
  });
});

describe('who may do what', () => {
  it('refuses a wrong token', async () => {
    const client = armClient(stage.cloud, { token: 'somebody-else' });

    await expect(client.webApps.get(GROUP, APP)).rejects.toMatchObject({
      statusCode: 401,
      code: 'InvalidAuthenticationToken',
    });
  });

  it('refuses an action the token may not do, and says which', async () => {
    stage.cloud.azure.denied.add('Microsoft.Web/sites/slots/slotsswap/action');

    await expect(beginSwap()).rejects.toMatchObject({
      statusCode: 403,
      code: 'AuthorizationFailed',
      message: expect.stringContaining('Microsoft.Web/sites/slots/slotsswap/action'),
    });
    expect(outcome()).toEqual(BEFORE);
  });

  it('does not know apps, groups and slots that are not there', async () => {
    const { webApps } = armClient(stage.cloud);

    await expect(webApps.get(GROUP, 'nope')).rejects.toMatchObject({ code: 'ResourceNotFound' });
    await expect(webApps.get('nope', APP)).rejects.toMatchObject({ code: 'ResourceGroupNotFound' });
    await expect(webApps.getSlot(GROUP, APP, 'nope')).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe('what can be read and done besides', () => {
  it('lists slots, differences, sticky names and deployments', async () => {
    const { webApps } = armClient(stage.cloud);

    const slots = await all(webApps.listSlots(GROUP, APP));
    const diffs = await all(webApps.listSlotDifferencesSlot(GROUP, APP, 'staging', TO_PRODUCTION));
    const sticky = await webApps.listSlotConfigurationNames(GROUP, APP);
    const deployments = await all(webApps.listDeployments(GROUP, APP));

    expect(slots.map((one) => one.name)).toEqual([`${APP}/staging`]);
    expect(diffs.map((one) => [one.settingName, one.diffRule])).toContainEqual([
      'PAYMENT_MODE',
      'StaysWithSlot',
    ]);
    expect(sticky.appSettingNames).toEqual(['SLOT_NAME', 'PAYMENT_MODE']);
    expect(deployments[0]).toMatchObject({
      name: stage.seeded.bad.commit,
      author: 'cleo@acme.example',
      message: 'Release 2.4.0',
      active: true,
      endTime: new Date(stage.cloud.now() - 20 * 60_000),
    });
  });

  it('stops, starts and restarts a slot', async () => {
    const { webApps } = armClient(stage.cloud);

    await webApps.stopSlot(GROUP, APP, 'staging');
    const stopped = await webApps.getSlot(GROUP, APP, 'staging');
    await webApps.startSlot(GROUP, APP, 'staging');
    await webApps.restartSlot(GROUP, APP, 'staging');

    expect(stopped.state).toBe('Stopped');
    expect(stage.cloud.azure.slot('staging')).toMatchObject({ running: true, restarts: 1 });
  });

  it('holds the app for a swap with preview until it is cancelled', async () => {
    const { webApps } = armClient(stage.cloud);
    await webApps.applySlotConfigurationSlot(GROUP, APP, 'staging', TO_PRODUCTION);
    const prepared = await webApps.getSlot(GROUP, APP, 'staging');
    const reversed = { targetSlot: 'staging', preserveVnet: true };

    const other = webApps.swapSlotWithProduction(GROUP, APP, reversed);

    expect(prepared.targetSwapSlot).toBe('production');
    await expect(other.submitted()).rejects.toMatchObject({ statusCode: 409 });
    await webApps.resetSlotConfigurationSlot(GROUP, APP, 'staging');
    expect(stage.cloud.azure.slot('staging').settings['PAYMENT_MODE']).toBe('test');
  });
});

function bearer() {
  return { authorization: `Bearer ${stage.cloud.azure.token}` };
}

function arm(method: string, path: string, body?: unknown): Promise<Response> {
  const { endpoint, subscriptionId } = stage.cloud.azure;
  return fetch(`${endpoint}/subscriptions/${subscriptionId}${path}?api-version=2025-05-01`, {
    method,
    headers: bearer(),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

interface LogEntry {
  readonly correlationId: string;
  readonly caller: string;
  readonly status: { readonly value: string };
  readonly httpRequest: { readonly clientRequestId: string };
}

async function activityLog(filter = ''): Promise<readonly LogEntry[]> {
  const { endpoint, subscriptionId } = stage.cloud.azure;
  const query = new URLSearchParams({ 'api-version': '2015-04-01', $filter: filter });
  const response = await fetch(
    `${endpoint}/subscriptions/${subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values?${query.toString()}`,
    { headers: bearer() },
  );
  return ((await response.json()) as { value: LogEntry[] }).value;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
