/** What readers lose sight of is in a file before: nothing that hides or writes over content runs without it. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import { exportCall } from '../../src/integrations/contentful/export-input.ts';
import type { Intent, Json, Operation, OperationCall } from '../../src/operation.ts';
import { type Passage, WIRE } from '../../src/sandbox/cloud/http.ts';
import {
  CLONED_AT,
  type ContentfulBench,
  openContentfulBench,
  PLAYS,
  START,
} from './contentful-bench.ts';

const never = new AbortController().signal;
const SINCE = { since: new Date(CLONED_AT).toISOString() };

let bench: ContentfulBench;
beforeEach(async () => {
  bench = await openContentfulBench(PLAYS.repoint);
});
afterEach(() => bench.close());

const path = (file: string): string => join(bench.exports, file);
const call = (of: { since: string } | { entries: string[] } = SINCE): OperationCall =>
  exportCall({ file: 'kept.json', environment: 'release-2', of });

function operationOf({ operation: name }: OperationCall, component: Component): Operation {
  const operation = component.operations[name];
  if (!operation) throw new Error(`No operation ${name}.`);
  return operation;
}

async function intend(of: OperationCall, component: Component): Promise<Intent> {
  const seen = await operationOf(of, component).observe(of.input, never);
  const { fingerprint: before, expected } = seen;
  return { run: 'R1', step: 's1', key: 'R1/s1/1', at: START, before, expected };
}

/** Does it as the engine does, to its end. */
async function perform(of: OperationCall, component: Component = bench.component) {
  const operation = operationOf(of, component);
  const intent = await intend(of, component);
  const handle = await operation.submit(of.input, intent, never);
  const poll = () => operation.poll(handle, never);
  await expect.poll(async () => (await poll()).state, { timeout: 10_000 }).not.toBe('running');
  return {
    progress: await poll(),
    recovery: await operation.recover(of.input, intent, handle, never),
  };
}

const readKept = (): Record<string, Json> => JSON.parse(readFileSync(path('kept.json'), 'utf8'));

interface Kept {
  readonly truncated: boolean;
  readonly entries: readonly { readonly sys: { readonly id: string }; readonly fields: Json }[];
}

/** Does something once so many pages of entries were answered. */
function onPage(nth: number, act: () => void): void {
  let pages = 0;
  const count = (passage: unknown): void => {
    if ((passage as Passage).exchange.call !== 'GET entries') return;
    pages += 1;
    if (pages === nth) act();
  };
  subscribe(WIRE, count);
  onTestFinished(() => {
    unsubscribe(WIRE, count);
  });
}

describe('an export', () => {
  test('keeps all that was written or published since, whole, through all pages, with the names of people', async () => {
    for (let n = 0; n < 130; n++) {
      bench.space.write('ben', { id: `e${n}`, contentType: 'page', fields: {} });
    }

    const { progress, recovery } = await perform(call());

    expect(progress).toEqual({ state: 'succeeded' });
    expect(recovery).toEqual({ state: 'done', note: `132 entries in ${path('kept.json')}.` });
    const kept = readKept();
    expect(kept).toMatchObject({
      space: 'shop1',
      environment: 'release-2',
      of: { since: '2026-03-04T08:00:00.000Z' },
      truncated: false,
      people: { cleo: 'Cleo Diaz', ben: 'Ben Okoro' },
      assets: [],
    });
    expect(kept['entries']).toHaveLength(132);
    expect(kept['entries']).toContainEqual(
      expect.objectContaining({
        metadata: { tags: [] },
        fields: { title: { 'en-US': 'Spring sale!' } },
        sys: expect.objectContaining({ id: 'home', publishedCounter: 2 }),
      }),
    );
    expect(bench.requests().filter((one) => one.mutating)).toEqual([]);
  });

  test('misses nothing that is written while its pages are read', async () => {
    for (let n = 0; n < 130; n++) {
      bench.pass(1_000);
      bench.space.write('ben', { id: `e${n}`, contentType: 'page', fields: {} });
    }
    const late = { title: { 'en-US': 'Written meanwhile' } };
    onPage(1, () => {
      bench.pass(1_000);
      // It moves from the page that is still to be read to the one that was.
      bench.space.write('ben', { id: 'e5', fields: late });
    });

    const { recovery } = await perform(call());

    expect(recovery).toMatchObject({ note: expect.stringContaining('132 entries in') });
    const { entries, truncated } = readKept() as unknown as Kept;
    expect(new Set(entries.map(({ sys }) => sys.id)).size).toBe(132);
    expect(entries.find(({ sys }) => sys.id === 'e5')?.fields).toEqual(late);
    expect(truncated).toBe(false);
  });

  test('asks for less at once where a page is too big for Contentful', async () => {
    for (let n = 0; n < 130; n++) {
      bench.space.write('ben', { id: `e${n}`, contentType: 'page', fields: {} });
    }
    const message = 'Response size too big. Maximum allowed response size: 7340032B.';
    const body = { sys: { type: 'Error', id: 'BadRequest' }, message };
    bench.faults.add({ on: 'GET entries', fault: { kind: 'status', status: 400, body }, times: 2 });

    await perform(call());

    expect(readKept()['entries']).toHaveLength(132);
    const limits = bench
      .requests()
      .filter((one) => one.call === 'GET entries')
      .map((one) => one.query['limit']);
    expect(limits.slice(0, 4)).toEqual(['100', '50', '25', '25']);
  });

  test('is kept without names where the token may not see people', async () => {
    const fault = { kind: 'status', status: 403, body: { sys: { id: 'AccessDenied' } } } as const;
    bench.faults.add({ on: 'GET users', fault, times: Number.POSITIVE_INFINITY });

    expect((await perform(call())).progress).toEqual({ state: 'succeeded' });
    expect(readKept()).toMatchObject({ people: {}, truncated: false });
    expect(readKept()['entries']).toHaveLength(2);
  });

  test('keeps chosen entries as they are now', async () => {
    bench.space.write('ben', { id: 'home', fields: { title: { 'en-US': 'Half a sentence' } } });

    await perform(call({ entries: ['home'] }));

    expect(readKept()).toMatchObject({
      of: { entries: ['home'] },
      entries: [{ sys: { id: 'home' }, fields: { title: { 'en-US': 'Half a sentence' } } }],
    });
  });

  test('can be read by nobody but the user that Backstop runs as', async () => {
    rmSync(bench.exports, { recursive: true });

    await perform(call());

    expect(statSync(path('kept.json')).mode & 0o777).toBe(0o600);
    expect(statSync(bench.exports).mode & 0o777).toBe(0o700);
    expect(readFileSync(path('kept.json'), 'utf8')).not.toContain(bench.secrets[0]);
  });

  test('says where it goes before, and is told with its place', async () => {
    const operation = operationOf(call(), bench.component);

    expect(operation.title?.(call().input)).toBe(
      'Export what changed in space shop1 since 2026-03-04 08:00 UTC',
    );
    expect(operation.title?.(call({ entries: ['home'] }).input)).toBe(
      'Export the entry as it is now',
    );
    const [change] = await operation.describe(call().input, never);
    expect(change).toMatchObject({ what: `file ${path('kept.json')}`, from: 'none' });
    expect(operation.manual(call().input)).toContain('contentful space export --space-id shop1');
  });

  test('leaves nothing behind where Contentful fails half-way, says what failed, and may be repeated', async () => {
    const times = Number.POSITIVE_INFINITY;
    const fault = { kind: 'status', status: 403, body: { sys: { id: 'AccessDenied' } } } as const;
    bench.faults.add({ on: 'GET assets', fault, times });

    const { progress, recovery } = await perform(call());

    expect(progress).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/list assets.*space shop1.*AccessDenied/s),
    });
    expect(recovery).toEqual({ state: 'not-started' });
    expect(readdirSync(bench.exports)).toEqual([]);
    bench.faults.clear();
    expect((await perform(call())).progress).toEqual({ state: 'succeeded' });
  });

  test('of a process that died is taken up by the next', async () => {
    bench.faults.add({ on: 'GET assets', fault: { kind: 'hang' } });
    const operation = operationOf(call(), bench.component);
    const intent = await intend(call(), bench.component);
    const handle = await operation.submit(call().input, intent, never);

    const next = bench.again();
    const later = operationOf(call(), next);
    await expect(later.poll(handle, never)).rejects.toMatchObject({
      detail: { kind: 'not-found' },
    });
    const found = await later.recover(call().input, intent, handle, never);
    const { recovery } = await perform(call(), next);

    expect(found).toEqual({ state: 'not-started' });
    expect(recovery.state).toBe('done');
  });

  test('is not written over, and not while it is being written', async () => {
    bench.faults.add({ on: 'GET assets', fault: { kind: 'hang' } });
    const operation = operationOf(call(), bench.component);
    const intent = await intend(call(), bench.component);
    await operation.submit(call().input, intent, never);

    await expect(operation.submit(call().input, intent, never)).rejects.toMatchObject({
      surelyNotDone: true,
      detail: { kind: 'busy' },
    });
    await perform(call(), bench.again());
    await expect(
      operationOf(call(), bench.again()).submit(call().input, intent, never),
    ).rejects.toMatchObject({ detail: { kind: 'rejected' } });
  });

  test('tells beforehand, and the doctor does, where it could not be written', async () => {
    writeFileSync(path('file'), '');
    const component = bench.with({ exports: path('file/exports') });

    const checks = await operationOf(call(), component).preflight(call().input, never);
    const findings = await component.doctor(never);
    const { progress } = await perform(call(), component);

    expect(checks).toContainEqual({
      name: 'The export can be written',
      verdict: 'unknown',
      reason: expect.stringContaining('ENOTDIR'),
      blocking: true,
    });
    expect(findings.filter(({ verdict }) => verdict !== 'pass')).toEqual([
      expect.objectContaining({
        what: 'space shop1: exports before content goes back',
        verdict: 'fail',
        next: expect.stringContaining('`exports` of the component'),
      }),
    ]);
    expect(progress).toMatchObject({ state: 'failed', reason: expect.stringContaining('ENOTDIR') });
  });
});

describe('what comes after it', () => {
  const point = { id: 'backstop-2-3-1', label: '', capturedAt: CLONED_AT, available: true };
  const mutations = () => bench.requests().filter((one) => one.mutating);

  async function restore(): Promise<readonly [OperationCall, OperationCall]> {
    await bench.component.restorePoints.list(never);
    const [keep, repoint] = bench.component.restorePoints.restore(point);
    if (!keep || !repoint) throw new Error('A call is missing.');
    return [keep, repoint];
  }
  async function revert(): Promise<readonly [OperationCall, OperationCall]> {
    const offer = bench.component.mitigations?.['revert-entries'];
    const value = `home,sale@${new Date(CLONED_AT).toISOString()}`;
    const put = await offer?.call({ value, key: 'INC-0001-P1', at: START }, never);
    const [keep] = (put && offer?.before?.(put)) ?? [];
    if (!keep || !put) throw new Error('A call is missing.');
    return [keep, put];
  }

  test.each([
    ['the alias is not moved', restore],
    ['no entry is put back', revert],
  ])('%s without it, though the step that exports was skipped', async (_what, plan) => {
    const [keep, change] = await plan();
    const operation = operationOf(change, bench.component);
    const intent = await intend(change, bench.component);

    const before = await operation.submit(change.input, intent, never).catch((e: unknown) => e);
    expect(before).toMatchObject({
      surelyNotDone: true,
      detail: { kind: 'rejected', next: expect.stringContaining('Nothing was changed') },
    });
    expect(mutations()).toEqual([]);

    await perform(keep);
    await operation.submit(change.input, intent, never);
    expect(mutations().length).toBeGreaterThan(0);
  });

  test.each([
    ['half a file', '{"space": "shop1"'],
    [
      'a file of another environment',
      JSON.stringify({
        space: 'shop1',
        environment: 'other',
        truncated: false,
        entries: [],
        assets: [],
      }),
    ],
  ])('takes %s for none', async (_what, text) => {
    const [keep, repoint] = await restore();
    const { file } = keep.input as { readonly file: string };
    writeFileSync(path(file), text);
    const operation = operationOf(repoint, bench.component);

    const refused = operation.submit(repoint.input, await intend(repoint, bench.component), never);

    await expect(refused).rejects.toMatchObject({ surelyNotDone: true });
    expect(mutations()).toEqual([]);
  });

  test('says in the plan that it is to come, and afterwards where it is', async () => {
    const [keep, repoint] = await restore();
    const check = async () =>
      (await operationOf(repoint, bench.component).preflight(repoint.input, never)).find(
        ({ name }) => name === 'What would be lost is exported first',
      );

    expect(await check()).toMatchObject({
      verdict: 'pass',
      reason: expect.stringContaining('by the step before'),
    });
    await perform(keep);
    expect(await check()).toMatchObject({
      verdict: 'pass',
      reason: expect.stringContaining(bench.exports),
    });
  });

  test('is taken back with one too, of what was written into the clone meanwhile', async () => {
    const [keep, repoint] = await restore();
    await perform(keep);
    const operation = operationOf(repoint, bench.component);
    await operation.submit(repoint.input, await intend(repoint, bench.component), never);
    bench.space.write('ben', {
      id: 'late',
      contentType: 'page',
      fields: { title: { en: 'Late' } },
    });

    const undo = operation.undo?.(repoint.input);
    if (!undo) throw new Error('no undo');
    const first = await operation.beforeUndo?.(repoint.input, undo, never);
    const [copy] = first?.copies ?? [];
    if (!copy) throw new Error('nothing is kept');
    const refused = operation.submit(undo.input, await intend(undo, bench.component), never);
    await expect(refused).rejects.toMatchObject({ surelyNotDone: true });
    await perform(copy);
    await operation.submit(undo.input, await intend(undo, bench.component), never);

    expect(bench.space.live).toBe('release-2');
    expect(first?.losses.join('\n')).toMatch(/backstop-2-3-1.*late.*Ben/s);
    const { file } = copy.input as { readonly file: string };
    expect(readFileSync(path(file), 'utf8')).toContain('"late"');
  });

  test('is taken back as it was planned where an older plan knew no time', async () => {
    const input = { environment: 'backstop-2-3-1', replaces: 'release-2' };
    const operation = operationOf({ operation: 'repoint-alias', input }, bench.component);

    const undo = operation.undo?.(input);

    expect(undo?.input).toEqual({ environment: 'release-2', replaces: 'backstop-2-3-1' });
    expect(undo && (await operation.beforeUndo?.(input, undo, never))).toEqual({
      copies: [],
      losses: [],
    });
  });
});
