/** How long after the click on Approve the first call goes out to the system that is rolled back. */

import { performance } from 'node:perf_hooks';
import { type Measured, percentile, type Run } from '../figure.ts';
import { type Click, clickAway, clickOf, overHttp } from '../rig/clicks.ts';
import { bareBolt, startProgram } from '../rig/process.ts';
import { planPosted, type RollbackRig, withRollbackRig } from '../rig/rollback.ts';
import { createSlackRig } from '../rig/slack.ts';

/** The approval that completes the policy; against a bare acknowledgement of the same click. */
export async function firstCall(runs: number): Promise<readonly Measured[]> {
  const slack = await createSlackRig(0);
  const bare = await startProgram(bareBolt('http', slack.workspace), {});
  const ack = overHttp(bare.port, slack.workspace.signingSecret);
  const services = Array.from({ length: runs + 1 }, (_, n) => `shop-${n}`);
  const found = await withRollbackRig(
    Object.fromEntries(services.map((name) => [name, 1])),
    async (rig) => {
      const measured: Run[] = [];
      for (const name of services) measured.push(await approve(rig, name, ack));
      // The first one loads what the others find loaded.
      return measured.slice(1);
    },
  );
  await bare.stop();
  await slack.workspace.close();
  return [
    {
      figure: {
        name: 'approve-to-first-call',
        what: 'click on Approve to the first call of the system',
        limit: 'a bare Bolt ack of the same click',
        unit: 'ms',
        target: { is: 'at most', times: 1, plus: 20 },
      },
      runs: found,
    },
  ];
}

const ACKS = 100;

async function approve(rig: RollbackRig, name: string, ack: Click): Promise<Run> {
  const { asker, approver, system, workspace } = rig;
  const plan = planPosted(workspace);
  await asker.command('incidents', `/rollback ${name} production`);
  await plan;
  await asker.click('Request approval');
  const called = system.nextAsked(`${name}-0`);
  await approver.click('Approve');
  const click = workspace.deliveries.findLast(({ kind }) => kind === 'interaction');
  if (!click) throw new Error('No click was sent.');
  const ours = (await called) + performance.timeOrigin - click.at;
  const { waits } = await clickAway(1, ACKS, () => ack(clickOf(click.payload, approver.id)));
  return { ours, limit: percentile(waits, 0.5) };
}
