/** `backstop rollback` of the built program while Slack is down, and Slack afterwards. */

import { describe, expect, it, type TestContext } from 'vitest';
import { newApprovalCode } from '../../src/approval-codes.ts';
import { JournalError } from '../../src/errors.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createStage, type Stage } from '../../src/sandbox/stage.ts';
import { checkoutAnswers, until } from '../../src/sandbox/stories/story.ts';
import { alive } from '../integrations/command/places.ts';
import { MANIFEST } from '../support/a-bot.ts';
import { withDeafCommand } from '../support/a-deaf-command.ts';
import { aFolderFor, installed, type Running, startBackstop } from '../support/command-line.ts';

const DANAS = newApprovalCode('Dana');
const ELIS = newApprovalCode('Eli');
const CHANNEL = 'inc-0001-roll-back-checkout-production';

/** A broken checkout, two approvals to put it back, and nobody who can reach Slack. */
async function darkStage({ onTestFinished }: TestContext): Promise<Stage> {
  const stage = await createStage(MANIFEST, Date.now(), { approvals: 2 });
  onTestFinished(() => stage.close());
  stage.workspace.faults.unreachable(true);
  return stage;
}

function withCodes(config: string): string {
  const codes = [DANAS, ELIS].map(({ entry }) => JSON.stringify(entry)).join(', ');
  return config.replace(/^( +)breakGlass: .*$/m, `$&\n$1codes: [${codes}]`);
}

function begin(
  { onTestFinished }: TestContext,
  args: readonly string[],
  around: Parameters<typeof startBackstop>[1],
): Running {
  const running = startBackstop(args, { ...around, interactive: true });
  onTestFinished(() => {
    running.process.kill('SIGKILL');
  });
  return running;
}

/** What people decided and Backstop did, in the order of the journal. */
function recorded(file: string): readonly string[] {
  const journal = openSqliteJournal({ file, now: Date.now, readOnly: true });
  try {
    return [...journal.after(0)]
      .filter(({ stream }) => stream.startsWith('incident/'))
      .map(({ type }) => type);
  } finally {
    void journal.close();
  }
}

/** Whether a step was intended; false also where the journal is still being made. */
function hasBegun(file: string): boolean {
  try {
    return recorded(file).includes('step.intended');
  } catch (error) {
    if (error instanceof JournalError) return false;
    throw error;
  }
}

/** Each takes half a minute by the real clock, and longer where the machine has more to do. */
const PATIENT = { timeout: 180_000 } as const;

describe.concurrent('backstop rollback, while Slack is down', PATIENT, () => {
  it('runs by approval codes, and Slack is caught up when it is back', async (test) => {
    const stage = await darkStage(test);
    const around = installed(test, stage, withCodes);
    const terminal = begin(test, ['rollback', 'checkout', 'production'], around);

    await terminal.says(/Go on to the approval/);
    terminal.types('y');
    await terminal.says(/Approval code \(0 of 2 given\)/);
    terminal.types('ABCD-EFGH-JKMN');
    await terminal.says(/(\(0 of 2 given[^]*){2}/);
    terminal.types(DANAS.code);
    await terminal.says(/\(1 of 2 given/);
    terminal.types(DANAS.code);
    await terminal.says(/(\(1 of 2 given[^]*){2}/);
    terminal.types(ELIS.code);
    const { code, stdout } = await terminal.ended;

    expect(stdout).toMatch(
      /nobody’s code[^]*Dana approves[^]*approved this already[^]*Eli approves/,
    );
    expect(stdout).toMatch(/INC-0001-R1 has ended: recovered/);
    expect(stdout).not.toContain(DANAS.code);
    expect(code).toBe(0);
    expect(stage.cloud.azure.swapsApplied).toBe(1);
    const types = recorded(around.journal);
    expect(types.filter((type) => type === 'approval.given')).toHaveLength(2);

    stage.workspace.faults.unreachable(false);
    await begin(test, ['start'], around).says(/Backstop is ready/);
    const { ana } = stage.people;
    await ana.sees('INC-0001', { channel: 'incidents', timeoutMs: 60_000 });
    await ana.sees('has recovered', { channel: CHANNEL, timeoutMs: 60_000 });
    await ana.sees('Dana', { channel: CHANNEL });
    const messages = ana.messages(CHANNEL);
    expect(messages).toEqual([...new Set(messages)]);
    expect(stage.cloud.azure.swapsApplied).toBe(1);
  });

  it('breaks the glass through a Backstop that is cut off, and tells everybody later', async (test) => {
    const stage = await darkStage(test);
    stage.workspace.faults.unreachable(false);
    const around = installed(test, stage, withCodes);
    await begin(test, ['start'], around).says(/Backstop is ready/);
    stage.workspace.faults.unreachable(true);

    const reason = 'Slack is down and checkout fails.';
    const args = ['rollback', 'checkout', 'production', '--yes', '--break-glass', reason];
    const { code, stdout } = await begin(test, args, around).ended;

    expect(stdout).toContain('this terminal only follows');
    expect(stdout).toContain('The glass is broken');
    expect(stdout).toMatch(/has ended: recovered/);
    expect(code).toBe(0);
    expect((await checkoutAnswers(stage)).status).toBe(200);

    stage.workspace.faults.unreachable(false);
    const { ben } = stage.people;
    await ben.sees(reason, { channel: 'incidents', timeoutMs: 60_000 });
    await ben.sees('has recovered', { channel: CHANNEL, timeoutMs: 60_000 });
    expect(ben.messages('incidents').filter((text) => text.includes(reason))).toHaveLength(1);
    expect(stage.cloud.azure.swapsApplied).toBe(1);
  });

  it('takes over from a Backstop that dies in the middle of the run', async (test) => {
    const stage = await darkStage(test);
    stage.workspace.faults.unreachable(false);
    const around = installed(test, stage, withCodes);
    const bot = begin(test, ['start'], around);
    await bot.says(/Backstop is ready/);
    const reason = 'Nobody answers.';
    const args = ['rollback', 'checkout', 'production', '--yes', '--break-glass', reason];
    const terminal = begin(test, args, around);
    await until(() => Promise.resolve(recorded(around.journal).includes('step.intended')));

    bot.process.kill('SIGKILL');
    const { code, stdout } = await terminal.ended;

    expect(stdout).toContain('is gone; this terminal goes on with it');
    expect(stdout).toMatch(/has ended: recovered/);
    expect(code).toBe(0);
    expect(stage.cloud.azure.swapsApplied).toBe(1);
  });

  it('goes on to the end of the run when its terminal is gone', async (test) => {
    const stage = await darkStage(test);
    const around = installed(test, stage, withCodes);
    const args = ['rollback', 'checkout', 'production', '--yes', '--break-glass', 'Slack is down.'];
    const terminal = begin(test, args, around);
    await until(() => Promise.resolve(hasBegun(around.journal)));

    for (const stream of terminal.process.stdio) stream?.destroy();
    terminal.process.kill('SIGHUP');
    const { code } = await terminal.ended;

    expect(recorded(around.journal)).toContain('run.finished');
    expect(code).toBe(0);
    expect(stage.cloud.azure.swapsApplied).toBe(1);
  });

  it('cancels at the first Ctrl-C, and ends at the second what ignores SIGTERM', async (test) => {
    const stage = await darkStage(test);
    const folder = aFolderFor(test);
    const mark = `mark-${folder}`;
    const around = installed(test, stage, withDeafCommand(folder, mark));
    const deed = ['rollback', 'checkout', 'production', 'do', 'purge-cache'];
    const terminal = begin(test, [...deed, '--yes', '--break-glass', 'Slack is down.'], around);
    await until(() => Promise.resolve(alive(mark).length > 0));

    terminal.process.kill('SIGINT');
    await until(() => Promise.resolve(recorded(around.journal).includes('run.cancelling')));
    expect(alive(mark).length).toBeGreaterThan(0);
    terminal.process.kill('SIGINT');
    const { code, stdout } = await terminal.ended;

    expect(alive(mark)).toEqual([]);
    expect(stdout).toMatch(/being cancelled[^]*Ctrl-C again ends it now: “Purge the cache”/);
    expect(stdout).toMatch(/“Purge the cache” is being ended[^]*has ended: cancelled/);
    expect(stdout).toContain('Nobody knows what became of “Purge the cache”');
    expect(code).toBe(1);
  });

  it.for([
    ['plan', 'checkout', 'production'],
    ['rollback', 'checkout', 'production', '--dry-run'],
  ])('shows the plan to whoever only wants a look, and records nothing: %s', async (args, test) => {
    const stage = await darkStage(test);
    const around = installed(test, stage, withCodes);

    const { code, stdout } = await begin(test, args, around).ended;

    expect(stdout).toContain('Put web app acme-checkout back to 2.3.1');
    expect(code).toBe(0);
    expect(recorded(around.journal)).toEqual([]);
    expect(stage.cloud.exchanges.filter(({ mutating }) => mutating)).toEqual([]);
  });

  it('says so and ends when nobody sits at it any more', async (test) => {
    const stage = await darkStage(test);
    const around = installed(test, stage, withCodes);
    const terminal = begin(test, ['rollback', 'checkout', 'production'], around);
    await terminal.says(/Go on to the approval/);

    terminal.process.stdin?.end();
    const { code, stderr } = await terminal.ended;

    expect(stderr).toContain('Nobody can answer at this terminal any more');
    expect(code).toBe(2);
    expect(recorded(around.journal)).not.toContain('run.started');
  });
});
