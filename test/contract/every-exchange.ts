/**
 * Holds everything that goes over the wire in any test to the vendors' descriptions: what the SDKs ask, and what the simulated cloud
 * answers. The test in which something was not as described fails, with the name of the operation; where tests run side by side, the
 * last of them.
 */
import { subscribe } from 'node:diagnostics_channel';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { type Passage, WIRE } from '../../src/sandbox/cloud/http.ts';
import { createJudge, type Judge } from './judge.ts';

const passages: Passage[] = [];
let judge: Judge | undefined;
let running = 0;

subscribe(WIRE, (message) => {
  const { exchange, body, answer } = message as Passage;
  // As it is now: what is in it may change before it is judged.
  passages.push({ exchange, body, answer: answer && structuredClone(answer) });
});

function expectNothingWrong(): void {
  const seen = passages.splice(0);
  if (seen.length === 0) return;
  judge ??= createJudge();
  expect([...new Set(seen.flatMap(judge))]).toEqual([]);
}

beforeEach(() => {
  running += 1;
});
// Reading the descriptions takes its time, in which Slack would wait: not while another test runs.
afterEach(() => {
  running -= 1;
  if (running === 0) expectNothingWrong();
});
// What goes on after the last test.
afterAll(expectNothingWrong);
