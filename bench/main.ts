/** `npm run bench`: measures every figure against the limit that its ground sets. See docs/performance.md. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Measured, resultOf } from './figure.ts';
import { BENCHMARKS } from './figures/index.ts';
import { asJson, asText, markdownTable, withTable } from './report.ts';
import { linkPackage } from './rig/package.ts';

/** Has a table for each version of Node, between two marks. */
const PAGE = 'docs/performance.md';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    runs: { type: 'string', default: '5' },
  },
});

const unknown = values.only.filter((name) => !BENCHMARKS[name]);
if (unknown.length > 0) {
  const known = Object.keys(BENCHMARKS).join(', ');
  throw new Error(`There is no benchmark ${unknown.join(', ')}. There are: ${known}.`);
}
const chosen = values.only.length > 0 ? values.only : Object.keys(BENCHMARKS);
linkPackage();
const results = [];
for (const name of chosen) {
  process.stderr.write(`${name} …\n`);
  for (const measured of await inItsProcess(name)) {
    const result = resultOf(measured);
    results.push(result);
    if (values.json) process.stdout.write(`${asJson(result)}\n`);
    else if (!values.markdown) process.stdout.write(`${asText(result)}\n`);
  }
}
if (values.markdown) {
  const table = markdownTable(results, Number(values.runs));
  if (values.only.length > 0) process.stdout.write(table);
  else writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), process.versions.node, table));
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;

/** Each benchmark has a process of its own, so that none finds the heap as another one left it. */
async function inItsProcess(name: string): Promise<readonly Measured[]> {
  const child = fork(new URL('./measure.js', import.meta.url), [name, values.runs], {
    execArgv: ['--expose-gc'],
  });
  const [ended] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof ended === 'number') throw new Error(`${name} could not be measured; see above.`);
  await once(child, 'exit');
  return ended as readonly Measured[];
}
