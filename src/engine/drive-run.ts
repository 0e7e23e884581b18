/** Drives one run: its steps side by side where they may be, then the verification. */

import type { Clock } from '../clock.ts';
import type { Component, Probe } from '../component.ts';
import { readySteps, stepsToShow } from '../due-steps.ts';
import { messageOf } from '../errors.ts';
import type { Actor } from '../events.ts';
import { fallTogether } from '../flows/fall-together.ts';
import { endStale, finishSteps, recordStep } from '../flows/run-steps.ts';
import { recordVerification, resumeVerification } from '../flows/verify.ts';
import { type Incident, proposalOf } from '../incident.ts';
import type { Flow, Loop } from '../loop.ts';
import type { Operation } from '../operation.ts';
import type { PlannedStep } from '../plan.ts';
import { isActive, isUnderWay, type Run, type StepState } from '../run.ts';
import type { Catalogue, EnvironmentPolicy, Systems } from '../service.ts';
import { lookBeforeRun } from './look-before-run.ts';
import { performStep } from './perform-step.ts';
import { readProbes } from './read-probes.ts';
import { showStep } from './show-step.ts';
import type { StepContext } from './step-context.ts';

export const BACKSTOP: Actor = { kind: 'backstop' };

export interface RunContext {
  readonly loop: Loop;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Brings a run as far as it goes by itself: to its end, or until it halts for a person. Safe to call again at any time,
 * also after a crash; call it once at a time for each run.
 */
export async function driveRun(
  context: RunContext,
  incidentId: string,
  runId: string,
): Promise<void> {
  const { loop, catalogue, signal } = context;
  const current = (): { incident: Incident; run: Run } | undefined => {
    const incident = loop.incident(incidentId);
    const run = incident?.runs.find((r) => r.id === runId);
    return incident && run && isActive(run) ? { incident, run } : undefined;
  };
  const begun = current();
  if (!begun) return;
  const { service, environment } = begun.incident;
  let unloaded = '';
  const systems = await catalogue.systems(service, environment).catch((error: unknown): Systems => {
    unloaded = messageOf(error);
    return { components: [], probes: [unreadable(unloaded)] };
  });
  const policy = catalogue.service(service)?.environments[environment];
  if (!policy) throw new Error(`${service} ${environment} is not in the catalogue`);
  const decide = async (flow: Flow): Promise<void> => {
    await loop.decide(incidentId, BACKSTOP, flow);
  };

  if (begun.run.status === 'verifying') {
    await decide(resumeVerification(runId, policy.verification));
  }
  await lookFirst();
  await performSteps();
  if (signal.aborted) return;
  if (current()?.run.status === 'halted') await decide(fallTogether(runId));
  await decide(finishSteps(runId, systems.probes.length));
  await verify();

  /** Before anything is touched; one step alone looks for itself. */
  async function lookFirst(): Promise<void> {
    const now = current();
    const plan = now && proposalOf(now.incident, now.run.plan)?.plan;
    if (!now || !plan || now.run.status !== 'running' || hasTouched(now.run)) return;
    // What is left of a run that is being cancelled is to let go of what is held.
    if (now.run.cancelling !== undefined) return;
    const left = plan.steps.filter(({ id }) => now.run.steps[id]?.status === 'waiting');
    if (left.length < 2) return;
    await lookBeforeRun(
      left.flatMap((step) => {
        const operation = operationOf(systems, step);
        const last = now.run.steps[step.id];
        return operation && last ? [contextOf(step, operation, last)] : [];
      }),
    );
  }

  /** Starts each step when its turn comes; returns when nothing more can start. */
  async function performSteps(): Promise<void> {
    const working = new Map<string, Promise<void>>();
    while (!signal.aborted) {
      const now = current();
      const plan = now && proposalOf(now.incident, now.run.plan)?.plan;
      if (now && plan) {
        const start = (step: PlannedStep, work: Work): void => {
          if (working.has(step.id)) return;
          working.set(
            step.id,
            carryOut(step, work).finally(() => working.delete(step.id)),
          );
        };
        for (const step of turnsOf(now.run, plan.steps)) start(step, performStep);
        for (const step of stepsToShow(now.run, plan.steps)) start(step, showStep);
      }
      if (working.size === 0) return;
      await Promise.race(working.values());
    }
    await Promise.all(working.values());
  }

  async function carryOut(step: PlannedStep, work: Work): Promise<void> {
    const operation = operationOf(systems, step);
    const fail = (reason: string): Promise<void> =>
      decide(
        recordStep({
          type: 'step.failed',
          data: { run: runId, step: step.id, reason, settled: false },
        }),
      );
    if (!operation) {
      return fail(unloaded || `${step.component} no longer offers ${step.call.operation}.`);
    }
    const last = current()?.run.steps[step.id];
    if (!last) return;
    if (operation.asksAgain && !step.asksAgain && last.status === 'waiting') {
      return fail(
        'Since the plan was made it has become a step that needs a second person. Ask for a new plan.',
      );
    }
    try {
      await work(contextOf(step, operation, last));
    } catch (error) {
      if (!signal.aborted) await fail(messageOf(error));
    }
  }

  function contextOf(step: PlannedStep, operation: Operation, last: StepState): StepContext {
    return {
      run: runId,
      step,
      operation,
      clock: context.clock,
      signal,
      state: () =>
        loop.incident(incidentId)?.runs.find((r) => r.id === runId)?.steps[step.id] ?? last,
      runHasActed: () => {
        const run = current()?.run;
        return run !== undefined && hasTouched(run);
      },
      record: (event) => decide(recordStep(event)),
      drifted: (reason) => decide(endStale(runId, reason)),
    };
  }

  async function verify(): Promise<void> {
    while (!signal.aborted && current()?.run.status === 'verifying') {
      const readings = await readProbes(systems.probes, signal);
      if (signal.aborted) return;
      await decide(recordVerification(runId, readings, policy as EnvironmentPolicy));
      if (current())
        await context.clock.sleep((policy as EnvironmentPolicy).verification.every, signal);
    }
  }
}

/** Whether anything was sent for it, or may have been, or a person did something on its behalf. */
function hasTouched({ steps }: Run): boolean {
  return Object.values(steps).some(({ attempt, how }) => attempt > 0 || how === 'person');
}

type Work = (context: StepContext) => Promise<void>;

/** The steps that are under way, and those whose turn it is; a halted run starts nothing new. */
function turnsOf(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const under = steps.filter(({ id }) => {
    const state = run.steps[id];
    return state !== undefined && isUnderWay(state);
  });
  return run.status === 'halted' ? under : [...under, ...readySteps(run, steps)];
}

function unreadable(reason: string): Probe {
  const name = 'integrations';
  return {
    name,
    read: () => Promise.resolve({ probe: name, verdict: 'unknown', reason, values: {} }),
  };
}

function operationOf(
  systems: Systems,
  step: PlannedStep,
): Component['operations'][string] | undefined {
  return systems.components.find(({ id }) => id === step.component)?.operations[
    step.call.operation
  ];
}
