/** A restore as the engine plans and performs it, on a real server, by one process or by one that takes over from another. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { planSteps } from '../../../src/engine/plan-graph.ts';
import { createPostgresql } from '../../../src/integrations/postgresql/index.ts';
import type { OperationCall } from '../../../src/operation.ts';
import { inOrder } from '../../../src/plan.ts';
import type { RunEvent } from '../../../src/run.ts';
import { startAnew } from '../run-steps.ts';
import { type Cluster, hasPostgresql, openCluster, TOOLS } from './cluster.ts';

const never = new AbortController().signal;

describe.skipIf(!hasPostgresql('engine.test.ts'))('the engine restores a database', () => {
  let cluster: Cluster;
  let backups: string;
  beforeAll(async () => {
    cluster = await openCluster();
  });
  afterAll(() => cluster?.close());
  beforeEach(() => {
    backups = mkdtempSync(join(tmpdir(), 'backstop-backups-'));
    for (const name of databases()) cluster.sql('postgres', `DROP DATABASE "${name}" WITH (FORCE)`);
    cluster.sql('postgres', 'CREATE DATABASE shop');
    cluster.sql('shop', 'CREATE TABLE users (id int, verified boolean, updated_at timestamptz)');
    cluster.sql('shop', "INSERT INTO users VALUES (1, true, now() - interval '1 day')");
  });
  afterEach(() => rmSync(backups, { recursive: true, force: true }));

  const databases = () =>
    cluster
      .sql('postgres', "SELECT datname FROM pg_database WHERE datname ~ '^shop' ORDER BY 1")
      .split('\n')
      .filter((name) => name !== '');
  const make = (): Component =>
    createPostgresql({
      id: 'database',
      settings: {
        database: 'shop',
        server: { host: '127.0.0.1', port: cluster.port, user: 'postgres', tls: 'disable' },
        tools: TOOLS,
        backups,
      },
      connections: {},
    });

  async function plan(calls: readonly OperationCall[], component: Component) {
    const parts = [{ component, calls, title: 'Restore' }];
    return inOrder(await planSteps(parts, [], never));
  }

  async function aBackup(component: Component): Promise<readonly OperationCall[]> {
    const points = component.restorePoints;
    if (!points) throw new Error('It offers no restore points.');
    const [step] = await plan([points.capture('good')], component);
    if (!step) throw new Error('There is no step.');
    await startAnew([step]).live(step, component);
    const [point] = await points.list(never);
    if (!point?.available) throw new Error('There is no backup to restore.');
    cluster.sql(
      'shop',
      "UPDATE users SET verified = NULL, updated_at = now() + interval '1 minute'",
    );
    return points.restore(point);
  }

  const corrupted = () => cluster.sql('shop', 'SELECT count(*) FROM users WHERE verified IS NULL');

  test('step by step, each seen to be done, from one plan', async () => {
    const component = make();
    const steps = await plan(await aBackup(component), component);
    const { live } = startAnew(steps);

    const ends = [];
    for (const step of steps) ends.push(await live(step, component));

    expect(steps.map(({ title }) => title)).toEqual([
      'Take a safety backup of shop',
      expect.stringMatching(/^Restore shop-good\.dump beside shop/),
      'Switch shop to the restored database',
      'Export what was written to shop since the backup',
    ]);
    expect(ends.map(({ status, how }) => [status, how])).toEqual(
      steps.map(() => ['succeeded', 'applied']),
    );
    expect(corrupted()).toBe('0');
    expect(readdirSync(join(backups, 'exports'))).toHaveLength(1);
  });

  test.each<RunEvent['type']>(['step.intended', 'step.submitted'])(
    'once, though the process is gone after %s of each step and another takes over',
    async (dieAfter) => {
      const component = make();
      const steps = await plan(await aBackup(component), component);
      const { live } = startAnew(steps);

      for (const step of steps) {
        await live(step, make(), dieAfter);
        const after = await live(step, make());
        expect(after.status, JSON.stringify(after)).toBe('succeeded');
      }

      expect(corrupted()).toBe('0');
      expect(databases()).toHaveLength(2);
      expect(readdirSync(backups).filter((name) => name.endsWith('.dump'))).toHaveLength(2);
    },
    60_000,
  );

  test('not at all when the safety backup fails: nothing is touched', async () => {
    const component = make();
    const steps = await plan(await aBackup(component), component);
    const { live } = startAnew(steps);
    const broken = createPostgresql({
      id: 'database',
      settings: {
        database: 'shop',
        server: { host: '127.0.0.1', port: cluster.port, user: 'postgres', tls: 'disable' },
        tools: TOOLS,
        backups,
        // Less than any backup takes.
        backupMinutes: 0.0001,
      },
      connections: {},
    });
    const [safety, ...rest] = steps;
    if (!safety) throw new Error('There is no step.');

    const failed = await live(safety, broken);
    const refused = [];
    for (const step of rest.slice(0, 2)) refused.push(await live(step, component));

    expect(failed).toMatchObject({ status: 'failed' });
    expect(refused.map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect(databases()).toEqual(['shop']);
    expect(corrupted()).toBe('1');
  });
});
