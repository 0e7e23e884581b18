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
import { planStep } from '../../../src/engine/plan-step.ts';
import type { Actor } from '../../../src/events.ts';
import { allowStep } from '../../../src/flows/allow-step.ts';
import { approve, breakGlass, requestApproval } from '../../../src/flows/approve.ts';
import { askForPlan, proposePlan } from '../../../src/flows/propose-plan.ts';
import {
  cancelRun,
  doneByHand,
  retryStep,
  skipStep,
  undoRun,
} from '../../../src/flows/run-steps.ts';
import { lastRun } from '../../../src/incident.ts';
import { createCommandComponent } from '../../../src/integrations/command/index.ts';
import {
  BACKUP,
  EXPORT_SINCE,
  RESTORE_BESIDE,
  SWITCH,
  SWITCH_BACK,
} from '../../../src/integrations/database/names.ts';
import { createRestorable } from '../../../src/integrations/database/operations.ts';
import type { Json, OperationCall } from '../../../src/operation.ts';
import type { PlanContent } from '../../../src/plan.ts';
import { labelsOf, messageOf } from '../../blocks/reading.ts';
import { script } from '../command/places.ts';
import { ANA, APPROVAL, aRollback, BEN, CLEO, only, SERVICE } from './a-rollback.ts';
import { type AServer, aServer, EXTENSION } from './a-server.ts';

const never = new AbortController().signal;
const DANA: Actor = { kind: 'operator', name: 'Dana' };

/** A database and a script that restores it, in an incident, with the real engine at work. */
async function aShop() {
  const directory = mkdtempSync(join(tmpdir(), 'backstop-safety-'));
  const backups = join(directory, 'backups');
  mkdirSync(backups);
  let atWork = () => 'none';
  const server = aServer(backups, () => atWork());
  const settings = {
    database: 'shop',
    backups,
    timestampColumns: ['updated_at'],
    listed: 20,
    backupMinutes: 1,
    restoreMinutes: 1,
  };
  // The script lists what it was started with; the judge looks before anything else can happen.
  const ran = join(directory, 'ran');
  const run = [script(directory, 'restore-backup.sh', `echo "$1" >> ${ran}`), '{backup}'];
  const make = (): readonly [Component, Component] => {
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
    const judged: Component = {
      ...scripts,
      operations: {
        ...scripts.operations,
        'restore-backup': {
          ...restore,
          async submit(input, intent, signal) {
            const handle = await restore.submit(input, intent, signal);
            server.judge('script');
            return handle;
          },
        },
      },
    };
    return [database, judged];
  };
  const rollback = await aRollback(make, only('database'));
  atWork = rollback.run;
  /** Takes a backup by Backstop, outside of the run that is at work. */
  const point = async (name: string): Promise<void> => {
    const [{ restorePoints, operations }] = make();
    const call = restorePoints?.capture(name);
    const operation = operations[call?.operation ?? ''];
    if (!call || !operation) throw new Error('It takes no backups.');
    const { fingerprint: before, expected } = await operation.observe(call.input, never);
    if (before === expected) return;
    const intent = { run: 'R', step: 'b', key: `R/${name}`, at: Date.now(), before, expected };
    const handle = await operation.submit(call.input, intent, never);
    while ((await operation.poll(handle, never)).state === 'running')
      await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return {
    ...rollback,
    directory,
    backups,
    server,
    point,
    async close() {
      await rollback.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
type Shop = Awaited<ReturnType<typeof aShop>>;

const step = (shop: Shop) => lastRun(shop.incident())?.halt?.step ?? 'none';
const safetyFiles = ({ backups }: Shop) =>
  readdirSync(backups)
    .filter((name) => /safety|before/.test(name) && name.endsWith(EXTENSION))
    .map((name) => join(backups, name));

function changeNote(file: string, change: object): void {
  const note = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
  writeFileSync(`${file}.json`, JSON.stringify({ ...note, ...change }));
}

/** A plan that somebody wrote by hand, or an older version made: one step, and no safety backup before it. */
async function byHand(shop: Shop, id: string, call: OperationCall): Promise<void> {
  const component = shop.components().find((each) => each.id === id);
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

/** The same, on a safety backup that Backstop took of the live database in an earlier run. */
const ON_AN_OLDER_ONE = Object.fromEntries(
  Object.entries(HAND_MADE).map(
    ([name, [id, { operation, input }]]): [string, readonly [string, OperationCall]] => {
      const safety = id === 'scripts' ? 'older' : 'shop-older.dump';
      return [
        `${name}, on a backup of an earlier run`,
        [id, { operation, input: { ...(input as object), safety } }],
      ];
    },
  ),
);
const PLANS = { ...HAND_MADE, ...ON_AN_OLDER_ONE };

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
    const plan = shop.plan();
    await shop.decide(ANA, requestApproval(plan, APPROVAL));
    await shop.decide(BEN, approve(plan, APPROVAL, 'yes'));
  },
  'approve at the terminal': async (shop) => {
    const plan = shop.plan();
    await shop.decide(ANA, requestApproval(plan, APPROVAL));
    await shop.decide(DANA, approve(plan, APPROVAL, 'yes'));
  },
  'break the glass': (shop) =>
    shop.decide(BEN, breakGlass(shop.plan(), 'Everything is down.', 'yes')),
  allow: async (shop) => {
    for (const { id } of shop.waiting()) await shop.decide(CLEO, allowStep(shop.run(), id, 'yes'));
  },
  skip: (shop) => shop.decide(BEN, skipStep(shop.run(), step(shop), 'Go on.')),
  'say it was done by hand': (shop) =>
    shop.decide(BEN, doneByHand(shop.run(), step(shop), 'I did.')),
  retry: (shop) => shop.decide(BEN, retryStep(shop.run(), step(shop))),
  cancel: (shop) => shop.decide(BEN, cancelRun(shop.run(), 'Enough.')),
  undo: (shop) => shop.decide(BEN, undoRun(shop.run(), 'It must come back.')),
  'take back what a run did': (shop) =>
    shop.decide(ANA, askForPlan({ kind: 'undo', run: shop.run() })),
  'lose the safety backups': (shop) => safetyFiles(shop).forEach((file) => rmSync(file)),
  'cut the safety backups off': (shop) =>
    safetyFiles(shop).forEach((file) => writeFileSync(file, readFileSync(file).subarray(0, 9))),
  'spoil the safety backups at their size': (shop) =>
    safetyFiles(shop).forEach((file) => {
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0, Math.max(0, bytes.length - 4)));
    }),
  'put the nightly backup in the place of the safety backups': (shop) =>
    safetyFiles(shop).forEach((file) =>
      writeFileSync(file, readFileSync(join(shop.backups, 'shop-nightly.dump'))),
    ),
  'put another backup in their place and make its note fit its size': (shop) =>
    safetyFiles(shop).forEach((file) => {
      const other = readFileSync(join(shop.backups, 'shop-nightly.dump'));
      writeFileSync(file, other);
      changeNote(file, { bytes: other.length });
    }),
  'empty the safety backups': (shop) =>
    safetyFiles(shop).forEach((file) => writeFileSync(file, '')),
  'let the safety backups grow old': (shop) =>
    safetyFiles(shop).forEach((file) => changeNote(file, { wholeAt: Date.now() - 62 * 60_000 })),
  'Backstop takes a backup besides': (shop) => shop.point('older'),
  'customers write': ({ server }) => server.write('new orders'),
  'Backstop is killed and started anew': (shop) => shop.restart(),
  'somebody else restores': ({ server }) => server.replaceLive(),
  'the next dump is cut off': ({ server }) => server.spoil('cut off'),
  'the next dump fails': ({ server }) => server.spoil('fails'),
  ...Object.fromEntries(
    Object.entries(PLANS).map(([name, [id, call]]) => [
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

describe('Backstop is killed between the safety backup and the restore, and customers write meanwhile', () => {
  const MEANWHILE = ['Backstop is killed and started anew', 'customers write'];

  test('the backup is read again, and what they wrote is in the database that is kept', async () => {
    const shop = await after('ask for the database', 'approve', ...MEANWHILE, 'allow');

    const [step] = Object.keys(lastRun(shop.incident())?.steps ?? {}).slice(-1);
    expect(lastRun(shop.incident())?.steps[step ?? '']?.status).toBe('succeeded');
    expect(shop.server.keptData()).toContain('new orders');
    expect(await ended(shop)).toEqual({ changes: ['restore beside', 'switch'], without: [] });
  }, 120_000);

  test('a script starts on the backup that is read again', async () => {
    const shop = await after('ask for the scripts', 'approve', ...MEANWHILE, 'allow');

    expect(await ended(shop)).toEqual({ changes: ['script'], without: [] });
  }, 120_000);

  test('a script does not start where that took longer than its backup may be old', async () => {
    const acts = ['let the safety backups grow old', ...MEANWHILE, 'allow', 'retry', 'allow'];
    const shop = await after('ask for the scripts', 'approve', ...acts);

    expect(lastRun(shop.incident())?.halt?.reason).toContain('what was written since');
    expect(await ended(shop)).toEqual({ changes: [], without: [] });
  }, 120_000);
});

describe('without a safety backup', () => {
  test.each(Object.keys(PLANS))(
    'nothing is restored by a plan that was written by hand: %s',
    async (name) => {
      const shop = await after(
        'Backstop takes a backup besides',
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
    'put another backup in their place and make its note fit its size',
    'empty the safety backups',
    'somebody else restores',
  ])(
    'the switch does not come to pass: %s',
    async (act) => {
      const shop = await after('ask for the database', 'approve', act, 'allow', 'retry', 'allow');

      // Only copies were made so far: nothing of it can be taken back.
      expect(labelsOf(messageOf(shop.incident(), `run/${shop.run()}`, SERVICE))).toEqual([
        'Retry',
        'Skip…',
        'Done by hand…',
        'Cancel…',
      ]);
      expect(await shop.decide(BEN, undoRun(shop.run(), 'It must come back.'))).toBe(false);

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

  test.each([
    ['lose the safety backups', 'was not taken, or not to its end'],
    ['empty the safety backups', 'Its size has changed'],
    ['spoil the safety backups at their size', 'It is cut off'],
    ['put another backup in their place and make its note fit its size', 'something else is in it'],
    ['let the safety backups grow old', 'It was taken too long ago'],
    ['somebody else restores', 'another database'],
  ])(
    'the script does not start, and says why: %s',
    async (act, why) => {
      const shop = await after('ask for the scripts', 'approve', act, 'allow', 'retry', 'allow');

      expect(lastRun(shop.incident())?.halt?.reason).toContain(why);
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
    const offered = shop
      .components()
      .flatMap(({ id, operations }) => Object.keys(operations).map((name) => `${id} ${name}`));
    expect(offered.sort()).toEqual(Object.keys(kinds).sort());

    for (const [id, { operation: name, input }] of Object.values(PLANS)) {
      const operation = shop.components().find((each) => each.id === id)?.operations[name];
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
