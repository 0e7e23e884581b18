/** Whether a service could be rolled back right now: everything that can be missing is told, of the real integrations on the simulated cloud. */

import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { KINDS } from '../../src/cli/context.ts';
import { parseConfig } from '../../src/config/load.ts';
import { checkReadiness } from '../../src/engine/check-readiness.ts';
import { createPlanner } from '../../src/engine/planner.ts';
import { createCatalogue } from '../../src/integrations/catalogue.ts';
import { type Readiness, type ReadinessFinding, worstOf } from '../../src/readiness.ts';
import { azureFaults } from '../../src/sandbox/cloud/index.ts';
import { noPostgresql } from '../../src/sandbox/database/postgresql.ts';
import { createStage, type Stage, type StageSettings } from '../../src/sandbox/stage.ts';

const MANIFEST = readFileSync(resolve(import.meta.dirname, '../../manifest.yml'), 'utf8');
const START = Date.UTC(2026, 10, 21, 3, 7);
const DAY_MS = 86_400_000;
const ALWAYS = Number.POSITIVE_INFINITY;

async function open(settings: StageSettings = {}) {
  const stage = await createStage(MANIFEST, START, settings);
  onTestFinished(() => stage.close());
  return { stage, look: () => readinessOf(stage) };
}

/** As another process finds it, which remembers nothing. */
async function readinessOf(stage: Stage): Promise<Readiness> {
  const config = parseConfig(stage.config, {
    file: '/srv/backstop.yaml',
    env: stage.env,
    readFile: (name) => readFileSync(name, 'utf8'),
    kinds: KINDS,
  });
  const catalogue = createCatalogue(config);
  const now = () => stage.clock.now();
  const planner = createPlanner(catalogue, () => [], now);
  const context = { catalogue, planner, now };
  return checkReadiness(context, 'checkout', 'production', new AbortController().signal);
}

/** What is off, leaving out what a plan remarks beside. */
function off({ findings }: Readiness): readonly ReadinessFinding[] {
  return findings.filter(({ verdict, remark }) => verdict !== 'pass' && !remark);
}

function finding(verdict: string, what: RegExp, reason: RegExp): unknown {
  return expect.objectContaining({
    verdict,
    what: expect.stringMatching(what),
    reason: expect.stringMatching(reason),
    next: expect.stringMatching(/\w/),
  });
}

it('is told with the versions and how long it would take', async () => {
  const { look } = await open();

  const ready = await look();

  expect(off(ready)).toEqual([]);
  expect(ready.expectedMs).toBeGreaterThan(0);
  expect(ready.findings).toContainEqual(
    expect.objectContaining({
      what: 'rollback',
      reason: expect.stringMatching(/2\.4\.0 → 2\.3\.1, about/),
    }),
  );
});

it('is missing where the previous slot is stopped, or answers nothing but errors', async () => {
  const { stage, look } = await open();
  const { azure } = stage.cloud;

  azure.setRunning('staging', false);
  expect(off(await look())).toContainEqual(
    expect.objectContaining({
      verdict: 'fail',
      reason: expect.stringMatching(/Slot staging is stopped; start it first/),
    }),
  );
  azure.setRunning('staging', true);
  azure.deployTo('staging', { ...stage.world.good, behaviour: 'down' });
  expect(off(await look())).toContainEqual(
    finding('fail', /The slot answers/, /answered 503.*not healthy/),
  );
  expect(worstOf(await look())).toBe('fail');
});

it('is missing where the previous slot is gone', async () => {
  const { stage, look } = await open();
  const message = "The Resource 'Microsoft.Web/sites/acme-checkout/slots/staging' was not found.";
  const body = { error: { code: 'ResourceNotFound', message } };
  const fault = { kind: 'status', status: 404, body } as const;
  stage.cloud.faults.azure.add({ on: 'GET slot', fault, times: ALWAYS });

  const found = await look();

  expect(found.expectedMs).toBeUndefined();
  expect(off(found)).toContainEqual(finding('fail', /./, /ResourceNotFound.*slots\/staging/));
});

it('is missing where the task definition is gone', async () => {
  const { stage, look } = await open({ aws: true });
  expect(worstOf(await look())).not.toBe('fail');

  if (stage.aws) stage.aws.before.status = 'INACTIVE';

  expect(off(await look())).toContainEqual(
    expect.objectContaining({ verdict: 'fail', reason: expect.stringMatching(/was deregistered/) }),
  );
});

it('is missing where the image was deleted from its registry', async () => {
  const { stage, look } = await open({ aws: true });

  stage.cloud.aws.repositories.clear();

  expect(off(await look())).toContainEqual(
    finding('fail', /The images are there/, /ECR does not have \S+shop\/web:\w+ any more/),
  );
});

it('is missing where the image of the worker was deleted from its registry', async () => {
  const { stage, look } = await open({ worker: true });
  const azure = stage.cloud.azure.containerGroups;
  azure.setImage('acme-worker', stage.worker?.bad ?? '');
  expect(worstOf(await look())).not.toBe('fail');

  stage.cloud.registry.repositories.clear();

  expect(off(await look())).toContainEqual(
    finding(
      'fail',
      /The images are there/,
      /acme\.azurecr\.io does not have \S+shop\/worker@\S+ any more/,
    ),
  );
});

it('tells how old the restore point is, and where there is none', async () => {
  const { stage, look } = await open({ content: {} });
  const space = stage.cloud.contentful.space();

  expect(off(await look())).toContainEqual(
    finding('warn', /restore point of content/, /backstop-2-3-1, 30 d.* old/),
  );
  space.addEnvironment('backstop-2-4-0', {
    from: 'release-1',
    at: stage.clock.now() - DAY_MS,
    by: stage.cloud.contentful.viewer.id,
  });
  expect((await look()).findings).toContainEqual(
    expect.objectContaining({
      verdict: 'pass',
      reason: expect.stringMatching(/backstop-2-4-0, 1 d/),
    }),
  );
  space.environment('backstop-2-4-0').status = 'failed';
  space.environment('backstop-2-3-1').status = 'failed';
  expect(off(await look())).toContainEqual(finding('fail', /restore point of content/, /none/));
});

it('tells that no environment is free for the next restore point, and is no worse for it', async () => {
  const { look } = await open({ content: { limit: 2 } });

  const found = off(await look());

  expect(found).toContainEqual(
    finding(
      'warn',
      /^next restore point of content.*room for a clone/,
      /All 2 environments.*backstop-2-3-1/,
    ),
  );
  expect(found.map(({ verdict }) => verdict)).not.toContain('fail');
});

it.skipIf(noPostgresql() !== undefined)(
  'is missing where the backup cannot be read to its end',
  async () => {
    const { stage, look } = await open({ database: { as: 'server' } });
    const backups = stage.database?.backups ?? '';
    const fine = await look();
    for (const name of readdirSync(backups).filter((each) => each.endsWith('.dump'))) {
      truncateSync(join(backups, name), 900);
    }

    const broken = await look();

    expect(fine.findings).toContainEqual(
      expect.objectContaining({ what: expect.stringMatching(/^restore point/), verdict: 'pass' }),
    );
    expect(off(broken)).toContainEqual(
      finding('fail', /^restore point/, /none that can be put back/),
    );
  },
  // A server is made for it, and a machine may be busy.
  60_000,
);

it('is missing where the guard of the jobs does not answer', async () => {
  const { stage, look } = await open({ worker: true });
  stage.cloud.faults.worker.add({ on: 'GET jobs', fault: { kind: 'reset' }, times: ALWAYS });

  const found = off(await look());

  expect(found.length).toBeGreaterThan(0);
  expect(found.map(({ reason }) => reason).join('\n')).toMatch(/jobs?.*(ECONNRESET|could not)/i);
});

it('is missing where credentials are no good, with the vendor’s code', async () => {
  const { stage, look } = await open();
  stage.cloud.faults.azure.add({ on: '*', fault: azureFaults.unauthorized(), times: ALWAYS });

  expect(off(await look())).toContainEqual(
    finding('fail', /Azure sign-in/, /ExpiredAuthenticationToken/),
  );
});
