import type { Reading } from '../component.ts';
import type { Event, MonitorWindow } from '../events.ts';
import type { Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { allPass, type Run } from '../run.ts';
import type { EnvironmentPolicy, VerificationPolicy } from '../service.ts';

/**
 * Records one round of probe readings after a run. Enough good rounds in a row make it recovered and start the monitor
 * windows; time running out makes it not recovered.
 */
export function recordVerification(
  run: string,
  readings: readonly Reading[],
  environment: EnvironmentPolicy,
): Flow {
  return (incident, { now }): readonly Event[] => {
    const state = incident.runs.find((r) => r.id === run);
    if (state?.status !== 'verifying' || !state.verification) return [];
    const { passes, limit } = environment.verification;
    const read: Event = { type: 'verification.read', data: { run, readings } };
    const streak = allPass(readings) ? state.verification.streak + 1 : 0;
    if (streak >= passes) {
      return [read, ...recovered(incident, state, passes, environment, now)];
    }
    if (now - state.verification.startedAt < limit) return [read];
    return [
      read,
      { type: 'run.finished', data: { run, outcome: 'not-recovered', reason: worst(readings) } },
    ];
  };
}

/** Begins a verification anew whose time ran out while no process was there to read: that says nothing about the service. */
export function resumeVerification(run: string, { limit }: VerificationPolicy): Flow {
  return (incident, { now }): readonly Event[] => {
    const state = incident.runs.find((r) => r.id === run);
    if (state?.status !== 'verifying' || !state.verification) return [];
    if (now - state.verification.startedAt < limit) return [];
    return [{ type: 'verification.started', data: { run } }];
  };
}

const RECOVERED = 'The service has recovered.';
/** Of a run that changed nothing nobody knows that something was broken before. */
const PASSED = 'Every probe passes.';

function recovered(
  incident: Incident,
  { id, kind }: Run,
  passes: number,
  { monitor }: EnvironmentPolicy,
  now: number,
): readonly Event[] {
  const reason = `Every probe passed ${passes} times in a row.`;
  const windows = monitor.windows.map(
    (window): MonitorWindow => ({
      name: window.name,
      from: now + window.from,
      until: now + window.until,
      every: window.every,
    }),
  );
  const finished: Event = { type: 'run.finished', data: { run: id, outcome: 'recovered', reason } };
  const watching: Event = { type: 'monitor.started', data: { run: id, windows } };
  if (incident.status === 'monitoring') return [finished, watching];
  return [
    finished,
    {
      type: 'status.changed',
      data: { status: 'monitoring', reason: kind === 'verify' ? PASSED : RECOVERED },
    },
    watching,
  ];
}

function worst(readings: readonly Reading[]): string {
  const bad = readings.filter((reading) => reading.verdict !== 'pass');
  if (bad.length === 0)
    return 'The probes did not pass often enough in a row before the time was up.';
  return bad.map((reading) => `${reading.probe}: ${reading.reason}`).join('; ');
}
