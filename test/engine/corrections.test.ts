import { expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import { correctionsOf } from '../../src/engine/corrections.ts';
import { OutsideError } from '../../src/errors.ts';
import type { Check, Operation } from '../../src/operation.ts';

const never = new AbortController().signal;
const RERUN = { operation: 'rerun-workflow', input: { commit: 'abc1234', since: 1 } };
const live = { id: '2', label: '2.4.0' };
const target = { id: '1', label: '2.3.1' };
const pass: Check = { name: 'x', verdict: 'pass', reason: 'fine', blocking: true };

function web(correction: () => Promise<typeof RERUN | undefined>) {
  const versions = {
    live: async () => live,
    history: async () => [],
    putBack: () => RERUN,
    correction,
  };
  return {
    id: 'web',
    kind: 'web',
    title: 'service web',
    versions,
    operations: {},
    doctor: async () => [],
  };
}

/** A repository whose checks say this. */
function code(checks: () => Promise<readonly Check[]>): Component {
  const unused = () => {
    throw new Error('A plan asks only for the checks here.');
  };
  const operation: Operation = {
    effect: 'append',
    guarantee: 'observable',
    quietMs: 1,
    limitMs: 2,
    usualMs: 1,
    pollMs: 1,
    describe: unused,
    preflight: checks,
    observe: unused,
    submit: unused,
    poll: unused,
    recover: unused,
    manual: () => 'Run it by hand.',
  };
  const operations = { 'rerun-workflow': operation };
  return { id: 'code', kind: 'code', title: 'repository', operations, doctor: async () => [] };
}

const found = (component: ReturnType<typeof web>, ...others: readonly Component[]) =>
  correctionsOf([component, ...others], [{ component, live, target }], never);

test('a correction is a step after all others, by the component that can make it', async () => {
  const { parts, notes } = await found(
    web(async () => RERUN),
    code(async () => [pass]),
  );

  expect(parts).toMatchObject([{ component: { id: 'code' }, calls: [RERUN], phase: 'afterwards' }]);
  expect(notes).toEqual([]);
});

test('nothing is planned where there is nothing to correct', async () => {
  expect(
    await found(
      web(async () => undefined),
      code(async () => [pass]),
    ),
  ).toEqual({
    parts: [],
    notes: [],
  });
});

test.each([
  ['no component offers it', [], 'no component offers rerun-workflow'],
  [
    'its checks say that it cannot run',
    [code(async () => [{ ...pass, verdict: 'fail', reason: 'It is over 30 days old.' }])],
    'It is over 30 days old.\nRun it by hand.',
  ],
  [
    'the system cannot be read',
    [
      code(async () => {
        const what = {
          kind: 'unavailable',
          system: 'GitHub',
          attempted: 'read',
          on: 'a run',
        } as const;
        throw new OutsideError({ ...what, next: 'Wait.' });
      }),
    ],
    'GitHub could not read on a run',
  ],
])('where %s, the plan says so and is made all the same', async (_name, others, words) => {
  const { parts, notes } = await found(
    web(async () => RERUN),
    ...others,
  );

  expect(parts).toEqual([]);
  expect(notes[0]).toContain('What stays registered for service web is not set right by this plan');
  expect(notes[0]).toContain(words);
});
