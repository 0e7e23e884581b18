import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { activeRun } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { requireCommander, requireOpen } from './guards.ts';

/** Resolves the incident. Refused while a run is at work; a monitor window still open needs a reason. */
export function resolveIncident(reason: string): Flow {
  return (incident, { actor, now }): readonly Event[] => {
    requireOpen(incident);
    requireCommander(incident, actor, 'resolve the incident');
    const run = activeRun(incident);
    if (run) {
      throw new Refusal('not-possible', `${run.id} is not finished; end it before resolving.`);
    }
    const open = incident.monitor?.windows.find((w) => w.passed === undefined && w.from <= now);
    if (open && reason.trim() === '') {
      throw new Refusal(
        'not-possible',
        `The monitor window ${open.name} is still open. To resolve before it ends, say why: \`/incident resolve <reason>\`.`,
      );
    }
    const words = reason.trim() || (incident.monitor ? 'The monitor window passed.' : '');
    if (words === '') {
      throw new Refusal('invalid-input', 'Say why it is over: `/incident resolve <reason>`.');
    }
    return [{ type: 'status.changed', data: { status: 'resolved', reason: words } }];
  };
}
