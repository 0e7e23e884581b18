import type { Component } from '../../src/component.ts';
import { createJobGuard } from '../../src/integrations/job-guard/index.ts';
import { type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';
import type { Bench } from './contract.ts';

const START = Date.parse('2026-03-04T10:00:00Z');
export const MAIL_MS = 1_000;
export const PEOPLE = ['ana', 'ben', 'cleo', 'dana', 'eli'].map((name) => `${name}@acme.example`);

export interface GuardBench extends Bench {
  readonly cloud: Cloud;
  pass(ms: number): void;
  with(settings: Readonly<Record<string, unknown>>): Component;
}

/** A simulated worker with nothing to do, and the guard of its jobs. */
export async function openGuardBench(): Promise<GuardBench> {
  let now = START;
  const cloud = await createCloud({ clock: { now: () => now } });
  const { worker } = cloud;
  worker.mailMs = MAIL_MS;
  const make = (settings: Readonly<Record<string, unknown>> = {}): Component =>
    createJobGuard({
      id: 'jobs',
      settings: {
        endpoint: { url: `${worker.url}/internal/jobs`, token: worker.token },
        ...settings,
      },
      connections: {},
    });
  return {
    cloud,
    component: make(),
    again: make,
    with: make,
    operation: 'drain-jobs',
    input: {},
    faults: worker.faults,
    mutation: 'POST pause',
    requests: () => worker.requests,
    secrets: [worker.token],
    now: () => now,
    pass: (ms) => {
      now += ms;
    },
    finish: () => {
      now += MAIL_MS;
    },
    takesTime: false,
    interfere: () => worker.pauseBy('ana'),
    close: () => cloud.close(),
  };
}

/** As `openGuardBench`, with a mail job that was interrupted. */
export async function openInterruptedBench(): Promise<GuardBench> {
  const bench = await openGuardBench();
  bench.cloud.worker.startMailJob({ id: 'mail-1', recipients: PEOPLE });
  bench.pass(MAIL_MS * 2);
  bench.cloud.worker.restart();
  return { ...bench, operation: 'resume-jobs', mutation: 'POST resume' };
}
