/** Whether the bot stays responsive, and its memory where it is, with a thousand incidents open and busy for a minute. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import type { Measured } from '../figure.ts';
import type { Stretch } from '../rig/busy-bot.ts';
import { inFolder } from '../rig/folder.ts';
import { programFile } from '../rig/process.ts';
import { createSlackRig, serviceConfig } from '../rig/slack.ts';

const INCIDENTS = 1_000;
const EVENTS_A_SECOND = 20 * INCIDENTS;

/** The minute is one run; its stretches of ten seconds are what min, median and max are of. The first one warms up. */
export async function openIncidents(): Promise<readonly Measured[]> {
  const slack = await createSlackRig(2, { rateLimits: true });
  const stretches = await inFolder(async (folder) => {
    const config = join(folder, 'backstop.yaml');
    const db = join(folder, 'journal.db');
    writeFileSync(config, slack.config('http', serviceConfig('shop', slack.people, '')));
    await declare(db);
    const child = fork(programFile('bench/rig/busy-bot.js'), [config, db], {
      execArgv: ['--expose-gc'],
      env: slack.env,
    });
    const [found] = (await once(child, 'message')) as [readonly Stretch[]];
    await once(child, 'exit');
    return found;
  });
  await slack.workspace.close();
  const [warm, ...others] = stretches;
  return [
    {
      figure: {
        name: 'open-incidents-delay',
        what: '1,000 incidents open, 20 events a second each: event-loop delay p99',
        limit: '',
        unit: 'ms',
        target: { is: 'at most', times: 0, plus: 50 },
      },
      runs: others.map(({ delay }) => ({ ours: delay, limit: 0 })),
    },
    {
      figure: {
        name: 'open-incidents-heap',
        what: 'the same: growth of the heap after warm-up',
        limit: '',
        unit: 'MiB',
        target: { is: 'at most', times: 0, plus: 5 },
      },
      runs: others.map(({ heap }) => ({ ours: heap - (warm?.heap ?? 0), limit: 0 })),
    },
    {
      figure: {
        name: 'open-incidents-rate',
        what: 'the same: events that became durable',
        limit: 'the events that come',
        unit: '/s',
        // A stretch may end with the last tick's events under way.
        target: { is: 'at least', times: 0.99 },
      },
      runs: others.map(({ rate }) => ({ ours: rate, limit: EVENTS_A_SECOND })),
    },
  ];
}

/** The incidents as they are once their channels are open and everything was shown. */
async function declare(file: string): Promise<void> {
  const journal = openSqliteJournal({ file, now: Date.now });
  const actor = { kind: 'backstop' } as const;
  await journal.transact((tx) => {
    for (let n = 1; n <= INCIDENTS; n += 1) {
      const id = `INC-${String(n).padStart(4, '0')}`;
      const data = { id, title: 'Slow', summary: '', service: 'shop', environment: 'production' };
      tx.append([{ stream: `incident/${id}`, type: 'incident.declared', actor, data }]);
    }
  });
  await journal.close();
}
