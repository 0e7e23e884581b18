import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { createStage, type Stage } from '../../src/sandbox/stage.ts';
import { MANIFEST } from '../support/a-bot.ts';
import { installed, type Running, startBackstop } from '../support/command-line.ts';
import { PATIENT } from '../support/patient.ts';

const CHANNEL = 'inc-0001-checkout-is-failing';

async function aStage({ onTestFinished }: TestContext): Promise<Stage> {
  const stage = await createStage(MANIFEST, Date.now());
  onTestFinished(() => stage.close());
  return stage;
}

function start(
  { onTestFinished }: TestContext,
  around: Parameters<typeof startBackstop>[1],
): Running {
  const running = startBackstop(['start'], around);
  onTestFinished(() => {
    running.process.kill('SIGKILL');
  });
  return running;
}

describe.concurrent('backstop start', PATIENT, () => {
  it('works until it is told to stop, and ends well', async (test) => {
    const stage = await aStage(test);
    const bot = start(test, installed(test, stage));
    await bot.says(/Backstop is ready in .*, socket mode; health on port \d+/);

    bot.process.kill('SIGTERM');
    const { code, stdout, stderr } = await bot.ended;

    expect(stderr).toMatch(/Stopping: SIGTERM/);
    expect(stderr).not.toMatch(/error/i);
    expect(stdout).toBe('');
    expect(code).toBe(0);
  });

  it('waits while Slack is down, and ends well when it is told to stop meanwhile', async (test) => {
    const stage = await aStage(test);
    stage.workspace.faults.unreachable(true);
    const bot = start(test, installed(test, stage));
    await bot.says(/could not log in.*Trying again/);
    bot.process.kill('SIGTERM');
    expect((await bot.ended).code).toBe(0);
  });

  it('ends with exit code 5 when Slack refuses the token, and 4 when another works on the journal', async (test) => {
    const stage = await aStage(test);
    const around = installed(test, stage);
    const env = { ...around.env, SLACK_BOT_TOKEN: 'xoxb-not-this-one' };
    const refused = await start(test, { ...around, env }).ended;
    expect(refused.stderr).toMatch(/invalid_auth.*valid token/);
    expect(refused.stderr).not.toMatch(/not-this-one| {4}at /);
    expect(refused.code).toBe(5);

    const noSocket = { ...around.env, SLACK_APP_TOKEN: 'xapp-not-this-one' };
    const without = await start(test, { ...around, env: noSocket }).ended;
    expect(without.stderr).toMatch(/could not open a socket.*invalid_auth.*slack\.appToken/);
    expect(without.stderr).not.toMatch(/not-this-one| {4}at /);
    expect(without.code).toBe(5);

    await start(test, around).says(/Backstop is ready/);
    const second = await start(test, around).ended;
    expect(second.stderr).toMatch(/Another Backstop is at work on .*backstop\.db; stop it first/);
    expect(second.code).toBe(4);
  });

  it('takes its own channel when it was killed before it could note that it had made it', async (test) => {
    const stage = await aStage(test);
    const { ana, ben } = stage.people;
    const around = installed(test, stage);
    const made = stage.workspace.faults.onMethod(
      'conversations.create',
      { delay: 20_000 },
      { times: 1 },
    );
    const first = start(test, around);
    await first.says(/Backstop is ready/);
    await ana.command('incidents', '/incident checkout is failing');
    await ana.submit();
    while (made.hits === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    first.process.kill('SIGKILL');
    await first.ended;
    const channels = (): readonly string[] =>
      [...stage.workspace.state.channels.values()]
        .map(({ name }) => name)
        .filter((name) => name.startsWith('inc-'));
    expect(channels()).toEqual([CHANNEL]);

    await start(test, around).says(/Backstop is ready/);

    await ana.sees('(1 of 6)', { channel: CHANNEL });
    await ben.sees('INC-0001', { channel: 'incidents' });
    expect(channels()).toEqual([CHANNEL]);
  });
});

describe.concurrent('the packages of an integration', PATIENT, () => {
  const AZURE = /node_modules\/@azure\/(arm-|identity)/;
  const GITHUB = /node_modules\/@octokit\//;

  it.for([
    { services: 'none but a probe', without: ['web', 'code'], loads: [], not: [AZURE, GITHUB] },
    { services: 'a code repository', without: ['web'], loads: [GITHUB], not: [AZURE] },
    { services: 'both', without: [], loads: [AZURE, GITHUB], not: [] },
  ])('are loaded for $services by doctor', async ({ without, loads, not }, test) => {
    const around = installed(test, await aStage(test), (text) => lessComponents(text, without));
    const modules = await modulesLoadedBy(around, async (env) => {
      await startBackstop(['doctor'], { ...around, env }).ended;
    });
    for (const name of loads) expect(modules.some((url) => name.test(url))).toBe(true);
    for (const name of not) expect(modules.filter((url) => name.test(url))).toEqual([]);
  });

  it('are not loaded at the start, where nothing needs them yet', async (test) => {
    const stage = await aStage(test);
    const around = installed(test, stage);
    const modules = await modulesLoadedBy(around, async (env) => {
      const bot = start(test, { ...around, env });
      await bot.says(/Backstop is ready/);
      bot.process.kill('SIGTERM');
      await bot.ended;
    });
    expect(modules.some((url) => /node_modules\/better-sqlite3/.test(url))).toBe(true);
    for (const name of [AZURE, GITHUB]) expect(modules.filter((url) => name.test(url))).toEqual([]);
  });
});

/** What the process had loaded when it ended, as Node's coverage tells it. */
async function modulesLoadedBy(
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  run: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<readonly string[]> {
  const folder = join(cwd, 'coverage');
  mkdirSync(folder);
  await run({ ...env, NODE_V8_COVERAGE: folder });
  return readdirSync(folder).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      readonly result: readonly { readonly url: string }[];
    };
    return result.map(({ url }) => url);
  });
}

/** The configuration without those components, and without the connections that they need. */
function lessComponents(text: string, without: readonly string[]): string {
  return without.reduce(
    (rest, id) => rest.replace(new RegExp(`^ {10}${id}:\\n(?: {12}.*\\n)+`, 'm'), ''),
    without.length === 2 ? text.replace(/^ {8}components:\n/m, '        components: {}\n') : text,
  );
}
