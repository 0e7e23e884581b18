/** Drives the operations of a component with restore points as the engine does, for the tests of each database system. */

import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Component, RestorePoint, RestorePoints } from '../../src/component.ts';
import type { Intent, Json, Operation, OperationCall } from '../../src/operation.ts';

const never = new AbortController().signal;
const LOOK_MS = 25;
let calls = 0;

export function pointsOf({ restorePoints }: Component): RestorePoints {
  if (!restorePoints) throw new Error('It offers no restore points.');
  return restorePoints;
}

export function operationOf(component: Component, { operation: name }: OperationCall): Operation {
  const found = component.operations[name];
  if (!found) throw new Error(`There is no operation ${name}.`);
  return found;
}

export async function intend(component: Component, call: OperationCall): Promise<Intent> {
  const seen = await operationOf(component, call).observe(call.input, never);
  calls += 1;
  const { fingerprint: before, expected } = seen;
  return { run: 'R1', step: 's1', key: `R1/s1/${calls}`, at: Date.now(), before, expected };
}

/** Does it, and gives the last progress and what a look says of it then. */
export async function perform(component: Component, call: OperationCall) {
  const operation = operationOf(component, call);
  const intent = await intend(component, call);
  const handle = await operation.submit(call.input, intent, never);
  const progress = await follow(component, call, handle);
  const recovery = await operation.recover(call.input, intent, handle, never);
  return { intent, progress, recovery };
}

/** Its end, by the handle as the journal gives it back. */
export async function follow(component: Component, call: OperationCall, handle: Json) {
  const stored: Json = JSON.parse(JSON.stringify(handle));
  for (;;) {
    const progress = await operationOf(component, call).poll(stored, never);
    if (progress.state !== 'running') return progress;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Takes a backup and gives it as it is listed. */
export async function takeBackup(component: Component, name: string): Promise<RestorePoint> {
  const call = pointsOf(component).capture(name);
  const done = await perform(component, call);
  expect(done).toMatchObject({ progress: { state: 'succeeded' }, recovery: { state: 'done' } });
  const { file } = call.input as { readonly file: string };
  const point = (await pointsOf(component).list(never)).find(({ id }) => id === file);
  if (!point) throw new Error('The backup is not listed.');
  return point;
}

/** The four calls of a restore: safety backup, restore beside, switch, export. */
export function sequenceOf(component: Component, point: RestorePoint) {
  const [safety, beside, change, exported, ...more] = pointsOf(component).restore(point);
  if (!safety || !beside || !change || !exported || more.length > 0)
    throw new Error('There are not four calls.');
  return [safety, beside, change, exported] as const;
}

/**
 * What may be wrong with the file of a safety backup, each with what does it: named so that "without a safety backup …" goes on.
 * @param zeroed how many bytes at its end are made 0, so that it has its size and cannot be read to its end.
 */
export function spoilt(
  directory: () => string,
  zeroed: number,
): readonly (readonly [string, (safety: string) => void])[] {
  const file = (name: string) => join(directory(), name);
  return [
    ['that was taken', (safety) => rmSync(file(safety))],
    ['with its note', (safety) => rmSync(file(`${safety}.json`))],
    ['that is whole', (safety) => truncateSync(file(safety), 900)],
    [
      'that is whole, of the right size',
      (safety) => {
        const bytes = readFileSync(file(safety));
        bytes.fill(0, bytes.length - zeroed);
        writeFileSync(file(safety), bytes);
      },
    ],
  ];
}

/** After a restore another database is live, of which the safety backup of that restore is none: a plan on it is blocked, and refused. */
export async function refusesOlderSafety(component: Component, point: RestorePoint): Promise<void> {
  const [safety, beside, change] = sequenceOf(component, point);
  for (const call of [safety, beside, change]) await perform(component, call);
  const input = { ...(beside.input as object), beside: 'shop_new_2' };
  const reused = { ...beside, input };
  const operation = operationOf(component, reused);

  const checks = await operation.preflight(input, never);

  expect(checks[0]).toMatchObject({
    verdict: 'fail',
    blocking: true,
    reason: expect.stringContaining('another database'),
  });
  await expect(
    operation.submit(input, await intend(component, reused), never),
  ).rejects.toMatchObject({ surelyNotDone: true });
}
