import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyToRun, startRun } from '../../src/apply-run-event.ts';
import type { Clock } from '../../src/clock.ts';
import type { Component } from '../../src/component.ts';
import { performStep } from '../../src/engine/perform-step.ts';
import { planStep } from '../../src/engine/plan-step.ts';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import { cancelRun, skipStep } from '../../src/flows/run-steps.ts';
import { lastRun } from '../../src/incident.ts';
import { createJobGuard } from '../../src/integrations/job-guard/index.ts';
import type { PlannedStep } from '../../src/plan.ts';
import type { Run, RunEvent, StepState } from '../../src/run.ts';
import { type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';
import { ANA, BEN, plannedIn } from '../engine/a-rollback.ts';
import { aWorld } from '../engine/a-system.ts';

const never = new AbortController().signal;
const PEOPLE = ['ana', 'ben', 'cleo', 'dana'];

let clock: Clock;
let cloud: Cloud;
let guard: Component;
beforeEach(async () => {
  let now = Date.parse('2026-03-04T10:00:00Z');
  // Only one step works at a time here, so whoever sleeps has slept at once.
  clock = {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
  cloud = await createCloud({ clock });
  cloud.worker.mailMs = 60_000;
  guard = guardWith();
});
afterEach(() => cloud.close());

function guardWith(limits = {}): Component {
  const endpoint = { url: `${cloud.worker.url}/internal/jobs`, token: cloud.worker.token };
  const settings = { endpoint, jobs: ['*Mail*'], ...limits };
  return createJobGuard({ id: 'jobs', settings, connections: {} });
}

test('a plan made while a job runs drains it, and its release leaves the queue as it was', async () => {
  cloud.worker.startMailJob({ id: 'mail-1', recipients: PEOPLE });
  const steps = await planHold();

  const held = await perform(steps.hold, steps);
  const pausedBy = cloud.worker.pausedBy;
  const released = await perform(steps.release, steps);

  expect(held.state).toMatchObject({ status: 'succeeded', how: 'applied' });
  expect(held.notes).toEqual(['Waiting for 1 job: NewsletterMailJob since 2026-03-04 10:00 UTC.']);
  expect(pausedBy).toBe('backstop');
  expect(released.state).toMatchObject({ status: 'succeeded', how: 'applied' });
  expect(cloud.worker.pausedBy).toBeUndefined();
  expect(cloud.worker.mails.map((mail) => mail.to)).toEqual(PEOPLE);
});

test('a job that is interrupted all the same goes on with those it had not served', async () => {
  const steps = await planHold();
  cloud.worker.startMailJob({ id: 'mail-1', recipients: PEOPLE });
  await clock.sleep(120_000, never);
  cloud.worker.restart();
  await perform(steps.hold, steps);

  const released = await perform(steps.release, steps);
  await clock.sleep(600_000, never);

  expect(released.state).toMatchObject({
    status: 'succeeded',
    how: 'applied',
    note: 'Interrupted and in the queue again, without whom they had served: NewsletterMailJob (2 of 4 served).',
  });
  expect(JSON.stringify(released.state)).not.toContain('ana');
  expect(cloud.worker.mails.map((mail) => mail.to)).toEqual(PEOPLE);
});

test('a job that does not end by the limit halts the run with nothing touched, and going on without it needs a reason', async () => {
  const { decide, until, halted, sent } = await overTheLimit();

  expect(halted?.halt).toMatchObject({
    step: 'jobs.hold',
    reason: expect.stringMatching(
      /did not end within .*Waiting for 1 job: NewsletterMailJob since 2026-03-04 10:00 UTC/,
    ),
  });
  expect(sent).toEqual([]);
  expect(cloud.worker.pausedBy).toBe('backstop');
  await expect(decide(BEN, skipStep('INC-0001-R1', 'jobs.hold', ' '))).rejects.toMatchObject({
    name: 'Refusal',
    field: 'reason',
  });
  expect(sent).toEqual([]);

  await decide(BEN, skipStep('INC-0001-R1', 'jobs.hold', 'The export can be sent again.'));
  const over = lastRun(await until((incident) => lastRun(incident)?.status === 'finished'));

  expect(over?.steps['jobs.hold']).toMatchObject({
    status: 'skipped',
    note: 'The export can be sent again.',
  });
  expect(sent).toEqual(['web to 2']);
  expect(cloud.worker.pausedBy).toBeUndefined();
}, 60_000);

test('a run that is cancelled while it waits too long leaves the queue taking jobs', async () => {
  const { decide, until, sent } = await overTheLimit();
  expect(cloud.worker.pausedBy).toBe('backstop');

  await decide(BEN, cancelRun('INC-0001-R1', 'We wait for the export.'));
  await until((incident) => lastRun(incident)?.status === 'finished');

  expect(cloud.worker.pausedBy).toBeUndefined();
  expect(sent).toEqual([]);
}, 60_000);

/** A run that waits for a mail job longer than it may. */
async function overTheLimit() {
  cloud.worker.startMailJob({ id: 'mail-1', recipients: PEOPLE });
  const { catalogue, component, sent } = aWorld([{ id: 'web', runs: '3', older: ['2'] }]);
  const limits = { limitMinutes: 0.06, quietSeconds: 0.2, pollSeconds: 0.05 };
  const components = [guardWith(limits), component('web')];
  const systems = async () => ({ components, probes: [] });
  const { decide, until, policy } = await plannedIn({ ...catalogue, systems });
  await decide(ANA, requestApproval('INC-0001-P1', policy));
  await decide(BEN, approve('INC-0001-P1', policy, 'yes'));
  const halted = lastRun(await until((incident) => lastRun(incident)?.status === 'halted'));
  return { decide, until, halted, sent };
}

async function planHold(): Promise<{ hold: PlannedStep; release: PlannedStep }> {
  const { hold } = guard;
  if (!hold) throw new Error('no hold');
  const acquire = await planStep(guard, hold.acquire(), 'Hold', never);
  const release = await planStep(guard, hold.release(), 'Release', never);
  return {
    hold: { ...acquire, id: 'jobs.hold' },
    release: { ...release, id: 'jobs.release', releases: 'jobs.hold' },
  };
}

/** The step as the engine carries it out, with the run folded in memory. */
async function perform(
  step: PlannedStep,
  all: { readonly hold: PlannedStep; readonly release: PlannedStep },
): Promise<{ readonly state: StepState; readonly notes: readonly string[] }> {
  const operation = guard.operations[step.call.operation];
  if (!operation) throw new Error(`no ${step.call.operation}`);
  const started = { run: 'R1', plan: 'P1', hash: '' };
  let run: Run = startRun(started, 'rollback', [all.hold, all.release], clock.now());
  const notes: string[] = [];
  const state = () => run.steps[step.id] as StepState;
  await performStep({
    run: 'R1',
    step,
    operation,
    clock,
    signal: never,
    state,
    runHasActed: () => step.releases !== undefined,
    record: async (event: RunEvent) => {
      if (event.type === 'step.progressed') notes.push(event.data.note);
      run = applyToRun(run, event, clock.now());
    },
    drifted: async (reason) => {
      throw new Error(`drifted: ${reason}`);
    },
  });
  return { state: state(), notes };
}
