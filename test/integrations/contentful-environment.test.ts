import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyToRun, startRun } from '../../src/apply-run-event.ts';
import type { Component } from '../../src/component.ts';
import { performStep } from '../../src/engine/perform-step.ts';
import { planStep } from '../../src/engine/plan-step.ts';
import { OutsideError } from '../../src/errors.ts';
import { chosenEntries } from '../../src/integrations/contentful/chosen-entries.ts';
import type { Intent, Json, Operation, OperationCall } from '../../src/operation.ts';
import type { Run } from '../../src/run.ts';
import { type Passage, WIRE } from '../../src/sandbox/cloud/http.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';
import {
  CLONED_AT,
  type ContentfulBench,
  EDITOR_POLICIES,
  HOUR_MS,
  openContentfulBench,
  PLAYS,
  START,
} from './contentful-bench.ts';

const never = new AbortController().signal;

let bench: ContentfulBench;
beforeEach(async () => {
  bench = await openContentfulBench(PLAYS.repoint);
});
afterEach(() => bench.close());

function operationOf(component: Component, name: string): Operation {
  const operation = component.operations[name];
  if (!operation) throw new Error(`No operation ${name}.`);
  return operation;
}

async function intend(operation: Operation, input: Json): Promise<Intent> {
  const { fingerprint: before, expected } = await operation.observe(input, never);
  return { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };
}

/** One submission, as the engine makes it: after a look. */
async function submit(component: Component, { operation: name, input }: OperationCall) {
  const operation = operationOf(component, name);
  const intent = await intend(operation, input);
  return operation.submit(input, intent, never);
}

/** The same, to its end. */
async function exported(component: Component, call: OperationCall): Promise<void> {
  const handle = await submit(component, call);
  const operation = operationOf(component, call.operation);
  await expect
    .poll(() => operation.poll(handle, never), { timeout: 10_000 })
    .toEqual({ state: 'succeeded' });
}

const checkOf = async (component: Component, call: OperationCall, name: string) =>
  (await operationOf(component, call.operation).preflight(call.input, never)).find(
    (check) => check.name === name,
  );

describe('restore points', () => {
  test("are Backstop's own clones, newest first, with what is live left out of reach", async () => {
    const { space } = bench;
    space.addEnvironment('staging', { at: START });
    space.addEnvironment('backstop-2-3-0', { at: START - 48 * HOUR_MS });
    space.addEnvironment('backstop-2-4-0', { at: START });
    space.environment('backstop-2-4-0').status = 'queued';
    space.repoint('backstop-2-3-0');

    const points = await bench.component.restorePoints.list(never);

    expect(points).toEqual([
      {
        id: 'backstop-2-4-0',
        label: 'backstop-2-4-0',
        capturedAt: START,
        available: false,
        reason: 'Contentful is still cloning it.',
      },
      {
        id: 'backstop-2-3-1',
        label: 'backstop-2-3-1',
        capturedAt: CLONED_AT,
        available: true,
        reason: 'It would take over from backstop-2-3-0.',
      },
      expect.objectContaining({
        id: 'backstop-2-3-0',
        available: false,
        reason: 'Alias master points at it: it is live.',
      }),
    ]);
  });

  test('are found beyond the first page', async () => {
    for (let n = 0; n < 120; n++) bench.space.addEnvironment(`feature-${n}`);
    bench.space.addEnvironment('backstop-late', { at: START });

    const points = await bench.component.restorePoints.list(never);

    expect(points.map(({ id }) => id)).toEqual(['backstop-late', 'backstop-2-3-1']);
  });

  test('are captured under an id that follows from the name, and only there', () => {
    const { restorePoints } = bench.component;
    const ids = ['2.4.0', '2-4-0', '2.4.0', 'x'.repeat(80), 'Ärger & Öl'].map(
      (name) => (restorePoints.capture(name).input as { environment: string }).environment,
    );

    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toBe(ids[2]);
    for (const id of ids) expect(id).toMatch(/^backstop-[a-z0-9-]{1,31}$/);
  });

  test('are captured from what the alias stands for, and ready only when they can be read', async () => {
    const { component, cloud, space } = bench;
    cloud.contentful.settleMs = 30_000;
    const call = component.restorePoints.capture('2.4.0');
    const operation = operationOf(component, call.operation);
    const intent = await intend(operation, call.input);

    const handle = await operation.submit(call.input, intent, never);
    bench.finish();
    const early = await operation.poll(handle, never);
    const meanwhile = await operation.recover(call.input, intent, handle, never);
    bench.pass(30_000);
    const late = await operation.poll(handle, never);

    expect(early.state).toBe('running');
    expect(meanwhile.state).toBe('in-flight');
    expect(late).toEqual({ state: 'succeeded' });
    const sent = bench.requests().find((one) => one.call === 'PUT environment');
    expect(sent?.headers['x-contentful-source-environment']).toBe('release-2');
    const [point] = await component.restorePoints.list(never);
    expect(point).toMatchObject({ label: '2.4.0', capturedAt: START, available: true });
    expect(space.entry('sale', point?.id).fields).toEqual({ title: { 'en-US': 'Sale' } });
  });

  test('that Contentful fails to clone are told as failed, and take the name', async () => {
    const { component } = bench;
    const call = component.restorePoints.capture('2.4.0');
    const operation = operationOf(component, call.operation);
    bench.faults.add({ on: 'PUT environment', fault: { kind: 'operation', failsWith: 'too big' } });
    const intent = await intend(operation, call.input);

    const handle = await operation.submit(call.input, intent, never);
    bench.finish();

    expect(await operation.poll(handle, never)).toMatchObject({ state: 'failed' });
    expect(await operation.recover(call.input, intent, handle, never)).toMatchObject({
      state: 'diverged',
    });
    const check = await checkOf(component, call, 'The name is free');
    expect(check).toMatchObject({ verdict: 'fail', blocking: true });
  });

  test('are put back by the alias alone, with the way back known', async () => {
    const { component, space } = bench;
    const [point] = await component.restorePoints.list(never);
    if (!point) throw new Error('no restore point');
    const [keep, call, ...more] = component.restorePoints.restore(point);
    if (!keep || !call) throw new Error('no call');

    await exported(component, keep);
    await submit(component, call);
    const undo = operationOf(component, call.operation).undo?.(call.input);

    expect(more).toEqual([]);
    expect(space.live).toBe('backstop-2-3-1');
    expect(undo).toEqual({
      operation: 'repoint-alias',
      input: {
        environment: 'release-2',
        replaces: 'backstop-2-3-1',
        exported: expect.stringMatching(/^content-shop1-\d+\.json$/),
      },
    });
  });
});

describe('the alias', () => {
  const call = { operation: PLAYS.repoint.operation, input: PLAYS.repoint.input };

  test('is not moved once somebody else has moved it', async () => {
    const operation = operationOf(bench.component, call.operation);
    const intent = await intend(operation, call.input);
    bench.interfere();

    const outcome = operation.submit(call.input, intent, never);

    await expect(outcome).rejects.toMatchObject({ detail: { kind: 'busy' } });
    expect(bench.requests().filter((one) => one.mutating)).toEqual([]);
    expect(bench.space.live).toBe('release-3');
  });

  test('is not moved when somebody moves it between our look and our request', async () => {
    const operation = operationOf(bench.component, call.operation);
    const intent = await intend(operation, call.input);
    // Carried out an hour later, when the version it names is an old one.
    bench.faults.add({ on: 'PUT environment_alias', fault: { kind: 'late', ms: HOUR_MS } });

    await operation.submit(call.input, intent, never).catch(() => undefined);
    bench.interfere();
    bench.pass(HOUR_MS);

    expect(bench.space.live).toBe('release-3');
    expect(await operation.recover(call.input, intent, undefined, never)).toMatchObject({
      state: 'diverged',
    });
  });

  test.each([
    ['deleted', 'backstop-gone'],
    ['still being cloned', 'backstop-2-3-1'],
  ])('is not moved to a clone that is %s', async (what, environment) => {
    bench.space.environment('backstop-2-3-1').status = 'queued';

    const check = await checkOf(
      bench.component,
      { operation: 'repoint-alias', input: { environment } },
      'The environment can take over',
    );

    expect(check).toMatchObject({ verdict: 'fail', reason: expect.stringContaining(what) });
  });
});

describe('room for one more clone', () => {
  const SELF = () => bench.cloud.contentful.viewer.id;
  const room = (component: Component) =>
    checkOf(component, bench.component.restorePoints.capture('2.4.0'), 'There is room for a clone');

  test("is made by proposing Backstop's oldest restore point, and by nothing else", async () => {
    const { space } = bench;
    space.addEnvironment('ancient', { at: START - 9_000 * HOUR_MS });
    space.addEnvironment('backstop-2-3-0', { at: START - 48 * HOUR_MS, by: SELF() });
    // Somebody made it under our prefix.
    space.addEnvironment('backstop-by-hand', { at: START - 99 * HOUR_MS });
    const component = bench.with({ environmentLimit: 5 });

    const check = await room(component);

    expect(check).toMatchObject({ verdict: 'fail', blocking: true });
    expect(check?.reason).toContain('All 5 environments');
    expect(check?.reason).toContain("Delete Backstop's oldest restore point first: backstop-2-3-0");
    expect(check?.reason).not.toContain('ancient');
  });

  test('is made of what a failed clone left behind, before any restore point goes', async () => {
    bench.space.addEnvironment('backstop-2-4-0', { at: START, by: SELF() });
    bench.space.environment('backstop-2-4-0').status = 'failed';
    const component = bench.with({ environmentLimit: 3 });

    const check = await checkOf(
      component,
      component.restorePoints.capture('2.5.0'),
      'There is room for a clone',
    );

    expect(check).toMatchObject({ verdict: 'fail', blocking: true });
    expect(check?.reason).toContain('a clone that failed left behind: backstop-2-4-0');
    expect((await component.restorePoints.list(never)).map((one) => one.isLeftover)).toEqual([
      true,
      undefined,
    ]);
  });

  test('is not made of a clone that is still being made', async () => {
    bench.space.repoint('backstop-2-3-1');
    bench.space.addEnvironment('backstop-2-4-0', { at: START, by: SELF() });
    bench.space.environment('backstop-2-4-0').status = 'queued';

    const check = await checkOf(
      bench.with({ environmentLimit: 3 }),
      bench.component.restorePoints.capture('2.5.0'),
      'There is room for a clone',
    );

    expect(check?.reason).toContain("None of them is Backstop's to delete");
  });

  test('is not proposed to be made of what is live or of what others made', async () => {
    const { space } = bench;
    space.repoint('backstop-2-3-1');
    const component = bench.with({ environmentLimit: 2 });

    const check = await room(component);

    expect(check?.verdict).toBe('fail');
    expect(check?.reason).toContain("None of them is Backstop's to delete");
  });

  test.each([
    [3, 'pass', '2 of 3'],
    [undefined, 'pass', 'environmentLimit'],
  ])('with a limit of %s is a %s', async (environmentLimit, verdict, words) => {
    const component = bench.with(environmentLimit === undefined ? {} : { environmentLimit });

    const check = await room(component);

    expect(check).toMatchObject({ verdict, reason: expect.stringContaining(words) });
  });

  test('that Contentful refuses says what to do, and nothing is cloned', async () => {
    bench.cloud.contentful.environmentLimit = 2;

    const error = await submit(
      bench.component,
      bench.component.restorePoints.capture('2.4.0'),
    ).catch((e: unknown) => e);

    expect(error).toMatchObject({
      surelyNotDone: true,
      detail: { kind: 'rejected', code: 'AccessDenied', status: 403 },
    });
    expect(String(error)).toContain("names Backstop's oldest restore point");
    expect(bench.space.environments).toEqual(['release-2', 'backstop-2-3-1']);
  });

  test('is made by deleting the clone', async () => {
    const call = { operation: PLAYS.deletion.operation, input: PLAYS.deletion.input };

    await submit(bench.component, call);

    expect(bench.space.environments).toEqual(['release-2']);
  });

  test.each(['release-2', 'staging', 'backstop-'])('never by deleting %s', async (environment) => {
    const operation = operationOf(bench.component, 'delete-clone');

    await expect(operation.observe({ environment }, never)).rejects.toMatchObject({
      name: 'Refusal',
      code: 'invalid-input',
    });
  });

  test('never by deleting what somebody else made under our prefix, or what is live', async () => {
    bench.space.addEnvironment('backstop-by-hand', { by: 'cleo', at: START });
    const input = { environment: 'backstop-by-hand', createdAt: START };
    const call = { operation: 'delete-clone', input };

    const owner = await checkOf(bench.component, call, "It is Backstop's own");
    bench.space.repoint('backstop-by-hand');
    const unused = await checkOf(bench.component, call, 'Nobody reads it');

    expect(owner).toMatchObject({ verdict: 'fail', blocking: true });
    expect(unused).toMatchObject({ verdict: 'fail', blocking: true });
    await expect(submit(bench.component, call)).rejects.toMatchObject({ code: 'out-of-date' });
    expect(bench.space.environments).toContain('backstop-by-hand');
  });
});

describe('what going back would lose', () => {
  const point = { id: 'backstop-2-3-1', label: '', capturedAt: CLONED_AT, available: true };
  const losses = () => bench.component.restorePoints.losses(point, never);

  test('names each entry with its title, what was done, when and by whom', async () => {
    bench.pass(60_000);
    bench.space.write('ben', { id: 'home', fields: { title: { 'en-US': 'Spring sale, soon' } } });
    bench.space.write('ben', {
      id: 'logo',
      type: 'Asset',
      fields: {
        title: { 'en-US': 'Logo in green' },
        file: { 'en-US': { fileName: 'logo.svg', contentType: 'image/svg+xml' } },
      },
    });

    const [summary, ...named] = await losses();

    expect(summary).toContain('Since 2026-03-04 08:00 UTC 2 entries and 1 asset changed');
    expect(named).toHaveLength(3);
    expect(named.sort()).toEqual([
      'Asset "Logo in green" (logo): new, edited 2026-03-04 10:01 UTC by Ben Okoro, not published.',
      'page "Sale" (sale): new, published 2026-03-04 09:00 UTC by Cleo Diaz.',
      'page "Spring sale, soon" (home): published 2026-03-04 09:00 UTC by Cleo Diaz; edited 2026-03-04 10:01 UTC by Ben Okoro, not published since.',
    ]);
  });

  test('says of what was taken off the site that going back may show it again', async () => {
    bench.pass(60_000);
    bench.space.unpublish('ben', 'home');
    bench.space.unpublish('cleo', 'sale');

    const named = (await losses()).slice(1);

    expect(named.sort()).toEqual([
      'page "Sale" (sale): new, edited 2026-03-04 10:01 UTC by Cleo Diaz, not published.',
      'page "Spring sale!" (home): changed 2026-03-04 10:01 UTC by Ben Okoro, and not on the site now; going back may show it to readers again.',
    ]);
  });

  test('is named by ids where the token may not see people', async () => {
    const fault = { kind: 'status', status: 403, body: { sys: { id: 'AccessDenied' } } } as const;
    bench.faults.add({ on: 'GET users', fault, times: Number.POSITIVE_INFINITY });

    expect((await losses()).join(' ')).toContain('published 2026-03-04 09:00 UTC by cleo.');
  });

  test('is cut after twenty, with a count', async () => {
    for (let n = 0; n < 130; n++) {
      bench.space.write('ben', { id: `e${n}`, contentType: 'page', fields: {} });
    }

    const sentences = await losses();

    expect(sentences).toHaveLength(22);
    expect(sentences[0]).toContain('132 entries');
    expect(sentences.at(-1)).toBe('And 112 more changes before those.');
  });

  test('is nothing when nobody wrote, or when the clone is live already', async () => {
    const later = { ...point, capturedAt: START };
    expect(await bench.component.restorePoints.losses(later, never)).toEqual([]);

    bench.space.repoint('backstop-2-3-1');

    expect(await losses()).toEqual([]);
  });
});

describe('entries without a clone', () => {
  const revert = (ids: readonly string[] = ['home', 'sale']) =>
    bench.component.restorePoints.revertEntries(ids, CLONED_AT, 'kept.json', never);
  /** The same, with what comes before it done. */
  const keptAndReverted = async (ids?: readonly string[]) => {
    const call = await revert(ids);
    const [keep] = bench.component.mitigations?.['revert-entries']?.before?.(call) ?? [];
    if (!keep) throw new Error('Nothing comes before it.');
    await exported(bench.component, keep);
    return call;
  };
  const live = (id: string) => {
    const { fields, publishedVersion, version } = bench.space.entry(id);
    return { title: fields['title']?.['en-US'], isLive: publishedVersion === version - 1 };
  };

  test('go back to what was published before, or off the site where nothing was', async () => {
    const call = await keptAndReverted();

    await submit(bench.component, call);

    expect(live('home')).toEqual({ title: 'Welcome', isLive: true });
    expect(live('sale')).toEqual({ title: 'Sale', isLive: false });
    expect(bench.cloud.contentful.mutations).toEqual({
      'PUT entry': 1,
      'PUT entry/published': 1,
      'DELETE entry/published': 1,
    });
  });

  test.each([
    ['PUT entry', 'before'],
    ['PUT entry', 'after'],
    ['PUT entry/published', 'before'],
    ['PUT entry/published', 'after'],
    ['DELETE entry/published', 'before'],
    ['DELETE entry/published', 'after'],
  ] as const)('are taken up half-way after a %s cut off %s it was done', async (on, when) => {
    const { input, operation: name } = await keptAndReverted();
    const first = operationOf(bench.component, name);
    const intent = await intend(first, input);
    bench.faults.add({ on, fault: { kind: 'reset', when } });

    const error = await first.submit(input, intent, never).catch((e: unknown) => e);
    const second = operationOf(bench.again(), name);
    const found = await second.recover(input, intent, undefined, never);
    const seen = await second.observe(input, never);
    const isDone = on === 'DELETE entry/published' && when === 'after';
    if (found.state === 'not-started') await second.submit(input, intent, never);

    expect(error).toBeInstanceOf(OutsideError);
    expect(error).toMatchObject({ detail: { kind: 'ambiguous' }, surelyNotDone: false });
    expect(found.state).toBe(isDone ? 'done' : 'not-started');
    if (!isDone) expect(seen.fingerprint).toBe(intent.before);
    expect(await second.recover(input, intent, undefined, never)).toEqual({ state: 'done' });
    expect(live('home')).toEqual({ title: 'Welcome', isLive: true });
    expect(live('sale').isLive).toBe(false);
    expect(bench.cloud.contentful.mutations).toEqual({
      'PUT entry': 1,
      'PUT entry/published': 1,
      'DELETE entry/published': 1,
    });
  });

  test('are carried through by the engine, though an answer is lost half-way', async () => {
    const { component } = bench;
    const step = await planStep(component, await keptAndReverted(), 'Put back', never);
    const clock = createVirtualClock(START);
    let run: Run = startRun({ run: 'R1', plan: 'P1', hash: '' }, 'rollback', [step], START);
    const state = () => run.steps[step.id] ?? { id: step.id, status: 'waiting', attempt: 0 };
    bench.faults.add({ on: 'PUT entry/published', fault: { kind: 'reset', when: 'after' } });

    await performStep({
      run: 'R1',
      step,
      operation: operationOf(component, step.call.operation),
      clock,
      signal: never,
      state,
      runHasActed: () => state().attempt > 0,
      record: (event) => {
        run = applyToRun(run, event, clock.now());
        return Promise.resolve();
      },
      drifted: (reason) => Promise.reject(new Error(reason)),
    });

    expect(state()).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(live('home')).toEqual({ title: 'Welcome', isLive: true });
    expect(bench.cloud.contentful.mutations).toEqual({
      'PUT entry': 1,
      'PUT entry/published': 1,
      'DELETE entry/published': 1,
    });
  });

  test('wait for their turn where Contentful limits requests', async () => {
    const ids = Array.from({ length: 6 }, (_, n) => `e${n}`);
    for (const id of ids) {
      bench.space.write('ben', { id, contentType: 'page', fields: {} });
      bench.space.publish('ben', id);
    }
    const call = await keptAndReverted(ids);
    bench.faults.add({
      on: 'DELETE entry/published',
      fault: {
        kind: 'status',
        status: 429,
        headers: { 'x-contentful-ratelimit-reset': '1' },
        body: {},
      },
      skip: 2,
    });
    bench.cloud.contentful.rateLimit.perSecond = 10;

    const started = Date.now();
    await submit(bench.component, call);

    expect(bench.faults.hits()).toBe(1);
    expect(Date.now() - started).toBeGreaterThanOrEqual(1_000);
    expect(bench.cloud.contentful.mutations).toEqual({ 'DELETE entry/published': 6 });
  });

  test('stop where somebody else wrote, and say where', async () => {
    const { input, operation: name } = await keptAndReverted();
    const operation = operationOf(bench.component, name);
    const intent = await intend(operation, input);
    bench.space.write('ben', { id: 'home', fields: { title: { 'en-US': 'By hand' } } });

    const check = await checkOf(
      bench.component,
      { operation: name, input },
      'Nobody changed them meanwhile',
    );

    expect(check).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('entry home') });
    await expect(operation.submit(input, intent, never)).rejects.toMatchObject({
      detail: { kind: 'busy', answer: expect.stringContaining('entry home at version 5') },
    });
    expect(live('home').title).toBe('By hand');
    expect(await operation.recover(input, intent, undefined, never)).toMatchObject({
      state: 'diverged',
    });
  });

  test('that somebody writes half-way are left to a person, who is told how far it came', async () => {
    const { input, operation: name } = await keptAndReverted();
    const operation = operationOf(bench.component, name);
    const intent = await intend(operation, input);
    const meanwhile = (passage: unknown): void => {
      if ((passage as Passage).exchange.call !== 'PUT entry/published') return;
      bench.space.write('ben', { id: 'sale', fields: { title: { 'en-US': 'Sale, until May' } } });
    };
    subscribe(WIRE, meanwhile);

    const error = await operation.submit(input, intent, never).catch((e: unknown) => e);
    unsubscribe(WIRE, meanwhile);

    expect(error).toMatchObject({ detail: { kind: 'ambiguous' }, surelyNotDone: false });
    expect(String(error)).toMatch(/1 of 2 entries are done; .*somebody changed it: entry sale/);
    expect(await operation.recover(input, intent, undefined, never)).toMatchObject({
      state: 'diverged',
      reason: expect.stringContaining('entry sale at version'),
    });
    expect(live('home')).toEqual({ title: 'Welcome', isLive: true });
    expect(live('sale').title).toBe('Sale, until May');
  });

  test('are chosen in words, by id and time', () => {
    const now = Date.parse('2026-03-04T10:00:00Z');
    expect(chosenEntries('home,sale,home@2h', now)).toEqual({
      ids: ['home', 'sale'],
      since: now - 7_200_000,
    });
    expect(chosenEntries('home@2026-03-04T08:00Z', now).since).toBe(now - 7_200_000);
    for (const said of ['home', '@2h', 'home@', 'home@2027-01-01T00:00Z', 'a b@2h', 'home@2h@1h']) {
      expect(() => chosenEntries(said, now)).toThrow(/Say the ids/);
    }
    const many = Array.from({ length: 101 }, (_, n) => `e${n}`).join(',');
    expect(() => chosenEntries(`${many}@2h`, now)).toThrow(/At most 100/);
  });

  test('are offered as what can be done, for when no clone is left', async () => {
    const offer = bench.component.mitigations?.['revert-entries'];
    const value = `home,sale@${new Date(CLONED_AT).toISOString()}`;
    const call = await offer?.call({ value, key: 'INC-0001-P1', at: START }, never);
    const file = 'content-shop1-20260304100000000.json';
    const expected = await revert();
    expect(call).toEqual({
      ...expected,
      input: { ...(expected.input as object), exported: file },
    });
    expect(call && offer?.before?.(call)).toEqual([
      {
        operation: 'export-entries',
        input: { file, environment: 'release-2', of: { entries: ['home', 'sale'] } },
      },
    ]);
  });

  test('of which no snapshot is left are not taken off the site', async () => {
    // A clone begins without the snapshots of what it was made from.
    bench.space.entry('home').snapshots = [];

    const error = await revert().catch((e: unknown) => e);

    expect(error).toMatchObject({ name: 'Refusal', code: 'not-possible', field: 'value' });
    expect(String(error)).toMatch(
      /Entry home was published first at 2026-03-03 10:00 UTC, and Contentful has no snapshot of it in release-2 .* take it off the site, and does not/,
    );
    expect((await revert(['sale'])).input).toMatchObject({ entries: [{ id: 'sale' }] });
  });

  test('say how far they came where Contentful refuses one for good, and go on from there', async () => {
    const { input, operation: name } = await keptAndReverted();
    const operation = operationOf(bench.component, name);
    const intent = await intend(operation, input);
    const body = { sys: { type: 'Error', id: 'ValidationFailed' }, message: 'Validation error' };
    bench.faults.add({
      on: 'DELETE entry/published',
      fault: { kind: 'status', status: 422, body },
    });

    const error = await operation.submit(input, intent, never).catch((e: unknown) => e);
    const found = await operation.recover(input, intent, undefined, never);
    await operation.submit(input, intent, never);

    expect(error).toMatchObject({ detail: { kind: 'rejected', code: 'ValidationFailed' } });
    expect(String(error)).toMatch(/1 of 2 entries are done; Validation error\./);
    expect(String(error)).toContain('What is done stays done, and trying again goes on');
    expect(String(error)).not.toContain('Nothing was changed');
    expect(found).toEqual({ state: 'not-started' });
    expect([live('home').title, live('sale').isLive]).toEqual(['Welcome', false]);
  });

  test('do not claim that nothing changed when one was written and could not be published', async () => {
    const { input, operation: name } = await keptAndReverted(['home']);
    const operation = operationOf(bench.component, name);
    const intent = await intend(operation, input);
    const body = { sys: { type: 'Error', id: 'ValidationFailed' }, message: 'Validation error' };
    bench.faults.add({ on: 'PUT entry/published', fault: { kind: 'status', status: 422, body } });

    const error = await operation.submit(input, intent, never).catch((e: unknown) => e);

    expect(String(error)).toContain('0 of 1 entries are done; Validation error');
    expect(String(error)).not.toContain('Nothing was changed');
    expect(live('home')).toEqual({ title: 'Welcome', isLive: false });
    expect(await operation.recover(input, intent, undefined, never)).toEqual({
      state: 'not-started',
    });
  });

  test('with edits that nobody published are not written over: Contentful keeps those nowhere', async () => {
    bench.space.write('ben', { id: 'home', fields: { title: { 'en-US': 'Half a sentence' } } });
    const call = await revert();

    const check = await checkOf(bench.component, call, 'What is there now is kept');

    expect(check).toMatchObject({
      verdict: 'fail',
      blocking: true,
      reason: expect.stringContaining('home: edited and not published'),
    });
    bench.space.publish('ben', 'home');
    expect(
      await checkOf(bench.component, await revert(), 'What is there now is kept'),
    ).toMatchObject({ verdict: 'pass' });
  });

  test('that are deleted are no longer theirs to revert', async () => {
    const { input, operation: name } = await revert();
    const operation = operationOf(bench.component, name);
    const intent = await intend(operation, input);
    bench.space.remove('sale');

    expect(await operation.recover(input, intent, undefined, never)).toMatchObject({
      state: 'diverged',
      reason: expect.stringContaining('entry sale is deleted'),
    });
  });
});

describe('editors', () => {
  const policies = () => bench.space.role('editors').policies;

  test('cannot publish while they are held, and can again after a restart', async () => {
    const { component, space } = bench;
    const { hold } = component;
    if (!hold) throw new Error('no hold');

    await submit(component, hold.acquire());
    space.write('cleo', { id: 'home', fields: {} });
    const during = space.publish('cleo', 'home');
    const others = space.publish('ben', 'home');
    // Another process, which knows nothing but the configuration.
    const restarted = bench.again();
    await submit(restarted, restarted.hold?.release() ?? hold.release());
    const after = space.publish('cleo', 'home');

    expect([during, others, after]).toEqual([false, true, true]);
    expect(policies()).toEqual(EDITOR_POLICIES);
    expect(space.role('editors').description ?? '').toBe('');
  });

  test('are given back although the answer to the pause was lost', async () => {
    const { component } = bench;
    const call = component.hold?.acquire();
    if (!call) throw new Error('no hold');
    const operation = operationOf(component, call.operation);
    const intent = await intend(operation, call.input);
    bench.faults.add({ on: 'PUT role', fault: { kind: 'reset', when: 'after' } });

    await operation.submit(call.input, intent, never).catch(() => undefined);
    const restarted = bench.again();
    const found = await operationOf(restarted, call.operation).recover(
      call.input,
      intent,
      undefined,
      never,
    );
    const release = restarted.hold?.release();
    if (release) await submit(restarted, release);

    expect(found).toEqual({ state: 'done' });
    expect(policies()).toEqual(EDITOR_POLICIES);
  });

  test('keep what an administrator changes in their role meanwhile', async () => {
    const { component, space } = bench;
    if (!component.hold) throw new Error('no hold');
    const more = { effect: 'allow', actions: ['archive'], constraint: { and: [] } };

    await submit(component, component.hold.acquire());
    space.setPolicies('editors', [more, ...policies()]);
    await submit(component, component.hold.release());

    expect(policies()).toEqual([more, ...EDITOR_POLICIES]);
  });

  test.each([
    [
      'the denials',
      (space: ContentfulBench['space']) => space.setPolicies('editors', EDITOR_POLICIES),
    ],
    [
      'the sentence',
      (space: ContentfulBench['space']) => {
        space.role('editors').description = 'Edited';
      },
    ],
  ])('whose role lost %s of the pause are left to a person', async (_what, change) => {
    const { component, space } = bench;
    if (!component.hold) throw new Error('no hold');
    const release = component.hold.release();
    const operation = operationOf(component, release.operation);
    await submit(component, component.hold.acquire());
    const intent = await intend(operation, release.input);

    change(space);

    const check = await checkOf(component, release, 'Its rules are whole');
    expect(check).toMatchObject({ verdict: 'fail', blocking: true });
    expect(await operation.recover(release.input, intent, undefined, never)).toMatchObject({
      state: 'diverged',
      reason: expect.stringContaining('has one part of a pause'),
    });
  });

  test('of several roles are paused in turn; half-way is taken up again', async () => {
    const component = bench.with({ editorRoles: ['editors', 'translators'] });
    const call = component.hold?.acquire();
    if (!call) throw new Error('no hold');
    const operation = operationOf(component, call.operation);
    const intent = await intend(operation, call.input);
    bench.faults.add({ on: 'PUT role', fault: { kind: 'reset' }, skip: 1 });

    const error = await operation.submit(call.input, intent, never).catch((e: unknown) => e);
    const found = await operation.recover(call.input, intent, undefined, never);
    const handle = await operation.submit(call.input, intent, never);

    expect(error).toMatchObject({ detail: { kind: 'ambiguous' } });
    expect(String(error)).toContain('1 of 2 roles are done');
    expect(found).toEqual({ state: 'not-started' });
    expect(await operation.poll(handle, never)).toEqual({ state: 'succeeded' });
    expect(bench.space.role('translators').description).toMatch(
      /^Translate into all languages\. Publishing is paused by Backstop/,
    );
    if (component.hold) await submit(component, component.hold.release());
    expect(bench.space.role('translators')).toMatchObject({
      description: 'Translate into all languages.',
      policies: [{ effect: 'allow', actions: 'all', constraint: { and: [] } }],
    });
    expect(bench.cloud.contentful.mutations).toEqual({ 'PUT role': 4 });
  });

  test('of a role that was deleted meanwhile keep nobody else paused', async () => {
    const component = bench.with({ editorRoles: ['editors', 'translators'] });
    if (!component.hold) throw new Error('no hold');
    await submit(component, component.hold.acquire());
    bench.space.removeRole('translators');

    await submit(component, component.hold.release());

    expect(policies()).toEqual(EDITOR_POLICIES);
    bench.space.removeRole('editors');
    const release = component.hold.release();
    await expect(
      operationOf(component, release.operation).observe(release.input, never),
    ).rejects.toMatchObject({ detail: { kind: 'not-found' } });
  });

  test('are given back although the web app has written the role anew, its actions in another order', async () => {
    const { component, space } = bench;
    if (!component.hold) throw new Error('no hold');
    await submit(component, component.hold.acquire());
    space.setPolicies(
      'editors',
      policies().map(({ actions, ...rest }) => ({
        ...rest,
        actions: actions === 'all' ? actions : actions.toReversed(),
      })),
    );

    const release = component.hold.release();
    const seen = await operationOf(component, release.operation).observe(release.input, never);
    await submit(component, release);

    expect(seen.fingerprint).toBe('paused');
    expect(policies()).toHaveLength(EDITOR_POLICIES.length);
  });

  test('behind another alias than master are said not to be held by Contentful itself', async () => {
    const call = bench.component.hold?.acquire();
    if (!call) throw new Error('no hold');
    bench.space.addAlias('preview', 'backstop-2-3-1');

    const here = await checkOf(bench.component, call, 'Everybody is held');
    const there = await checkOf(bench.with({ alias: 'preview' }), call, 'Everybody is held');

    expect(here?.reason).not.toContain('`master`');
    expect(there?.reason).toContain('not to the one behind `preview`');
  });

  test('are not held where no role is named', () => {
    expect(bench.with({ editorRoles: [] }).hold).toBeUndefined();
  });

  test('of a role that is gone are told by the doctor, and a pause left behind too', async () => {
    const component = bench.with({ editorRoles: ['editors', 'gone'] });
    const hold = bench.component.hold;
    if (hold) await submit(bench.component, hold.acquire());

    const findings = await component.doctor(never);

    expect(findings.find(({ what }) => what.endsWith('role editors'))).toMatchObject({
      verdict: 'warn',
      reason: expect.stringContaining('paused by Backstop'),
    });
    expect(findings.find(({ what }) => what.endsWith('role gone'))?.verdict).toBe('fail');
  });
});

test.each([
  ['Environments', 'clone-environment', { environment: 'backstop-x', name: 'x' }],
  ['EnvironmentAliases', 'repoint-alias', PLAYS.repoint.input],
  ['ManageContent', 'revert-entries', PLAYS.unpublish.input],
])(
  'without the right %s nothing happens, and the message says what to do',
  async (right, operation, input) => {
    bench.cloud.contentful.denied.add(right);

    const error = await submit(bench.component, { operation, input }).catch((e: unknown) => e);

    expect(error).toMatchObject({ detail: { kind: 'permission', code: 'AccessDenied' } });
    expect(String(error)).toContain(`Missing permission ${right}`);
    expect(String(error)).toContain('space administrator');
    expect(bench.cloud.contentful.mutations).toEqual({});
  },
);

test('the phase is content, and no plan takes a clone for the previous version', () => {
  expect(bench.component).toMatchObject({ kind: 'contentful-environment', phase: 'content' });
  expect(bench.component.versions).toBeUndefined();
});
