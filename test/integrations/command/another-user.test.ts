/** Commands with a user of their own on this machine, with the real user `nobody`. It takes root to become somebody else. */

import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandAt } from '../../../src/integrations/command/place.ts';
import { runCommand } from '../../../src/integrations/command/run-command.ts';
import { CommandSettings } from '../../../src/integrations/command/schema.ts';
import { alive, script } from './places.ts';

const never = new AbortController().signal;
const USER = 'nobody';

function isRoot(file: string): boolean {
  if (process.getuid?.() === 0) return true;
  console.warn(
    `SKIPPED: ${file}: these tests do not run as root, so no command was run as another user.`,
  );
  return false;
}

function as(user: string, more: Record<string, unknown> = {}) {
  const operations = { work: { run: ['/bin/true'] } };
  return CommandSettings.parse({ where: { kind: 'local', user }, operations, ...more });
}

async function run(
  user: string,
  argv: readonly [string, ...string[]],
  more = {},
  limitMs = 20_000,
) {
  const errand = { argv, limitMs, answerBytes: 10_000 };
  return runCommand(await commandAt(as(user, more), errand, never), never);
}

describe.skipIf(!isRoot('command/another-user.test.ts'))('a command as another user', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'backstop-user-'));
    chmodSync(directory, 0o755);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('has the user, the group and no other group of that user', async () => {
    const ids = await run(USER, ['/bin/sh', '-c', 'id -un; id -G; echo "$HOME$USER"']);
    const expected = await run('root', ['/bin/sh', '-c', `id -g ${USER}`]);

    expect(ids.answer.split('\n')).toEqual([USER, expected.answer.trim(), '', '']);
  });

  test('may do what that user may, and nothing that only Backstop may', async () => {
    const secret = join(directory, 'of-root');
    writeFileSync(secret, 'only for root', { mode: 0o600 });
    const touched = join(directory, 'touched');

    const read = await run(USER, ['/bin/cat', secret]);
    const write = await run(USER, ['/usr/bin/touch', touched]);

    expect(read).toMatchObject({ how: 'exited', code: 1, answer: '' });
    expect(read.said).toContain('Permission denied');
    expect(write).toMatchObject({ how: 'exited', code: 1 });
    expect(existsSync(touched)).toBe(false);
  });

  test('is ended with its children at its time limit', async () => {
    const mark = `mark-${directory}`;
    const child = script(directory, 'child.sh', `trap '' TERM; while :; do sleep 0.1; done`);
    const deaf = script(
      directory,
      'deaf.sh',
      `trap '' TERM; ${child} '${mark}' & while :; do sleep 0.1; done`,
    );

    const ended = await run(USER, [deaf, mark], {}, 2_000);

    expect(ended).toMatchObject({ how: 'killed', by: 'limit' });
    await expect.poll(() => alive(mark), { timeout: 20_000 }).toEqual([]);
  }, 60_000);

  test('is not started for a user that is not there, which changed nothing', async () => {
    const touched = join(directory, 'touched');

    const started = run('backstop-nowhere', ['/usr/bin/touch', touched]);

    await expect(started).rejects.toMatchObject({
      surelyNotDone: true,
      message: expect.stringContaining('backstop-nowhere'),
    });
    expect(existsSync(touched)).toBe(false);
  });
});
