/**
 * The scripts of guide 003, in our words, as commands of Backstop: configured as docs/databases.md shows it, planned and performed by the
 * engine, on a real PostgreSQL. Docker is a stand-in that checks the exact calls.
 */

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { createPlanner } from '../../../src/engine/planner.ts';
import type { PlanWish } from '../../../src/events.ts';
import type { Ground } from '../../../src/incident.ts';
import { createCatalogue } from '../../../src/integrations/catalogue.ts';
import { CommandSettings } from '../../../src/integrations/command/schema.ts';
import { inOrder, type PlannedStep } from '../../../src/plan.ts';
import { read, VALID } from '../../config/a-config.ts';
import { createDocker, type DockerStandIn } from '../compose/docker-stand-in.ts';
import { type Cluster, hasPostgresql, openCluster, TOOLS } from '../postgresql/cluster.ts';
import { operationOf, perform, pointsOf } from '../restoring.ts';
import { startAnew } from '../run-steps.ts';

const never = new AbortController().signal;
const DOCS = readFileSync(new URL('../../../docs/databases.md', import.meta.url), 'utf8');
const SHOWN = /## Scripts of your own[^]*?```yaml\n([^]*?)```/.exec(DOCS)?.[1] ?? '';
/** How a script can tell that Backstop runs it, and has stopped and backed up already. */
const GUARD = /`(\[ -n "\$\{BACKSTOP_KEY:-\}" \])/.exec(DOCS)?.[1] ?? 'it is not in the docs';
const GROUND: Ground = {
  id: 'INC-0001',
  service: 'checkout',
  environment: 'production',
  proposals: [],
  runs: [],
};
const ONLY_SCRIPTS: PlanWish = {
  kind: 'rollback',
  only: true,
  restore: [{ component: 'scripts' }],
};

describe.skipIf(!hasPostgresql('command/guide-003.test.ts'))('the scripts of guide 003', () => {
  let cluster: Cluster;
  let infra: string;
  let docker: DockerStandIn;
  beforeAll(async () => {
    cluster = await openCluster();
  });
  afterAll(() => cluster?.close());
  beforeEach(() => {
    infra = mkdtempSync(join(tmpdir(), 'backstop-infra-'));
    cpSync(join(import.meta.dirname, 'guide-003'), infra, { recursive: true });
    mkdirSync(backups(), { recursive: true });
    docker = createDocker(infra, { PGHOST: '127.0.0.1', PGPORT: String(cluster.port) });
    docker.set({ web: 'running', worker: 'running', db: 'running' });
    cluster.sql('postgres', 'DROP DATABASE IF EXISTS shop WITH (FORCE)');
    cluster.sql('postgres', 'CREATE DATABASE shop');
    cluster.sql(
      'shop',
      `CREATE TABLE users (id int, verified boolean, updated_at timestamptz);
       INSERT INTO users VALUES (1, true, now() - interval '1 day'), (2, true, now() - interval '1 day')`,
    );
    return () => rmSync(infra, { recursive: true, force: true });
  });

  const backups = () => join(infra, 'instances/production/backups');
  const wrong = () => cluster.sql('shop', 'SELECT count(*) FROM users WHERE verified IS NULL');
  const corrupt = () =>
    cluster.sql(
      'shop',
      "UPDATE users SET verified = NULL, updated_at = now() + interval '1 minute'",
    );

  /** `backstop.yaml` with what the docs show, in this directory instead of /srv/infra. */
  function configuration(change: (shown: string) => string = (shown) => shown) {
    const shown = parse(change(SHOWN).replaceAll('/srv/infra', infra));
    const PATH = `${docker.path}:${TOOLS ?? ''}:/usr/bin:/bin`;
    const { stack, scripts } = shown.components;
    const production = {
      components: {
        stack: { ...stack, clientEnv: { PATH } },
        scripts: { ...scripts, env: { PATH } },
      },
      probes: { health: { ...shown.probes.health, env: { PATH } } },
      approval: { from: ['U0000000BEN'] },
    };
    const services = { checkout: { responders: ['U0000000ANA'], environments: { production } } };
    const { services: _services, ...rest } = parse(VALID);
    return read(stringify({ ...rest, services }));
  }
  async function systems(change?: (shown: string) => string) {
    const catalogue = createCatalogue(configuration(change));
    const { components, probes } = await catalogue.systems('checkout', 'production');
    const [stack, scripts] = components;
    const [health] = probes;
    if (!stack || !scripts || !health) throw new Error('Something is missing.');
    const planner = createPlanner(catalogue, () => []);
    const plan = async (wish: PlanWish) => {
      const content = await planner.plan(GROUND, wish, never);
      return { ...content, steps: inOrder(content.steps) };
    };
    return { stack, scripts, health, plan };
  }
  type Systems = Awaited<ReturnType<typeof systems>>;

  async function nightly({ stack }: Systems, name = 'nightly'): Promise<void> {
    expect((await perform(stack, pointsOf(stack).capture(name))).recovery).toEqual({
      state: 'done',
    });
  }
  async function carryOut({ stack, scripts }: Systems, steps: readonly PlannedStep[]) {
    const { live } = startAnew(steps);
    const ends: (readonly [string, string | undefined])[] = [];
    for (const step of steps) {
      const end = await live(step, step.component === 'stack' ? stack : scripts);
      ends.push([step.id, end.status]);
      if (end.status !== 'succeeded') return { ends, failed: end };
    }
    return { ends };
  }
  /** What the calls of docker changed or backed up, in their order. Others of pg_restore only read. */
  const done = () =>
    docker.calls().flatMap((call) => {
      if (call.includes('pg_restore')) return call.includes('--clean') ? ['restore'] : [];
      if (call.includes('pg_dump')) return call.includes('--version') ? [] : ['backup'];
      return ['stop', 'up'].filter((each) => call.includes(each));
    });

  test.each<[string, (shown: string) => string, readonly string[]]>([
    ['restore-backup.sh', (shown) => shown, ['stop', 'backup', 'restore', 'up']],
    [
      'rollback.sh',
      (shown) => shown.replace('restore-backup.sh, production', 'rollback.sh, production'),
      // It stops and backs up by itself once more; what it has started is not started again.
      ['stop', 'backup', 'stop', 'backup', 'restore', 'up'],
    ],
    [
      'rollback.sh with the line of the docs',
      (shown) => {
        const script = join(infra, 'rollback.sh');
        const lines = readFileSync(script, 'utf8').split('\n');
        const isBefore = (line: string) => /stop-services|backup-database/.test(line);
        const guarded = lines.map((line) => (isBefore(line) ? `${GUARD} || ${line}` : line));
        writeFileSync(script, guarded.join('\n'));
        return shown.replace('restore-backup.sh, production', 'rollback.sh, production');
      },
      ['stop', 'backup', 'restore', 'up'],
    ],
  ])(
    '%s puts the newest backup back: held, backed up, allowed by a second person, started again',
    async (_script, change, order) => {
      const all = await systems(change);
      await nightly(all);
      corrupt();
      const before = docker.calls().length;

      const plan = await all.plan(ONLY_SCRIPTS);
      const looked = docker.calls().slice(before);
      const { ends } = await carryOut(all, plan.steps);

      expect(plan.steps.map(({ id, asksAgain = false }) => [id, asksAgain])).toEqual([
        ['stack.hold', false],
        ['scripts.1', false],
        ['scripts.2', false],
        ['scripts.3', true],
        ['stack.release', false],
      ]);
      expect(plan.losses[0]).toMatch(/^2 rows of users, written since/);
      expect(plan.notes?.join()).toContain('cannot be seen from here');
      expect(JSON.stringify(plan.steps[3]?.changes)).toContain('backups/shop-nightly.dump');
      expect(looked.some((call) => call.includes('stop') || call.includes('up'))).toBe(false);
      expect(ends.map(([, status]) => status)).toEqual(plan.steps.map(() => 'succeeded'));
      expect(wrong()).toBe('0');
      const [exported = ''] = readdirSync(join(backups(), 'exports'));
      const [rows = ''] = readdirSync(join(backups(), 'exports', exported)).sort();
      // Both users as they were written since the backup, before the script put it over them.
      expect(
        readFileSync(join(backups(), 'exports', exported, rows), 'utf8').match(/^[12],/gm),
      ).toHaveLength(2);
      expect(docker.states()).toMatchObject({ web: 'running/healthy', worker: 'running/healthy' });
      // The first backup is the one that is put back.
      expect(done()).toEqual(['backup', ...order]);
      expect((await all.health.read(never)).verdict).toBe('pass');
    },
    60_000,
  );

  test("a team's own stop-services.sh and start-instance.sh hold instead of the stack: stopped once, started once", async () => {
    const all = await systems((shown) =>
      shown.replace(
        '    operations:\n',
        `    hold: { acquire: stop-services, release: start-instance, insteadOf: stack }
    operations:
      stop-services: { run: [/srv/infra/stop-services.sh, production] }
`,
      ),
    );
    await nightly(all);
    corrupt();

    const plan = await all.plan(ONLY_SCRIPTS);
    const { ends } = await carryOut(all, plan.steps);

    expect(plan.steps.map(({ id }) => id)).toEqual([
      'scripts.hold',
      'scripts.1',
      'scripts.2',
      'scripts.3',
      'scripts.release',
    ]);
    expect(ends.map(([, status]) => status)).toEqual(plan.steps.map(() => 'succeeded'));
    expect(done()).toEqual(['backup', 'stop', 'backup', 'restore', 'up']);
    expect(wrong()).toBe('0');
  }, 60_000);

  test('the corrupt state is in the safety backup, which is put back only where it is named', async () => {
    const all = await systems();
    await nightly(all);
    corrupt();
    await carryOut(all, (await all.plan(ONLY_SCRIPTS)).steps);

    const again = await all.plan(ONLY_SCRIPTS);
    const safety =
      readdirSync(backups()).find((name) => /-before-scripts-\d+\.dump$/.test(name)) ?? '';
    const named = await all.plan({
      ...ONLY_SCRIPTS,
      restore: [{ component: 'scripts', point: safety }],
    });
    await carryOut(all, named.steps);

    expect(again.title).toContain('shop-nightly.dump');
    expect(named.title).toContain(safety);
    expect(wrong()).toBe('2');
  }, 60_000);

  test('a chosen backup is handed to the script by its name, and nothing else is', async () => {
    const all = await systems();
    await nightly(all, 'pre-deployment-20241203-120000');
    await nightly(all, 'later');
    const point = 'shop-pre-deployment-20241203-120000.dump';

    const plan = await all.plan({ ...ONLY_SCRIPTS, restore: [{ component: 'scripts', point }] });

    expect(plan.steps[3]?.call.input).toMatchObject({ backup: point });
    for (const hostile of [
      '../../../../etc/passwd',
      '--clean',
      '$(id).dump',
      'a\nb.dump',
      'x.dump; id',
    ]) {
      const wish = { ...ONLY_SCRIPTS, restore: [{ component: 'scripts', point: hostile }] };
      await expect(all.plan(wish)).rejects.toMatchObject({ code: 'not-found' });
    }
  }, 60_000);

  test('without the safety backup of its plan the script does not start', async () => {
    const all = await systems();
    // Taken by Backstop a moment ago, and whole: but not by this plan.
    await nightly(all);
    corrupt();
    const { steps } = await all.plan(ONLY_SCRIPTS);

    const { failed } = await carryOut(
      all,
      steps.filter(({ id }) => id !== 'scripts.1'),
    );

    expect(failed?.status).toBe('failed');
    expect(JSON.stringify(failed)).toContain('was not taken');
    expect(done()).not.toContain('restore');
    expect(wrong()).toBe('2');
  }, 60_000);

  test('a safety backup that fails ends it, and nothing is touched', async () => {
    const all = await systems();
    await nightly(all);
    corrupt();
    const { steps } = await all.plan(ONLY_SCRIPTS);
    const full = '#!/bin/sh\necho "no space left on device" >&2\nexit 1\n';
    writeFileSync(join(docker.path, 'pg_dump'), full, { mode: 0o755 });

    const { ends, failed } = await carryOut(all, steps);

    expect(ends.at(-1)).toEqual(['scripts.1', 'failed']);
    expect(JSON.stringify(failed)).toContain('no space left');
    expect(done()).not.toContain('restore');
    expect(wrong()).toBe('2');
  }, 60_000);

  test('a script that breaks off half-way is for a person, in its own words', async () => {
    const all = await systems();
    await nightly(all);
    corrupt();
    const { steps } = await all.plan(ONLY_SCRIPTS);
    const dead = "#!/bin/sh\necho 'the table users is gone now' >&2\nexit 3\n";
    writeFileSync(join(infra, 'restore-backup.sh'), dead);

    const { failed } = await carryOut(all, steps);

    expect(failed?.status).toBe('failed');
    expect(JSON.stringify(failed)).toContain('the table users is gone now');
    expect(JSON.stringify(failed)).toContain('exit code 3');
  }, 60_000);

  test('start-instance.sh buys time by its name, and health-check.sh tells whether it did', async () => {
    const all = await systems();
    docker.set({ web: 'exited', worker: 'exited', db: 'running' });
    const before = await all.health.read(never);

    const plan = await all.plan({
      kind: 'mitigation',
      mitigate: { name: 'start-instance', components: [] },
    });
    const { ends } = await carryOut(all, plan.steps);

    expect(before).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('exited') });
    expect(ends).toEqual([['scripts', 'succeeded']]);
    expect(await all.health.read(never)).toMatchObject({
      verdict: 'pass',
      reason: expect.stringContaining('production runs, 2 users'),
    });
  }, 60_000);

  test('a release captures the backups where they are, once', async () => {
    const { scripts, stack } = await systems();

    expect(scripts.restorePoints?.of).toBe('stack');
    expect(stack.restorePoints?.of).toBeUndefined();
    expect(operationOf(scripts, pointsOf(scripts).capture('x'))).toBe(
      operationOf(stack, pointsOf(stack).capture('x')),
    );
  });
});

describe('a configuration', () => {
  const scripts = (
    more: string,
    restores = 'restores: stack',
    program = '/srv/infra/restore-backup.sh',
  ) => `components:
  scripts:
    kind: command
    ${more}
    operations:
      undo: { run: [${program}, production], ${restores} }
      work: { run: [/srv/infra/work.sh, '{file}'], parameters: { file: { pattern: '.*' } }, restores: stack }
      stop: { run: [/srv/infra/stop.sh] }`;
  const refused = (more: string, restores?: string, program?: string) => {
    const { kind: _kind, ...settings } = parse(scripts(more, restores, program)).components.scripts;
    const result = CommandSettings.safeParse(settings);
    return result.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join();
  };

  test.each<[string, string, string | undefined, RegExp]>([
    [
      'a script that is called as if it restored, and does not say what',
      '',
      '',
      /^operations.undo.restores must name/,
    ],
    ['a mitigation that restores', '', 'restores: stack, mitigation: true', /mitigation must not/],
    [
      'a restore that is no operation',
      'restore: nowhere',
      undefined,
      /^restore must name an operation/,
    ],
    [
      'a restore by a command that touches no data',
      'restore: stop',
      undefined,
      /^restore must name an operation with/,
    ],
    [
      'a restore that takes no name',
      'restore: undo',
      undefined,
      /^restore must name an operation with/,
    ],
    [
      'an undo that restores, before which nobody takes a safety backup',
      '',
      'restores: stack, undo: work',
      /^operations.undo.undo must not restore/,
    ],
    [
      'a hold that restores',
      'hold: { acquire: undo, release: stop }',
      undefined,
      /^hold.acquire must not restore/,
    ],
  ])('with %s is refused', (_name, more, restores, words) => {
    expect(refused(more, restores)).toMatch(words);
  });

  test('may say that such a script touches no data', () => {
    expect(refused('restore: work', 'restores: nothing')).toBeUndefined();
  });

  test.each([
    'psql',
    '/usr/bin/mysql',
    'mariadb',
    'mongosh',
    'pg_restore',
    'mongorestore',
    'sh, -c, "/usr/bin/pg_restore -d shop /backups/shop.dump"',
    'bash, -c, "gunzip < dump.gz | mysql shop"',
    'sudo, -u, postgres, psql',
    'env, PGUSER=postgres, /usr/bin/psql',
    'timeout, "60", mariadb',
    'docker, compose, exec, -T, db, psql',
    'kubectl, exec, db-0, --, mongosh',
    'ssh, db1, "mysql shop < dump.sql"',
    'ssh, -p, "22", -i, /etc/key, deploy@db1, mysql, shop',
    'ssh, db1, sudo, -u, mysql, sh, -c, "systemctl stop app && mysql shop"',
    'sudo, -nu, postgres, psql',
    'su, postgres, -c, "PGUSER=shop psql -f fix.sql"',
    'runuser, -u, postgres, --, psql',
    'runuser, -l, postgres, -c, psql',
    'bash, -euo, pipefail, -c, "if true; then mysql shop; fi"',
    'sh, -c, "date; (mysql < dump.sql)"',
    'sh, -c, "echo \\"$(mysql shop < dump.sql)\\""',
    'flock, /run/lock, -c, "mysql shop"',
    'systemd-run, --unit, fix, --pipe, mysql, shop',
    'nsenter, -t, "1", -m, psql',
    'pkexec, --user, postgres, psql',
    'busybox, sh, -c, mysql',
    'docker-compose, -f, stack.yml, exec, -T, db, psql',
    'docker, run, --rm, --network, shop, --entrypoint, psql, postgres:17',
    'docker, run, --rm, -e, PGPASSWORD, postgres:17, psql',
    'oc, exec, deploy/db, -c, app, --, psql',
    'crictl, exec, -it, 3f1a, mysql',
    'lxc, exec, db, --, env, HOME=/root, mysql',
  ])('that runs %s has to say what it touches, which its arguments do not tell', (program) => {
    expect(refused('', '', program)).toMatch(/^operations.undo.restores must name/);
    expect(refused('', 'restores: nothing', program)).toBeUndefined();
  });

  test.each([
    'systemctl, restart, mysql',
    'docker, restart, mysql',
    'docker, compose, exec, mysql, date',
    'kubectl, exec, mysql-0, --, date',
    'sudo, -u, mysql, date',
    'sh, -c, "echo mysqldump"',
    'sudo, systemctl, restart, mysql',
    'sudo, -n, service, mysql, restart',
    'sh, -c, "systemctl restart mariadb"',
    'sh, -c, "systemctl restart mariadb && logger \'mysql; psql\'"',
    'sh, restart.sh, mysql',
    'sh, restart.sh, -c, mysql',
    'ssh, db1, sudo service mysql restart',
    'ssh, mysql, uptime',
    'ssh, -o, ConnectTimeout=5, -l, deploy, mysql, uptime',
    'su, mysql, -c, date',
    'runuser, -u, mysql, --, date',
    'timeout, "60", systemctl, stop, mysql',
    'docker, run, -d, mysql',
    'docker-compose, exec, mysql, date',
    'kubectl, rollout, restart, deploy/mysql',
    'kubectl, exec, -n, mysql, db-0, --, date',
    '/srv/rollback/bin/purge-cache',
  ])('that runs %s has nothing to say', (program) => {
    expect(refused('', '', program)).toBeUndefined();
  });
});
