/** The engine with the real integrations against the simulated cloud, without Slack: one rollback or one quick fix. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KINDS } from '../../src/cli/context.ts';
import { parseConfig } from '../../src/config/load.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createPlanner } from '../../src/engine/planner.ts';
import { messageOf } from '../../src/errors.ts';
import type { Actor } from '../../src/events.ts';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import { declareIncident } from '../../src/flows/declare.ts';
import { askForPlan } from '../../src/flows/propose-plan.ts';
import { overrideResponse } from '../../src/flows/respond.ts';
import { retryStep } from '../../src/flows/run-steps.ts';
import { takeRole } from '../../src/flows/take-role.ts';
import { type Incident, lastRun, openProposal } from '../../src/incident.ts';
import { createCatalogue } from '../../src/integrations/catalogue.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop, type Flow } from '../../src/loop.ts';
import type { Exchange, Fault } from '../../src/sandbox/cloud/index.ts';
import { createStage } from '../../src/sandbox/stage.ts';
import type { ApprovalPolicy } from '../../src/service.ts';
import { createFastClock } from '../crash/fast-clock.ts';

/** Where in a rollback a call is made. */
export type Phase = 'planning' | 'running';

export interface CallOf {
  readonly phase: Phase;
  readonly system: 'azure' | 'github' | 'shop';
  readonly call: string;
}

export interface Case extends CallOf {
  readonly fault: Fault;
}

export interface Ending {
  /** `as usual`, or what people were told and what came of trying again. */
  readonly kind: 'as usual' | 'plan refused, then made' | 'halted, then retried' | 'no end';
  /** What people read where it did not go as usual. */
  readonly message: string;
  readonly struck: boolean;
  /** How often the world was changed. */
  readonly changes: number;
  readonly outcome: string | undefined;
  readonly errors: readonly string[];
  readonly calls: readonly (CallOf & { readonly changes: boolean })[];
}

const MANIFEST = readFileSync(resolve(import.meta.dirname, '../../manifest.yml'), 'utf8');
const START = Date.UTC(2026, 10, 21, 3, 7);
export const SPEED = 20;
/** Real milliseconds in which everything must have ended. */
const PATIENCE_MS = 25_000;
const MOST_RETRIES = 3;

const ANA: Actor = { kind: 'person', id: 'U0ANA' };
const BEN: Actor = { kind: 'person', id: 'U0BEN' };

/** Rolls back, or opens the hotfix branch, with one fault on the way, trying again what people can try again. */
export async function ride(
  kind: 'rollback' | 'quick-fix',
  fault: Case | undefined,
): Promise<Ending> {
  const folder = mkdtempSync(join(tmpdir(), 'backstop-ride-'));
  const clock = createFastClock({ start: START, realStart: Date.now(), speed: SPEED, moved: 0 });
  const stage = await createStage(MANIFEST, START, { clock });
  const { cloud } = stage;
  const now = (): number => clock.now();
  const config = parseConfig(stage.config.replace('limit: 20s', 'limit: 120s'), {
    file: 'the bench',
    env: stage.env,
    readFile: (name) => readFileSync(name, 'utf8'),
    kinds: KINDS,
  });
  const journal = openSqliteJournal({ file: join(folder, 'journal.db'), now });
  const loop = createLoop(journal, now);
  const catalogue = createCatalogue(config.services, config.connections);
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
  let phase: Phase = kind === 'rollback' ? 'planning' : 'running';
  let planned = 0;
  const messages: { readonly phase: Phase; readonly words: string }[] = [];
  const tell = (words: string): void => {
    messages.push({ phase, words });
  };
  const decide = (by: Actor, flow: Flow): Promise<unknown> => loop.decide(id, by, flow);
  const arm = (): void => {
    if (fault?.phase === phase)
      cloud.faults[fault.system].add({ on: fault.call, fault: fault.fault });
  };

  async function until<T>(what: string, look: (incident: Incident) => T | undefined): Promise<T> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const incident = loop.incident(id);
      const found = incident && look(incident);
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`No end: ${what}. ${errors.join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async function planAndApprove(): Promise<void> {
    let refused = 0;
    for (let tried = 1; ; tried += 1) {
      await decide(ANA, askForPlan({ kind: 'rollback' }));
      const answer = await until('a plan', (i) => {
        const made = i.proposals.length >= tried - refused ? openProposal(i)?.plan : undefined;
        return i.planWanted ? undefined : (made ?? i.planRefused);
      });
      if ('steps' in answer) {
        const blocked = await decide(ANA, requestApproval(answer.id, approval)).then(
          () => undefined,
          (error: unknown) => messageOf(error),
        );
        if (blocked === undefined) {
          planned = cloud.exchanges.length;
          phase = 'running';
          arm();
          await decide(BEN, approve(answer.id, approval, 'yes'));
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

  async function runToItsEnd(): Promise<string | undefined> {
    for (let tried = 0; ; tried += 1) {
      const run = await until('the run', (incident) => {
        const last = lastRun(incident);
        return last && ['finished', 'halted'].includes(last.status) ? last : undefined;
      });
      if (run.status === 'finished') return run.outcome;
      tell(run.halt?.reason ?? '');
      if (tried === MOST_RETRIES) return `still halted: ${run.halt?.reason}`;
      await decide(BEN, retryStep(run.id));
    }
  }

  let outcome: string | undefined;
  let ended = true;
  try {
    const words = { title: 'checkout is failing', summary: '', service, environment: 'production' };
    id = (await loop.declare(ANA, declareIncident(words))).incident.id;
    await decide(BEN, takeRole('commander'));
    arm();
    if (kind === 'rollback') await planAndApprove();
    else {
      await decide(BEN, overrideResponse('quick-fix', 'It is a typo.'));
      for (let tried = 1; tried <= MOST_RETRIES; tried += 1) {
        const answer = await until('the branch', (i) => lastRun(i) ?? i.planRefused);
        if (!('reason' in answer)) break;
        tell(answer.reason);
        await decide(BEN, overrideResponse('quick-fix', 'Again.'));
      }
    }
    outcome = await runToItsEnd();
  } catch (error) {
    ended = false;
    tell(String(error));
  }
  const seen = cloud.exchanges.map((one, index) => callOf(one, index < planned));
  const applied = cloud.exchanges.filter((one) => one.mutating && one.applied).length;
  const { azure, github, shop } = cloud.faults;
  const struck = [azure, github, shop].some((faults) => faults.hits() > 0);
  await engine.stop();
  await journal.close();
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
  return {
    kind: endingOf(ended, messages),
    message: messages.map(({ words }) => words).join(' / '),
    struck,
    changes: applied,
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
    system: service as CallOf['system'],
    call,
    changes: mutating,
  };
}

function endingOf(ended: boolean, messages: readonly { readonly phase: Phase }[]): Ending['kind'] {
  if (!ended) return 'no end';
  if (messages.length === 0) return 'as usual';
  return messages[0]?.phase === 'running' ? 'halted, then retried' : 'plan refused, then made';
}
