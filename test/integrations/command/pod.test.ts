/**
 * Commands in a pod, through a stand-in for kubectl: it is NOT kubectl. It keeps the exact arguments, runs on this machine what
 * stands after `--`, and ends as kubectl does, by `command terminated with exit code N` (kubernetes/kubectl, `exec`).
 */

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCommandComponent } from '../../../src/integrations/command/index.ts';
import { commandAt } from '../../../src/integrations/command/place.ts';
import { CommandSettings } from '../../../src/integrations/command/schema.ts';
import type { Intent, Json, Operation, Progress } from '../../../src/operation.ts';

const never = new AbortController().signal;
const KUBECTL = String.raw`
const { appendFileSync } = require('node:fs');
const { spawn } = require('node:child_process');
const args = process.argv.slice(2);
appendFileSync(__dirname + '/calls', JSON.stringify(args) + '\n');
const words = process.env.KUBECTL_FAILS;
if (words) { console.error(words); process.exit(1); }
const [program, ...rest] = args.slice(args.indexOf('--') + 1);
const child = spawn(program, rest, { stdio: 'inherit', env: { PATH: process.env.PATH } });
child.on('error', () => { console.error('command terminated with exit code 127'); process.exit(127); });
child.on('exit', (code, signal) => {
  const ended = code === null ? 137 : code;
  if (ended !== 0) console.error('command terminated with exit code ' + ended);
  process.exit(ended);
});
`;

let directory: string;
let kubectl: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'backstop-pod-'));
  writeFileSync(join(directory, 'kubectl.cjs'), KUBECTL);
  kubectl = join(directory, 'kubectl');
  // Node would take an option of kubectl for its own.
  writeFileSync(kubectl, `#!/bin/sh\nexec ${process.execPath} ${kubectl}.cjs "$@"\n`);
  chmodSync(kubectl, 0o755);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const calls = (): string[][] =>
  existsSync(join(directory, 'calls'))
    ? readFileSync(join(directory, 'calls'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
function script(name: string, lines: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}
function inPod(more: Record<string, unknown> = {}) {
  return {
    kind: 'pod',
    namespace: 'shop',
    deployment: 'worker',
    program: kubectl,
    ...more,
  };
}
function work(operation: Record<string, unknown>, where: Record<string, unknown> = {}): Operation {
  const made = createCommandComponent({
    id: 'pod',
    settings: { where: inPod(where), directory, operations: { work: operation } },
    connections: {},
  });
  const found = made.operations['work'];
  if (!found) throw new Error('There is no operation.');
  return found;
}
async function intend(operation: Operation, input: Json): Promise<Intent> {
  const { fingerprint: before, expected } = await operation.observe(input, never);
  return { run: 'R1', step: 's1', key: 'R1/s1/1', at: Date.now(), before, expected };
}
async function carriedOut(operation: Operation, input: Json = {}) {
  const intent = await intend(operation, input);
  const handle = await operation.submit(input, intent, never);
  const seen: Progress[] = [];
  for (;;) {
    const progress = await operation.poll(handle, never);
    seen.push(progress);
    if (progress.state !== 'running') {
      const recovery = await operation.recover(input, intent, handle, never);
      return { end: progress, seen, recovery };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a command in a pod', () => {
  test('is the exact call of kubectl, with every argument as it is', async () => {
    const settings = CommandSettings.parse({
      where: inPod({
        context: 'prod eu',
        pod: 'worker-0',
        deployment: undefined,
        container: 'app',
      }),
      directory: '/srv/my app',
      env: { STAGE: 'a b' },
      operations: { a: { run: ['/bin/true'] } },
    });
    const errand = { argv: ['./go.sh', '$(id)', '-rf', 'a\nb', "it's"], limitMs: 60_000 } as const;

    const { argv } = await commandAt(settings, errand, never);
    const withInput = await commandAt(settings, { ...errand, inputText: 'x' }, never);

    expect(argv).toEqual([
      kubectl,
      '--context=prod eu',
      '--namespace=shop',
      'exec',
      '--container=app',
      'pod/worker-0',
      '--',
      'sh',
      '-c',
      'cd "$1" && shift && exec "$@"',
      'sh',
      '/srv/my app',
      'env',
      'STAGE=a b',
      'timeout',
      '-k',
      '5',
      '60',
      './go.sh',
      '$(id)',
      '-rf',
      'a\nb',
      "it's",
    ]);
    expect(withInput.argv.slice(1, 5)).toEqual([
      '--context=prod eu',
      '--namespace=shop',
      'exec',
      '--stdin',
    ]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['neither pod nor deployment', { deployment: undefined }],
    ['both', { pod: 'worker-0' }],
    ['an option for a pod', { pod: '--kubeconfig=/tmp/x', deployment: undefined }],
    ['an option for a namespace', { namespace: '-n' }],
    ['another kind of thing for a pod', { pod: 'secret/x', deployment: undefined }],
    ['an option for a container', { container: '--stdin' }],
    ['an option for a context', { context: '--token=x' }],
  ])('takes no settings with %s', (_name, more) => {
    const settings = { where: inPod(more), operations: { a: { run: ['/bin/true'] } } };

    expect(CommandSettings.safeParse(settings).success).toBe(false);
  });

  test('carries no secret, because arguments can be seen', () => {
    const parsed = CommandSettings.safeParse({
      where: inPod(),
      secretEnv: { TOKEN: 'hush-hush' },
      operations: { a: { run: ['/bin/true'] } },
    });

    expect(parsed.error?.issues[0]?.message).toContain('must be empty for a pod');
    expect(JSON.stringify(parsed.error)).not.toContain('hush-hush');
  });

  test('runs once, in its directory, its last lines seen while it runs and at its end', async () => {
    const run = [script('work.sh', 'pwd; echo "got $1"; sleep 0.5; touch done'), '{release}'];
    const check = { run: ['test', '-e', 'done'] };
    const operation = work({ run, check, parameters: { release: { pattern: '[^]*' } } });

    const { end, seen, recovery } = await carriedOut(operation, { release: '$(id) "x" *' });

    expect(end).toMatchObject({ state: 'succeeded' });
    expect(recovery).toEqual({ state: 'done' });
    expect(JSON.stringify(seen[0])).toMatch(/It runs/);
    expect(JSON.stringify(seen)).toContain('got $(id) \\"x\\" *');
    expect(JSON.stringify(seen)).toContain(directory);
    expect(calls().filter((call) => call.includes(run[0] ?? ''))).toHaveLength(1);
  });

  test.each([
    ['kubectl finds no pod', 'Error from server (NotFound): deployments.apps "worker" not found'],
    ['the cluster cannot be reached', 'Unable to connect to the server: dial tcp: i/o timeout'],
    ['the connection breaks off', 'error: unexpected EOF'],
  ])(
    'is not taken for undone by its check where %s, though that ends with 1 too',
    async (_name, KUBECTL_FAILS) => {
      const check = { run: ['test', '-e', 'done'] };
      const operation = work({ run: ['true'], check }, { clientEnv: { KUBECTL_FAILS } });

      await expect(operation.observe({}, never)).rejects.toMatchObject({
        name: 'OutsideError',
        detail: { kind: 'unavailable' },
      });
      const checks = await operation.preflight({}, never);
      expect(checks[0]).toMatchObject({ verdict: 'unknown', blocking: true });
      const intent = {
        run: 'r',
        step: 's',
        key: 'k',
        at: 0,
        before: 'as before',
        expected: 'done',
      };
      await expect(operation.recover({}, intent, undefined, never)).rejects.toThrow();
    },
  );

  test('of which kubectl says nothing at its end is for a person to judge', async () => {
    const operation = work(
      { run: ['true'], exitCodes: { '0': 'succeeded', '1': 'refused' } },
      { clientEnv: { KUBECTL_FAILS: 'error: unexpected EOF' } },
    );

    const { end, recovery } = await carriedOut(operation);

    expect(end).toMatchObject({ state: 'failed', reason: expect.stringContaining('EOF') });
    expect(recovery).toMatchObject({ state: 'unknown' });
  });

  test('that refuses by its own exit code changed nothing', async () => {
    const run = [script('work.sh', 'exit 1')];
    const operation = work({ run, exitCodes: { '0': 'succeeded', '1': 'refused' } });

    expect((await carriedOut(operation)).recovery).toEqual({ state: 'not-started' });
  });

  test('that ignores SIGTERM and prints 1 MB is ended, and kept within a limit', async () => {
    const run = [
      script(
        'work.sh',
        "trap '' TERM; head -c 1000000 /dev/zero | tr '\\0' 'x'; echo; echo last; sleep 60",
      ),
    ];
    const operation = work({ run, limitSeconds: 1 }, { remoteTimeout: false });
    const started = await operation.submit({}, await intend(operation, {}), never);

    const notes: string[] = [];
    let progress = await operation.poll(started, never);
    while (progress.state === 'running' && !JSON.stringify(progress).includes('last')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      progress = await operation.poll(started, never);
      notes.push(JSON.stringify(progress));
    }

    expect(notes.at(-1)).toContain('a line of 1000000 characters');
    expect(Math.max(...notes.map(({ length }) => length))).toBeLessThan(2_000);
  });
});
