import { pbkdf2 } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type Command,
  runCommand,
  startCommand,
} from '../../../src/integrations/command/run-command.ts';

const never = new AbortController().signal;
const NODE = process.execPath;

function command(argv: readonly [string, ...string[]], more: Partial<Command> = {}): Command {
  return { argv, env: { PATH: '/usr/bin:/bin' }, limitMs: 10_000, secrets: [], ...more };
}
const script = (text: string, more: Partial<Command> = {}) => command([NODE, '-e', text], more);
/** A program that prints its arguments as JSON. */
const echoing = (...args: readonly string[]) =>
  command([NODE, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...args], {
    answerBytes: 100_000,
  });

const HOSTILE = [
  '$(touch /tmp/backstop-pwned)',
  '`id`',
  '; rm -rf /',
  '"double" and \'single\'',
  'two\nlines',
  '--output=/etc/passwd',
  '-rf',
  '../../etc/passwd',
  '%s %n',
  '\\',
  '*',
  '~root',
  '!!',
  '',
  '日本語',
];

describe('running a command', () => {
  test('sees the end of one that is over before its files are closed, and what it said', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'backstop-run-'));
    let isBusy = true;
    // Files are opened and closed by the same threads, which are kept busy meanwhile.
    const work = (): void => {
      if (isBusy) pbkdf2('a', 'b', 20_000, 64, 'sha512', work);
    };
    for (let thread = 0; thread < 8; thread += 1) work();
    try {
      const output = join(directory, 'output');

      const ended = await runCommand(
        command(['/bin/sh', '-c', 'echo no room >&2; exit 1'], { output, limitMs: 5_000 }),
        never,
      );

      expect(ended).toMatchObject({ how: 'exited', code: 1, said: 'no room' });
    } finally {
      isBusy = false;
      rmSync(directory, { recursive: true, force: true });
    }
  });

  test('hands every argument on as it is, with no shell between', async () => {
    const ended = await runCommand(echoing(...HOSTILE), never);

    expect(JSON.parse(ended.answer)).toEqual(HOSTILE);
  });

  test('gives it the listed environment and nothing of its own', async () => {
    process.env['BACKSTOP_TEST_LEAK'] = 'leaked';

    const ended = await runCommand(command(['/usr/bin/env'], { env: { ONLY: 'this' } }), never);

    expect(ended.said.split('\n').filter((line) => line !== '')).toEqual(['ONLY=this']);
  });

  test('runs in its directory, with nothing to read', async () => {
    const text = 'console.log(process.cwd(), require("fs").readFileSync(0).length)';

    const ended = await runCommand(script(text, { cwd: '/usr' }), never);

    expect(ended).toMatchObject({ how: 'exited', code: 0, said: '/usr 0' });
  });

  test.each([
    [0, 'process.exit(0)'],
    [3, 'process.exit(3)'],
    [255, 'process.exit(255)'],
  ])('tells exit code %i', async (code, text) => {
    expect(await runCommand(script(text), never)).toMatchObject({ how: 'exited', code });
  });

  test('tells a command that was killed from one that ended', async () => {
    const ended = await runCommand(script('process.kill(process.pid, "SIGKILL")'), never);

    expect(ended).toMatchObject({ how: 'killed', by: 'signal', signal: 'SIGKILL' });
  });

  test.each([
    ['an executable that is not there', command(['/nowhere/rollback.sh']), 'not-found'],
    ['a file that is not executable', command(['/etc/passwd']), 'permission'],
    ['a directory that is not there', command(['/bin/true'], { cwd: '/nowhere' }), 'not-found'],
    ['an argument with NUL', command(['/bin/true', 'a\0b']), 'rejected'],
  ])('says that nothing was done for %s', async (_name, wanted, kind) => {
    await expect(startCommand(wanted, never)).rejects.toMatchObject({
      name: 'OutsideError',
      detail: { kind },
      surelyNotDone: true,
    });
  });

  test('starts nothing when it was cancelled before', async () => {
    await expect(startCommand(command(['/bin/true']), AbortSignal.abort())).rejects.toThrow();
  });
});

describe('ending a command', () => {
  test('ends it at its time limit', async () => {
    const ended = await runCommand(command(['/bin/sleep', '60'], { limitMs: 100 }), never);

    expect(ended).toMatchObject({ how: 'killed', by: 'limit', signal: 'SIGTERM' });
  });

  test('ends its children too', async () => {
    const mark = `backstop-test-${process.pid}-children`;
    const stop = new AbortController();
    const started = await startCommand(
      command(['/bin/sh', '-c', '/bin/sleep 60 & /bin/sleep 61 & echo up; wait'], {
        env: { PATH: '/bin', MARK: mark },
      }),
      stop.signal,
    );
    await until(() => started.output.text().includes('up'));
    expect(alive(mark)).toBe(3);

    stop.abort();
    const ended = await started.ended;

    expect(ended).toMatchObject({ how: 'killed', by: 'cancel' });
    expect(alive(mark)).toBe(0);
  });

  test('kills one that ignores SIGTERM, and its children that do', async () => {
    const mark = `backstop-test-${process.pid}-deaf`;
    const deaf = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);`;
    const text = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(`${deaf}console.log("child")`)}], {stdio: "inherit"}); ${deaf} console.log("up")`;
    const stop = new AbortController();
    const started = await startCommand(script(text, { env: { MARK: mark } }), stop.signal);
    await until(() => /up/.test(started.output.text()) && /child/.test(started.output.text()));

    stop.abort();
    const ended = await started.ended;

    expect(ended).toMatchObject({ how: 'killed', by: 'cancel', signal: 'SIGKILL' });
    expect(alive(mark)).toBe(0);
  });

  test('does not wait for what a command left in the background, and leaves it there', async () => {
    const mark = `backstop-test-${process.pid}-server`;
    onTestFinished(() => {
      for (const pid of marked(mark)) process.kill(Number(pid));
    });

    const ended = await runCommand(
      command(['/bin/sh', '-c', '/bin/sleep 60 & echo started'], {
        env: { PATH: '/bin', MARK: mark },
      }),
      never,
    );

    expect(ended).toMatchObject({ how: 'exited', code: 0, said: 'started' });
    expect(alive(mark)).toBe(1);
  });
});

describe('what a command prints', () => {
  test('is kept within a limit, beginning and end, however much it is', async () => {
    const text = 'for (let i = 0; i < 6000; i++) console.log("line " + i + " of many, many more")';

    const ended = await runCommand(script(text), never);

    expect(ended.said.length).toBeLessThan(40_000);
    expect(ended.said).toMatch(/^line 0 of/);
    expect(ended.said).toMatch(/\[\d+ lines left out\]/);
    expect(ended.lastLines).toContain('line 5999 of');
  });

  test('is kept of each output by itself: its first 16,000 and last 48,000 characters, and how much is missing', async () => {
    const text = `for (let i = 0; i < 6000; i++) console.log("line " + i + " of many, many more");
      console.error("first"); console.error("postgres://app:hunter2hunter2@db/shop");`;

    const { output, ended } = await startCommand(script(text), never);
    await ended;
    const [printed, errors, ...more] = output.printed();

    expect(more).toEqual([]);
    expect(errors).toMatchObject({ stream: 'errors', text: expect.stringMatching(/^first\n/) });
    expect(errors?.text).not.toContain('hunter2');
    expect(printed?.stream).toBe('output');
    expect(printed?.text).toMatch(/^line 0 of/);
    expect(printed?.text).toMatch(/line 5999 of many, many more$/);
    expect(printed?.text.length).toBeGreaterThan(60_000);
    expect(printed?.text.length).toBeLessThan(64_100);
    // What was kept and what is said to be missing are together all of it.
    const kept = printed?.text.split('\n').filter((line) => line.startsWith('line ')).length ?? 0;
    expect(kept + (printed?.leftOut?.lines ?? 0)).toBe(6000);
    expect(printed?.text).toContain(`[${printed?.leftOut?.lines} lines left out]`);
  });

  test('is counted where a line has no end', async () => {
    const ended = await runCommand(
      script('process.stdout.write("x".repeat(1 << 20) + "\\n")'),
      never,
    );

    expect(ended.said).toBe('[a line of 1048576 characters]');
  });

  test('is never seen with a secret, also when the secret comes in pieces', async () => {
    const secret = 'correct-horse-battery';
    const text = `process.stdout.write("password is correct-ho"); setTimeout(() => console.log("rse-battery, ok"), 50)`;
    const seen: string[] = [];

    const started = await startCommand(script(text, { secrets: [secret] }), never);
    const look = setInterval(() => seen.push(started.output.text()), 5);
    const ended = await started.ended;
    clearInterval(look);

    expect(ended.said).toContain('[redacted], ok');
    // Nor half of it, while the other half is on its way.
    expect([...seen, ended.said, ended.lastLines].join('\n')).not.toContain(secret.slice(0, 8));
  });

  test('is never seen with a secret, also when its other output comes between the pieces', async () => {
    const secret = 'correct-horse-battery';
    const token = `ghp_${'a1B2'.repeat(6)}`;
    const text = `process.stdout.write("password is correct-ho"); process.stdout.write("");
      setTimeout(() => { process.stderr.write("still at it\\n token ${token.slice(0, 12)}"); }, 50);
      setTimeout(() => { console.log("rse-battery, ok"); }, 100);
      setTimeout(() => { console.error("${token.slice(12)}, too"); }, 150)`;
    const seen: string[] = [];

    const started = await startCommand(script(text, { secrets: [secret] }), never);
    const look = setInterval(() => seen.push(started.output.text()), 5);
    const ended = await started.ended;
    clearInterval(look);

    expect(ended.said.split('\n').toSorted()).toEqual(
      [' token [redacted], too', 'password is [redacted], ok', 'still at it'].toSorted(),
    );
    // Nor half of one that nobody knows but by its look.
    for (const half of [secret.slice(0, 8), secret.slice(-8), token.slice(0, 8), token.slice(-8)])
      expect([...seen, ended.said].join('\n')).not.toContain(half);
  });

  test('ends with the half of a secret at which it was ended, and does not show that', async () => {
    const text = `process.stdout.write("begun\\npassword is correct-ho"); setInterval(() => {}, 1000)`;
    const stop = new AbortController();
    const wanted = script(text, { secrets: ['correct-horse-battery'] });
    const started = await startCommand(wanted, stop.signal);
    await until(() => started.output.text().includes('begun'));

    stop.abort();

    expect((await started.ended).said).toMatch(/^begun(\npassword is )?$/);
  });

  test('is shown line by line as a progress bar draws it', async () => {
    const ended = await runCommand(script('process.stdout.write("10 %\\r50 %\\r100 %")'), never);

    expect(ended.said).toBe('10 %\n50 %\n100 %');
  });

  test('shows no part of a secret that the limit cuts', async () => {
    const secret = `s3cr3t-${'z'.repeat(60)}`;
    const text = `for (let i = 0; i < 3000; i++) console.log("a ${secret} b".padStart(100 + (i % 7)))`;

    const ended = await runCommand(script(text, { secrets: [secret] }), never);

    expect(ended.said).not.toMatch(/s3cr|zzz/);
  });

  test('shows nothing of a private key or of a secret with many lines', async () => {
    const body = Array.from({ length: 30 }, (_, i) => `MIIEvQIBADANBgkqhkiG9w0BAQEFAASC${i}`);
    const key = ['-----BEGIN RSA PRIVATE KEY-----', ...body, '-----END RSA PRIVATE KEY-----'];
    const many = 'first secret line\nsecond secret line';
    const printed = ['before', ...key, 'second secret line', 'after'].join('\n');

    const ended = await runCommand(
      script(`console.log(${JSON.stringify(printed)})`, { secrets: [many] }),
      never,
    );

    expect(ended.said).toBe('before\n[redacted]\n[redacted]\nafter');
  });

  test('has no control characters left in it', async () => {
    const text = 'console.log("\\u001b[31mred\\u001b[0m \\u0007bell \\u202Eright")';

    expect((await runCommand(script(text), never)).said).toBe('red bell right');
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** How many processes have the mark in their environment. */
function alive(mark: string): number {
  return marked(mark).length;
}

function marked(mark: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && environment(pid).includes(mark));
}

function environment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
