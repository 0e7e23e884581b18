/** Against the real tools and a real PostgreSQL; each is left out, with a line that says so, where it is not to be had. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Component, RestorePoint } from '../../../src/component.ts';
import { createMigrations } from '../../../src/integrations/migrations/index.ts';
import { createPostgresql } from '../../../src/integrations/postgresql/index.ts';
import type { Intent, Operation, OperationCall } from '../../../src/operation.ts';
import { type Cluster, hasPostgresql, openCluster, TOOLS } from '../postgresql/cluster.ts';
import {
  djangoProject,
  has,
  knexProject,
  type Project,
  prismaProject,
  railsProject,
  sequelizeProject,
} from './real-tools.ts';

const FILE = 'migrations/real.test.ts';
const never = new AbortController().signal;
const isThere = hasPostgresql(FILE);
const projects: readonly (readonly [string, (port: number, database: string) => Project])[] =
  !isThere
    ? []
    : [
        ['Knex', knexProject],
        ['Sequelize', sequelizeProject],
        ...(has('Prisma', FILE) ? ([['Prisma', prismaProject]] as const) : []),
        ...(has('Django', FILE) ? ([['Django', djangoProject]] as const) : []),
        ...(has('Rails', FILE) ? ([['Rails', railsProject]] as const) : []),
      ];

let cluster: Cluster;
let port = 0;
beforeAll(async () => {
  if (!isThere) return;
  cluster = await openCluster();
  port = cluster.port;
});
afterAll(() => cluster?.close());

test.skipIf(projects.length > 0)('no migration tool is here, so none was tested', () => {
  expect(projects).toEqual([]);
});

describe.each(projects)('%s', { timeout: 300_000 }, (title, open) => {
  /** What does not depend on the tool is tested with one of them: starting one takes its time. */
  const once: typeof test | undefined = title === projects[0]?.[0] ? test : undefined;
  let directory: string;
  let project: Project;
  let newer: string;
  let older: string;
  let calls = 0;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'backstop-migrations-'));
    cluster.sql('postgres', 'DROP DATABASE IF EXISTS shop WITH (FORCE)');
    cluster.sql('postgres', 'CREATE DATABASE shop');
    newer = join(directory, 'newer');
    older = join(directory, 'older');
    mkdirSync(join(directory, 'backups'));
    project = open(port, 'shop');
    project.write(newer, 3);
    project.write(older, 1);
    up(newer);
  }, 120_000);
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function up(at: string): void {
    const [program = '', ...args] = project.run;
    execFileSync(
      program.includes('/') ? join(program.startsWith('/') ? '' : at, program) : program,
      [...args, ...project.up],
      {
        cwd: at,
        stdio: 'ignore',
        // Not with NODE_ENV of the tests, by which Sequelize would choose its settings.
        env: { PATH: process.env['PATH'], ...project.env },
      },
    );
  }
  const tables = () =>
    cluster
      .sql(
        'shop',
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_name IN ('users', 'audit') ORDER BY 1",
      )
      .split('\n');

  function make(settings: Record<string, unknown> = {}, withDatabase = true): Component {
    const database = createPostgresql({
      id: 'database',
      settings: {
        database: 'shop',
        server: { host: '127.0.0.1', port, user: 'postgres', tls: 'disable' },
        tools: TOOLS,
        backups: join(directory, 'backups'),
      },
      connections: {},
    });
    return createMigrations({
      id: 'schema',
      settings: {
        tool: project.tool,
        run: project.run,
        newer,
        older,
        notes: join(directory, 'notes'),
        database: 'database',
        ...project.settings,
        env: project.env ?? {},
        ...settings,
      },
      connections: {},
      sibling: (id) => (withDatabase && id === 'database' ? database : undefined),
    });
  }
  const operation = (component: Component, { operation: name }: OperationCall): Operation => {
    const found = component.operations[name];
    if (!found) throw new Error(`There is no operation ${name}.`);
    return found;
  };
  async function perform(component: Component, call: OperationCall, run = 'R1') {
    const made = operation(component, call);
    const { fingerprint: before, expected } = await made.observe(call.input, never);
    calls += 1;
    const intent: Intent = {
      run,
      step: 's1',
      key: `${run}/s/${calls}`,
      at: Date.now(),
      before,
      expected,
    };
    const handle = await made.submit(call.input, intent, never);
    let told = '';
    for (;;) {
      const progress = await made.poll(JSON.parse(JSON.stringify(handle)), never);
      if (progress.state === 'running') {
        told = progress.note ?? told;
        await new Promise((resolve) => setTimeout(resolve, 25));
        continue;
      }
      return { progress, told, recovery: await made.recover(call.input, intent, handle, never) };
    }
  }
  const points = (component: Component) => {
    if (!component.restorePoints) throw new Error('It offers no restore points.');
    return component.restorePoints;
  };
  async function pointTo(component: Component, id: string): Promise<RestorePoint> {
    const found = (await points(component).list(never)).find((each) => each.id === id);
    if (!found) throw new Error(`There is no point ${id}.`);
    return found;
  }
  const done = { progress: { state: 'succeeded' }, recovery: { state: 'done' } };

  test('is taken back to what the older release knows, newest first, after a safety backup', async () => {
    const component = make();
    const [first] = await points(component).list(never);
    if (!first) throw new Error('There is no point.');
    const calls = points(component).restore(first);

    const ends = [];
    for (const call of calls) ends.push(await perform(component, call));

    expect(first).toMatchObject({ id: 'older-release', available: true });
    expect(
      calls.map(({ operation: name, input }) => [
        name,
        (input as { migration?: string }).migration,
      ]),
    ).toEqual([
      ['backup', undefined],
      ['take-back', project.names[2]],
      ['take-back', project.names[1]],
    ]);
    expect(ends).toMatchObject([done, done, done]);
    expect(tables()).toEqual(['users.id', 'users.updated_at']);
    expect(
      readdirSync(join(directory, 'backups')).filter((name) => name.endsWith('.dump')),
    ).toHaveLength(1);
  });

  once?.('leaves in files what was written since a moment before it ran', async () => {
    mkdirSync(join(directory, 'notes'));
    const at = Date.now() - 3_600_000;
    const note = { name: 'before release 3', at, applied: project.names.slice(0, 1) };
    writeFileSync(join(directory, 'notes', 'before-release-3.json'), JSON.stringify(note));
    cluster.sql('shop', 'INSERT INTO users (id, updated_at) VALUES (77, now())');
    const component = make();
    const calls = points(component).restore(await pointTo(component, 'older-release'));

    for (const call of calls) expect(await perform(component, call)).toMatchObject(done);

    expect(calls.map(({ operation: name }) => name)).toEqual([
      'backup',
      'export-since',
      'take-back',
      'take-back',
    ]);
    const exports = join(directory, 'backups', 'exports');
    const [exported = ''] = readdirSync(exports);
    const files = readdirSync(join(exports, exported)).map((name) =>
      readFileSync(join(exports, exported, name), 'utf8'),
    );
    expect(files.join('\n')).toMatch(/^77,/m);
  });

  once?.('is taken back to a named migration', async () => {
    const component = make();
    const calls = points(component).restore(await pointTo(component, project.names[1]));

    for (const call of calls) await perform(component, call);

    expect(calls).toHaveLength(2);
    expect(tables()).toEqual(['users.email_verified', 'users.id', 'users.updated_at']);
  });

  test('keeps what is declared compatible, and says why', async () => {
    const component = make({ compatible: project.names.slice(1) });
    const point = await pointTo(component, 'older-release');
    const calls = points(component).restore(point);

    expect(calls).toEqual([{ operation: 'keep', input: {} }]);
    expect(await points(component).remarks?.(point, never)).toEqual(
      project.names
        .slice(1)
        .map(
          (name) =>
            `Migration ${name} stays: backstop.yaml declares that older code can run with it.`,
        ),
    );
    expect(await component.whenLeft?.(never)).toEqual({
      notes: await points(component).remarks?.(point, never),
    });
    expect(await points(component).losses(point, never)).toEqual([]);
  });

  once?.('takes a compatible one along that stands on one that has to go', async () => {
    const component = make({ compatible: [project.names[2]] });
    const point = await pointTo(component, 'older-release');

    const calls = points(component).restore(point);

    expect(calls).toHaveLength(3);
    expect(await points(component).remarks?.(point, never)).toContainEqual(
      `Migration ${project.names[2]} is declared compatible, but goes too: an older one that has to go is below it.`,
    );
  });

  once?.('breaks a plan that leaves migrations that the older code does not know', async () => {
    const left = await make().whenLeft?.(never);

    expect(left?.notes).toEqual([]);
    expect(left?.breaks).toContain(project.names[2]);
    expect(left?.breaks).toContain('`/rollback … with schema` takes them back first');
    expect(left?.breaks).toContain('`/rollback … keep schema because <why>`');
    expect(left?.goesWith?.component).toBe('database');
  });

  once?.('is not taken back without a safety backup of this very run', async () => {
    const component = make();
    const calls = points(component).restore(await pointTo(component, 'older-release'));
    const [backup, takeBack] = calls;
    if (!backup || !takeBack) throw new Error('There are too few calls.');
    const unplanned = { ...takeBack, input: { ...(takeBack.input as object), safety: null } };
    const refused = async (answer: RegExp, call = takeBack) =>
      expect(perform(component, call)).rejects.toMatchObject({
        detail: {
          kind: 'rejected',
          attempted: 'take a migration back',
          answer: expect.stringMatching(answer),
        },
      });
    const { file } = backup.input as { file: string };
    const kept = join(directory, 'backups', file);
    const asNoted = () => readFileSync(`${kept}.json`, 'utf8');

    await refused(/Its plan takes none/, unplanned);
    await refused(/was not taken, or not to its end/);
    await perform(component, backup, 'R0');
    await refused(/It was taken in R0, not in this run/);
    const note = { ...JSON.parse(asNoted()), run: 'R1' };
    writeFileSync(`${kept}.json`, JSON.stringify({ ...note, wholeAt: Date.now() - 301 * 60_000 }));
    await refused(/It was taken too long ago: what was written since .* is not in it/);
    writeFileSync(`${kept}.json`, JSON.stringify(note));
    rmSync(kept);
    await refused(/was not taken, or not to its end/);
    expect(() =>
      points(make({}, false)).restore({
        id: 'older-release',
        label: 'x',
        capturedAt: 0,
        available: true,
      }),
    ).toThrow();
    expect(tables()).toContain('audit.id');
  });

  once?.('is not taken back from under a newer one', async () => {
    const component = make();
    const calls = points(component).restore(await pointTo(component, 'older-release'));
    const [backup, , below] = calls;
    if (!backup || !below) throw new Error('There are too few calls.');
    await perform(component, backup);

    await expect(perform(component, below)).rejects.toThrow(/Newer ones are still applied/);
    expect(tables()).toContain('audit.id');
  });

  test('says what there really is after a failure on the way down', async () => {
    rmSync(newer, { recursive: true });
    cluster.sql('postgres', 'DROP DATABASE shop WITH (FORCE)');
    cluster.sql('postgres', 'CREATE DATABASE shop');
    project.write(newer, 3, 2);
    up(newer);
    cluster.sql('shop', 'CREATE TABLE audit (id int)');
    const component = make();
    const [backup, failing] = points(component).restore(await pointTo(component, 'older-release'));
    if (!backup || !failing) throw new Error('There are too few calls.');
    await perform(component, backup);

    const { progress, recovery } = await perform(component, failing);

    expect(progress).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(
        /no.way.back.from.here[^]*Read again, migration \S+ is applied/,
      ),
    });
    // Sequelize opens no transaction, and a script of Prisma's may end its own.
    const isHalf = project.tool === 'sequelize' || project.tool === 'prisma';
    expect(tables().includes('audit.id')).toBe(!isHalf);
    expect(recovery.state).toBe(isHalf ? 'unknown' : 'not-started');
  });

  test('that was taken back meanwhile is found done, and said to have been in the words of the tool', async () => {
    const component = make();
    const calls = points(component).restore(await pointTo(component, project.names[1]));
    for (const call of calls) await perform(component, call);
    const [, again] = calls;
    if (!again) throw new Error('There is no call.');

    const { told, ...end } = await perform(component, again);

    expect(end).toMatchObject(done);
    // Prisma knows no way down, and so has no words for this: its script fails, and the list tells.
    expect(told).toContain(project.tool === 'prisma' ? 'is taken back' : 'was taken back already');
  });

  test('is not taken back by code that lacks it', async () => {
    const component = make({ newer: older });
    const takeBack = {
      operation: 'take-back',
      input: { migration: project.names[2], safety: 'x' },
    };

    const failed = await perform(component, takeBack).catch((error: unknown) => error);

    expect(failed).toMatchObject({ name: 'OutsideError' });
    expect(tables()).toContain('audit.id');
  });

  const irreversible = title === 'Django' ? test : undefined;
  irreversible?.('is not taken back where the tool says that there is no way down', async () => {
    const file = join(newer, 'shop/migrations/0003_audit.py');
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace('operations = [', "operations = [migrations.RunSQL('SELECT 1'), "),
    );
    const component = make();
    const calls = points(component).restore(await pointTo(component, project.names[1]));
    const [backup, takeBack] = calls;
    if (!backup || !takeBack) throw new Error('There are too few calls.');
    await perform(component, backup);

    const checks = await operation(component, takeBack).preflight(takeBack.input, never);

    expect(checks.find(({ verdict }) => verdict === 'fail')).toMatchObject({
      blocking: true,
      reason: expect.stringContaining('irreversible'),
    });
    await expect(perform(component, takeBack)).rejects.toThrow('irreversible');
    expect(tables()).toContain('audit.id');
  });

  once?.('is noted before a release, and goes back to the note after it', async () => {
    project.write(newer, 2);
    const component = make();
    for (const call of points(component).restore(await pointTo(component, project.names[1]))) {
      await perform(component, call);
    }
    const noted = await perform(component, points(component).capture('INC-0002 before 2.4.0'));
    project.write(newer, 3);
    up(newer);

    const found = (await points(component).list(never)).find(
      ({ label }) => label === 'INC-0002 before 2.4.0',
    );
    const calls = found ? points(component).restore(found) : [];
    for (const call of calls) await perform(component, call);

    expect(noted).toMatchObject(done);
    // A safety backup, what was written since, and the one migration.
    expect(calls.map(({ operation }) => operation)).toEqual([
      'backup',
      'export-since',
      'take-back',
    ]);
    expect(tables()).not.toContain('audit.id');
  });

  once?.('is looked at by the doctor, who changes nothing', async () => {
    const before = tables();

    const findings = await make().doctor(never);

    expect(findings.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(tables()).toEqual(before);
  });
});
