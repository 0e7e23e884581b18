import { Refusal } from '../errors.ts';
import type { Event, Role } from '../events.ts';
import type { Flow } from '../loop.ts';
import { requireOpen, requireReason } from './guards.ts';

/**
 * Takes a role for the person who asks. A role somebody holds is taken over only when `from` names that holder, so that
 * two people clicking at once do not push each other out unseen. @param why nothing, or a reason for the timeline.
 */
export function takeRole(role: Role, from?: string, why = ''): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireOpen(incident);
    if (actor.kind !== 'person')
      throw new Refusal('forbidden', 'Only a person can take a role. Take it in Slack.');
    const holder = incident.roles[role];
    if (holder === actor.id)
      throw new Refusal('already-done', `You are the ${words(role)} already; nothing was changed.`);
    if (holder !== undefined && holder !== from) {
      throw new Refusal(
        'already-done',
        role === 'commander'
          ? `<@${holder}> is the incident commander already. To take over, use \`/incident command\`.`
          : `<@${holder}> is the ${words(role)} already. Ask them to hand it over.`,
      );
    }
    return [{ type: 'role.claimed', data: { role, user: actor.id, ...reasonOf(why) } }];
  };
}

/**
 * Gives a role to somebody: a free one anybody may give; one that is held, its holder and the incident commander.
 * Command itself is handed over by whoever has it; others take it over themselves. @param why as for `takeRole`.
 */
export function assignRole(role: Role, user: string, why = ''): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireOpen(incident);
    const holder = incident.roles[role];
    if (holder === user) {
      throw new Refusal(
        'already-done',
        `<@${user}> is the ${words(role)} already; nothing was changed.`,
      );
    }
    const own = actor.kind !== 'person' || actor.id === holder;
    const commands = actor.kind === 'person' && actor.id === incident.roles.commander;
    if (holder !== undefined && !own && !commands) {
      throw new Refusal(
        'forbidden',
        role === 'commander'
          ? `Only <@${holder}> can hand over the command. Ask them, or take it with \`/incident command\`.`
          : `Only <@${holder}> or the incident commander can hand over that role. Ask them.`,
      );
    }
    return [{ type: 'role.claimed', data: { role, user, ...reasonOf(why) } }];
  };
}

/** Nobody has to give one: at 3 a.m. a free role is to be taken by a click. */
function reasonOf(why: string): { readonly reason?: string } {
  return why.trim() === '' ? {} : { reason: requireReason(why) };
}

function words(role: Role): string {
  return role === 'commander' ? 'incident commander' : role.replace('-', ' ');
}
