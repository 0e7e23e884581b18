/** The plans of releases, and of rollbacks behind them, made by the real integrations of the simulated cloud. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { KINDS } from '../../src/cli/context.ts';
import type { Component } from '../../src/component.ts';
import { parseConfig } from '../../src/config/load.ts';
import { behindRelease } from '../../src/engine/behind-release.ts';
import { createPlanner, type Planner } from '../../src/engine/planner.ts';
import type { Actor, PlanWish } from '../../src/events.ts';
import type { Incident } from '../../src/incident.ts';
import { createCatalogue } from '../../src/integrations/catalogue.ts';
import type { PlanContent } from '../../src/plan.ts';
import type { Proposal } from '../../src/proposal.ts';
import type { Release } from '../../src/release.ts';
import type { Run } from '../../src/run.ts';
import { createStage, type Stage, type StageSettings } from '../../src/sandbox/stage.ts';
import { aPlan } from '../support/a-plan.ts';
import { aRelease } from '../support/a-release.ts';

const MANIFEST = readFileSync(resolve(import.meta.dirname, '../../manifest.yml'), 'utf8');
const START = Date.UTC(2026, 10, 21, 3, 7);
const HOUR_MS = 3_600_000;
const signal = new AbortController().signal;

interface Bench {
  readonly stage: Stage;
  plan(wish: PlanWish, ground?: Incident): Promise<PlanContent>;
  /** What the planner finds. */
  know(incident: Incident): void;
  /** The release as the planner finds it. */
  release(changes?: Partial<Release>): Incident;
}

/** Production runs 2.3.1; 2.4.0 is in the staging slot. */
async function open(
  settings: StageSettings,
  configure: (stage: Stage) => string = ({ config }) => config,
): Promise<Bench> {
  const stage = await createStage(MANIFEST, START, settings);
  onTestFinished(() => stage.close());
  stage.cloud.azure.swapBehindYourBack('ben@acme.example');
  const config = parseConfig(configure(stage), {
    file: 'the bench',
    env: stage.env,
    readFile: (name) => readFileSync(name, 'utf8'),
    kinds: KINDS,
  });
  let known: readonly Incident[] = [];
  const catalogue = createCatalogue(config);
  const planner: Planner = createPlanner(catalogue, () => known);
  const begun = (await aRelease()).release();
  return {
    stage,
    plan: (wish, ground = known[0] ?? begun) => planner.plan(ground, wish, signal),
    know(incident) {
      known = [incident];
    },
    release(changes) {
      const release = { ...begun.release, ...changes };
      const incident: Incident = { ...begun, release };
      known = [incident];
      return incident;
    },
  };
}

const PREPARE: PlanWish = { kind: 'release', part: 'prepare' };
const BACK: PlanWish = { kind: 'rollback' };

const order = ({ steps }: PlanContent) => steps.map(({ id, after }) => [id, ...after].join(' < '));

/** What the plan would pin and capture is what a rollback finds. */
async function captured(bench: Bench): Promise<Partial<Release>> {
  const plan = await bench.plan(PREPARE);
  const space = bench.stage.cloud.contentful.space();
  const from = space.live;
  space.addEnvironment('backstop-kept', { from, by: 'user-backstop' });
  return {
    point: {
      at: START,
      pins: plan.components.map(({ id, title, live }) => ({
        component: id,
        title,
        version: { id: live.id, label: live.label },
      })),
      points: [
        {
          component: 'content',
          title: 'the content',
          point: { id: 'backstop-kept', label: 'kept', capturedAt: START },
        },
      ],
      notCovered: [],
    },
  };
}

/** The release is out: web, worker and content are new. */
function goOut({ cloud, worker }: Stage): void {
  cloud.azure.swapBehindYourBack('cleo@acme.example');
  cloud.azure.containerGroups.setImage('acme-worker', worker?.bad ?? '');
  cloud.contentful.space().addEnvironment('release-2', { from: 'release-1' });
  cloud.contentful.space().repoint('release-2');
}

describe('the restore point', () => {
  it('is planned over all components: first held, then captured, nothing put back', async () => {
    const bench = await open({ content: {}, worker: true });

    const plan = await bench.plan(PREPARE);

    expect(order(plan)).toEqual([
      'content.hold',
      'jobs.hold',
      'content < content.hold < jobs.hold',
    ]);
    expect(plan.components.map(({ id, live }) => [id, live.label])).toEqual([
      ['web', '2.3.1'],
      ['worker', '2.3.1'],
    ]);
    expect(plan.steps.map(({ effect }) => effect)).not.toContain('destructive');
  });

  it('names the clone that would make room, and plans its deletion alone', async () => {
    const bench = await open({ content: { limit: 2 } });

    const plan = await bench.plan(PREPARE);
    const room = await bench.plan({ kind: 'release', part: 'make-room' });

    const failed = plan.steps.flatMap(({ checks }) => checks).filter((c) => c.verdict === 'fail');
    expect(failed.map(({ reason }) => reason).join()).toMatch(/backstop-2-3-1/);
    expect(room.steps).toMatchObject([
      { effect: 'destructive', call: { input: { environment: 'backstop-2-3-1' } } },
    ]);
    expect(room.losses).toEqual([
      'Restore point backstop-2-3-1 (content of Contentful space shop1): nobody can go back to it afterwards.',
    ]);
  });

  it('makes room of what a failed clone left behind first, and never of what somebody made by hand', async () => {
    const bench = await open({ content: { limit: 4 } });
    const { contentful } = bench.stage.cloud;
    const space = contentful.space();
    space.addEnvironment('backstop-by-hand', { at: START - 999 * HOUR_MS });
    space.addEnvironment('backstop-half', { by: contentful.viewer.id });
    space.environment('backstop-half').status = 'failed';
    const makeRoom = () => bench.plan({ kind: 'release', part: 'make-room' });

    const first = await makeRoom();
    space.removeFailedClones();
    space.addEnvironment('release-0');
    const then = await makeRoom();

    expect([first, then].map(({ steps }) => steps.map(({ call }) => call.input))).toMatchObject([
      [{ environment: 'backstop-half' }],
      [{ environment: 'backstop-2-3-1' }],
    ]);
    expect([first.losses, then.losses.length]).toEqual([[], 1]);
  });

  it('makes no room where nothing of its own is left', async () => {
    const bench = await open({ content: { limit: 1 } });
    bench.stage.cloud.contentful.space().environment('backstop-2-3-1');
    bench.stage.cloud.contentful.space().repoint('backstop-2-3-1');

    const room = bench.plan({ kind: 'release', part: 'make-room' });

    await expect(room).rejects.toThrow(/Nothing that stands in the way is Backstop’s/);
  });

  it('is deleted at the end, unless readers see it by now', async () => {
    const bench = await open({ content: {} });
    bench.release(await captured(bench));
    const windDown: PlanWish = { kind: 'release', part: 'wind-down' };
    const before = await bench.plan(windDown);
    bench.stage.cloud.contentful.space().repoint('backstop-kept');
    const after = await bench.plan(windDown);

    expect(before.steps.map(({ call }) => call.input)).toMatchObject([
      { environment: 'backstop-kept' },
    ]);
    expect(after.steps).toEqual([]);
    expect(after.notes?.join()).toMatch(/Kept/);
  });
});

describe('a rollback behind an unsettled release', () => {
  it('puts content back, then web and worker, to what was captured', async () => {
    const bench = await open({ content: {}, worker: true });
    bench.release(await captured(bench));
    goOut(bench.stage);

    const plan = await bench.plan(BACK);

    expect(plan.release).toBe('REL-0001');
    expect(order(plan)).toEqual([
      'content.hold',
      'jobs.hold',
      'content.1 < content.hold < jobs.hold',
      'content.2 < content.1',
      'web < content.2',
      'worker < content.2',
      'content.release < web < worker',
      'jobs.release < web < worker',
    ]);
    expect(plan.components.map(({ id, target }) => [id, target.label])).toEqual([
      ['web', '2.3.1'],
      ['worker', '2.3.1'],
    ]);
    const content = plan.steps.find(({ id }) => id === 'content.2');
    expect(content?.call.input).toMatchObject({ environment: 'backstop-kept' });
  });

  it('leaves content as it is where only code is wanted', async () => {
    const bench = await open({ content: {}, worker: true });
    bench.release(await captured(bench));
    goOut(bench.stage);

    const plan = await bench.plan({ ...BACK, codeOnly: true });

    expect(plan.steps.map(({ id }) => id)).not.toContain('content.2');
    expect(plan.notes?.join()).toMatch(/the content stays as it is; `with content`/);
  });

  it('leaves alone what the release did not change, and content that is back already', async () => {
    const bench = await open({ content: {}, worker: true });
    bench.release(await captured(bench));
    bench.stage.cloud.azure.swapBehindYourBack('cleo@acme.example');
    bench.stage.cloud.contentful.space().repoint('backstop-kept');

    const plan = await bench.plan(BACK);

    expect(plan.components.map(({ id }) => id)).toEqual(['web']);
    expect(plan.steps.map(({ id }) => id)).not.toContain('content.2');
    expect(plan.notes?.join()).toMatch(/the content stays as it is\..*it is live/);
  });

  it('goes on to older versions where the restore point was no help', async () => {
    const bench = await open({ content: {}, worker: true });
    const { id, ...rest } = bench.release(await captured(bench));
    const tried = { plan: { ...aPlan(), release: id, id: 'P9' }, state: 'approved' } as Proposal;
    const run = { id: 'R9', plan: 'P9', kind: 'rollback', outcome: 'not-recovered', steps: {} };
    const after = { ...rest, id, proposals: [tried], runs: [run as unknown as Run] };
    bench.know(after);
    goOut(bench.stage);

    const next = await bench.plan(BACK);

    expect(next.release).toBeUndefined();
    expect(next.steps.map(({ id: step }) => step)).not.toContain('content.2');
  });

  it('goes where it is told where a version is named, and behind no release that has settled', async () => {
    const bench = await open({ content: {}, worker: true });
    const kept = await captured(bench);
    bench.release(kept);
    goOut(bench.stage);

    const named = await bench.plan({ ...BACK, target: '2.3.1' });
    bench.release({ ...kept, settledAt: START });
    const settled = await bench.plan(BACK);

    for (const plan of [named, settled]) {
      expect(plan.release).toBeUndefined();
      expect(plan.steps.map(({ id }) => id)).not.toContain('content.2');
    }
  });
});

describe('a release with everything that can go back', () => {
  const BACKUP = 'backstop-rel-0001-before-checkout-2-4-0';
  const SERVER = { resourceGroup: 'acme-production', name: 'acme-db' };

  /** The shop with its content, worker, jobs, flags and a flexible server. */
  const everything = (backups: readonly { name: string; completedAt: number }[] = []) =>
    open({ content: {}, worker: true, flags: true }, (stage) => {
      const earliest = START - 72 * HOUR_MS;
      stage.cloud.azure.postgres.add({ ...SERVER, earliest, backups });
      const config = parse(stage.config) as {
        services: { checkout: { environments: { production: { components: object } } } };
      };
      const { production } = config.services.checkout.environments;
      production.components = {
        database: {
          kind: 'azure-postgresql',
          resourceGroup: SERVER.resourceGroup,
          server: SERVER.name,
        },
        ...production.components,
      };
      return stringify(config);
    });

  it('is captured over all of it: versions pinned, content cloned, the database backed up', async () => {
    const bench = await everything();

    const plan = await bench.plan(PREPARE);

    expect(plan.components.map(({ id }) => id)).toEqual(['web', 'worker']);
    expect(plan.steps.map(({ id, call }) => [id, call.operation])).toEqual([
      ['content.hold', 'pause-editors'],
      ['jobs.hold', 'drain-jobs'],
      ['database', 'take-backup'],
      ['content', 'clone-environment'],
    ]);
    expect(plan.steps.find(({ id }) => id === 'database')?.call.input).toEqual({ backup: BACKUP });
    expect(plan.notes?.join(' ')).toContain('Flags are kept as they are');
    expect(plan.notes?.join(' ')).not.toContain('Not covered');
  });

  it('goes back in one plan: holds, flags, the database, content, then web and worker together', async () => {
    const at = START - HOUR_MS;
    const bench = await everything([
      { name: 'backup_newer', completedAt: START - 60_000 },
      { name: BACKUP, completedAt: at },
    ]);
    const { point } = await captured(bench);
    if (!point) throw new Error('no point');
    const database = { id: BACKUP, label: BACKUP, capturedAt: at };
    bench.release({
      point: {
        ...point,
        points: [
          ...point.points,
          { component: 'database', title: 'the database', point: database },
        ],
        flags: [{ component: 'flags', name: 'new-checkout', state: 'off' }],
      },
    });
    goOut(bench.stage);

    const plan = await bench.plan({ ...BACK, restore: [{ component: 'database' }] });

    expect(order(plan)).toEqual([
      'content.hold',
      'jobs.hold',
      'flags.new-checkout < content.hold < jobs.hold',
      'database.1 < flags.new-checkout',
      'database.2 < database.1',
      'content.1 < database.2',
      'content.2 < content.1',
      'web < content.2',
      'worker < content.2',
      'content.release < web < worker',
      'jobs.release < web < worker',
    ]);
    expect(plan.steps.find(({ id }) => id === 'database.1')?.call.input).toMatchObject({
      pointInTime: new Date(at).toISOString(),
    });
    expect(plan.losses.join(' ')).toMatch(/written to acme-db since/);
  });
});

describe('the schema behind a release', () => {
  const schema = {
    id: 'schema',
    whenLeft: () => Promise.resolve({ notes: [] }),
  } as unknown as Component;
  const cleo: Actor = { kind: 'person', id: 'U0CLEO', name: 'Cleo' };
  const ticks = { migrations: { by: cleo, at: START } };
  const point = { at: START, pins: [], points: [], notCovered: [] };

  function notesOf(release: Incident, wish: PlanWish = BACK): readonly string[] {
    return behindRelease([release], release, wish, [schema]).notes;
  }

  it('stays as long as its migrations are promised to be compatible', async () => {
    const bench = await open({});

    expect(notesOf(bench.release({ point, ticks }))).toContainEqual(
      'The migrations of REL-0001 are backward compatible, as Cleo ticked when it was prepared: the schema stays as it is until REL-0001 has settled.',
    );
    const promised = bench.release({ point, ticks });
    expect(behindRelease([promised], promised, BACK, [schema]).keepsSchema).toBe(true);
    const silent = bench.release({ point, ticks: {} });
    expect(behindRelease([silent], silent, BACK, [schema]).keepsSchema).toBe(false);
    const asked = { ...BACK, restore: [{ component: 'schema' }] };
    for (const release of [
      notesOf(bench.release({ point, ticks }), asked),
      notesOf(bench.release({ point, ticks: {} })),
      notesOf(bench.release({ point, ticks, settledAt: START })),
    ]) {
      expect(release.filter((note) => note.includes('compatible'))).toEqual([]);
    }
  });
});

describe('flags', () => {
  it('are kept in the restore point as they stand', async () => {
    const bench = await open({ flags: true });

    const { notes } = await bench.plan(PREPARE);

    expect(notes).toContain('Flags are kept as they are: new-checkout on, banner on.');
    expect(notes?.join(' ')).not.toContain('Not covered');
  });

  it('go back first with the code, those that somebody changed, unless other words are said', async () => {
    const bench = await open({ flags: true, content: {}, worker: true });
    const { flags } = bench.stage;
    if (!flags) throw new Error('no flags');
    const { point } = await captured(bench);
    if (!point) throw new Error('no point');
    const kept = ['new-checkout', 'banner'].map((name) => ({
      component: 'flags',
      name,
      state: name === 'banner' ? 'on' : 'off',
    }));
    bench.release({ point: { ...point, flags: kept } });
    goOut(bench.stage);

    const plan = await bench.plan(BACK);

    const steps = order(plan);
    expect(steps.find((each) => each.startsWith('flags.'))).toMatch(/^flags.new-checkout < .*hold/);
    expect(steps).toContain('content.1 < flags.new-checkout');
    expect(steps).toContain('web < content.2');
    expect(steps).toContain('worker < content.2');
    const other = await bench.plan({ ...BACK, switches: [{ name: 'banner', to: 'off' }] });
    expect(other.steps.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['flags.new-checkout', 'flags.banner']),
    );
    const onlyContent = await bench.plan({
      ...BACK,
      only: true,
      restore: [{ component: 'content' }],
    });
    expect(onlyContent.steps.map(({ id }) => id)).not.toContain('flags.new-checkout');
  });

  it('that cannot be read keep nothing else back', async () => {
    const bench = await open({ flags: true, content: {}, worker: true });
    const { point } = await captured(bench);
    if (!point) throw new Error('no point');
    const gone = { component: 'flags', name: 'gone', state: 'off' };
    bench.release({ point: { ...point, flags: [gone] } });
    goOut(bench.stage);

    const plan = await bench.plan(BACK);

    expect(plan.steps.map(({ id }) => id)).toContain('web');
    expect(plan.notes?.join(' ')).toContain('Flag gone is not put back to off.');
  });
});
