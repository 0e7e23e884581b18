/** A configured command that restores: never without a safety backup of the database that is live, on a real server. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { createCatalogue } from '../../../src/integrations/catalogue.ts';
import { componentKinds } from '../../../src/integrations/index.ts';
import type { Intent, Json, Operation } from '../../../src/operation.ts';
import { type Cluster, hasPostgresql, openCluster, TOOLS } from '../postgresql/cluster.ts';

const never = new AbortController().signal;
/** The safety backup that the step before takes. */
const ON_NOW: Json = { safety: 'now' };

describe.skipIf(!hasPostgresql('command/restores.test.ts'))('a command that restores', () => {
  let cluster: Cluster;
  let directory: string;
  beforeAll(async () => {
    cluster = await openCluster();
    cluster.sql('postgres', 'CREATE DATABASE shop');
  });
  afterAll(() => cluster?.close());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'backstop-restores-'));
    mkdirSync(join(directory, 'backups'));
    const script = `#!/bin/sh\ntouch ${join(directory, 'ran')}\n`;
    writeFileSync(join(directory, 'rollback.sh'), script, { mode: 0o755 });
    return () => rmSync(directory, { recursive: true, force: true });
  });

  async function components(restores = 'database', more: Readonly<Record<string, unknown>> = {}) {
    const run = [join(directory, 'rollback.sh'), 'production'];
    const configured = {
      // First the one that needs the other: their order does not matter.
      scripts: {
        kind: 'command',
        settings: { operations: { rollback: { run, restores, ...more } } },
      },
      database: {
        kind: 'postgresql',
        settings: {
          database: 'shop',
          server: { host: '127.0.0.1', port: cluster.port, user: 'postgres', tls: 'disable' },
          tools: TOOLS,
          backups: join(directory, 'backups'),
        },
      },
    };
    const parsed = Object.entries(configured).map(([id, { kind, settings }]) => [
      id,
      { kind, settings: componentKinds[kind]?.settings.parse(settings) },
    ]);
    const environment = { components: Object.fromEntries(parsed), probes: {} };
    const services = { shop: { environments: { production: environment } } };
    const catalogue = createCatalogue({
      services: services as never,
      connections: {},
      journal: { file: join(directory, 'backstop.db') },
    });
    const [scripts, database] = (await catalogue.systems('shop', 'production')).components;
    if (!scripts || !database) throw new Error('A component is missing.');
    return { scripts, database };
  }
  async function start(scripts: Component, input: Json = ON_NOW): Promise<unknown> {
    const operation = scripts.operations['rollback'] as Operation;
    const { fingerprint: before, expected } = await operation.observe(input, never);
    const intent: Intent = {
      run: 'R',
      step: 's',
      key: directory,
      at: Date.now(),
      before,
      expected,
    };
    await operation.submit(input, intent, never);
    while (
      (await operation.poll({ key: directory, pid: 0, started: null }, never)).state === 'running'
    ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return undefined;
  }
  async function takeBackup(database: Component, run = 'R'): Promise<void> {
    const call = database.restorePoints?.capture('now');
    const operation = database.operations[call?.operation ?? ''] as Operation;
    const input = call?.input ?? null;
    const { fingerprint: before, expected } = await operation.observe(input, never);
    const intent: Intent = { run, step: 'b', key: 'R/b', at: Date.now(), before, expected };
    const handle = await operation.submit(input, intent, never);
    while ((await operation.poll(handle, never)).state === 'running') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const refusal = async (scripts: Component, input: Json = ON_NOW) => {
    const checks = await (scripts.operations['rollback'] as Operation).preflight(input, never);
    return checks.find(({ blocking, verdict }) => blocking && verdict !== 'pass')?.reason;
  };
  const ran = () => existsSync(join(directory, 'ran'));
  const refused = (answer: string) => ({ detail: { kind: 'rejected', answer } });

  test('refuses until the step before has taken its backup, and runs on that', async () => {
    const { scripts, database } = await components();

    await expect(start(scripts)).rejects.toMatchObject(
      refused('shop-now.dump was not taken, or not to its end.'),
    );
    expect(ran()).toBe(false);

    await takeBackup(database);
    expect(await refusal(scripts)).toBeUndefined();
    await start(scripts);
    expect(ran()).toBe(true);
  });

  test('refuses where its plan takes no backup, though there is one', async () => {
    const { scripts, database } = await components();
    await takeBackup(database);

    expect(await refusal(scripts, {})).toBe('Its plan takes none.');
    await expect(start(scripts, {})).rejects.toMatchObject(refused('Its plan takes none.'));
    expect(ran()).toBe(false);
  });

  test('refuses on a backup of an earlier run', async () => {
    const { scripts, database } = await components();
    await takeBackup(database, 'INC-0001-R1');

    await expect(start(scripts)).rejects.toMatchObject(
      refused('shop-now.dump: It was taken in INC-0001-R1, not in this run.'),
    );
    expect(ran()).toBe(false);
  });

  test('refuses with a backup that was cut off', async () => {
    const { scripts, database } = await components();
    await takeBackup(database);
    truncateSync(join(directory, 'backups', 'shop-now.dump'), 500);

    expect(await refusal(scripts)).toContain('Its size has changed');
    await expect(start(scripts)).rejects.toMatchObject({ detail: { kind: 'rejected' } });
    expect(ran()).toBe(false);
  });

  test('refuses with a backup of an older version of Backstop, which did not note what was in it', async () => {
    const { scripts, database } = await components();
    await takeBackup(database);
    const note = join(directory, 'backups', 'shop-now.dump.json');
    const {
      sha256: _sha256,
      run: _run,
      wholeAt: _wholeAt,
      ...older
    } = JSON.parse(readFileSync(note, 'utf8'));
    writeFileSync(note, JSON.stringify(older));

    expect(await refusal(scripts)).toContain('older version of Backstop');
    await expect(start(scripts)).rejects.toMatchObject({ detail: { kind: 'rejected' } });
    expect(ran()).toBe(false);
  });

  const grownOld = (minutes: number) => {
    const note = join(directory, 'backups', 'shop-now.dump.json');
    const held = JSON.parse(readFileSync(note, 'utf8'));
    writeFileSync(note, JSON.stringify({ ...held, wholeAt: Date.now() - minutes * 60_000 }));
  };

  test('leaves an export and a second person the time they take after the backup', async () => {
    const { scripts, database } = await components();
    await takeBackup(database);

    grownOld(301);
    await expect(start(scripts)).rejects.toMatchObject({
      detail: { answer: expect.stringContaining('It was taken too long ago') },
    });
    expect(ran()).toBe(false);

    grownOld(290);
    await start(scripts);
    expect(ran()).toBe(true);
  });

  test('refuses on one that is older than `safetyMinutes` where that is set', async () => {
    const { scripts, database } = await components('database', { safetyMinutes: 30 });
    await takeBackup(database);
    grownOld(31);

    expect(await refusal(scripts)).toContain('It was taken too long ago');
    await expect(start(scripts)).rejects.toMatchObject({ detail: { kind: 'rejected' } });
    expect(ran()).toBe(false);
  });

  test.each(['nowhere', 'scripts'])('refuses where %s takes no backups', async (restores) => {
    const { scripts } = await components(restores);

    expect(await refusal(scripts)).toBe(`There is no component ${restores} in this environment.`);
    await expect(start(scripts)).rejects.toMatchObject({ detail: { kind: 'rejected' } });
    expect(ran()).toBe(false);
  });
});
