/** How long a run takes whose operations take set times, against the longest chain of its graph. */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop, type Loop } from '../../src/loop.ts';
import { expectedMs, type PlanContent, type PlannedStep } from '../../src/plan.ts';
import type { Measured, Run } from '../figure.ts';
import { inFolder } from '../rig/folder.ts';
import { approvedPlan, createTimedEngine, runStarted, timedStep } from '../rig/timed-engine.ts';

const OPERATIONS = 20;
const LANES = 5;

/** Twenty operations in five lanes; each waits for the one before it in its lane and for its neighbour's. */
function operations(): readonly PlannedStep[] {
  return Array.from({ length: OPERATIONS }, (_, n) => {
    const before = n - LANES;
    const neighbour = before + (n % LANES === LANES - 1 ? -1 : 1);
    const after = before < 0 ? [] : [before, neighbour].map((each) => `step-${each}`);
    // Between 0.2 and 1 second, unlike in every lane.
    return timedStep(`step-${n}`, 200 + ((n * 37) % 9) * 100, after);
  });
}

/** The run of one plan after another. */
export async function runLength(runs: number): Promise<readonly Measured[]> {
  const found = await inFolder(async (folder) => {
    const journal = openSqliteJournal({ file: join(folder, 'journal.db'), now: Date.now });
    const loop = createLoop(journal, Date.now);
    const measured: Run[] = [];
    for (let n = 0; n < runs; n += 1) measured.push(await run(loop));
    await journal.close();
    return measured;
  });
  return [
    {
      figure: {
        name: 'run-length',
        what: `run of a plan of ${OPERATIONS} operations with set durations`,
        limit: 'the critical path of its graph',
        unit: 'ms',
        target: { is: 'at most', times: 1.05, plus: 50 },
      },
      runs: found,
    },
  ];
}

async function run(loop: Loop): Promise<Run> {
  const steps = operations();
  const engine = createTimedEngine(loop, ['production'], () => undefined);
  engine.start();
  const by = { kind: 'backstop' } as const;
  const { incident } = await loop.declare(by, (id) => approvedPlan(id, 'production', steps));
  const ended = new Promise<number>((resolve) => {
    loop.subscribe((_incident, event) => {
      if (event.type === 'run.finished') resolve(performance.now());
    });
  });
  const started = performance.now();
  await loop.decide(incident.id, by, ({ id }) => [runStarted(id)]);
  const ours = (await ended) - started;
  await engine.stop();
  return { ours, limit: expectedMs({ steps } as PlanContent) };
}
