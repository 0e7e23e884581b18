import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { activeRun, type Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { requireCommander, requireOpen, requireReason } from './guards.ts';

/**
 * Resolves the incident. Refused while a run is at work. Without a reason only when the monitor windows that have begun
 * are over and passed.
 */
export function resolveIncident(reason: string): Flow {
  return (incident, { actor, now }): readonly Event[] => {
    requireOpen(incident);
    if (incident.release) {
      throw new Refusal(
        'not-possible',
        `${incident.id} is a release: it ends by itself once it has settled. Before it is out, press *Call it off…* on its card.`,
      );
    }
    requireCommander(incident, actor, 'resolve the incident');
    const run = activeRun(incident);
    if (run) {
      throw new Refusal(
        'not-possible',
        `${run.id} is not finished. Wait for it to end, or cancel it when it has halted.`,
      );
    }
    const words = reason.trim() === '' ? monitored(incident, now) : requireReason(reason);
    return [{ type: 'status.changed', data: { status: 'resolved', reason: words } }];
  };
}

/** What the monitor windows say about it being over. @throws Refusal when they do not. */
function monitored(incident: Incident, now: number): string {
  const begun = (incident.monitor?.windows ?? []).filter((window) => window.from <= now);
  const open = begun.find((window) => window.passed === undefined);
  if (open) {
    throw new Refusal(
      'not-possible',
      `The monitor window ${open.name} is still open. To resolve before it ends, say why: \`/incident resolve <reason>\`.`,
    );
  }
  const last = begun.at(-1);
  if (!last) {
    throw new Refusal('invalid-input', 'Say why it is over: `/incident resolve <reason>`.');
  }
  if (!last.passed) {
    throw new Refusal(
      'not-possible',
      `The monitor window ${last.name} did not pass. To resolve it anyway, say why: \`/incident resolve <reason>\`.`,
    );
  }
  return 'The monitor window passed.';
}
