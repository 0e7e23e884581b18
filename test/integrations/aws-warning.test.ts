import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openEcsBench } from './aws-bench.ts';

// In a file of its own: the SDK warns once in a process.
test('starting says nothing about the Node versions of the SDK to come', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.message);
  process.on('warning', listen);

  const bench = await openEcsBench();
  await sleep(20);
  process.off('warning', listen);
  await bench.close();

  expect(warnings.filter((words) => words.includes('NodeVersionSupportWarning'))).toEqual([]);
});
