import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import type { Check, Intent, Operation } from '../../src/operation.ts';
import { azureFaults, warmUpFailure } from '../../src/sandbox/cloud/index.ts';
import {
  type AzureBench,
  BROKEN,
  DATABASE_PASSWORD,
  GOOD,
  OLDER,
  openAzureBench,
} from './azure-bench.ts';
import { integrationContract } from './contract.ts';

const never = new AbortController().signal;

integrationContract('azure-app-service', openAzureBench);

describe('azure-app-service', () => {
  let bench: AzureBench;
  beforeEach(async () => {
    bench = await openAzureBench();
  });
  afterEach(() => bench.close());

  const swap = (component: Component = bench.component): Operation => {
    const found = component.operations['swap-slots'];
    if (!found) throw new Error('no swap-slots');
    return found;
  };
  const versions = () => {
    const { versions: found } = bench.component;
    if (!found) throw new Error('no versions');
    return found;
  };
  async function intend(key = 'R1/s1/1'): Promise<Intent> {
    const { fingerprint, expected } = await swap().observe(bench.input, never);
    return { run: 'R1', step: 's1', key, at: bench.now(), before: fingerprint, expected };
  }
  async function check(name: string): Promise<Check> {
    const found = (await swap().preflight(bench.input, never)).find((one) => one.name === name);
    if (!found) throw new Error(`no check ${name}`);
    return found;
  }

  describe('versions', () => {
    test('live is what was deployed to production, since when and by whom', async () => {
      expect(await versions().live(never)).toEqual({
        id: `2.4.0@${BROKEN.commit}`,
        label: '2.4.0',
        commit: BROKEN.commit,
        since: Date.parse(BROKEN.deployedAt),
        by: 'Cleo Diaz',
        note: BROKEN.message,
      });
    });

    test('live after a swap is since the swap, by whoever asked for it', async () => {
      bench.cloud.azure.swapBehindYourBack('ben@acme.example');

      expect(await versions().live(never)).toMatchObject({
        label: '2.3.1',
        since: bench.now(),
        by: 'ben@acme.example',
      });
    });

    test('live names the author of the release when the activity log may not be read', async () => {
      bench.cloud.azure.swapBehindYourBack('ben@acme.example');
      bench.cloud.azure.denied.add('Microsoft.Insights/eventtypes/values/read');

      expect(await versions().live(never)).toMatchObject({ label: '2.3.1', by: 'Ana Lima' });
    });

    test('history offers the release in the slot and tells of those that no slot holds', async () => {
      const history = await versions().history(never);

      expect(history.map((one) => [one.version.label, one.available])).toEqual([
        ['2.3.1', true],
        ['c0ffee0', false],
      ]);
      expect(history[1]?.reason).toContain('Deploy it to staging');
    });

    test('an older deployment is called by its version where its commit says so', async () => {
      bench.cloud.azure.deployTo('staging', { ...GOOD, message: 'Release 2.3.1' });
      bench.cloud.azure.deployTo('staging', {
        ...GOOD,
        version: '2.3.2',
        commit: 'e'.repeat(40),
      });

      const history = await versions().history(never);

      expect(history.map((one) => one.version.label)).toEqual(['2.3.2', '2.3.1', 'c0ffee0']);
    });

    test('a release in a stopped slot is not available', async () => {
      bench.cloud.azure.setRunning('staging', false);

      const [first] = await versions().history(never);

      expect(first).toMatchObject({ available: false, reason: expect.stringContaining('stopped') });
    });

    test('works without the right to see deployments', async () => {
      bench.cloud.azure.denied.add('Microsoft.Web/sites/deployments/read');

      expect(await versions().live(never)).toEqual({
        id: `2.4.0@${BROKEN.commit}`,
        label: '2.4.0',
        commit: BROKEN.commit,
      });
    });

    test('a missing right is named with what to do', async () => {
      bench.cloud.azure.denied.add('Microsoft.Web/sites/config/list/action');

      await expect(versions().live(never)).rejects.toMatchObject({
        detail: {
          kind: 'permission',
          code: 'AuthorizationFailed',
          correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          next: expect.stringContaining('role'),
        },
      });
    });

    test('putting a release back is the swap of what live and target are', async () => {
      const live = await versions().live(never);
      const [target] = await versions().history(never);

      expect(target && versions().putBack(target.version, live)).toEqual({
        operation: 'swap-slots',
        input: bench.input,
      });
    });

    test('its undo is the swap the other way round', () => {
      expect(swap().undo?.(bench.input)).toEqual({
        operation: 'swap-slots',
        input: { release: `2.4.0@${BROKEN.commit}`, replaces: `2.3.1@${GOOD.commit}` },
      });
    });
  });

  describe('the plan', () => {
    test('says what changes, and which settings a release meets anew, without their values', async () => {
      const changes = await swap().describe(bench.input, never);

      expect(changes[0]).toEqual({ what: 'acme-checkout production', from: '2.4.0', to: '2.3.1' });
      expect(changes[1]).toEqual({
        what: 'acme-checkout slot staging',
        from: '2.3.1',
        to: '2.4.0',
      });
      expect(changes.map((one) => one.what)).toContain('setting PAYMENT_URL that 2.3.1 will see');
      expect(changes.map((one) => one.what)).toContain('setting DATABASE_PASSWORD in production');
      expect(JSON.stringify(changes)).not.toContain(DATABASE_PASSWORD);
      expect(JSON.stringify(changes)).not.toContain('pay-test.example');
    });

    test('warns of settings that stay with their slot', async () => {
      expect(await check('The settings fit')).toMatchObject({
        verdict: 'warn',
        blocking: false,
        reason: expect.stringContaining('PAYMENT_URL'),
      });
    });

    test('is blocked by a stopped slot', async () => {
      bench.cloud.azure.setRunning('staging', false);

      expect(await check('The slot is running')).toMatchObject({ verdict: 'fail', blocking: true });
    });

    test('is blocked when the slot holds something newer than was planned', async () => {
      bench.interfere();

      expect(await check('The slot holds the release')).toMatchObject({
        verdict: 'fail',
        reason: 'Slot staging holds 2.5.0, not 2.3.1.',
      });
    });

    test('is blocked when the release is live already, as a swap would take it away', async () => {
      bench.cloud.azure.swapBehindYourBack('ben@acme.example');

      expect(await check('The slot holds the release')).toMatchObject({
        verdict: 'fail',
        reason: expect.stringContaining('already'),
      });
    });

    test("is blocked by somebody else's operation", async () => {
      bench.cloud.azure.busyFor(60_000);

      expect(await check('Nothing else is under way')).toMatchObject({ verdict: 'fail' });
    });

    test.each(['staging', 'production'])('is blocked while %s is deployed to', async (slot) => {
      bench.cloud.azure.beginDeployment(slot, { ...GOOD, commit: 'f'.repeat(40) });

      expect(await check('Nothing else is under way')).toMatchObject({
        verdict: 'fail',
        blocking: true,
        reason: `A deployment to ${slot} is in progress.`,
      });
    });

    describe('after a swap', () => {
      const name = 'The release ran in production before';
      const deployed = (release: typeof GOOD) => {
        const deployedAt = new Date(bench.now() + 60_000).toISOString();
        bench.cloud.azure.deployTo('staging', { ...release, deployedAt });
      };
      const checks = () => swap().preflight(bench.input, never);
      beforeEach(() => {
        bench.cloud.azure.swapBehindYourBack('ben@acme.example');
        bench.cloud.azure.swapBehindYourBack('cleo@acme.example');
      });

      test('says that the slot holds an earlier release', async () => {
        expect(await check(name)).toMatchObject({ verdict: 'pass' });
        deployed(OLDER);
        expect(await check(name)).toMatchObject({ verdict: 'pass' });
      });

      test('warns of one that came to the slot since and may be the next', async () => {
        deployed({ ...GOOD, version: '2.5.0', commit: 'f'.repeat(40) });

        expect(await check(name)).toMatchObject({
          verdict: 'warn',
          blocking: false,
          reason: expect.stringMatching(/^2\.5\.0 was deployed to staging after.*the next release/),
        });
      });

      test('says nothing where no history tells', async () => {
        for (const slot of ['sites', 'sites/slots']) {
          bench.cloud.azure.denied.add(`Microsoft.Web/${slot}/deployments/read`);
        }

        expect((await checks()).map((one) => one.name)).not.toContain(name);
      });
    });

    test('is blocked when the release in the slot answers errors', async () => {
      bench.cloud.azure.deployTo('staging', { ...GOOD, behaviour: 'errors' });

      expect(await check('The slot answers')).toMatchObject({ verdict: 'fail', blocking: true });
    });

    describe('of a slot that runs a container', () => {
      const image = 'acme.azurecr.io/shop/web:2.3.1';
      beforeEach(() => {
        bench.cloud.registry.push('shop/web', '2.3.1', 'latest');
        bench.cloud.azure.slot('staging').runs = `DOCKER|${image}`;
      });

      test('looks for its image, which a swap may pull again, and warns where it is gone', async () => {
        const there = await check('The images are there');
        bench.cloud.registry.repositories.get('shop/web')?.clear();
        const gone = await check('The images are there');

        expect(there).toMatchObject({ verdict: 'pass', reason: `acme.azurecr.io has ${image}.` });
        expect(gone).toMatchObject({
          verdict: 'warn',
          blocking: false,
          reason: expect.stringContaining(`does not have ${image} any more`),
        });
      });

      test('warns of a name that has moved on since', async () => {
        bench.cloud.azure.slot('staging').runs = 'DOCKER|acme.azurecr.io/shop/web:latest';

        expect(await check('The image is the one that ran')).toMatchObject({
          verdict: 'warn',
          reason: expect.stringContaining('in place of what staging runs now'),
        });
      });

      test('is told by the doctor where nobody could look', async () => {
        const found = async () =>
          (await bench.component.doctor(never)).find(({ what }) => what.includes('its image'));

        expect(await found()).toMatchObject({ verdict: 'pass' });
        bench.cloud.azure.slot('staging').runs = 'DOCKER|registry.acme.example/web:2.3.1';
        expect(await found()).toMatchObject({
          verdict: 'warn',
          reason: expect.stringContaining('registry.acme.example is not under'),
        });
      });
    });

    test('looks for no image where the app is no container', async () => {
      const checks = await swap().preflight(bench.input, never);

      expect(checks.map(({ name }) => name)).not.toContain('The images are there');
    });

    test('is not blocked when the slot cannot be asked from here', async () => {
      const component = bench.with({ slotUrl: 'http://127.0.0.1:9/healthz' });

      const checks = await swap(component).preflight(bench.input, never);

      expect(checks.find((one) => one.name === 'The slot answers')).toMatchObject({
        verdict: 'unknown',
        blocking: false,
      });
    });

    test('is blocked when the settings that tell the release stay with the slot', async () => {
      const component = bench.with({ versionSetting: 'PAYMENT_URL' });

      const checks = await swap(component).preflight(bench.input, never);

      expect(checks.find((one) => one.name === 'The swap can be recognised')).toMatchObject({
        verdict: 'fail',
        blocking: true,
      });
    });

    test('the manual steps are complete commands', () => {
      const manual = swap().manual(bench.input);

      expect(manual).toContain(
        `az webapp deployment slot swap --subscription ${bench.cloud.azure.subscriptionId} --resource-group acme-production --name acme-checkout --slot staging --target-slot production`,
      );
      expect(manual).toContain('Deployment slots > Swap');
    });
  });

  describe('the swap', () => {
    test('warms up the slot, not production, and carries an id made from its key', async () => {
      await swap().submit(bench.input, await intend(), never);

      const [request] = bench.cloud.azure.log;
      expect(request?.path).toMatch(/\/slots\/staging\/slotsswap$/);
      expect(request?.headers['x-ms-client-request-id']).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    });

    test('reports that it runs, then what the slots show', async () => {
      const handle = await swap().submit(bench.input, await intend(), never);

      const during = await swap().poll(handle, never);
      bench.finish();
      const after = await swap().poll(handle, never);

      expect(during).toMatchObject({ state: 'running', note: expect.stringMatching(/\w/) });
      expect(after).toEqual({ state: 'succeeded' });
      expect(bench.cloud.azure.slot('production').release.version).toBe('2.3.1');
    });

    describe('of an app that migrates after it', () => {
      const url = () => `${bench.cloud.shop.productionUrl}/internal/migrations`;
      const migrating = () => {
        const found = bench.with({ migrations: { url: url() } }).operations['swap-slots'];
        if (!found) throw new Error('no swap-slots');
        return found;
      };
      async function swapped() {
        const operation = migrating();
        const { fingerprint: before, expected } = await operation.observe(bench.input, never);
        const key = 'INC-0001-R1/s1/1';
        const intent = { run: 'INC-0001-R1', step: 's1', key, at: bench.now(), before, expected };
        const handle = await operation.submit(bench.input, intent, never);
        bench.finish();
        return { operation, intent, handle };
      }

      test('is done once its migrations are, also for who looks again after a crash', async () => {
        bench.cloud.azure.afterSwap = () => bench.cloud.shop.migrate(60_000);
        const { operation, intent, handle } = await swapped();

        const during = await operation.poll(handle, never);
        const lookedAt = await operation.recover(bench.input, intent, handle, never);
        bench.pass(61_000);

        const note =
          'The slots are swapped; waiting for migrations: 1 of 2 done, next add_tax_rates.';
        expect(during).toEqual({ state: 'running', note });
        expect(lookedAt).toEqual({ state: 'in-flight', note });
        expect(await operation.poll(handle, never)).toEqual({ state: 'succeeded' });
        expect(await operation.recover(bench.input, intent, handle, never)).toEqual({
          state: 'done',
        });
      });

      test('does not begin while they run', async () => {
        bench.cloud.shop.migrate(60_000);
        const checks = await migrating().preflight(bench.input, never);
        expect(checks.at(-1)).toMatchObject({ verdict: 'fail', blocking: true });
      });

      test('fails with them, and waits while the app does not tell', async () => {
        const { operation, intent, handle } = await swapped();
        const answer = (body: unknown) =>
          bench.cloud.shop.faults.add({
            on: 'GET internal/migrations',
            fault: { kind: 'status', status: 200, body },
            times: 2,
          });

        answer({ state: 'perhaps' });
        expect(await operation.poll(handle, never)).toMatchObject({ state: 'running' });
        expect((await operation.preflight(bench.input, never)).at(-1)).toMatchObject({
          verdict: 'unknown',
          blocking: false,
        });
        answer({ state: 'failed', note: 'add_tax_rates: relation exists' });
        const reason =
          "The slots are swapped, and the app's migrations failed: add_tax_rates: relation exists.";
        expect(await operation.poll(handle, never)).toEqual({ state: 'failed', reason });
        expect(await operation.recover(bench.input, intent, handle, never)).toEqual({
          state: 'diverged',
          reason,
        });
      });
    });

    test('that Azure ends with an error fails in its words and leaves nothing started', async () => {
      const words = warmUpFailure('acme-checkout', 'staging');
      bench.faults.add({ on: 'POST slotsswap', fault: azureFaults.swapFails(words) });
      const intent = await intend();
      const handle = await swap().submit(bench.input, intent, never);
      bench.finish();

      const end = await swap().poll(handle, never);

      expect(end).toMatchObject({ state: 'failed', reason: expect.stringContaining(words) });
      expect(await swap().recover(bench.input, intent, handle, never)).toEqual({
        state: 'not-started',
      });
    });

    test('that failed before its handle was kept is found failed in the activity log', async () => {
      const words = warmUpFailure('acme-checkout', 'staging');
      bench.faults.add({ on: 'POST slotsswap', fault: azureFaults.swapFails(words) });
      const intent = await intend();
      await swap().submit(bench.input, intent, never);
      bench.finish();

      expect(await swap().recover(bench.input, intent, undefined, never)).toEqual({
        state: 'not-started',
      });
      expect(bench.requests().at(-1)?.call).toBe('GET eventtypes');
    });

    test('accepted without an address is followed by looking', async () => {
      bench.faults.add({ on: 'POST slotsswap', fault: azureFaults.noLocation() });
      const intent = await intend();
      const handle = await swap().submit(bench.input, intent, never);

      const during = await swap().poll(handle, never);
      const recovered = await swap().recover(bench.input, intent, handle, never);
      bench.finish();

      expect(during).toMatchObject({ state: 'running' });
      expect(recovered).toMatchObject({ state: 'in-flight' });
      expect(await swap().poll(handle, never)).toEqual({ state: 'succeeded' });
    });

    test.each([
      ['no record', azureFaults.recordLost()],
      ['no content', azureFaults.noContent()],
    ])('is judged by the slots when the operation has %s any more', async (_name, fault) => {
      const handle = await swap().submit(bench.input, await intend(), never);
      bench.finish();
      bench.faults.add({ on: 'GET operationresults', fault, times: 9 });

      expect(await swap().poll(handle, never)).toEqual({ state: 'succeeded' });
    });

    test('whose record is gone and of which nothing shows is unknown, not to be repeated', async () => {
      bench.faults.add({
        on: 'POST slotsswap',
        fault: azureFaults.swapFails(warmUpFailure('acme-checkout', 'staging')),
      });
      const intent = await intend();
      const handle = await swap().submit(bench.input, intent, never);
      bench.finish();
      bench.cloud.azure.activityLagMs = 3_600_000;
      bench.faults.add({ on: 'GET operationresults', fault: azureFaults.recordLost(), times: 9 });

      expect(await swap().recover(bench.input, intent, handle, never)).toMatchObject({
        state: 'unknown',
      });
    });

    test('is refused while another operation holds the app, and says whose turn it is', async () => {
      const intent = await intend();
      bench.cloud.azure.busyFor(60_000);

      await expect(swap().submit(bench.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
        detail: {
          kind: 'busy',
          status: 409,
          code: 'Conflict',
          answer: expect.stringContaining('another operation is in progress'),
          correlationId: expect.any(String),
        },
      });
    });

    test('that lands late is found, and never counted as not started', async () => {
      const intent = await intend();
      bench.faults.add({ on: 'POST slotsswap', fault: { kind: 'late', ms: 5_000 } });
      await swap()
        .submit(bench.input, intent, never)
        .catch(() => undefined);
      bench.pass(5_000);

      const landed = await swap().recover(bench.input, intent, undefined, never);
      bench.finish();

      expect(landed).toMatchObject({ state: 'in-flight' });
      expect(await swap().recover(bench.input, intent, undefined, never)).toEqual({
        state: 'done',
      });
      expect(bench.cloud.azure.swapsApplied).toBe(1);
    });

    test('that somebody took back is not done again', async () => {
      const intent = await intend();
      await swap().submit(bench.input, intent, never);
      bench.finish();
      bench.pass(1_000);
      bench.cloud.azure.swapBehindYourBack('ben@acme.example');

      expect(await swap().recover(bench.input, intent, undefined, never)).toMatchObject({
        state: 'diverged',
        reason: expect.stringContaining('swapped them back'),
      });
    });

    test('does not follow an address that leads away from Azure with its token', async () => {
      const { before, expected } = await intend();
      const handle = { operation: 'https://evil.example/op', before, expected };

      await expect(swap().poll(handle, never)).rejects.toMatchObject({
        detail: { kind: 'malformed', answer: expect.stringContaining('evil.example') },
      });
    });

    test('without an answer in time is ambiguous before its quiet time is over', async () => {
      bench.faults.add({ on: 'POST slotsswap', fault: { kind: 'hang', when: 'after' } });
      const impatient = swap(bench.with({ quietSeconds: 0.2 }));

      await expect(impatient.submit(bench.input, await intend(), never)).rejects.toMatchObject({
        detail: { kind: 'ambiguous', answer: 'no answer in time' },
      });
    });

    test('refuses an input that is none before anything is sent', async () => {
      await expect(swap().submit({ slot: 'x' }, await intend(), never)).rejects.toMatchObject({
        name: 'Refusal',
        code: 'invalid-input',
      });
      expect(bench.cloud.azure.log).toEqual([]);
    });
  });

  test('the doctor tells that the release settings are bound to the slot', async () => {
    const findings = await bench.with({ versionSetting: 'PAYMENT_URL' }).doctor(never);

    expect(findings.find((one) => one.verdict === 'fail')).toMatchObject({
      reason: expect.stringContaining('PAYMENT_URL'),
    });
  });

  test('the doctor only warns about rights that are good to have', async () => {
    bench.cloud.azure.denied.add('Microsoft.Insights/eventtypes/values/read');

    const findings = await bench.component.doctor(never);

    expect(findings.filter((one) => one.verdict !== 'pass')).toMatchObject([
      { what: 'web app acme-checkout: activity log', verdict: 'warn' },
    ]);
  });
});
