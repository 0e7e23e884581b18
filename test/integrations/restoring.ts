/** Drives the operations of a component with restore points as the engine does, for the tests of each database system. */

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
