import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { createCommandComponent } from '../../../src/integrations/command/index.ts';
import { createCommandProbe } from '../../../src/integrations/command/probe.ts';
import { CommandSettings } from '../../../src/integrations/command/schema.ts';
import type { Intent, Json, Operation, Progress } from '../../../src/operation.ts';

const never = new AbortController().signal;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'backstop-command-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** An executable in the directory, as a team's own script would be. */
function script(name: string, lines: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}
const log = () => readFileSync(join(directory, 'log'), 'utf8').trim().split('\n');

function component(operation: Record<string, unknown>, more: Record<string, unknown> = {}) {
  return createCommandComponent({
    id: 'scripts',
    settings: { operations: { work: operation }, directory, ...more },
    connections: {},
  });
}

function work(of: Component): Operation {
  const operation = of.operations['work'];
  if (!operation) throw new Error('The component has no operation `work`.');
  return operation;
}

async function intend(operation: Operation, input: Json, key = 'R1/s1/1'): Promise<Intent> {
  const seen = await operation.observe(input, never);
  const { fingerprint: before, expected } = seen;
  return { run: 'R1', step: 's1', key, at: Date.now(), before, expected };
}

async function followed(operation: Operation, handle: Json): Promise<Progress[]> {
  const all: Progress[] = [];
  for (;;) {
    const progress = await operation.poll(JSON.parse(JSON.stringify(handle)), never);
    all.push(progress);
    if (progress.state !== 'running') return all;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('an operation that is a command with a check', () => {
  const checked = () => ({
    run: [script('deploy.sh', 'echo "ran $1" >> log; touch done; echo deployed'), '{release}'],
    check: { run: [script('check.sh', 'test -e done && exit 0; exit 1')] },
    parameters: { release: { pattern: '\\d+\\.\\d+' } },
  });
  const input = { release: '2.3' };

  test('is done once, seen to be done, and tells what it answered', async () => {
    const operation = work(component(checked()));
    const intent = await intend(operation, input);

    const handle = await operation.submit(input, intent, never);
    const progress = await followed(operation, handle);

    expect(progress.at(-1)).toEqual({
      state: 'succeeded',
      printed: [{ stream: 'output', text: 'deployed' }],
    });
    expect(JSON.stringify(progress)).toContain('ended with exit code 0: deployed');
    expect(await operation.recover(input, intent, handle, never)).toEqual({ state: 'done' });
    expect((await operation.observe(input, never)).fingerprint).toBe(intent.expected);
    expect(log()).toEqual(['ran 2.3']);
  });

  test('reading runs nothing but the check', async () => {
    const all = component(checked());
    const operation = work(all);
    const intent = await intend(operation, input);

    await operation.describe(input, never);
    await operation.preflight(input, never);
    await operation.recover(input, intent, undefined, never);
    await all.doctor(never);

    expect(() => log()).toThrow('ENOENT');
  });

  test('is found done by another process, and not started when it was not', async () => {
    const operation = work(component(checked()));
    const intent = await intend(operation, input);
    const other = work(component(checked()));
    expect(await other.recover(input, intent, undefined, never)).toEqual({ state: 'not-started' });

    const handle = await operation.submit(input, intent, never);
    await followed(operation, handle);

    expect(await other.recover(input, intent, undefined, never)).toEqual({ state: 'done' });
    await expect(followed(other, handle)).rejects.toMatchObject({ retryable: false });
  });

  test('is found under way by another process, with and without its handle', async () => {
    const run = [script('slow.sh', 'echo up; sleep 2; touch done')];
    const slow = { ...checked(), run, parameters: {} };
    const operation = work(component(slow));
    const intent = await intend(operation, {}, `R-${directory}/s1/1`);
    const handle = await operation.submit({}, intent, never);
    const other = work(component(slow));

    expect(await other.recover({}, intent, handle, never)).toMatchObject({ state: 'in-flight' });
    expect(await other.recover({}, intent, undefined, never)).toMatchObject({ state: 'in-flight' });
    await followed(operation, handle);
    expect(await other.recover({}, intent, undefined, never)).toEqual({ state: 'done' });
  });

  test('that ends a hold is planned as it will be when its turn comes', async () => {
    writeFileSync(join(directory, 'done'), '');
    const operation = work(
      component(
        { ...checked(), parameters: {}, run: ['/bin/true'] },
        { hold: { acquire: 'work', release: 'work' } },
      ),
    );
    const planned = await operation.observe({}, never);
    rmSync(join(directory, 'done'));

    const then = await operation.observe({}, never);

    expect(planned.fingerprint).not.toBe(planned.expected);
    expect(then.fingerprint).toBe(planned.fingerprint);
  });

  test('cannot be planned when the check can tell neither', async () => {
    const operation = work(
      component({ ...checked(), check: { run: ['/bin/sh', '-c', 'exit 7'] } }),
    );

    const checks = await operation.preflight(input, never);

    expect(checks).toContainEqual(
      expect.objectContaining({
        verdict: 'unknown',
        blocking: true,
        name: 'Its effect can be seen',
      }),
    );
    await expect(operation.observe(input, never)).rejects.toMatchObject({
      detail: { kind: 'unavailable' },
    });
  });
});

describe('an operation that is a command without a check', () => {
  test.each([
    [0, 'done'],
    [75, 'not-started'],
    [1, 'unknown'],
    [9, 'unknown'],
  ])('with exit code %i is %s', async (code, state) => {
    const run = [script('work.sh', `echo hello; exit ${code}`)];
    const operation = work(component({ run, exitCodes: { '0': 'succeeded', '75': 'refused' } }));
    const intent = await intend(operation, {});

    const handle = await operation.submit({}, intent, never);
    const progress = (await followed(operation, handle)).at(-1);

    expect(operation.guarantee).toBe('blind');
    expect(progress?.state).toBe(code === 0 ? 'succeeded' : 'failed');
    expect(await operation.recover({}, intent, handle, never)).toMatchObject({ state });
  });

  test('is for a person to judge after a restart', async () => {
    const operation = work(component({ run: [script('work.sh', 'exit 0')] }));
    const intent = await intend(operation, {});
    const handle = await operation.submit({}, intent, never);
    await followed(operation, handle);

    const other = work(component({ run: [script('work.sh', 'exit 0')] }));

    expect(await other.recover({}, intent, handle, never)).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('nobody but a person'),
    });
  });

  test('says in the plan that nobody can see it', async () => {
    const operation = work(component({ run: [script('work.sh', 'exit 0')] }));

    expect(await operation.preflight({}, never)).toContainEqual(
      expect.objectContaining({ verdict: 'warn', reason: expect.stringContaining('No check') }),
    );
  });

  test('prints a secret and does not leak it', async () => {
    const secret = 'tr0ub4dor-and-3';
    const run = [
      script('work.sh', 'echo "using $TOKEN"; echo "postgres://app:$TOKEN@db/x" >&2; exit 4'),
    ];
    const operation = work(component({ run }, { secretEnv: { TOKEN: secret } }));
    const intent = await intend(operation, {});

    const handle = await operation.submit({}, intent, never);
    const all = JSON.stringify([await followed(operation, handle), handle, operation.manual({})]);

    expect(all).toContain('using [redacted]');
    expect(all).not.toContain(secret);
  });

  test('is ended at its limit, and then nobody knows what it did', async () => {
    const run = [script('work.sh', 'echo began; sleep 60')];
    const operation = work(component({ run, limitSeconds: 0.3 }));
    const intent = await intend(operation, {});

    const handle = await operation.submit({}, intent, never);
    const end = (await followed(operation, handle)).at(-1);

    expect(end).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('its time limit'),
    });
    expect(await operation.recover({}, intent, handle, never)).toMatchObject({ state: 'unknown' });
  });

  test('that cannot be started has surely done nothing', async () => {
    const operation = work(component({ run: ['/nowhere/at-all.sh'] }));
    const intent = await intend(operation, {});

    await expect(operation.submit({}, intent, never)).rejects.toMatchObject({
      surelyNotDone: true,
    });
    expect(await operation.recover({}, intent, undefined, never)).toEqual({ state: 'not-started' });
    expect((await operation.preflight({}, never))[0]).toMatchObject({ verdict: 'fail' });
  });
});

describe('parameters', () => {
  const open = () =>
    work(
      component({
        run: [script('work.sh', 'printf "%s\\n" "$@" >> log'), '--file={file}', '{file}'],
        // As careless as a pattern can be.
        parameters: { file: { pattern: '[^]*' } },
      }),
    );

  test.each([
    ['a leading dash', '--exec=id'],
    ['a newline', 'a\nb'],
    ['NUL', 'a\0b'],
    ['a way up', 'backups/../../etc/passwd'],
    ['a way up with backslashes', '..\\..\\secret'],
    ['an invisible character', 'a\u200bb'],
    ['a turned direction', 'a\u202eb'],
    ['1 MB', 'x'.repeat(1_000_000)],
    ['nothing', ''],
  ])('refuse %s whatever the pattern allows', async (_name, file) => {
    const operation = open();
    const act = [
      () => operation.describe({ file }, never),
      () => operation.preflight({ file }, never),
      () => operation.observe({ file }, never),
      async () => operation.submit({ file }, await intend(operation, { file: 'ok' }), never),
      async () => operation.manual({ file }),
    ];

    for (const call of act) {
      await expect(call()).rejects.toMatchObject({ code: 'invalid-input', field: 'file' });
    }
    expect(() => log()).toThrow('ENOENT');
  });

  test.each(['$(touch pwned)', '`id`', '"; id; "', "it's", '{file}', 'a b', '*', '$HOME'])(
    'hand %s on as it is, in one argument',
    async (file) => {
      const operation = open();

      await followed(
        operation,
        await operation.submit({ file }, await intend(operation, { file }), never),
      );

      expect(log()).toEqual([`--file=${file}`, file]);
    },
  );

  test.each<[string, Json]>([
    ['an unknown one', { release: '2.3', shell: '/bin/sh' }],
    ['one that only begins like its pattern', { release: '2.3; id' }],
    ['none', {}],
    ['a number', { release: 23 }],
    ['a list', ['2.3']],
    ['an inherited name', { release: '2.3', constructor: 'x' }],
  ])('refuse %s', (_name, input) => {
    const operation = work(
      component({
        run: ['/bin/true', '{release}'],
        parameters: { release: { pattern: '\\d\\.\\d' } },
      }),
    );

    expect(() => operation.manual(input)).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
  });
});

describe('the settings', () => {
  const parse = (operation: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    CommandSettings.safeParse({ operations: { work: operation }, ...more });

  test.each<[string, Record<string, unknown>]>([
    [
      'an executable from a parameter',
      { run: ['{program}'], parameters: { program: { pattern: '.*' } } },
    ],
    ['a parameter that is not declared', { run: ['/bin/true', '{release}'] }],
    [
      'one that is not declared in the check',
      { run: ['/bin/true'], check: { run: ['/bin/true', '{a}'] } },
    ],
    ['a pattern that is none', { run: ['/bin/true', '{a}'], parameters: { a: { pattern: '(' } } }],
    ['an assignment for an executable', { run: ['LD_PRELOAD=x', '/bin/true'] }],
    ['one text for a shell', { run: 'rm -rf /' }],
    ['an undo that is not there', { run: ['/bin/true'], undo: 'unwork' }],
    ['an exit code that is none', { run: ['/bin/true'], exitCodes: { '256': 'succeeded' } }],
  ])('refuse %s', (_name, operation) => {
    expect(parse(operation).success).toBe(false);
  });

  test('leave double braces alone', () => {
    expect(parse({ run: ['docker', 'inspect', '--format', '{{json .State}}'] }).success).toBe(true);
  });
});

describe('hold and undo', () => {
  test('name the configured operations', () => {
    const all = createCommandComponent({
      id: 'writers',
      settings: {
        operations: {
          stop: {
            run: ['/bin/true', '{why}'],
            parameters: { why: { pattern: '\\w+', default: 'rollback' } },
            undo: 'start',
          },
          start: { run: ['/bin/true'] },
        },
        hold: { acquire: 'stop', release: 'start' },
        phase: 'data',
      },
      connections: {},
    });

    expect(all.hold?.acquire()).toEqual({ operation: 'stop', input: {} });
    expect(all.hold?.release()).toEqual({ operation: 'start', input: {} });
    expect(all.operations['stop']?.undo?.({ why: 'x' })).toEqual({ operation: 'start', input: {} });
    expect(all.phase).toBe('data');
  });
});

describe('the doctor', () => {
  test('names what is not there and what cannot be seen', async () => {
    const findings = await component({
      run: ['/nowhere/work.sh'],
      check: { run: ['true'] },
    }).doctor(never);

    expect(findings.map(({ verdict }) => verdict)).toEqual(['fail', 'pass']);
    expect(findings[0]?.next).toMatch(/\w/);
  });

  test('does not throw when it is cancelled', async () => {
    const findings = await component({ run: ['/bin/true'] }).doctor(AbortSignal.abort());

    expect(findings[0]?.verdict).toBe('unknown');
  });
});

describe('the command probe', () => {
  const read = (lines: string, more: Record<string, unknown> = {}, signal = never) =>
    createCommandProbe({
      id: 'smoke',
      settings: { run: [script('health-check.sh', lines), 'production'], ...more },
      connections: {},
    }).read(signal);

  test.each([
    ['exit 0', 'pass'],
    ['echo slow; exit 2', 'warn'],
    ['exit 3', 'unknown'],
    ['echo broken; exit 1', 'fail'],
    ['sleep 30', 'fail'],
  ])('reads %s as %s', async (lines, verdict) => {
    const reading = await read(lines, { warnOn: [2], unknownOn: [3], limitSeconds: 0.5 });

    expect(reading).toMatchObject({ probe: 'smoke', verdict });
  });

  test('says what a check said that passed, and how one ended that did not', async () => {
    const well = await read('echo "0 users are wrong"');
    const quiet = await read('exit 0');
    const broken = await read('echo "3 users are wrong"; exit 1');

    expect(well.reason).toBe('0 users are wrong');
    expect(quiet.reason).toMatch(/health-check\.sh ended with exit code 0$/);
    expect(broken.reason).toMatch(/health-check\.sh ended with exit code 1: 3 users are wrong$/);
  });

  test('is unknown, not failing, when it cannot be read', async () => {
    const settings = { run: ['/nowhere/health-check.sh'] };

    const missing = await createCommandProbe({ id: 'smoke', settings, connections: {} }).read(
      never,
    );
    const cancelled = await read('exit 0', {}, AbortSignal.abort());

    expect([missing.verdict, cancelled.verdict]).toEqual(['unknown', 'unknown']);
  });
});
