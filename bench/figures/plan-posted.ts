/** How long people wait for a plan, when every read of every component takes 200 ms. */

import type { Workspace } from '../../src/sandbox/workspace/index.ts';
import { createPerson, type Person } from '../../src/sandbox/workspace/person.ts';
import type { Measured, Run } from '../figure.ts';
import { programFile, startProgram } from '../rig/process.ts';
import { planPosted, type RollbackRig, withRollbackRig } from '../rig/rollback.ts';
import { createSlackRig } from '../rig/slack.ts';

const READ_MS = 200;
const SIZES = [1, 4, 16] as const;
const PATIENCE_MS = 20_000;

/** From `/rollback`, which declares its incident and opens the channel, until the plan stands in it. */
export async function plansPosted(runs: number): Promise<readonly Measured[]> {
  const names = (size: number): readonly string[] =>
    Array.from({ length: runs }, (_, n) => `shop-${size}-${n}`);
  const services = SIZES.flatMap((size) => names(size).map((name) => [name, size] as const));
  return withRollbackRig({ ...Object.fromEntries(services), warm: 1 }, async (rig) => {
    const bare = await startBare(rig);
    const wait = async (name: string, size: number): Promise<Wait> => {
      rig.system.forget();
      const ours = await waitFor(rig.workspace, rig.asker, `/rollback ${name} production`);
      const chain = rig.system.slowestChain();
      const read = await waitFor(bare.workspace, bare.asker, `/rollback ${name} ${size}`);
      return { ours, chain, bare: read };
    };
    await wait('warm', 1);
    rig.system.takes = READ_MS;
    const measured: Measured[] = [];
    for (const size of SIZES) {
      const found: Wait[] = [];
      for (const name of names(size)) found.push(await wait(name, size));
      measured.push(...figures(size, found));
    }
    await bare.stop();
    return measured;
  });
}

/** Milliseconds. */
interface Wait {
  readonly ours: number;
  /** Of the slowest component's reads. */
  readonly chain: number;
  /** Until a line of the app stood there that does nothing but read. */
  readonly bare: number;
}

function figures(size: number, found: readonly Wait[]): readonly Measured[] {
  const figure = (name: string, what: string, limit: string, of: 'chain' | 'bare'): Measured => ({
    figure: { name, what, limit, unit: 'ms', target: { is: 'at most', times: 1, plus: 50 } },
    runs: found.map((wait): Run => ({ ours: wait.ours, limit: wait[of] })),
  });
  return [
    figure(
      `plan-posted-${size}`,
      `\`/rollback\` to plan posted, ${size} components with reads of ${READ_MS} ms`,
      'the slowest chain of those reads',
      'chain',
    ),
    figure(
      `plan-posted-${size}-beside-the-reads`,
      'the same, beside what the reads of all cost one thread',
      'a Bolt app that reads the same at once and posts a line',
      'bare',
    ),
  ];
}

async function waitFor(workspace: Workspace, asker: Person, command: string): Promise<number> {
  const there = planPosted(workspace);
  const started = Date.now();
  await asker.command('incidents', command);
  return (await there) - started;
}

/** The bare app in a workspace of its own, beside the same slow system. */
async function startBare({ system }: RollbackRig) {
  const { workspace, people } = await createSlackRig(1);
  const channel = workspace.addChannel({ name: 'lines', members: people, withBot: true });
  const { apiUrl, botToken, signingSecret } = workspace;
  const app = await startProgram(
    [
      programFile('bench/rig/bare-rollback.js'),
      apiUrl,
      botToken,
      signingSecret,
      system.url,
      channel.id,
    ],
    {},
  );
  await workspace.deliverOverHttp(`http://127.0.0.1:${app.port}/slack/events`);
  return {
    workspace,
    asker: createPerson(workspace.slack, people[0] ?? '', { patienceMs: PATIENCE_MS }),
    async stop() {
      await app.stop();
      await workspace.close();
    },
  };
}
