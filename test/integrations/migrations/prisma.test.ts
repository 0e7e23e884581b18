/**
 * Prisma through RECORDED words, for states and refusals that its real engine is slow to bring about, and that hold where it is
 * not installed. Prisma itself is tested in real.test.ts.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { planStep } from '../../../src/engine/plan-step.ts';
import { createMigrations } from '../../../src/integrations/migrations/index.ts';
import type { Intent, Operation } from '../../../src/operation.ts';
import { startAnew } from '../run-steps.ts';

const never = new AbortController().signal;
const FIRST = '20240101000000_users';
const SECOND = '20240201000000_verified';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'backstop-prisma-'));
  for (const name of [FIRST, SECOND]) {
    mkdirSync(join(directory, 'prisma/migrations', name), { recursive: true });
  }
  writeFileSync(join(directory, 'prisma/migrations/migration_lock.toml'), '');
  writeFileSync(join(directory, 'calls'), '');
  says('status', 'Database schema is up to date!');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** What `migrate status` says from now on. */
function says(file: 'status', words: string, code = 0): void {
  writeFileSync(join(directory, file), words);
  writeFileSync(join(directory, `${file}.code`), String(code));
}
function script(name: string, text: string): void {
  writeFileSync(join(directory, 'prisma/migrations', name, 'down.sql'), text);
}
const pending = (...names: readonly string[]) =>
  `2 migrations found in prisma/migrations\nFollowing ${names.length > 1 ? 'migrations' : 'migration'} have not yet been applied:\n${names.join('\n')}\n\nTo apply migrations in production run prisma migrate deploy.`;
const failed = (name: string) =>
  `2 migrations found in prisma/migrations\nFollowing migration have failed:\n${name}\n\nDuring development if the failed migration(s) have not been deployed to a production database you can then fix the migration(s).`;

/** @param first what it does before it answers. */
function make(first = ''): Component {
  const program = join(directory, 'prisma.sh');
  const lines = [
    '#!/bin/sh',
    'echo "$*" >> calls',
    `if [ "$1 $2" = "migrate status" ]; then ${first}cat status; exit $(cat status.code); fi`,
    '[ -e after ] && cp after status && echo 1 > status.code',
    'echo "Script executed successfully."',
  ];
  writeFileSync(program, `${lines.join('\n')}\n`, { mode: 0o755 });
  return createMigrations({
    id: 'schema',
    settings: {
      tool: 'prisma',
      run: [program],
      newer: directory,
      notes: join(directory, 'notes'),
      withoutBackup: 'a recorded test has no database',
    },
    connections: {},
  });
}

async function takeBack(component: Component, migration: string) {
  const made = component.operations['take-back'] as Operation;
  const input = { migration, safety: null };
  const { fingerprint: before, expected } = await made.observe(input, never);
  const intent: Intent = {
    run: 'R',
    step: 's',
    key: `R/${directory}`,
    at: Date.now(),
    before,
    expected,
  };
  const handle = await made.submit(input, intent, never);
  for (;;) {
    const progress = await made.poll(handle, never);
    if (progress.state !== 'running') {
      return { before, progress, recovery: await made.recover(input, intent, handle, never) };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const changes = () =>
  readFileSync(join(directory, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .filter((call) => call !== 'migrate status');

test('a migration that ran is taken back by the script that was supplied with it', async () => {
  const component = make();
  script(
    SECOND,
    `DROP TABLE x; DELETE FROM _prisma_migrations WHERE migration_name = '${SECOND}';`,
  );
  writeFileSync(join(directory, 'after'), pending(SECOND));

  const end = await takeBack(component, SECOND);

  expect(end).toMatchObject({
    before: 'applied',
    progress: { state: 'succeeded' },
    recovery: { state: 'done' },
  });
  expect(changes()).toEqual([`db execute --file prisma/migrations/${SECOND}/down.sql`]);
});

test('one that failed is taken back by its script, which deletes its row too', async () => {
  const component = make();
  says('status', failed(SECOND), 1);
  script(
    SECOND,
    `DROP TABLE IF EXISTS x; DELETE FROM _prisma_migrations WHERE migration_name = '${SECOND}';`,
  );
  writeFileSync(join(directory, 'after'), pending(SECOND));

  const end = await takeBack(component, SECOND);

  expect(end).toMatchObject({
    before: 'failed',
    progress: { state: 'succeeded' },
    recovery: { state: 'done' },
  });
  // Not `migrate resolve`: after it Prisma says that the schema is up to date.
  expect(changes()).toEqual([`db execute --file prisma/migrations/${SECOND}/down.sql`]);
});

test('a tool that takes its time to start is waited for', async () => {
  const component = make('sleep 6; ');
  script(SECOND, `DELETE FROM _prisma_migrations WHERE migration_name = '${SECOND}'`);
  writeFileSync(join(directory, 'after'), pending(SECOND));
  const call = { operation: 'take-back', input: { migration: SECOND, safety: null } };
  const step = await planStep(component, call, 'Take it back', never);

  const end = await startAnew([step], directory).live(step, component);

  expect(end).toMatchObject({ status: 'succeeded', how: 'applied', attempt: 1 });
  expect(changes()).toHaveLength(1);
}, 120_000);

test.each([
  ['no script', undefined, /There is no prisma\/migrations\/.*down\.sql/],
  ['a script that leaves the row', 'DROP TABLE x;', /does not delete the row/],
])('%s keeps it from being taken back', async (_name, text, reason) => {
  const component = make();
  if (text !== undefined) script(SECOND, text);
  const operation = component.operations['take-back'] as Operation;

  const checks = await operation.preflight({ migration: SECOND, safety: null }, never);

  expect(checks.find(({ verdict }) => verdict === 'fail')?.reason).toMatch(reason);
  await expect(takeBack(component, SECOND)).rejects.toThrow(reason);
  expect(changes()).toEqual([]);
});

test('a script after which Prisma still counts it as applied has failed, and a person is asked', async () => {
  const component = make();
  script(SECOND, `-- _prisma_migrations ${SECOND}`);

  const end = await takeBack(component, SECOND);

  expect(end.progress).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('is applied'),
  });
  expect(end.recovery.state).toBe('unknown');
});

test('the plan says that Prisma has no way down of its own, and that nothing is backed up', async () => {
  const component = make();
  const points = component.restorePoints;
  const point = (await points?.list(never))?.find(({ id }) => id === FIRST);
  if (!points || !point) throw new Error('There is no point.');

  expect(points.restore(point)).toEqual([
    { operation: 'take-back', input: { migration: SECOND, safety: null } },
  ]);
  expect(await points.remarks?.(point, never)).toEqual([
    expect.stringContaining('Prisma has no down migrations'),
    'No safety backup comes before the migrations: a recorded test has no database.',
  ]);
});

test('words that say nothing of migrations are not taken for a list', async () => {
  const component = make();
  says('status', "Error: P1001: Can't reach database server at `db:5432`", 1);

  await expect(component.restorePoints?.list(never)).rejects.toMatchObject({
    name: 'OutsideError',
    detail: { kind: 'unavailable' },
  });
});
