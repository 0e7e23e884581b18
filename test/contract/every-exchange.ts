/**
 * Holds everything that goes over the wire in any test to the vendors' descriptions: what the SDKs ask, and what the simulated cloud
 * answers. The test in which something was not as described fails, with the name of the operation.
 */
import { subscribe } from 'node:diagnostics_channel';
import { afterAll, afterEach, expect } from 'vitest';
import { type Passage, WIRE } from '../../src/sandbox/cloud/http.ts';
import { createJudge, type Judge } from './judge.ts';

const wrong = new Set<string>();
let judge: Judge | undefined;

subscribe(WIRE, (message) => {
  // The descriptions are read by those tests only in which something goes over the wire.
  judge ??= createJudge();
  for (const one of judge(message as Passage)) wrong.add(one);
});

function expectNothingWrong(): void {
  const found = [...wrong];
  wrong.clear();
  expect(found).toEqual([]);
}

afterEach(expectNothingWrong);
// What goes on after the last test.
afterAll(expectNothingWrong);
