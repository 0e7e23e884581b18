/** The engine on a journal, with one service whose operations take as long as they are told to; without Slack. */

import { systemClock } from '../../src/clock.ts';
import type { Component } from '../../src/component.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { createPlanner } from '../../src/engine/planner.ts';
import type { Event } from '../../src/events.ts';
import type { Loop } from '../../src/loop.ts';
import { type Operation, recoverByLooking } from '../../src/operation.ts';
import { hashPlan, type Plan, type PlanContent, type PlannedStep } from '../../src/plan.ts';
import type { Catalogue, EnvironmentPolicy } from '../../src/service.ts';

const POLL_MS = 20;

const POLICY: EnvironmentPolicy = {
  id: 'production',
  verification: { passes: 1, every: 1_000, limit: 1_000 },
  monitor: { windows: [] },
  approval: { count: 1, from: [], requesterMayApprove: true, validFor: 60_000, breakGlass: [] },
};

/** @param polled told with the step of each poll. */
export function createTimedEngine(
  loop: Loop,
  environments: readonly string[],
  polled: (step: string) => void,
): Engine {
  const operation = timedOperation(polled);
  const component: Component = {
    id: 'part',
    kind: 'timed',
    title: 'part',
    operations: { work: operation },
    doctor: async () => [],
  };
  const service = {
    id: 'shop',
    name: 'Shop',
    responders: [],
    contacts: [],
    environments: Object.fromEntries(environments.map((id) => [id, { ...POLICY, id }])),
  };
  const catalogue: Catalogue = {
    services: () => [service],
    service: (id) => (id === service.id ? service : undefined),
    places: async () => [],
    systems: async () => ({ components: [component], probes: [] }),
  };
  return createEngine({
    loop,
    catalogue,
    planner: createPlanner(catalogue, () => loop.incidents()),
    clock: systemClock,
    quickFixLimit: 60_000,
    onError(error) {
      throw error;
    },
  });
}

/** Each step is its own little world, which changes when its time is over. */
function timedOperation(polled: (step: string) => void): Operation {
  const ends = new Map<string, number>();
  const nameOf = (input: unknown): string => (input as { readonly step: string }).step;
  const isOver = (step: string): boolean => (ends.get(step) ?? Number.POSITIVE_INFINITY) <= now();
  const see = (step: string) => ({
    fingerprint: isOver(step) ? 'new' : 'old',
    expected: 'new',
    moving: false,
    note: 'as it is',
  });
  return {
    effect: 'set',
    guarantee: 'conditional',
    quietMs: 10_000,
    limitMs: 600_000,
    usualMs: 1_000,
    pollMs: POLL_MS,
    describe: async () => [],
    preflight: async () => [],
    observe: async (input) => see(nameOf(input)),
    async submit(input, intent) {
      const { ms } = input as { readonly ms: number };
      ends.set(nameOf(input), now() + ms);
      return { step: intent.step };
    },
    async poll(handle) {
      const step = nameOf(handle);
      polled(step);
      return isOver(step) ? { state: 'succeeded' } : { state: 'running' };
    },
    recover: async (input, intent) => recoverByLooking(see(nameOf(input)), intent),
    manual: () => 'By hand.',
  };
}

const now = (): number => performance.now();

/** A step that takes so long once it is submitted. */
export function timedStep(id: string, ms: number, after: readonly string[] = []): PlannedStep {
  return {
    id,
    title: id,
    component: 'part',
    call: { operation: 'work', input: { step: id, ms } },
    after,
    effect: 'set',
    guarantee: 'conditional',
    before: 'old',
    expected: 'new',
    checks: [],
    changes: [],
    usualMs: ms,
    manual: 'By hand.',
  };
}

/** What an approved plan of these steps has put into the journal. */
export function approvedPlan(
  id: string,
  environment: string,
  steps: readonly PlannedStep[],
): readonly Event[] {
  const content: PlanContent = {
    kind: 'rollback',
    service: 'shop',
    environment,
    title: 'Put it back',
    components: [],
    steps,
    losses: [],
    undo: 'Run it again.',
  };
  const plan: Plan = { ...content, id: `${id}-P1`, madeAt: Date.now(), hash: hashPlan(content) };
  const until = Date.now() + 60_000;
  return [
    {
      type: 'incident.declared',
      data: { id, title: 'Shop fails', summary: '', service: 'shop', environment },
    },
    { type: 'plan.wanted', data: { kind: 'rollback' } },
    { type: 'plan.proposed', data: { plan } },
    { type: 'approval.requested', data: { plan: plan.id, hash: plan.hash, until } },
    { type: 'approval.given', data: { plan: plan.id, hash: plan.hash } },
  ];
}

/** The event that starts the run of that plan. */
export function runStarted(id: string): Event {
  return { type: 'run.started', data: { run: `${id}-R1`, plan: `${id}-P1`, hash: '' } };
}
