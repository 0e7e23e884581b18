/** How long people wait for a plan, when every read of every component takes 200 ms. */

import type { Measured, Run } from '../figure.ts';
import { type RollbackRig, withRollbackRig } from '../rig/rollback.ts';

const READ_MS = 200;
const SIZES = [1, 4, 16] as const;

/** From `/rollback`, which declares its incident and opens the channel, until the plan stands in it. */
export async function planPosted(runs: number): Promise<readonly Measured[]> {
  const names = (size: number): readonly string[] =>
    Array.from({ length: runs }, (_, n) => `shop-${size}-${n}`);
  const services = SIZES.flatMap((size) => names(size).map((name) => [name, size] as const));
  return withRollbackRig({ ...Object.fromEntries(services), warm: 1 }, async (rig) => {
    await wait(rig, 'warm');
    rig.system.takes = READ_MS;
    const measured: Measured[] = [];
    for (const size of SIZES) {
      const found: Run[] = [];
      for (const name of names(size)) found.push(await wait(rig, name));
      measured.push({
        figure: {
          name: `plan-posted-${size}`,
          what: `\`/rollback\` to plan posted, ${size} components with reads of ${READ_MS} ms`,
          limit: 'the slowest chain of those reads',
          unit: 'ms',
          target: { is: 'at most', times: 1, plus: 50 },
        },
        runs: found,
      });
    }
    return measured;
  });
}

async function wait(rig: RollbackRig, name: string): Promise<Run> {
  rig.system.forget();
  const plan = rig.planPosted();
  const started = Date.now();
  await rig.asker.command('incidents', `/rollback ${name} production`);
  return { ours: (await plan) - started, limit: rig.system.slowestChain() };
}
