/**
 * What a restore has to hold whatever the system of the database: each is held to it on a server of its own, by its own tools. What
 * only one system has is in its own test.
 */

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Component, RestorePoint } from '../../../src/component.ts';
import { stepsToEnd } from '../../../src/due-steps.ts';
import { approve, requestApproval } from '../../../src/flows/approve.ts';
import { endStep } from '../../../src/flows/end-step.ts';
import { cancelRun } from '../../../src/flows/run-steps.ts';
import { lastRun, proposalOf } from '../../../src/incident.ts';
import type { Intent, Json, OperationCall } from '../../../src/operation.ts';
import { labelsOf, messageOf, wordsOf } from '../../blocks/reading.ts';
import { alive } from '../command/places.ts';
import {
  follow,
  intend,
  operationOf,
  perform,
  pointsOf,
  sequenceOf,
  takeBackup,
} from '../restoring.ts';
import { ANA, APPROVAL, aRollback, BEN, only, SERVICE } from './a-rollback.ts';

const never = new AbortController().signal;
const PATIENT = 240_000;
const WAIT = { timeout: 60_000, interval: 50 };

/** How a tool misbehaves; what hangs has the mark among the arguments of a process, and ignores SIGTERM. */
export type Fault =
  | 'dump fails'
  | 'dump is cut off'
  | 'dump does nothing'
  | 'dump hangs'
  | 'restore fails half-way'
  | 'restore hangs half-way';

/** A server with a live database `shop`: ten `users`, two `countries` that tell nothing of when they were written. */
export interface Bench {
  /** The component as one process of Backstop has it. */
  make(settings?: Record<string, unknown>): Component;
  backups(): string;
  /** Of the files of backups, with the dot. */
  readonly extension: string;
  /** Of its databases, all whose names begin with `shop`. */
  databases(): readonly string[];
  /** The name of the one that the application uses. */
  live(): string;
  /** Everything of the live database by which a change could be seen. */
  picture(): unknown;
  /** How many users a database has, and how many of them are corrupt. */
  users(database: string): { readonly rows: number; readonly wrong: number };
  /** Corrupts nine users and adds a tenth, and adds `later` without a time: what happens after a backup. */
  corrupt(): void;
  /** What the schema has then that the backup has not, as the comparison says it. */
  readonly added: string;
  /** Resolves when what is written next counts as later than the last backup. */
  later(): Promise<void>;
  /** Another database takes the place of the live one under its name. */
  replaceLive(): void;
  /** Somebody else makes a database. */
  create(name: string): void;
  /** Somebody does something after which the databases do not stand as a switch was planned. @param kept the name for the live one. */
  misplace(kept: string): void;
  /** Another database of the server, with backups in the same directory. */
  other(): Component;
  /** Settings with tools of which one misbehaves. */
  spoilt(fault: Fault, mark: string): Record<string, unknown>;
  /** `logins`, with a row of yesterday, which tell only when they were made; and one more row of them. */
  logins(): void;
  moreLogins(): void;
  /** As a label says what server a backup is of. */
  readonly version: RegExp;
  readonly words: { readonly row: string; readonly rows: string; readonly table: string };
}

/** Registers the tests. To be called where `beforeEach` has set the server up. */
export function restoreContract(bench: Bench): void {
  describe('as every database', { timeout: PATIENT }, () => hold(bench));
}

function hold(bench: Bench): void {
  const { words } = bench;
  let component: Component;
  beforeEach(() => {
    component = bench.make();
  });
  const files = () => readdirSync(bench.backups()).filter((name) => !name.startsWith('tools-'));
  const file = (name: string) => join(bench.backups(), name);
  const fileOf = (call: OperationCall) => (call.input as { readonly file: string }).file;
  const besideOf = (call: OperationCall) => (call.input as { readonly beside: string }).beside;
  const good = () => takeBackup(component, 'good');
  const sequence = (point: RestorePoint) => sequenceOf(component, point);
  const until = (holds: () => boolean) => vi.waitUntil(holds, WAIT);
  const markOf = (what: string) => `${what} in ${bench.backups()}`;

  describe('a backup', () => {
    test('is taken, read to its end, and listed with age, size and version', async () => {
      const before = Math.floor(Date.now() / 1000) * 1000;

      const point = await takeBackup(component, 'release-2.4');

      expect(point).toMatchObject({
        id: `shop-release-2.4${bench.extension}`,
        available: true,
        label: expect.stringMatching(bench.version),
      });
      expect(point.sizeBytes).toBeGreaterThan(100);
      expect(point.capturedAt).toBeGreaterThanOrEqual(before);
      expect(point.capturedAt).toBeLessThanOrEqual(Date.now());
      expect(readdirSync(bench.backups()).sort()).toEqual([point.id, `${point.id}.json`]);
      expect(statSync(file(point.id)).mode & 0o777).toBe(0o600);
    });

    test.each<[Fault, RegExp]>([
      ['dump fails', /./],
      ['dump is cut off', /no good/],
      ['dump does nothing', /no good/],
    ])('leaves nothing when its %s, and is then not started', async (fault, reason) => {
      const broken = bench.make(bench.spoilt(fault, 'nobody'));
      const call = pointsOf(broken).capture('never');

      const { progress, recovery } = await perform(broken, call);

      expect(progress).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) });
      expect(files()).toEqual([]);
      expect(recovery).toEqual({ state: 'not-started' });
    });

    test(
      'that a person has ended leaves nothing, and its tool is gone',
      async () => {
        const mark = markOf('dumping');
        const slow = bench.make(bench.spoilt('dump hangs', mark));
        const call = pointsOf(slow).capture('ended');
        const intent = await intend(slow, call);
        const operation = operationOf(slow, call);
        const handle = await operation.submit(call.input, intent, never);
        await until(() => alive(mark).length > 0);

        const ended = await operation.ending?.end(call.input, intent, handle, never);

        expect(ended).toMatchObject({ isOver: true });
        await until(() => alive(mark).length === 0);
        expect(await follow(slow, call, handle)).toMatchObject({
          state: 'failed',
          reason: expect.stringContaining('ended before it was done'),
        });
        expect(await operation.recover(call.input, intent, handle, never)).toEqual({
          state: 'not-started',
        });
        expect(files()).toEqual([]);
      },
      PATIENT,
    );
  });

  test('a backup of another database is not offered, and not put back either where it came into the place of one that was', async () => {
    const [safety, beside] = sequence(await good());
    await perform(component, safety);
    const other = bench.other();
    const call = pointsOf(other).capture('of-another');
    expect((await perform(other, call)).recovery).toEqual({ state: 'done' });
    const fault = /^It is a backup of (?!shop\.)\w+\.$/;

    const listed = (await pointsOf(component).list(never)).find(({ id }) => id === fileOf(call));
    const point = (beside.input as { readonly point: string }).point;
    rmSync(file(`${point}.json`));
    writeFileSync(file(point), readFileSync(file(fileOf(call))));
    const checks = await operationOf(component, beside).preflight(beside.input, never);
    const { progress, recovery } = await perform(component, beside);

    expect(listed).toMatchObject({ available: false, reason: expect.stringMatching(fault) });
    expect(checks.find(({ name }) => name === 'The backup can be read to its end')).toMatchObject({
      verdict: 'fail',
      blocking: true,
    });
    expect(progress).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(`${point}: It is a backup of`),
    });
    expect(recovery).toEqual({ state: 'not-started' });
  });

  describe('putting a backup back', () => {
    test('goes by safety backup, restore beside, switch and export, and asks a second person', async () => {
      const calls = pointsOf(component).restore(await good());

      expect(calls.map((call) => call.operation)).toEqual([
        'backup',
        'restore-beside',
        'switch',
        'export-since',
      ]);
      expect(component.operations['switch']?.asksAgain).toBe(true);
      expect(component.phase).toBe('data');
    });

    test('can be planned before any of it was done, without a blocking fault, and twice the same', async () => {
      const calls = pointsOf(component).restore(await good());
      const before = bench.databases();

      const look = () =>
        Promise.all(
          calls.map(async (call) => {
            const operation = operationOf(component, call);
            return {
              seen: await operation.observe(call.input, never),
              checks: await operation.preflight(call.input, never),
              changes: await operation.describe(call.input, never),
              manual: operation.manual(call.input),
            };
          }),
        );
      const first = await look();

      expect(
        first
          .flatMap(({ checks }) => checks)
          .filter((one) => one.blocking && one.verdict !== 'pass'),
      ).toEqual([]);
      expect(first.every(({ seen }) => !seen.moving && seen.fingerprint !== seen.expected)).toBe(
        true,
      );
      expect(await look()).toEqual(first);
      expect(bench.databases()).toEqual(before);
      expect(files()).toHaveLength(2);
    });

    test('brings the old data back, keeps what was live, and exports what was written meanwhile', async () => {
      const point = await good();
      await bench.later();
      bench.corrupt();
      const [safety, beside, change, exported] = sequence(point);
      const { directory } = exported.input as { directory: string };
      // What an export that was killed has left behind: rows of people.
      const left = join(bench.backups(), 'exports', `.${directory}.1.partial`);
      mkdirSync(left, { recursive: true });
      writeFileSync(join(left, '4-users.csv'), 'ana@shop.example');

      for (const call of [safety, beside, change, exported]) {
        const { progress, recovery, intent } = await perform(component, call);
        expect([call.operation, progress.state, recovery.state]).toEqual([
          call.operation,
          'succeeded',
          'done',
        ]);
        const seen = await operationOf(component, call).observe(call.input, never);
        expect([seen.fingerprint, seen.expected]).toEqual([intent.expected, intent.expected]);
      }

      const { kept } = change.input as { kept: string };
      expect(bench.users(bench.live())).toEqual({ rows: 10, wrong: 0 });
      expect(bench.users(kept)).toEqual({ rows: 11, wrong: 9 });
      expect(readdirSync(join(bench.backups(), 'exports'))).toEqual([directory]);
      const root = join(bench.backups(), 'exports', directory);
      const contents = JSON.parse(readFileSync(join(root, 'contents.json'), 'utf8'));
      expect(contents.unknown).toEqual(['countries', 'later']);
      const users = contents.exported.find(({ table }: { table: string }) => table === 'users');
      expect(readdirSync(root)).toContain(users.file);
    });

    test('shows rows and schema side by side before the switch', async () => {
      const point = await good();
      bench.corrupt();
      const [safety, beside, change] = sequence(point);
      await perform(component, safety);
      await perform(component, beside);
      const operation = operationOf(component, change);

      const changes = await operation.describe(change.input, never);
      const checks = await operation.preflight(change.input, never);

      const what = (name: string) => `${words.table} ${name}`;
      expect(changes).toContainEqual({
        what: what('users'),
        from: `11 ${words.rows}`,
        to: `10 ${words.rows}`,
      });
      expect(changes).toContainEqual({
        what: what('later'),
        from: expect.stringMatching(/^\d \w+$/),
        to: `no such ${words.table}`,
      });
      expect(checks.find(({ name }) => name === `The ${words.table}s are the same`)).toMatchObject({
        verdict: 'warn',
        reason: expect.stringContaining(bench.added),
      });
    });

    test('can be taken back, which asks a second person too', async () => {
      const point = await good();
      bench.corrupt();
      const asCorrupt = bench.picture();
      const [safety, beside, change] = sequence(point);
      for (const call of [safety, beside, change]) await perform(component, call);
      const back = operationOf(component, change).undo?.(change.input);
      if (!back) throw new Error('The switch cannot be taken back.');

      const done = await perform(component, back);

      expect(operationOf(component, back).asksAgain).toBe(true);
      expect(done.recovery).toEqual({ state: 'done' });
      expect(bench.users(bench.live())).toEqual({ rows: 11, wrong: 9 });
      expect(bench.picture()).toEqual(asCorrupt);
    });
  });

  describe('without a safety backup', () => {
    /** Named so that "without a safety backup …" goes on; each with what does it to the file. */
    const harms: readonly (readonly [string, (safety: string) => void])[] = [
      ['that was taken', (safety) => rmSync(file(safety))],
      ['with its note', (safety) => rmSync(file(`${safety}.json`))],
      ['that holds anything', (safety) => truncateSync(file(safety), 0)],
      ['that is whole', (safety) => truncateSync(file(safety), statSync(file(safety)).size - 9)],
      [
        'that is whole, of the right size',
        (safety) => {
          const bytes = readFileSync(file(safety));
          writeFileSync(file(safety), bytes.fill(0, bytes.length >> 1));
        },
      ],
      [
        'that holds what was taken, but with another one in its place',
        (safety) => {
          const other = readFileSync(file(`shop-good${bench.extension}`));
          writeFileSync(file(safety), other);
          const note = JSON.parse(readFileSync(file(`${safety}.json`), 'utf8'));
          writeFileSync(file(`${safety}.json`), JSON.stringify({ ...note, bytes: other.length }));
        },
      ],
      [
        'of this very run',
        (safety) => {
          const note = JSON.parse(readFileSync(file(`${safety}.json`), 'utf8'));
          writeFileSync(file(`${safety}.json`), JSON.stringify({ ...note, run: 'INC-0000-R1' }));
        },
      ],
      ['of the database that is live', () => bench.replaceLive()],
    ];

    test.each(harms)('%s nothing is restored and nothing is switched', async (_name, harm) => {
      const point = await good();
      bench.corrupt();
      const [safety, beside, change] = sequence(point);
      await perform(component, safety);
      await perform(component, beside);
      const other = { ...beside, input: { ...(beside.input as object), beside: 'shop_new_2' } };
      const intents = [await intend(component, other), await intend(component, change)];
      harm(fileOf(safety));
      const before = [bench.databases(), bench.live(), bench.picture()];

      for (const [index, call] of [other, change].entries()) {
        const operation = operationOf(component, call);
        const intent = intents[index] as Intent;
        await expect(operation.submit(call.input, intent, never)).rejects.toMatchObject({
          surelyNotDone: true,
          message: expect.stringContaining('without one that can be read nothing is restored'),
        });
        if (call !== other) continue;
        expect(await operation.recover(call.input, intent, undefined, never)).toEqual({
          state: 'not-started',
        });
      }
      expect([bench.databases(), bench.live(), bench.picture()]).toEqual(before);
    });

    test('that never ran, both steps refuse', async () => {
      const [, beside, change] = sequence(await good());

      for (const call of [beside, change]) {
        const intent = await intend(component, call);
        await expect(
          operationOf(component, call).submit(call.input, intent, never),
        ).rejects.toMatchObject({ surelyNotDone: true });
      }
      expect(bench.databases()).toEqual(['shop']);
    });

    test('that Backstop took before an earlier restore, the plan is blocked', async () => {
      const [safety, beside, change] = sequence(await good());
      for (const call of [safety, beside, change]) await perform(component, call);
      const reused = { ...beside, input: { ...(beside.input as object), beside: 'shop_new_2' } };
      const operation = operationOf(component, reused);

      const checks = await operation.preflight(reused.input, never);

      expect(checks[0]).toMatchObject({
        verdict: 'fail',
        blocking: true,
        reason: expect.stringContaining('another database'),
      });
      const intent = await intend(component, reused);
      await expect(operation.submit(reused.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
      });
    });
  });

  describe('when something goes wrong', () => {
    test('a restore that fails half-way leaves the live database alone and may be repeated', async () => {
      const [safety, beside] = sequence(await good());
      await perform(component, safety);
      const before = bench.picture();
      const failing = bench.make(bench.spoilt('restore fails half-way', 'nobody'));

      const { progress, recovery } = await perform(failing, beside);
      const again = await perform(component, beside);

      expect(progress.state).toBe('failed');
      expect(recovery).toEqual({ state: 'not-started' });
      expect(again.recovery).toEqual({ state: 'done' });
      expect(bench.picture()).toEqual(before);
    });

    test(
      'a restore that outlived Backstop is seen under way, and can be ended by the one that was started anew',
      async () => {
        const [safety, beside] = sequence(await good());
        await perform(component, safety);
        const before = bench.picture();
        const mark = markOf('restoring');
        const slow = bench.make(bench.spoilt('restore hangs half-way', mark));
        const intent = await intend(slow, beside);
        const handle = await operationOf(slow, beside).submit(beside.input, intent, never);
        await until(() => alive(mark).length > 0);
        // This one knows nothing of what the other one started.
        const anew = operationOf(bench.make(), beside);

        const look = async () => (await anew.recover(beside.input, intent, handle, never)).state;
        await vi.waitUntil(async () => (await look()) === 'in-flight', WAIT);
        const ended = await anew.ending?.end(beside.input, intent, handle, never);
        await follow(slow, beside, handle);

        expect(ended).toMatchObject({ isOver: true });
        expect(alive(mark)).toEqual([]);
        // The server takes its time to see that the session has gone.
        await vi.waitUntil(async () => (await look()) !== 'in-flight', WAIT);
        expect(await look()).toBe('not-started');
        expect(bench.picture()).toEqual(before);
        expect((await perform(component, beside)).recovery).toEqual({ state: 'done' });
      },
      PATIENT,
    );

    test(
      'a restore of a cancelled run that hangs half-way is ended by a person, and the card says what is left',
      async () => {
        await good();
        bench.corrupt();
        const before = bench.picture();
        const mark = markOf('restoring');
        const make = () => [bench.make(bench.spoilt('restore hangs half-way', mark))];
        const rollback = await aRollback(make, only('database'), 20);
        const { incident } = rollback;
        const plan = rollback.plan();
        await rollback.decide(ANA, requestApproval(plan, APPROVAL));
        expect(await rollback.decideAtOnce(BEN, approve(plan, APPROVAL, 'yes'))).toBe(true);
        await rollback.until(() => alive(mark).length > 0);
        const run = rollback.run();
        const card = () => messageOf(incident(), `run/${run}`, SERVICE);
        const buttons = () => labelsOf(card());

        expect(buttons()).toEqual(['Cancel…']);
        await rollback.decideAtOnce(BEN, cancelRun(run, 'It hangs.'));
        const now = lastRun(incident());
        const steps = proposalOf(incident(), now?.plan ?? '')?.plan.steps ?? [];
        const [step] = now ? stepsToEnd(now, steps) : [];
        if (!step) throw new Error('Nothing can be ended.');
        const beside = besideOf(step.call);

        expect(buttons()).toEqual([expect.stringMatching(/^End Restore shop-good/)]);
        expect(wordsOf(card())).toContain('unless you end it now');
        expect(step.endingLeaves).toContain(`shop is not touched. ${beside} stays beside it`);
        await rollback.decide(BEN, endStep(run, step.id, 'It never ends.'));

        const ended = lastRun(incident());
        expect(ended).toMatchObject({ status: 'finished', outcome: 'cancelled' });
        expect(ended?.steps[step.id]).toMatchObject({
          status: 'failed',
          note: expect.stringMatching(
            new RegExp(`ended before it was done.* A look finds ${beside}, half restored\\.`),
          ),
        });
        expect(ended?.outcomeReason).not.toContain('Nobody knows');
        // Nothing but copies was made: there is nothing to retry, to skip or to take back.
        expect(buttons()).toEqual([]);
        expect(alive(mark)).toEqual([]);
        expect(bench.picture()).toEqual(before);
        await rollback.close();

        const again = await aRollback(() => [bench.make()], only('database'), 20);
        const next = again.plan();
        await again.decide(ANA, requestApproval(next, APPROVAL));
        expect(await again.decide(BEN, approve(next, APPROVAL, 'yes'))).toBe(true);
        expect(again.waiting().map(({ title }) => title)).toEqual([
          'Switch shop to the restored database',
        ]);
        expect(bench.picture()).toEqual(before);
        await again.close();
      },
      PATIENT,
    );

    test('a database that somebody else made is never dropped', async () => {
      const [safety, beside] = sequence(await good());
      await perform(component, safety);
      const intent = await intend(component, beside);
      const operation = operationOf(component, beside);
      bench.create(besideOf(beside));

      const checks = await operation.preflight(beside.input, never);

      expect(checks.find(({ name }) => name === 'The name beside is free')).toMatchObject({
        verdict: 'fail',
        blocking: true,
        reason: expect.stringContaining('did not make'),
      });
      await expect(operation.submit(beside.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
      });
      expect(await operation.recover(beside.input, intent, undefined, never)).toMatchObject({
        state: 'diverged',
      });
      expect(bench.databases()).toContain(besideOf(beside));
    });

    test('a file of a backup that somebody else made is never written over', async () => {
      const call = pointsOf(component).capture('theirs');
      writeFileSync(file(fileOf(call)), 'theirs');
      const operation = operationOf(component, call);

      const checks = await operation.preflight(call.input, never);

      expect(checks.find(({ name }) => name === 'The name of the backup is free')).toMatchObject({
        verdict: 'fail',
        blocking: true,
      });
      await expect(
        operation.submit(call.input, await intend(component, call), never),
      ).rejects.toMatchObject({ surelyNotDone: true });
      expect(readFileSync(file(fileOf(call)), 'utf8')).toBe('theirs');
    });

    test('a switch is blocked and refused where the databases do not stand as planned', async () => {
      const [safety, beside, change] = sequence(await good());
      await perform(component, safety);
      await perform(component, beside);
      const intent = await intend(component, change);
      const operation = operationOf(component, change);
      bench.misplace((change.input as { readonly kept: string }).kept);
      const before = bench.live();

      const checks = await operation.preflight(change.input, never);

      expect(checks.find(({ name }) => name === 'The databases stand as planned')).toMatchObject({
        verdict: 'fail',
        blocking: true,
      });
      await expect(operation.submit(change.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
      });
      expect(bench.live()).toBe(before);
      expect((await operation.recover(change.input, intent, undefined, never)).state).toBe(
        'diverged',
      );
    });

    test("somebody else's restore is drift, and nothing is switched", async () => {
      const [safety, beside, change] = sequence(await good());
      await perform(component, safety);
      await perform(component, beside);
      const intent = await intend(component, change);
      const operation = operationOf(component, change);
      bench.replaceLive();
      const before = bench.picture();

      expect(await operation.recover(change.input, intent, undefined, never)).toMatchObject({
        state: 'diverged',
      });
      await expect(operation.submit(change.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
      });
      expect(bench.picture()).toEqual(before);
    });
  });

  describe('what would be lost', () => {
    test('is counted where it can be told, and unknown where it cannot', async () => {
      const point = await good();
      await bench.later();
      bench.corrupt();

      const losses = await pointsOf(component).losses(point, never);

      expect(losses).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `^10 ${words.rows} of users, written since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC\\.$`,
          ),
        ),
      );
      expect(losses.slice(-2)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^How many ${words.rows} of countries, later were written is not known: no \\w+ such as`,
          ),
        ),
        expect.stringMatching(
          new RegExp(
            `^How many ${words.rows} were deleted since .* is not known; they come back\\.$`,
          ),
        ),
      ]);
    });

    test('of what has created_at alone is said to be unknown where it was changed', async () => {
      bench.logins();
      const point = await good();
      await bench.later();
      bench.moreLogins();

      const losses = await pointsOf(component).losses(point, never);
      const exported = sequence(point)[3];
      const checks = await operationOf(component, exported).preflight(exported.input, never);
      const findings = await component.doctor(never);

      expect(losses).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `^1 ${words.row} of logins, added since .* UTC; how many were changed is not known\\.$`,
          ),
        ),
      );
      for (const said of [checks, findings])
        expect(JSON.stringify(said)).toMatch(
          new RegExp(`which ${words.rows} were changed in [^"]*logins`),
        );
    });
  });

  describe('hostile input', () => {
    const a = `a${bench.extension}`;
    test.each<[string, string, Json]>([
      ['a path', 'backup', { file: `../../etc/cron.d/x${bench.extension}` }],
      ['an option', 'backup', { file: `--help${bench.extension}` }],
      ['a hidden file', 'backup', { file: `.x${bench.extension}` }],
      ['a line end', 'backup', { file: `a\n${bench.extension}` }],
      ['nothing', 'backup', null],
      ['SQL', 'switch', { beside: 'a"`; DROP DATABASE shop; --', kept: 'b', safety: a }],
      ['a pattern for names', 'switch', { beside: 'shop_*', kept: 'shop', safety: a }],
      ['an address', 'restore-beside', { point: 'mongodb://x', beside: 'a', safety: a }],
      ['a connection string', 'restore-beside', { point: a, beside: 'host=evil', safety: a }],
      ['an option for a name', 'restore-beside', { point: a, beside: '--host=x', safety: a }],
      ['a file elsewhere', 'restore-beside', { point: '/etc/passwd', beside: 'b', safety: a }],
      ['a restore without safety', 'restore-beside', { point: a, beside: 'b' }],
      ['a switch without safety', 'switch', { beside: 'a', kept: 'b' }],
      [
        'SQL for a time',
        'export-since',
        { kept: 'shop', since: "now'; DROP TABLE users; --", directory: 'a' },
      ],
      [
        'a directory elsewhere',
        'export-since',
        { kept: 'shop', since: '2026-01-01T00:00:00Z', directory: '../a' },
      ],
    ])('%s in %s is refused', async (_name, name, input) => {
      const operation = operationOf(component, { operation: name, input });
      const intent = { run: 'r', step: 's', key: 'k', at: 0, before: 'a', expected: 'b' };

      for (const act of [
        async () => operation.observe(input, never),
        async () => operation.preflight(input, never),
        async () => operation.submit(input, intent, never),
      ]) {
        await expect(act()).rejects.toMatchObject({ code: 'invalid-input' });
      }
    });
  });

  test('it stops when it is cancelled', async () => {
    const call = pointsOf(component).capture('a');
    const aborted = AbortSignal.abort();

    await expect(operationOf(component, call).observe(call.input, aborted)).rejects.toThrow();
    await expect(pointsOf(component).list(aborted)).rejects.toThrow();
    expect((await component.doctor(aborted))[0]?.verdict).toBe('unknown');
  });
}
