/** Freezes by the real integration against the simulated GitHub, with the engine and without Slack. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KINDS } from '../../src/cli/context.ts';
import { parseConfig } from '../../src/config/load.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { createPlanner } from '../../src/engine/planner.ts';
import type { Actor } from '../../src/events.ts';
import { approve, requestApproval } from '../../src/flows/approve.ts';

import { changeStatus } from '../../src/flows/change-status.ts';
import { declareIncident } from '../../src/flows/declare.ts';
import { askForPlan } from '../../src/flows/propose-plan.ts';
import { resolveIncident } from '../../src/flows/resolve.ts';
import { overrideResponse, overrideSeverity } from '../../src/flows/respond.ts';
import { takeRole } from '../../src/flows/take-role.ts';
import { frozen } from '../../src/freeze.ts';
import { type Incident, lastRun, openProposal } from '../../src/incident.ts';
import { createCatalogue } from '../../src/integrations/catalogue.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop, type Flow, type Loop } from '../../src/loop.ts';
import { createStage, type Stage } from '../../src/sandbox/stage.ts';
import type { ApprovalPolicy } from '../../src/service.ts';
import { createFastClock } from '../crash/fast-clock.ts';

const MANIFEST = readFileSync(resolve(import.meta.dirname, '../../manifest.yml'), 'utf8');
const START = Date.UTC(2026, 10, 21, 3, 7);
const SPEED = 20;
const PATIENCE_MS = 20_000;
const ANA: Actor = { kind: 'person', id: 'U0ANA' };
const BEN: Actor = { kind: 'person', id: 'U0BEN' };

interface Bench {
  readonly stage: Stage;
  readonly loop: Loop;
  declare(severity?: 'sev1' | 'sev2'): Promise<string>;
  decide(id: string, by: Actor, flow: Flow): Promise<unknown>;
  until(what: string, holds: () => boolean): Promise<void>;
  /** Names of the rulesets that lock the branch. */
  locks(): readonly string[];
  /** Another process takes over. */
  restart(): Promise<void>;
  /** Plans a rollback and approves it. */
  rollBack(id: string, revert?: string): Promise<void>;
}

async function open(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'backstop-freeze-'));
  const clock = createFastClock({ start: START, realStart: Date.now(), speed: SPEED, moved: 0 });
  const stage = await createStage(MANIFEST, START, { clock, freeze: true });
  const now = (): number => clock.now();
  const config = parseConfig(stage.config.replace('limit: 20s', 'limit: 120s'), {
    file: 'the bench',
    env: stage.env,
    readFile: (name) => readFileSync(name, 'utf8'),
    kinds: KINDS,
  });
  const journal = openSqliteJournal({ file: join(folder, 'journal.db'), now });
  const loop = createLoop(journal, now);
  const catalogue = createCatalogue(config);
  const begin = (): Engine => {
    const engine = createEngine({
      loop,
      catalogue,
      planner: createPlanner(catalogue, () => loop.incidents()),
      clock,
      quickFixLimit: 15 * 60_000,
      onError: (error) => {
        throw error;
      },
    });
    engine.start();
    return engine;
  };
  let engine = begin();
  onTestFinished(async () => {
    await engine.stop();
    await journal.close();
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const approval = config.services['checkout']?.environments['production']
    ?.approval as ApprovalPolicy;
  const decide = (id: string, by: Actor, flow: Flow): Promise<unknown> => loop.decide(id, by, flow);
  const locks = (): readonly string[] =>
    stage.cloud.github.repository().rulesets.map(({ name }) => name);
  async function until(what: string, holds: () => boolean): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!holds()) {
      if (Date.now() > end) throw new Error(`No end: ${what}; locks: ${locks().join()}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  const service = catalogue.service('checkout');
  if (!service) throw new Error('The bench has no checkout');
  return {
    stage,
    loop,
    decide,
    until,
    locks,
    async declare(severity) {
      const words = { title: 'checkout fails', summary: '', service, environment: 'production' };
      const { id } = (await loop.declare(ANA, declareIncident(words))).incident;
      await decide(id, BEN, takeRole('commander'));
      if (severity) await decide(id, BEN, overrideSeverity(severity, 'So it is.'));
      return id;
    },
    async restart() {
      await engine.stop();
      engine = begin();
    },
    async rollBack(id, revert) {
      const asked = { kind: 'rollback', ...(revert === undefined ? {} : { revert }) } as const;
      await decide(id, ANA, askForPlan(asked));
      await until('a plan', () => openProposal(loop.incident(id) as Incident) !== undefined);
      const plan = openProposal(loop.incident(id) as Incident)?.plan.id ?? '';
      await decide(id, ANA, requestApproval(plan, approval));
      await decide(id, BEN, approve(plan, approval, 'yes'));
    },
  };
}

const lockOf = (id: string): string => `Backstop: nothing is merged during ${id}`;

describe('a freeze', { timeout: 60_000 }, () => {
  it('is set while a run is at work, and lifted once it has ended', async () => {
    const bench = await open();
    const id = await bench.declare();
    expect(bench.locks()).toEqual([]);

    await bench.rollBack(id);
    await bench.until('locked', () => bench.locks().includes(lockOf(id)));
    await bench.until(
      'ended',
      () => lastRun(bench.loop.incident(id) as Incident)?.status === 'finished',
    );
    await bench.until('free', () => bench.locks().length === 0);

    const plan = bench.loop.incident(id)?.proposals[0]?.plan;
    expect(plan?.notes).toContain(
      'While this runs branch main of acme/checkout is frozen: nothing can be merged there. Backstop lifts it afterwards, or once no SEV1 is open any more.',
    );
    expect(lastRun(bench.loop.incident(id) as Incident)?.outcome).toBe('recovered');
  });

  it('is set by a SEV1 without a run, and lifted once that is resolved', async () => {
    const bench = await open();
    const id = await bench.declare('sev1');
    await bench.until('locked', () => frozen(bench.loop.incident(id) as Incident).length === 1);
    expect(bench.locks()).toEqual([lockOf(id)]);

    await bench.decide(id, BEN, changeStatus('identified', 'Found.'));
    await bench.decide(id, BEN, resolveIncident('It is over.'));

    await bench.until('free', () => bench.locks().length === 0);
  });

  it('is lifted when the severity is lowered, and not set by a SEV2', async () => {
    const bench = await open();
    const id = await bench.declare('sev1');
    await bench.until('locked', () => bench.locks().length === 1);

    await bench.decide(id, BEN, overrideSeverity('sev2', 'Few are affected.'));

    await bench.until('free', () => bench.locks().length === 0);
  });

  it('is free only when the last of several incidents lets go', async () => {
    const bench = await open();
    const first = await bench.declare('sev1');
    const second = await bench.declare('sev1');
    await bench.until('locked', () => bench.locks().length === 2);

    await bench.decide(first, BEN, overrideSeverity('sev3', 'It was another thing.'));
    await bench.until('one lets go', () => bench.locks().length === 1);

    expect(bench.locks()).toEqual([lockOf(second)]);
  });

  it.each([
    ['is being set', 'POST rulesets', 'before'],
    ['was set and nobody heard of it', 'POST rulesets', 'after'],
  ] as const)('is set once where the process died while it %s', async (_name, on, when) => {
    const bench = await open();
    bench.stage.cloud.faults.github.add({ on, fault: { kind: 'hang', when } });
    const id = await bench.declare('sev1');
    await bench.until(
      'sent',
      () => bench.loop.incident(id)?.freezes[0]?.step.status === 'intended',
    );

    await bench.restart();

    await bench.until('locked', () => frozen(bench.loop.incident(id) as Incident).length === 1);
    expect(bench.locks()).toEqual([lockOf(id)]);
  });

  it('is lifted by the next process where the one that set it died', async () => {
    const bench = await open();
    const id = await bench.declare('sev1');
    await bench.until('locked', () => frozen(bench.loop.incident(id) as Incident).length === 1);
    const times = Number.POSITIVE_INFINITY;
    bench.stage.cloud.faults.github.add({ on: 'DELETE ruleset', fault: { kind: 'hang' }, times });
    await bench.decide(id, BEN, overrideSeverity('sev3', 'Few are affected.'));
    await bench.until(
      'sent',
      () => bench.loop.incident(id)?.freezes[0]?.step.status === 'intended',
    );
    expect(bench.locks()).toEqual([lockOf(id)]);

    bench.stage.cloud.faults.github.clear();
    await bench.restart();

    await bench.until('free', () => bench.locks().length === 0);
  });

  it('that cannot be set stops nothing: the plan and the incident say so, and the run recovers', async () => {
    const bench = await open();
    bench.stage.cloud.github.denied.add('administration=write');
    const id = await bench.declare();

    await bench.rollBack(id);

    await bench.until('refused', () => bench.loop.incident(id)?.freezes[0]?.failures === 1);
    await bench.until(
      'ended',
      () => lastRun(bench.loop.incident(id) as Incident)?.status === 'finished',
    );
    expect(lastRun(bench.loop.incident(id) as Incident)?.outcome).toBe('recovered');
  });

  it('that cannot even be read is said in the plan', async () => {
    const bench = await open();
    const id = await bench.declare();
    const times = Number.POSITIVE_INFINITY;
    const fault = { kind: 'status', status: 403, body: { message: 'No.' } } as const;
    bench.stage.cloud.faults.github.add({ on: 'GET rulesets', fault, times });

    await bench.rollBack(id);

    const notes = bench.loop.incident(id)?.proposals[0]?.plan.notes ?? [];
    expect(notes.join(' ')).toContain('cannot be frozen, so ask people not to merge: ');
    await bench.until(
      'ended',
      () => lastRun(bench.loop.incident(id) as Incident)?.outcome === 'recovered',
    );
  });

  it('makes way for a quick fix, which has to be merged', async () => {
    const bench = await open();
    const id = await bench.declare('sev1');
    await bench.until('locked', () => bench.locks().length === 1);

    await bench.decide(id, BEN, overrideResponse('quick-fix', 'It is a typo.'));

    await bench.until('free', () => bench.locks().length === 0);
    expect(bench.loop.incident(id)?.freezes[0]?.why).toBe(
      `The quick fix of ${id} has to be merged.`,
    );
  });

  it('makes way for the revert that a run merges, also where another incident holds it', async () => {
    const bench = await open();
    const id = await bench.declare('sev1');
    const other = await bench.declare('sev1');
    await bench.until('locked', () => bench.locks().length === 2);
    const repository = bench.stage.cloud.github.repository();
    const faulty = [...repository.commits.values()].find(({ message }) =>
      message.startsWith('Read tax rates from the pricing service (#'),
    );

    await bench.rollBack(id, faulty?.sha);

    await bench.until('merged', () =>
      [...repository.commits.values()].some(({ message }) =>
        message.includes(`This reverts commit ${faulty?.sha}`),
      ),
    );
    expect(bench.loop.incident(other)?.freezes[0]?.to).toBe('lifted');
  });
});
