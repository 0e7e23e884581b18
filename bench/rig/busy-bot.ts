/** A bot with many incidents open at once, to each of which something happens all the time. `busy-bot.js CONFIG JOURNAL`. */

import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { startApp } from '../../src/app.ts';
import { configFrom } from '../../src/cli/context.ts';
import { addNote } from '../../src/flows/add-note.ts';
import { createLog } from '../../src/log.ts';

/** What was seen in one stretch of the minute. */
export interface Stretch {
  /** 99th percentile, milliseconds, above the monitor's own resolution. */
  readonly delay: number;
  /** Heap in use after a collection at its end, MiB. */
  readonly heap: number;
  /** Events a second that became durable. */
  readonly rate: number;
}

const INCIDENTS = 1_000;
const EVENTS_A_SECOND = 20 * INCIDENTS;
const STRETCHES = 6;
const STRETCH_MS = 10_000;
const TICK_MS = 2;
const RESOLUTION_MS = 1;
const ANA = { kind: 'person', id: 'U0ANA' } as const;

const [file = '', db = ''] = process.argv.slice(2);
const config = configFrom({ config: file, db });
const log = createLog({
  level: 'error',
  redact: String,
  write: (line) => process.stderr.write(line),
});
const bot = await startApp({
  config,
  log,
  redact: String,
  onFatal(error) {
    throw error;
  },
});
const ids = bot.loop.incidents().map(({ id }) => id);
let done = 0;
let underWay = 0;
let turn = 0;
let due = 0;
let last = performance.now();

/** As many events as are due; when the bot falls behind, people wait for their answers and do not click again. */
function tick(): void {
  const now = performance.now();
  due = Math.min(due + ((now - last) * EVENTS_A_SECOND) / 1000, INCIDENTS);
  last = now;
  for (; due >= 1 && underWay < INCIDENTS; due -= 1) {
    underWay += 1;
    turn += 1;
    void bot.loop.decide(ids[turn % ids.length] ?? '', ANA, addNote(`Seen ${turn}`)).then(() => {
      underWay -= 1;
      done += 1;
    });
  }
}

const ticking = setInterval(tick, TICK_MS);
const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const stretches: Stretch[] = [];
for (let n = 0; n < STRETCHES; n += 1) {
  const before = done;
  monitor.reset();
  monitor.enable();
  await pause(STRETCH_MS);
  monitor.disable();
  const delay = monitor.percentile(99) / 1e6 - RESOLUTION_MS;
  const rate = (1000 * (done - before)) / STRETCH_MS;
  globalThis.gc?.();
  stretches.push({ delay, heap: process.memoryUsage().heapUsed / 2 ** 20, rate });
}
clearInterval(ticking);
process.send?.(stretches);
await bot.stop();
process.exit();
