/** Hostile parameters and hostile commands in every place where a command can run; what lies between is a stand-in (`places.ts`). */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCommandComponent } from '../../../src/integrations/command/index.ts';
import type { Json, Operation, Progress } from '../../../src/operation.ts';
import { alive, PLACES, type Place, script as scriptIn, where } from './places.ts';

const never = new AbortController().signal;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'backstop-hostile-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const script = (name: string, lines: string): string => scriptIn(directory, name, lines);

function work(place: Place, operation: Record<string, unknown>, more: object = {}): Operation {
  const settings = { where: where(place, directory), operations: { work: operation }, ...more };
  const made = createCommandComponent({ id: 'scripts', settings, connections: {} });
  const found = made.operations['work'];
  if (!found) throw new Error('There is no operation.');
  return found;
}

async function carriedOut(operation: Operation, input: Json = {}) {
  const { fingerprint: before, expected } = await operation.observe(input, never);
  const intent = { run: 'R', step: 's', key: directory, at: Date.now(), before, expected };
  const handle = await operation.submit(input, intent, never);
  const seen: Progress[] = [];
  for (;;) {
    const progress = await operation.poll(handle, never);
    seen.push(progress);
    if (progress.state !== 'running') {
      return {
        end: progress,
        seen,
        recovery: await operation.recover(input, intent, handle, never),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const ALLOWED = [
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned #',
  '"; touch pwned; "',
  "'; touch pwned; '",
  "it's",
  "\\'",
  '\\',
  '\\\\$HOME',
  '$HOME',
  '${IFS}',
  '*',
  '~root',
  '!!',
  '{file}',
  '%s%n',
  'a  b',
  '&& false',
  '| cat',
  '> pwned',
  'é日本語',
];
const REFUSED = [
  '-rf',
  '--help',
  'a\nb',
  'a\r\nb',
  'a\0b',
  '../x',
  'a/../../x',
  '..',
  'a\u2028b',
  'x'.repeat(201),
];

describe.each(PLACES)('on %s', (place) => {
  test('a hostile parameter arrives as it is, in one argument, and nothing else happens', async () => {
    const show = script(
      'show.sh',
      `for each; do printf '%s\\n' "$each" >> ${join(directory, 'log')}; done`,
    );
    const operation = work(place, {
      run: [show, '--file={file}', '{file}'],
      parameters: { file: { pattern: '[^]*' } },
    });

    for (const file of ALLOWED) {
      expect((await carriedOut(operation, { file })).end, file).toEqual({ state: 'succeeded' });
    }

    const log = readFileSync(join(directory, 'log'), 'utf8').trimEnd().split('\n');
    expect(log).toEqual(ALLOWED.flatMap((file) => [`--file=${file}`, file]));
    expect(readdirSync(directory)).not.toContain('pwned');
  }, 120_000);

  test('what no pattern makes harmless is refused before anything is called', async () => {
    const touch = script('touch.sh', `touch ${join(directory, 'ran')}`);
    const operation = work(place, {
      run: [touch, '{file}'],
      parameters: { file: { pattern: '[^]*' } },
    });
    const intent = { run: 'R', step: 's', key: 'k', at: 0, before: 'a', expected: 'b' };

    for (const file of REFUSED) {
      const act = async () => operation.submit({ file }, intent, never);
      await expect(act()).rejects.toMatchObject({ code: 'invalid-input', field: 'file' });
    }

    expect(readdirSync(directory)).not.toContain('ran');
  });

  test('1 MB of output is kept within a limit', async () => {
    const flood = script(
      'flood.sh',
      `head -c 1000000 /dev/zero | tr '\\0' 'x'; echo; i=0
while [ $i -lt 3000 ]; do echo "line $i"; i=$((i + 1)); done; echo last`,
    );

    const { end, seen } = await carriedOut(work(place, { run: [flood] }));

    expect(end).toMatchObject({
      state: 'succeeded',
      printed: [
        { stream: 'output', text: expect.stringMatching(/\[a line of 1000000 characters\]\n/) },
      ],
    });
    expect(JSON.stringify(seen.at(-2))).toContain('last');
    const meanwhile = seen.slice(0, -1).map((each) => JSON.stringify(each).length);
    expect(Math.max(...meanwhile)).toBeLessThan(2_000);
    expect(JSON.stringify(end).length).toBeLessThan(70_000);
  }, 60_000);

  test('one that ignores SIGTERM is ended with its children, and nobody claims to know what it did', async () => {
    const mark = `mark-${directory}`;
    const child = script('child.sh', `trap '' TERM; while :; do sleep 0.1; done`);
    const deaf = script(
      'deaf.sh',
      `trap '' TERM; ${child} '${mark}' & echo up; while :; do sleep 0.1; done`,
    );

    const { end, recovery } = await carriedOut(work(place, { run: [deaf, mark], limitSeconds: 1 }));

    expect(end.state).toBe('failed');
    expect(recovery).toMatchObject({ state: 'unknown' });
    await expect.poll(() => alive(mark), { timeout: 20_000 }).toEqual([]);
  }, 60_000);

  test('what it prints that is secret by its look is not told', async () => {
    const leak = script(
      'leak.sh',
      'echo "password=hunter2hunter2"; echo "postgres://app:hunter2hunter2@db/shop" >&2; echo "Authorization: Bearer hunter2hunter2"; exit 3',
    );

    const told = JSON.stringify(await carriedOut(work(place, { run: [leak] })));

    expect(told).toContain('[redacted]');
    expect(told).not.toContain('hunter2');
  });
});

test.each<Place>(['this machine', 'a compose service'])(
  'a secret that it was given on %s is not told, nor among the arguments',
  async (place) => {
    const secret = 'correct horse "battery" staple';
    const leak = script(
      'leak.sh',
      'printf "%s" "$TOKEN"; echo; echo "$TOKEN" | base64; tr "\\0" " " < /proc/$PPID/cmdline; exit 1',
    );

    const told = JSON.stringify(
      await carriedOut(work(place, { run: [leak] }, { secretEnv: { TOKEN: secret } })),
    );

    expect(told).toContain('[redacted]');
    expect(told).not.toContain('correct horse');
    expect(told).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
  },
);
