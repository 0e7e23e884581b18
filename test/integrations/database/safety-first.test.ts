/**
 * No way leads to a restore without a safety backup of the live database that can be read to its end: whatever people decide, whatever
 * becomes of the files meanwhile, with the real engine, flows, planner and operations. The server is names, and judges by itself.
 */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { stepsToAllow } from '../../../src/due-steps.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { planStep } from '../../../src/engine/plan-step.ts';
import { createPlanner } from '../../../src/engine/planner.ts';
import { Refusal } from '../../../src/errors.ts';
import type { Actor, PlanWish } from '../../../src/events.ts';
import { allowStep } from '../../../src/flows/allow-step.ts';
import { approve, breakGlass, requestApproval } from '../../../src/flows/approve.ts';
import { declareRollback } from '../../../src/flows/declare-rollback.ts';
import { askForPlan, proposePlan } from '../../../src/flows/propose-plan.ts';
import {
  cancelRun,
  doneByHand,
  retryStep,
  skipStep,
  undoRun,
} from '../../../src/flows/run-steps.ts';
import { takeRole } from '../../../src/flows/take-role.ts';
import { lastRun, openProposal, proposalOf } from '../../../src/incident.ts';
import { createCommandComponent } from '../../../src/integrations/command/index.ts';
import {
  BACKUP,
  EXPORT_SINCE,
  RESTORE_BESIDE,
  SWITCH,
  SWITCH_BACK,
} from '../../../src/integrations/database/names.ts';
import { createRestorable } from '../../../src/integrations/database/operations.ts';
import type { Flow } from '../../../src/loop.ts';
import type { Json, OperationCall } from '../../../src/operation.ts';
import type { PlanContent } from '../../../src/plan.ts';
import type { Catalogue, Service } from '../../../src/service.ts';
import { openLoop } from '../../support/journal.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { script } from '../command/places.ts';
import { type AServer, aServer, EXTENSION } from './a-server.ts';

const never = new AbortController().signal;
const ID = 'INC-0001';
const ANA: Actor = { kind: 'person', id: 'U0ANA' };
const BEN: Actor = { kind: 'person', id: 'U0BEN' };
const CLEO: Actor = { kind: 'person', id: 'U0CLEO' };
const DANA: Actor = { kind: 'operator', name: 'Dana' };
const PATIENCE_MS = 60_000;

const APPROVAL = {
  count: 1,
  from: ['U0BEN'],
  requesterMayApprove: false,
  validFor: 3_600_000,
  breakGlass: ['U0BEN'],
};
const SERVICE: Service = {
  id: 'checkout',
  name: 'Checkout',
  responders: [],
  contacts: [],
  environments: {
    production: {
      id: 'production',
      verification: { passes: 1, every: 10, limit: 1_000 },
      monitor: { windows: [] },
      approval: APPROVAL,
    },
  },
};
const only = (component: string): PlanWish => ({
  kind: 'rollback',
  only: true,
  restore: [{ component }],
});

/** A database and a script that restores it, in an incident, with the real engine at work. */
async function aShop() {
  const directory = mkdtempSync(join(tmpdir(), 'backstop-safety-'));
  const backups = join(directory, 'backups');
  mkdirSync(backups);
  const server = aServer(backups);
  const settings = {
    database: 'shop',
    backups,
    timestampColumns: ['updated_at'],
    listed: 20,
    backupMinutes: 1,
    restoreMinutes: 1,
  };
  const { restorePoints, operations } = createRestorable(server.system, settings, [EXTENSION]);
  const database: Component = {
    id: 'database',
    kind: 'postgresql',
    title: 'database shop',
    phase: 'data',
    restorePoints,
    operations,
    doctor: async () => [],
  };
  // The script lists what it was started with; the judge looks before anything else can happen.
  const ran = join(directory, 'ran');
  const run = [script(directory, 'restore-backup.sh', `echo "$1" >> ${ran}`), '{backup}'];
  const scripts: Component = createCommandComponent({
    id: 'scripts',
    settings: {
      operations: {
        'restore-backup': {
          run,
          parameters: { backup: { pattern: '[\\w.-]+' } },
          restores: 'database',
        },
      },
      restore: 'restore-backup',
    },
    connections: {},
    sibling: (id) => (id === database.id ? database : undefined),
  });
  const restore = scripts.operations['restore-backup'];
  if (!restore) throw new Error('There is no restore.');
  let scriptsRan = 0;
  const judged: Component = {
    ...scripts,
    operations: {
      ...scripts.operations,
      'restore-backup': {
        ...restore,
        async submit(input, intent, signal) {
          const handle = await restore.submit(input, intent, signal);
          scriptsRan += 1;
          server.judge('script');
          return handle;
        },
      },
    },
  };
  const components = [database, judged];
  const catalogue: Catalogue = {
    services: () => [SERVICE],
    service: (id) => (id === SERVICE.id ? SERVICE : undefined),
    systems: async () => ({ components, probes: [] }),
    places: async () => [],
  };
  const { loop } = openLoop();
  const clock = createVirtualClock(Date.now());
  const planner = createPlanner(catalogue, () => loop.incidents());
  const failures: unknown[] = [];
  const engine = createEngine({
    loop,
    catalogue,
    planner,
    clock,
    quickFixLimit: 1_000,
    onError: (error) => failures.push(error),
  });
  engine.start();
  const incident = () => {
    const found = loop.incident(ID);
    if (!found) throw new Error('There is no incident.');
    return found;
  };
  const waiting = () => {
    const run = lastRun(incident());
    return run ? stepsToAllow(run, proposalOf(incident(), run.plan)?.plan.steps ?? []) : [];
  };
  /** Lets time pass until nothing happens by itself any more. */
  const settle = async (): Promise<void> => {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const run = lastRun(incident());
      const isStill =
        !run || run.status === 'finished' || run.status === 'halted' || waiting().length > 0;
      if (isStill && !incident().planWanted) return;
      if (Date.now() > end) throw new Error(`It does not come to rest: ${JSON.stringify(run)}`);
      clock.advance(500);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  /** @returns whether it was not refused. */
  const decide = async (actor: Actor, flow: Flow): Promise<boolean> => {
    try {
      await loop.decide(ID, actor, flow);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return false;
    } finally {
      await settle();
    }
    return true;
  };
  await loop.declare(ANA, declareRollback(SERVICE, 'production', only('database')));
  await settle();
  await decide(BEN, takeRole('commander'));
  const point = async (name: string): Promise<void> => {
    const call = restorePoints.capture(name);
    const operation = operations[call.operation];
    if (!operation) throw new Error('It takes no backups.');
    const { fingerprint: before, expected } = await operation.observe(call.input, never);
    const intent = { run: 'R', step: 'b', key: `R/${name}`, at: Date.now(), before, expected };
    const handle = await operation.submit(call.input, intent, never);
    while ((await operation.poll(handle, never)).state === 'running')
      await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return {
    directory,
    backups,
    server,
    components,
    clock,
    incident,
    waiting,
    decide,
    settle,
    point,
    planner,
    scriptsRan: () => scriptsRan,
    async close() {
      await engine.stop();
      rmSync(directory, { recursive: true, force: true });
      expect(failures).toEqual([]);
    },
  };
}
type Shop = Awaited<ReturnType<typeof aShop>>;

const newestPlan = (shop: Shop) => openProposal(shop.incident())?.plan.id ?? 'none';
const run = (shop: Shop) => lastRun(shop.incident())?.id ?? 'none';
const step = (shop: Shop) => lastRun(shop.incident())?.halt?.step ?? 'none';
const safetyFiles = ({ backups }: Shop) =>
  readdirSync(backups)
    .filter((name) => /safety|before/.test(name) && name.endsWith(EXTENSION))
    .map((name) => join(backups, name));

/** A plan that somebody wrote by hand, or an older version made: one step, and no safety backup before it. */
async function byHand(shop: Shop, id: string, call: OperationCall): Promise<void> {
  const component = shop.components.find((each) => each.id === id);
  if (!component) throw new Error(`There is no ${id}.`);
  const step = await planStep(component, call, 'By hand', never).catch(() => undefined);
  if (!step) return;
  const content: PlanContent = {
    kind: 'rollback',
    service: 'checkout',
    environment: 'production',
    title: 'By hand',
    components: [],
    // What a check said then is not asked of a plan that nobody checked.
    steps: [{ ...step, checks: [] }],
    losses: [],
    undo: '',
  };
  await shop.decide(ANA, (incident, context) => [
    ...(incident.planWanted ? [] : askForPlan(only('database'))(incident, context)),
  ]);
  await shop.decide(ANA, (incident, context) => {
    const wanted = { ...incident, planWanted: { ...only('database'), by: ANA, at: 0 } };
    return proposePlan(content)(wanted, context);
  });
}

const NAMES = { point: 'shop-nightly.dump', beside: 'shop_new_1', safety: 'shop-safety-1.dump' };
const HAND_MADE: Readonly<Record<string, readonly [string, OperationCall]>> = {
  'restore beside': ['database', { operation: RESTORE_BESIDE, input: NAMES }],
  switch: [
    'database',
    {
      operation: SWITCH,
      input: { beside: NAMES.beside, kept: 'shop_old_1', safety: NAMES.safety },
    },
  ],
  script: [
    'scripts',
    { operation: 'restore-backup', input: { backup: NAMES.point, safety: NAMES.safety } },
  ],
  'script without a name for its backup': [
    'scripts',
    { operation: 'restore-backup', input: { backup: NAMES.point } },
  ],
};

/** What people and the world may do, in any order. */
const ACTS: Readonly<Record<string, (shop: Shop) => unknown>> = {
  'ask for the database': (shop) => shop.decide(ANA, askForPlan(only('database'))),
  'ask for the scripts': (shop) => shop.decide(ANA, askForPlan(only('scripts'))),
  'ask for both': (shop) =>
    shop.decide(
      DANA,
      askForPlan({
        kind: 'rollback',
        only: true,
        restore: [{ component: 'database' }, { component: 'scripts' }],
      }),
    ),
  'ask for the script as a mitigation': (shop) =>
    shop.decide(
      ANA,
      askForPlan({
        kind: 'mitigation',
        mitigate: { name: 'restore-backup', components: [], value: NAMES.point },
      }),
    ),
  approve: async (shop) => {
    const plan = newestPlan(shop);
    await shop.decide(ANA, requestApproval(plan, APPROVAL));
    await shop.decide(BEN, approve(plan, APPROVAL, 'yes'));
  },
  'approve at the terminal': async (shop) => {
    const plan = newestPlan(shop);
    await shop.decide(ANA, requestApproval(plan, APPROVAL));
    await shop.decide(DANA, approve(plan, APPROVAL, 'yes'));
  },
  'break the glass': (shop) =>
    shop.decide(BEN, breakGlass(newestPlan(shop), 'Everything is down.', 'yes')),
  allow: async (shop) => {
    for (const { id } of shop.waiting()) await shop.decide(CLEO, allowStep(run(shop), id, 'yes'));
  },
  skip: (shop) => shop.decide(BEN, skipStep(run(shop), step(shop), 'Go on.')),
  'say it was done by hand': (shop) =>
    shop.decide(BEN, doneByHand(run(shop), step(shop), 'I did.')),
  retry: (shop) => shop.decide(BEN, retryStep(run(shop), step(shop))),
  cancel: (shop) => shop.decide(BEN, cancelRun(run(shop), 'Enough.')),
  undo: (shop) => shop.decide(BEN, undoRun(run(shop), 'It must come back.')),
  'take back what a run did': (shop) =>
    shop.decide(ANA, askForPlan({ kind: 'undo', run: run(shop) })),
  'lose the safety backups': (shop) => safetyFiles(shop).forEach((file) => rmSync(file)),
  'cut the safety backups off': (shop) =>
    safetyFiles(shop).forEach((file) => writeFileSync(file, readFileSync(file).subarray(0, 9))),
  'spoil the safety backups at their size': (shop) =>
    safetyFiles(shop).forEach((file) => {
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0, bytes.length - 4));
    }),
  'put the nightly backup in the place of the safety backups': (shop) =>
    safetyFiles(shop).forEach((file) =>
      writeFileSync(file, readFileSync(join(shop.backups, 'shop-nightly.dump'))),
    ),
  'somebody else restores': ({ server }) => server.replaceLive(),
  'the next dump is cut off': ({ server }) => server.spoil('cut off'),
  'the next dump fails': ({ server }) => server.spoil('fails'),
  ...Object.fromEntries(
    Object.entries(HAND_MADE).map(([name, [id, call]]) => [
      `write a plan by hand: ${name}`,
      (shop: Shop) => byHand(shop, id, call),
    ]),
  ),
};

async function after(...acts: readonly string[]): Promise<Shop> {
  const shop = await aShop();
  await shop.point('nightly');
  // What is live now is not what the nightly backup is of.
  shop.server.replaceLive();
  for (const act of acts) {
    await Promise.resolve(ACTS[act]?.(shop));
    await shop.settle();
  }
  return shop;
}

/** Closes it, and gives what was done to data, with and without a safety backup. */
async function ended(shop: Shop): Promise<Pick<AServer, 'changes' | 'without'>> {
  const { changes, without } = shop.server;
  await shop.close();
  return { changes, without };
}

describe('the way through', () => {
  test.each([
    ['the database', ['restore beside', 'switch']],
    ['the scripts', ['script']],
  ])(
    'of %s restores, on a safety backup of what is live',
    async (what, expected) => {
      const shop = await after(`ask for ${what}`, 'approve', 'allow', 'allow');

      expect(await ended(shop)).toEqual({ changes: expected, without: [] });
    },
    120_000,
  );
});

describe('without a safety backup', () => {
  test.each(Object.keys(HAND_MADE))(
    'nothing is restored by a plan that was written by hand: %s',
    async (name) => {
      const shop = await after(
        `write a plan by hand: ${name}`,
        'approve',
        'allow',
        'retry',
        'allow',
        'retry',
      );

      expect(lastRun(shop.incident())?.status ?? 'none').toMatch(/halted|none/);
      expect(await ended(shop)).toEqual({ changes: [], without: [] });
    },
    120_000,
  );

  test.each([
    'lose the safety backups',
    'cut the safety backups off',
    'spoil the safety backups at their size',
    'put the nightly backup in the place of the safety backups',
    'somebody else restores',
  ])(
    'the switch does not come to pass: %s',
    async (act) => {
      const shop = await after('ask for the database', 'approve', act, 'allow', 'retry', 'allow');

      expect(await ended(shop)).toEqual({ changes: ['restore beside'], without: [] });
    },
    120_000,
  );

  test.each(['skip', 'say it was done by hand'])(
    'nothing is restored where the step that takes it failed: %s',
    async (act) => {
      const shop = await after(
        'ask for the database',
        'the next dump is cut off',
        'approve',
        act,
        'retry',
        'allow',
        act,
        'allow',
      );

      expect(await ended(shop)).toEqual({ changes: [], without: [] });
    },
    120_000,
  );

  test('nothing that a component offers restores by a direct call', async () => {
    const shop = await after();
    // Each operation that there is has to be named here as what it is.
    const kinds: Readonly<Record<string, 'copies' | 'restores' | 'exchanges names'>> = {
      [`database ${BACKUP}`]: 'copies',
      [`database ${EXPORT_SINCE}`]: 'copies',
      [`database ${RESTORE_BESIDE}`]: 'restores',
      [`database ${SWITCH}`]: 'restores',
      [`database ${SWITCH_BACK}`]: 'exchanges names',
      'scripts restore-backup': 'restores',
      'scripts safety-backup': 'copies',
      'scripts export-written': 'copies',
    };
    const offered = shop.components.flatMap(({ id, operations }) =>
      Object.keys(operations).map((name) => `${id} ${name}`),
    );
    expect(offered.sort()).toEqual(Object.keys(kinds).sort());

    for (const [id, { operation: name, input }] of Object.values(HAND_MADE)) {
      const operation = shop.components.find((each) => each.id === id)?.operations[name];
      const intent = { run: 'R', step: 's', key: 'k', at: Date.now(), before: 'a', expected: 'b' };
      const call = async (given: Json) => operation?.submit(given, intent, never);
      await expect(call(input), name).rejects.toMatchObject({ surelyNotDone: true });
    }

    expect(await ended(shop)).toEqual({ changes: [], without: [] });
  }, 120_000);
});

test('whatever people decide and whatever becomes of the files, nothing is restored without one', async () => {
  const anyActs = fc.array(fc.constantFrom(...Object.keys(ACTS), 'approve', 'allow', 'allow'), {
    minLength: 3,
    maxLength: 12,
  });
  const property = fc.asyncProperty(anyActs, async (acts) => {
    const { without } = await ended(await after(...acts));
    expect(without, acts.join(', ')).toEqual([]);
  });
  await fc.assert(property, { numRuns: 30 });
}, 600_000);
