/** Wakes when something is due: an approval's end, a quick fix's clock, a reading of a monitor window. */

import { expireApproval } from '../flows/approve.ts';
import { type Deadline, deadlines } from '../flows/deadlines.ts';
import { recordMonitoring } from '../flows/monitor.ts';
import { advancePlaybook } from '../flows/playbook.ts';
import { endQuickFixClock } from '../flows/quick-fix.ts';
import type { Incident } from '../incident.ts';
import type { Flow, Loop } from '../loop.ts';
import type { Catalogue } from '../service.ts';
import { type AlarmContext, type Alarms, keepAlarms } from './alarms.ts';
import { BACKSTOP } from './drive-run.ts';
import { readProbes } from './read-probes.ts';

export interface DeadlineContext extends AlarmContext {
  readonly loop: Loop;
  readonly catalogue: Catalogue;
}

/**
 * Keeps every open incident's deadlines until the signal is aborted. `look` is to be called with each incident that
 * changed; what was due while nothing ran is done once, at the first look.
 */
export function keepDeadlines(context: DeadlineContext): Alarms {
  const { clock, loop, signal } = context;
  const soonest = (incident: Incident): number =>
    Math.min(...deadlines(incident).map(({ at }) => at));
  return keepAlarms(context, soonest, async (id) => {
    const incident = loop.incident(id);
    if (!incident) return Number.POSITIVE_INFINITY;
    for (const deadline of deadlines(incident).filter(({ at }) => at <= clock.now())) {
      const flow = await flowFor(context, incident, deadline);
      // A reading that was cut off because Backstop stops says nothing of the service; the next start reads again.
      if (signal.aborted) return Number.POSITIVE_INFINITY;
      await loop.decide(id, BACKSTOP, flow);
    }
    return soonest(loop.incident(id) ?? incident);
  });
}

async function flowFor(
  { catalogue, signal }: DeadlineContext,
  incident: Incident,
  deadline: Deadline,
): Promise<Flow> {
  switch (deadline.kind) {
    case 'approval':
      return expireApproval(deadline.plan);
    case 'quick-fix':
      return endQuickFixClock();
    case 'playbook':
      return advancePlaybook(deadline.number);
    case 'monitor': {
      const { probes } = await catalogue.systems(incident.service, incident.environment);
      return recordMonitoring(deadline.window, await readProbes(probes, signal));
    }
  }
}
