/** The process of one benchmark: measures and hands what it found to the process that started it. */

import { BENCHMARKS } from './figures/index.ts';

const [name = '', runs = ''] = process.argv.slice(2);
const load = BENCHMARKS[name];
if (!load) throw new Error(`There is no benchmark ${name}.`);
const measure = await load();
// The clock's timers do not keep a process alive.
const alive = setInterval(() => undefined, 1_000);
const measured = await measure(Number(runs));
clearInterval(alive);
process.send?.(measured, () => process.disconnect());
