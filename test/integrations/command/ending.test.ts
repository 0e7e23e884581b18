/** A command of a cancelled run that a person has ended before it is done, in every place where one can run, with real processes. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, type TestContext, test, vi } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { planStep } from '../../../src/engine/plan-step.ts';
import { createCommandComponent } from '../../../src/integrations/command/index.ts';
import { startAnew } from '../run-steps.ts';
import { alive, PLACES, type Place, SSH, script, where } from './places.ts';

const never = new AbortController().signal;
const PATIENT = 60_000;

/** A directory of the test's own: many are at work at once. */
function aDirectory({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): string {
  const directory = mkdtempSync(join(tmpdir(), 'backstop-ending-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Ignores SIGTERM and never ends, with a child and a grandchild in a session of its own that do the same. */
function deafScript(directory: string, mark: string): string {
  const grandchild = script(
    directory,
    'grandchild.sh',
    `trap '' TERM; while :; do sleep 0.1; done`,
  );
  const child = script(
    directory,
    'child.sh',
    `trap '' TERM; setsid ${grandchild} '${mark}' & while :; do sleep 0.1; done`,
  );
  return script(
    directory,
    'deaf.sh',
    `trap '' TERM; ${child} '${mark}' & echo "half of it is done"; touch ${join(directory, 'up')}
while :; do sleep 0.1; done`,
  );
}

/** Waits for it; what `expect.poll` does, but for tests side by side. */
const until = (holds: () => boolean): Promise<boolean> =>
  vi.waitUntil(holds, { timeout: PATIENT, interval: 50 });

interface Configured {
  readonly directory: string;
  readonly place?: Place;
  readonly operation: Record<string, unknown>;
  readonly where?: Record<string, unknown>;
}

/** The component as one process of Backstop has it: made anew, nothing is known of what an earlier one started. */
function component({
  directory,
  place = 'this machine',
  operation,
  where: more = {},
}: Configured): Component {
  const at = { ...where(place, directory), ...more };
  const settings = { where: at, operations: { work: operation } };
  return createCommandComponent({ id: 'scripts', settings, connections: {} });
}

async function begun(configured: Configured) {
  const { directory } = configured;
  const made = component(configured);
  const step = await planStep(made, { operation: 'work', input: {} }, 'Work', never);
  const run = basename(directory);
  const started = startAnew([step], run);
  const isUp = () => until(() => existsSync(join(directory, 'up')));
  const cancelAndEnd = () => {
    started.tell({ type: 'run.cancelling', data: { run, reason: 'Enough.' } });
    started.tell({ type: 'step.ending', data: { run, step: step.id, reason: 'It hangs.' } });
  };
  return { ...started, made, step, isUp, cancelAndEnd };
}

describe.concurrent.each(PLACES)('on %s', (place) => {
  test(
    'all of it is gone, also what ignores SIGTERM and what left for a session of its own, and a person is asked what it did',
    async (context) => {
      const directory = aDirectory(context);
      const mark = `mark-${directory}`;
      const run = [deafScript(directory, mark), mark];
      const { made, step, live, isUp, cancelAndEnd, events } = await begun({
        directory,
        place,
        operation: { run, limitSeconds: 80_000 },
      });
      const lived = live(step, made);
      await isUp();
      await until(() => alive(mark).length >= 3);

      cancelAndEnd();
      const end = await lived;

      expect(end.status).toBe('failed');
      expect(end.note).toContain('half of it is done');
      expect(end.note).toContain('Nobody but a person can tell how much of it was done');
      // What it did is in doubt: the intent stays for whoever looks.
      expect(end.intent).toBeDefined();
      expect(JSON.stringify(events)).toContain('It was ended on');
      expect(events.find(({ type }) => type === 'step.printed')?.data).toMatchObject({
        printed: [{ stream: 'output', text: 'half of it is done' }],
      });
      await until(() => alive(mark).length === 0);
    },
    2 * PATIENT,
  );

  test(
    'what it had done by then is what its check finds, not what was meant',
    async (context) => {
      const directory = aDirectory(context);
      const mark = `mark-${directory}`;
      const done = join(directory, 'done');
      const run = [
        script(directory, 'work.sh', `touch ${done} ${join(directory, 'up')}; sleep 600`),
        mark,
      ];
      const { made, step, live, isUp, cancelAndEnd } = await begun({
        directory,
        place,
        operation: { run, check: { run: ['test', '-e', done] }, limitSeconds: 80_000 },
      });
      const lived = live(step, made);
      await isUp();

      cancelAndEnd();

      expect(await lived).toMatchObject({ status: 'succeeded', how: 'observed' });
      await until(() => alive(mark).length === 0);
    },
    2 * PATIENT,
  );

  test(
    'one that had done nothing is said to have done nothing',
    async (context) => {
      const directory = aDirectory(context);
      const run = [script(directory, 'work.sh', `touch ${join(directory, 'up')}; sleep 600`)];
      const check = { run: ['test', '-e', join(directory, 'done')] };
      const { made, step, live, isUp, cancelAndEnd } = await begun({
        directory,
        place,
        operation: { run, check, limitSeconds: 80_000 },
      });
      const lived = live(step, made);
      await isUp();

      cancelAndEnd();
      const end = await lived;

      expect(end.status).toBe('failed');
      // Nothing more comes of it.
      expect(end.intent).toBeUndefined();
    },
    2 * PATIENT,
  );

  test(
    'it is found again and ended by a Backstop that was started anew meanwhile',
    async (context) => {
      const directory = aDirectory(context);
      const mark = `mark-${directory}`;
      const configured = {
        directory,
        place,
        operation: { run: [deafScript(directory, mark), mark], limitSeconds: 80_000 },
      };
      const { made, step, live, isUp, cancelAndEnd } = await begun(configured);
      await live(step, made, 'step.submitted');
      await isUp();
      await until(() => alive(mark).length >= 3);

      cancelAndEnd();
      const end = await live(step, component(configured));

      expect(end.status).toBe('failed');
      expect(end.note).toContain('nobody but a person can tell whether it was done');
      await until(() => alive(mark).length === 0);
    },
    2 * PATIENT,
  );
});

test(
  'what cannot be ended over there is followed to its end, and that is said',
  async (context) => {
    const directory = aDirectory(context);
    const up = join(directory, 'up');
    const go = join(directory, 'go');
    const ran = join(directory, 'ran');
    const run = [
      script(
        directory,
        'work.sh',
        `touch ${up}; while [ ! -e ${go} ]; do sleep 0.1; done; touch ${ran}`,
      ),
    ];
    // From its second connection on nobody answers there.
    const once = `if [ -e ${join(directory, 'connected')} ]; then echo "Connection refused" >&2; exit 255; fi
touch ${join(directory, 'connected')}
${SSH}`;
    const operation = { run, limitSeconds: 80_000 };
    const { made, step, live, isUp, cancelAndEnd, events } = await begun({
      directory,
      place: 'ssh',
      operation,
    });
    script(directory, 'ssh', once);
    const lived = live(step, made);
    await isUp();

    cancelAndEnd();
    const notes = () => events.map((event) => JSON.stringify(event)).join('\n');
    await until(() => notes().includes('It could not be ended on db1.example'));
    expect(notes()).toContain('Connection refused');
    expect(existsSync(ran)).toBe(false);
    script(directory, 'go', '');

    expect(await lived).toMatchObject({ status: 'succeeded', how: 'applied' });
    expect(existsSync(ran)).toBe(true);
  },
  2 * PATIENT,
);

test('what only releases a hold cannot be ended', async () => {
  const settings = {
    operations: { stop: { run: ['/bin/true'] }, start: { run: ['/bin/true'] } },
    hold: { acquire: 'stop', release: 'start' },
  };
  const { operations } = createCommandComponent({ id: 'scripts', settings, connections: {} });

  expect(operations['stop']?.ending).toBeDefined();
  expect(operations['start']?.ending).toBeUndefined();
});

test('those who decide are told what may be left behind', () => {
  const settings = {
    operations: {
      seen: { run: ['/bin/true'], check: { run: ['/bin/true'] } },
      blind: { run: ['/bin/true'] },
      restore: { run: ['/srv/restore.sh'], restores: 'database' },
    },
  };
  const { operations } = createCommandComponent({ id: 'scripts', settings, connections: {} });
  const leaves = (name: string) => operations[name]?.ending?.leaves({});

  expect(leaves('seen')).toMatch(/stays, perhaps half of it\. Its check looks/);
  expect(leaves('blind')).toMatch(/a person has to look/);
  expect(leaves('restore')).toMatch(/database may be restored in part.*the safety backup stays/);
});
