import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { activeRun, type Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { liveNotice } from '../status-page.ts';
import { requireOpen } from './guards.ts';

/**
 * Closes this incident as a duplicate of another one, which goes on. Its commander decides, where it has one.
 * Refused while a run is at work, because somebody has to see it through.
 */
export function mergeInto(survivor: Incident): Flow {
  return (incident, { actor }): readonly Event[] => {
    const { id } = incident;
    if (incident.mergedInto !== undefined) {
      throw new Refusal(
        'already-done',
        `${id} was merged into ${incident.mergedInto} already; nothing was changed.`,
      );
    }
    requireOpen(incident);
    if (incident.release) {
      throw new Refusal(
        'not-possible',
        `${id} is a release; releases cannot be merged. Call it off on its card, or roll it back.`,
      );
    }
    if (survivor.id === id) {
      throw new Refusal('invalid-input', `${id} is this incident itself. Name its duplicate.`);
    }
    requireOpen(survivor);
    if (survivor.private !== incident.private) {
      throw new Refusal(
        'not-possible',
        'A private incident and another one are not merged: one would tell of the other. Resolve the duplicate and say why.',
      );
    }
    const { commander } = incident.roles;
    const mine = actor.kind !== 'person' || actor.id === survivor.roles.commander;
    if (commander !== undefined && !mine && actor.kind === 'person' && actor.id !== commander) {
      throw new Refusal(
        'forbidden',
        `Only a commander of the two incidents can merge them. Ask <@${commander}>.`,
      );
    }
    if (liveNotice(incident.statusPage)) {
      throw new Refusal(
        'not-possible',
        `${id} is on the status page. Merge the other one into ${id}, or say there first that it is over: \`/incident statuspage\`.`,
      );
    }
    const run = activeRun(incident);
    if (run) {
      throw new Refusal(
        'not-possible',
        `${run.id} of ${id} is not finished. Wait for it to end before you merge ${id}.`,
      );
    }
    const reason = `It is the same as ${survivor.id}, which goes on.`;
    return [
      { type: 'incident.merged', data: { into: survivor.id } },
      { type: 'status.changed', data: { status: 'closed', reason } },
    ];
  };
}

/** Notes on the incident that goes on that another one was merged into it, once. */
export function linkDuplicate(duplicate: string): Flow {
  return (incident): readonly Event[] =>
    incident.duplicates.includes(duplicate)
      ? []
      : [{ type: 'duplicate.linked', data: { incident: duplicate } }];
}
