/** What a person is told to do where a safety backup is there and nothing may rest on it yet, or ever. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { RESTORE_BESIDE } from '../../../src/integrations/database/names.ts';
import { createRestorable } from '../../../src/integrations/database/operations.ts';
import type { DatabaseSystem } from '../../../src/integrations/database/system.ts';
import { requireSafety } from '../../../src/integrations/safety-backup.ts';
import { aServer, EXTENSION } from './a-server.ts';

const never = new AbortController().signal;
const RUN = 'INC-0001-R1';

/** A safety backup that was taken and read by another process. */
async function taken() {
  const directory = mkdtempSync(join(tmpdir(), 'backstop-safety-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const backups = join(directory, 'backups');
  mkdirSync(backups);
  const server = aServer(backups, () => RUN);
  const settings = {
    database: 'shop',
    backups,
    timestampColumns: ['updated_at'],
    listed: 20,
    backupMinutes: 1,
    restoreMinutes: 1,
  };
  const make = (system: DatabaseSystem = server.system): Component => ({
    id: 'database',
    kind: 'postgresql',
    title: 'database shop',
    phase: 'data',
    ...createRestorable(system, settings, [EXTENSION]),
    doctor: async () => [],
  });
  const component = make();
  const call = component.restorePoints?.capture('now');
  const backup = component.operations[call?.operation ?? ''];
  if (!call || !backup) throw new Error('It takes no backups.');
  const { fingerprint: before, expected } = await backup.observe(call.input, never);
  const intent = { run: RUN, step: 'b', key: 'b', at: Date.now(), before, expected };
  const handle = await backup.submit(call.input, intent, never);
  await expect
    .poll(async () => (await backup.poll(handle, never)).state, { timeout: 20_000 })
    .toBe('succeeded');
  return { server, make, file: `shop-now${EXTENSION}`, backups };
}

test('one that is still being read is to be tried again in a while', async () => {
  const { server, make, file } = await taken();
  const slow = make({ ...server.system, read: () => new Promise(() => {}) });

  const required = requireSafety(
    { id: 'database', find: () => slow },
    { name: 'now', minutes: undefined, run: RUN },
    'run a command that restores',
    never,
  );

  await expect(required).rejects.toMatchObject({
    detail: {
      answer: `${file}: It is still being read to its end; look again.`,
      next: 'Nothing was changed. Try again in a while.',
    },
    surelyNotDone: true,
  });
}, 60_000);

test('one of an older version of Backstop asks for a new plan, which takes another', async () => {
  const { make, file, backups } = await taken();
  const note = join(backups, `${file}.json`);
  const { sha256: _sha256, ...older } = JSON.parse(readFileSync(note, 'utf8'));
  writeFileSync(note, JSON.stringify(older));
  const restore = make().operations[RESTORE_BESIDE];
  const input = { point: file, beside: 'shop_beside', safety: file };
  const intent = { run: RUN, step: 's', key: 's', at: Date.now(), before: 'a', expected: 'b' };

  await expect(restore?.submit(input, intent, never)).rejects.toMatchObject({
    detail: {
      answer: expect.stringContaining('older version of Backstop'),
      next: 'Nothing was changed. Cancel this run and ask for a new plan: it takes one first.',
    },
  });
});
