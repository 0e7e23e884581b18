/** The engine with the real integrations against the simulated cloud, without Slack: one ride, with one fault on the way. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KINDS } from '../../src/cli/context.ts';
import { parseConfig } from '../../src/config/load.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createPlanner } from '../../src/engine/planner.ts';
import { messageOf, Refusal } from '../../src/errors.ts';
import type { Actor, PlanWish } from '../../src/events.ts';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import { declareIncident } from '../../src/flows/declare.ts';
import { askForPlan } from '../../src/flows/propose-plan.ts';
import { planPart, prepareRelease, startRelease } from '../../src/flows/release.ts';
import { overrideResponse } from '../../src/flows/respond.ts';
import { retryStep } from '../../src/flows/run-steps.ts';
import { takeRole } from '../../src/flows/take-role.ts';
import { type Incident, lastRun, openProposal } from '../../src/incident.ts';
import { createCatalogue } from '../../src/integrations/catalogue.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop, type Flow } from '../../src/loop.ts';
import type { Cloud, Exchange, Fault } from '../../src/sandbox/cloud/index.ts';
import { createStage } from '../../src/sandbox/stage.ts';
import type { ApprovalPolicy } from '../../src/service.ts';
import { createFastClock } from '../crash/fast-clock.ts';
import type { Ride } from './rides.ts';

/** Where in a rollback a call is made. */
export type Phase = 'planning' | 'running';

type System = Exclude<keyof Cloud['faults'], 'clear'>;

export interface CallOf {
  readonly phase: Phase;
  readonly system: System;
  readonly call: string;
}

export interface Case extends CallOf {
  readonly fault: Fault;
  /** How many calls it strikes; one unless given. */
  readonly times?: number;
}

export interface Ending {
  /** `as usual`, or what people were told and what came of trying again. */
  readonly kind:
    | 'as usual'
    | 'plan refused, then made'
    | 'planned without a correction'
    | 'halted, then retried'
    | 'failed, and taken back'
    | 'no end';
  /** What people read where it did not go as usual. */
  readonly message: string;
  readonly struck: boolean;
  /** What took effect: each mutation with how often. */
  readonly changed: Readonly<Record<string, number>>;
  /** Whether the shop is as it should be. */
  readonly isRight: boolean;
  readonly outcome: string | undefined;
  readonly errors: readonly string[];
  readonly calls: readonly (CallOf & { readonly changes: boolean })[];
}

const MANIFEST = readFileSync(resolve(import.meta.dirname, '../../manifest.yml'), 'utf8');
const START = Date.UTC(2026, 10, 21, 3, 7);
const SPEED = 10;
/** Real milliseconds in which everything must have ended. */
const PATIENCE_MS = 25_000;
const MOST_RETRIES = 3;

const ANA: Actor = { kind: 'person', id: 'U0ANA' };
const BEN: Actor = { kind: 'person', id: 'U0BEN' };

/** Rides with one fault on the way, trying again what people can try again. */
export async function ride(on: Ride, fault: Case | undefined): Promise<Ending> {
  const folder = mkdtempSync(join(tmpdir(), 'backstop-ride-'));
  const clock = createFastClock({ start: START, realStart: Date.now(), speed: SPEED, moved: 0 });
  const stage = await createStage(MANIFEST, START, { ...on.settings, clock });
  const { cloud } = stage;
  on.prepare?.(stage);
  const wish = on.asks(stage);
  const now = (): number => clock.now();
  const text = (on.configure?.(stage.config) ?? stage.config).replace('limit: 20s', 'limit: 120s');
  const config = parseConfig(text, {
    file: 'the bench',
    env: stage.env,
    readFile: (name) => readFileSync(name, 'utf8'),
    kinds: KINDS,
  });
  const journal = openSqliteJournal({ file: join(folder, 'journal.db'), now });
  const loop = createLoop(journal, now);
  const catalogue = createCatalogue({ ...config, journal: { file: join(folder, 'journal.db') } });
  const errors: string[] = [];
  const engine = createEngine({
    loop,
    catalogue,
    planner: createPlanner(catalogue, () => loop.incidents()),
    clock,
    quickFixLimit: 15 * 60_000,
    onError: (error) => errors.push(String(error)),
  });
  engine.start();
  const service = catalogue.service('checkout');
  const approval = service?.environments['production']?.approval as ApprovalPolicy;
  if (!service) throw new Error('The bench has no checkout');

  let id = '';
  // A quick fix is planned and carried out in one go.
  let phase: Phase = wish === 'quick-fix' ? 'running' : 'planning';
  let planned = 0;
  /** What the plan leaves to people, because it could not be looked at. */
  let leftOut: string | undefined;
  const messages: { readonly phase: Phase; readonly words: string }[] = [];
  const tell = (words: string): void => {
    messages.push({ phase, words });
  };
  const decide = (by: Actor, flow: Flow): Promise<unknown> => loop.decide(id, by, flow);
  const arm = (): void => {
    if (fault?.phase !== phase) return;
    const { system, call: on, fault: what, times = 1 } = fault;
    cloud.faults[system].add({ on, fault: what, times });
  };

  async function until<T>(what: string, look: (incident: Incident) => T | undefined): Promise<T> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      on.meanwhile?.(stage);
      const incident = loop.incident(id);
      const found = incident && look(incident);
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`No end: ${what}. ${errors.join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Asks until there is a plan that people may start. @param isAsked true when it was asked for already. */
  async function planAndStart(ask: Flow, start: (plan: string) => Promise<void>, isAsked: boolean) {
    let refused = 0;
    for (let tried = 1; ; tried += 1) {
      if (tried > 1 || !isAsked) await decide(ANA, ask);
      const answer = await until('a plan', (i) => {
        const made = i.proposals.length >= tried - refused ? openProposal(i)?.plan : undefined;
        return i.planWanted ? undefined : (made ?? i.planRefused);
      });
      if ('steps' in answer) {
        leftOut = answer.notes?.find((note) => note.includes('is not set right by this plan'));
        const before = cloud.exchanges.length;
        const blocked = await start(answer.id).then(
          () => undefined,
          (error: unknown) => messageOf(error),
        );
        if (blocked === undefined) {
          planned = before;
          return;
        }
        tell(blocked);
      } else {
        refused += 1;
        tell(answer.reason);
      }
      if (tried > MOST_RETRIES) throw new Error('No plan');
    }
  }

  async function run(wanted: PlanWish): Promise<void> {
    await planAndStart(
      askForPlan(wanted),
      async (plan) => {
        await decide(ANA, requestApproval(plan, approval));
        phase = 'running';
        arm();
        await decide(BEN, approve(plan, approval, 'yes'));
      },
      false,
    );
  }

  async function capture(): Promise<void> {
    await planAndStart(
      planPart('prepare'),
      async (plan) => {
        const earlier = phase;
        phase = 'running';
        arm();
        await decide(ANA, startRelease(plan)).catch((error: unknown) => {
          phase = earlier;
          throw error;
        });
      },
      true,
    );
  }

  async function fixQuickly(): Promise<void> {
    await decide(BEN, overrideResponse('quick-fix', 'It is a typo.'));
    for (let tried = 1; tried <= MOST_RETRIES; tried += 1) {
      const answer = await until('the branch', (i) => lastRun(i) ?? i.planRefused);
      if (!('reason' in answer)) break;
      tell(answer.reason);
      await decide(BEN, overrideResponse('quick-fix', 'Again.'));
    }
  }

  async function runToItsEnd(): Promise<string | undefined> {
    for (let tried = 0; ; tried += 1) {
      const run = await until('the run', (incident) => {
        const last = lastRun(incident);
        // What follows from a run by itself belongs to it.
        if (incident.planWanted?.approved) return undefined;
        return last && ['finished', 'halted'].includes(last.status) ? last : undefined;
      });
      isTakenBack = run.kind === 'undo';
      if (run.status === 'finished') {
        if (isTakenBack) tell(loop.incident(id)?.runs.at(-2)?.outcomeReason ?? '');
        return run.outcome;
      }
      tell(run.halt?.reason ?? '');
      if (tried === MOST_RETRIES) return `still halted: ${run.halt?.reason}`;
      on.byHand?.(stage);
      await decide(wish === 'release' ? ANA : BEN, retryStep(run.id, run.halt?.step ?? '')).catch(
        (error: unknown) => {
          // A run whose parts stand or fall together ends by itself, and what it did is taken back.
          if (!(error instanceof Refusal)) throw error;
        },
      );
    }
  }

  async function declare(): Promise<void> {
    if (wish === 'release') {
      arm();
      const release = { service, environment: 'production', version: '2.4.0', plannedAt: START };
      const words = { takes: '15 min', impact: 'None', changes: 'Cart totals' };
      id = (await loop.declare(ANA, prepareRelease({ ...release, ...words }), undefined, 'REL'))
        .incident.id;
      return;
    }
    const words = { title: 'checkout is failing', summary: '', service, environment: 'production' };
    id = (await loop.declare(ANA, declareIncident(words))).incident.id;
    await decide(BEN, takeRole('commander'));
    arm();
  }

  let outcome: string | undefined;
  let ended = true;
  let isTakenBack = false;
  try {
    await declare();
    if (wish === 'release') await capture();
    else if (wish === 'quick-fix') await fixQuickly();
    else await run(wish);
    outcome = await runToItsEnd();
  } catch (error) {
    ended = false;
    tell(String(error));
  }
  const seen = cloud.exchanges.map((one, index) => callOf(one, index < planned));
  const changed: Record<string, number> = {};
  for (const one of cloud.exchanges.filter((each) => each.mutating && each.applied)) {
    const name = `${one.service} ${one.call}`;
    changed[name] = (changed[name] ?? 0) + 1;
  }
  const struck = fault !== undefined && cloud.faults[fault.system].hits() > 0;
  const wanted = leftOut === undefined ? on.isRight : (on.isRightSoFar ?? on.isRight);
  const isRight = await (isTakenBack ? on.isAsBefore?.(stage) : wanted(stage));
  await engine.stop();
  await journal.close();
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
  if (leftOut !== undefined) tell(leftOut);
  return {
    kind: endingOf(ended, messages, isTakenBack, leftOut !== undefined),
    message: messages.map(({ words }) => words).join(' / '),
    struck,
    changed,
    isRight: isRight === true,
    outcome,
    errors,
    calls: seen,
  };
}

function callOf(
  { service, call, mutating }: Exchange,
  isPlanning: boolean,
): CallOf & { readonly changes: boolean } {
  return {
    phase: isPlanning ? 'planning' : 'running',
    system: service as System,
    call,
    changes: mutating,
  };
}

function endingOf(
  ended: boolean,
  messages: readonly { readonly phase: Phase }[],
  isTakenBack: boolean,
  isWithout: boolean,
): Ending['kind'] {
  if (!ended) return 'no end';
  if (isTakenBack) return 'failed, and taken back';
  if (isWithout) return 'planned without a correction';
  if (messages.length === 0) return 'as usual';
  return messages[0]?.phase === 'running' ? 'halted, then retried' : 'plan refused, then made';
}
