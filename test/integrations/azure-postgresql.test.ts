import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RestorePoint } from '../../src/component.ts';
import type { Json, Operation } from '../../src/operation.ts';

import {
  HOUR_MS,
  openServerBench as open,
  RESTORED,
  type ServerBench,
} from './azure-postgresql-bench.ts';
import { integrationContract } from './contract.ts';

const never = new AbortController().signal;

const RESTORE = { pointInTime: '2026-03-04T06:00:00.000Z', server: RESTORED };

// The doctor tells the age of backups by today's clock.
integrationContract('azure-postgresql, backup', () =>
  open('take-backup', { backup: 'backstop-2-4-0' }, Date.now()),
);
integrationContract('azure-postgresql, restore', () =>
  open('restore-to-new-server', restoreNow(), Date.now()),
);

function restoreNow(): Json {
  const at = Date.now() - HOUR_MS;
  return { pointInTime: new Date(at).toISOString(), server: RESTORED };
}

describe('azure-postgresql', () => {
  let bench: ServerBench;
  beforeEach(async () => {
    bench = await open('restore-to-new-server', RESTORE);
  });
  afterEach(() => bench.close());

  const operation = (name: string): Operation => {
    const found = bench.component.operations[name];
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  const points = () => {
    const { restorePoints } = bench.component;
    if (!restorePoints) throw new Error('no restore points');
    return restorePoints;
  };
  async function carryOut(name: string, input: Json) {
    const { fingerprint, expected } = await operation(name).observe(input, never);
    const at = bench.now();
    const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at, before: fingerprint, expected };
    const handle = await operation(name).submit(input, intent, never);
    return { intent, handle };
  }

  test('its steps belong to the data of a plan', () => {
    expect(bench.component.phase).toBe('data');
  });

  describe('restore points', () => {
    test('are the backups, newest first, then the earliest moment there is', async () => {
      const list = await points().list(never);

      expect(list.map((one) => [one.id, one.capturedAt, one.available])).toEqual([
        ['backup_639', bench.start - 4 * HOUR_MS, true],
        ['backup_638', bench.start - 28 * HOUR_MS, true],
        ['earliest:2026-02-25T10:00:00.000Z', bench.start - 168 * HOUR_MS, true],
      ]);
      expect(list[2]?.reason).toContain('7 days');
    });

    test('a backup that is still being taken is none yet', async () => {
      await carryOut('take-backup', { backup: 'backstop-2-4-0' });

      expect((await points().list(never)).map((one) => one.id)).not.toContain('backstop-2-4-0');
    });

    test('capturing is a backup with a name Azure takes', () => {
      expect(points().capture('Release 2.4.0 (checkout)')).toEqual({
        operation: 'take-backup',
        input: { backup: 'backstop-release-2-4-0-checkout' },
      });
    });

    test('restoring makes a new server, always the same one for a point, and then the app is pointed at it', async () => {
      const [newest] = await points().list(never);
      const calls = points().restore(newest as RestorePoint);

      expect(calls).toEqual([
        { operation: 'restore-to-new-server', input: RESTORE },
        { operation: 'switch-over', input: { to: RESTORED, from: 'acme-db' } },
      ]);
      expect(points().restore(newest as RestorePoint)).toEqual(calls);
    });

    test('what is lost is said to be unknown, and kept', async () => {
      const [newest] = await points().list(never);

      const [loss] = await points().losses(newest as RestorePoint, never);

      expect(loss).toContain('2026-03-04T06:00:00.000Z');
      expect(loss).toContain('cannot tell');
    });
  });

  test.each([
    [48, 'warn', /newest backup_639, .*, older than a day/],
    [0, 'pass', /newest backup_639, /],
  ])(
    'the doctor tells the newest backup and its age, taken %i hours before',
    async (hours, verdict, reason) => {
      const old = await open('restore-to-new-server', RESTORE, Date.now() - hours * HOUR_MS);
      const findings = await old.component.doctor(never);
      await old.close();

      expect(findings.find(({ what }) => what.endsWith('backups'))).toMatchObject({
        verdict,
        reason: expect.stringMatching(reason),
      });
      expect(findings.find(({ what }) => what.endsWith('point-in-time restore'))?.reason).toMatch(
        /^every moment since .*; retention 7 days$/,
      );
    },
  );

  describe('a backup', () => {
    test('is sent once, followed to its end, and found again', async () => {
      const input = { backup: 'backstop-2-4-0' };
      const { intent, handle } = await carryOut('take-backup', input);

      const during = await operation('take-backup').poll(handle, never);
      const early = await operation('take-backup').recover(input, intent, undefined, never);
      bench.finish();

      expect(during).toMatchObject({ state: 'running' });
      expect(early).toMatchObject({ state: 'in-flight' });
      expect(await operation('take-backup').poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(bench.requests().filter((one) => one.mutating)).toHaveLength(1);
      expect(bench.cloud.azure.postgres.backups('acme-db')[0]).toBe('backstop-2-4-0');
    });

    test('whose answer was lost is done, not taken a second time', async () => {
      const input = { backup: 'backstop-2-4-0' };
      bench.faults.add({ on: 'PUT backup', fault: { kind: 'reset', when: 'after' } });
      const { fingerprint, expected } = await operation('take-backup').observe(input, never);
      const intent = {
        run: 'R',
        step: 's',
        key: 'R/s/1',
        at: bench.now(),
        before: fingerprint,
        expected,
      };
      await operation('take-backup')
        .submit(input, intent, never)
        .catch(() => undefined);
      bench.finish();

      expect(await operation('take-backup').recover(input, intent, undefined, never)).toEqual({
        state: 'done',
      });
    });

    test('that Azure gives up is not started', async () => {
      bench.faults.add({ on: 'PUT backup', fault: { kind: 'operation', failsWith: 'no space' } });
      const input = { backup: 'backstop-2-4-0' };
      const { intent, handle } = await carryOut('take-backup', input);
      bench.finish();

      expect(await operation('take-backup').poll(handle, never)).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('no space'),
      });
      expect(await operation('take-backup').recover(input, intent, handle, never)).toEqual({
        state: 'not-started',
      });
    });
  });

  describe('a restore', () => {
    const restore = () => operation('restore-to-new-server');

    test('asks a second person, and says what is to be seen to before the app is switched over', async () => {
      const checks = await restore().preflight(RESTORE, never);

      expect(restore().asksAgain).toBe(true);
      expect(checks.at(-1)).toMatchObject({
        verdict: 'warn',
        reason: expect.stringContaining('no firewall rules'),
      });
      expect(restore().manual(RESTORE)).toContain(
        'az postgres flexible-server restore --subscription',
      );
    });

    test('leaves the present server as it is', async () => {
      await carryOut('restore-to-new-server', RESTORE);
      bench.finish();

      expect(bench.cloud.azure.postgres.names).toEqual(['acme-db', RESTORED]);
    });

    test('to a moment that Azure no longer keeps is blocked', async () => {
      const input = { ...RESTORE, pointInTime: '2026-02-01T00:00:00.000Z' };

      const checks = await restore().preflight(input, never);

      expect(checks.find((one) => one.verdict === 'fail')).toMatchObject({
        blocking: true,
        reason: 'The earliest moment is 2026-02-25T10:00:00.000Z.',
      });
    });

    test('to a server that exists already is blocked', async () => {
      bench.interfere();

      const checks = await restore().preflight(RESTORE, never);

      expect(checks.find((one) => one.verdict === 'fail')?.name).toBe(
        'The new server has a free name',
      );
    });

    test('that Azure refuses tells its code and what to do', async () => {
      const { fingerprint: before, expected } = await restore().observe(RESTORE, never);
      const intent = { run: 'R', step: 's', key: 'R/s/1', at: bench.now(), before, expected };
      const input = { ...RESTORE, pointInTime: '2026-03-04T23:00:00.000Z' };

      await expect(restore().submit(input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
        detail: { code: 'InvalidPointInTime', next: expect.stringContaining('moment') },
      });
    });
  });
});
