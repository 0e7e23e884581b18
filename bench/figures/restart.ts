/** How long after a restart every run that was open is followed again. */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop } from '../../src/loop.ts';
import type { Measured, Run } from '../figure.ts';
import { inFolder } from '../rig/folder.ts';
import { approvedPlan, createTimedEngine, runStarted, timedStep } from '../rig/timed-engine.ts';

const RUNS = 200;
const LONG_MS = 600_000;
const ENVIRONMENTS = Array.from({ length: RUNS }, (_, n) => `place-${n}`);

/** From opening the journal until the step of every run has been asked about. */
export async function restart(runs: number): Promise<readonly Measured[]> {
  const found = await inFolder(async (folder) => {
    const file = join(folder, 'journal.db');
    await begin(file);
    const measured: Run[] = [];
    // The first one finds the code cold.
    for (let n = 0; n <= runs; n += 1)
      measured.push({ ours: await resume(file), limit: read(file) });
    return measured.slice(1);
  });
  return [
    {
      figure: {
        name: 'restart',
        what: `restart with ${RUNS} runs open to all resumed`,
        limit: 'reading their events',
        unit: 'ms',
        target: { is: 'at most', times: 1, plus: 300 },
      },
      runs: found,
    },
  ];
}

/** Starts every run and ends while their steps are under way. */
async function begin(file: string): Promise<void> {
  const journal = openSqliteJournal({ file, now: Date.now });
  const loop = createLoop(journal, Date.now);
  const by = { kind: 'backstop' } as const;
  await Promise.all(
    ENVIRONMENTS.map((environment) =>
      loop.declare(by, (id) => {
        const step = timedStep(id, LONG_MS);
        const at = { run: `${id}-R1`, step: id };
        const intent = { ...at, key: id, at: Date.now(), before: 'old', expected: 'new' };
        return [
          ...approvedPlan(id, environment, [step]),
          runStarted(id),
          { type: 'step.intended', data: { ...at, intent } },
          { type: 'step.submitted', data: { ...at, handle: { step: id } } },
        ];
      }),
    ),
  );
  await journal.close();
}

async function resume(file: string): Promise<number> {
  const started = performance.now();
  const journal = openSqliteJournal({ file, now: Date.now });
  const loop = createLoop(journal, Date.now);
  const followed = new Set<string>();
  let done = (_at: number): void => undefined;
  const all = new Promise<number>((resolve) => {
    done = resolve;
  });
  const engine = createTimedEngine(loop, ENVIRONMENTS, (step) => {
    followed.add(step);
    if (followed.size === RUNS) done(performance.now());
  });
  engine.start();
  const ended = await all;
  await engine.stop();
  await journal.close();
  return ended - started;
}

function read(file: string): number {
  const started = performance.now();
  const journal = openSqliteJournal({ file, now: Date.now });
  for (const entry of journal.after(0)) JSON.stringify(entry.seq);
  const ended = performance.now();
  void journal.close();
  return ended - started;
}
