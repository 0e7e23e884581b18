import { Refusal } from '../errors.ts';
import type { Event, Status } from '../events.ts';
import { type Incident, openTasksOf, STATUS_TRANSITIONS } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { statusWord } from '../vocabulary.ts';
import { requireCommander, requireOpen, requireReason } from './guards.ts';

/** The statuses that `/incident status` sets; the others have commands of their own. */
const WORKING_STATUSES = ['investigating', 'identified', 'monitoring'] as const;

/** The commander changes the status of an open incident, with a reason. */
export function changeStatus(status: string, reason: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    const wanted = requireStatus(status);
    requireOpen(incident);
    requireCommander(incident, actor, 'change the status');
    if (incident.status === wanted) {
      throw new Refusal(
        'already-done',
        `The status is ${statusWord(wanted)} already; nothing was changed.`,
        'status',
      );
    }
    requireTransition(incident, wanted);
    return [{ type: 'status.changed', data: { status: wanted, reason: requireReason(reason) } }];
  };
}

/** Somebody says that it is not over after all. Anybody may: whoever sees it come back should not have to ask. */
export function reopenIncident(reason: string): Flow {
  return (incident): readonly Event[] => {
    if (incident.imported) {
      throw new Refusal(
        'not-possible',
        `${incident.id} was imported to be read. If it is back, declare a new incident.`,
      );
    }
    if (incident.release) {
      throw new Refusal(
        'not-possible',
        `${incident.id} is a release and cannot be reopened. Prepare the next one with \`/release\`.`,
      );
    }
    if (incident.status === 'closed') {
      throw new Refusal(
        'closed',
        `${incident.id} is closed and stays closed. If it is back, declare a new incident.`,
      );
    }
    if (incident.status !== 'resolved') {
      throw new Refusal(
        'already-done',
        `${incident.id} is not resolved, so there is nothing to reopen.`,
      );
    }
    const why = requireReason(reason);
    return [{ type: 'status.changed', data: { status: 'investigating', reason: why } }];
  };
}

/**
 * Closes a resolved incident: its post-mortem and its follow-ups are agreed. Without a reason only when the post-mortem was
 * exported, and everything there was to do is done or tracked: it has an issue, or an owner and a date. A reason overrides that.
 */
export function closeIncident(reason: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    if (incident.status === 'closed') {
      throw new Refusal('already-done', `${incident.id} is closed already; nothing was changed.`);
    }
    if (incident.status !== 'resolved') {
      throw new Refusal(
        'not-possible',
        `${incident.id} is still ${statusWord(incident.status)}. To resolve it first, use \`/incident resolve <why it is over>\`.`,
      );
    }
    requireCommander(incident, actor, 'close the incident');
    const words = reason.trim() === '' ? agreed(incident) : requireReason(reason);
    return [{ type: 'status.changed', data: { status: 'closed', reason: words } }];
  };
}

/** @throws Refusal that names everything that is not agreed, so that nobody finds out one by one. */
function agreed(incident: Incident): string {
  const missing = [
    ...(incident.postmortems === 0
      ? ['The post-mortem was not exported yet: use `/postmortem`.']
      : []),
    ...looseEnds(incident),
  ];
  if (missing.length === 0) return 'The post-mortem and its follow-ups are agreed.';
  throw new Refusal(
    'not-possible',
    `${incident.id} is not closed. ${missing.join(' ')} To close it anyway, say why: \`/incident close <reason>\`.`,
  );
}

/** A refusal is to be read at a glance; `/incident tasks` shows all of them. */
const NAMED_LIMIT = 5;

function looseEnds(incident: Incident): readonly string[] {
  const loose = openTasksOf(incident).flatMap(({ id, owner, due, url }) => {
    if (url !== undefined) return [];
    const lacks = [owner ? undefined : 'owner', due === undefined ? 'date' : undefined];
    const lacking = lacks.filter((each) => each !== undefined);
    return lacking.length === 0 ? [] : [`${id} (no ${lacking.join(', no ')})`];
  });
  if (loose.length === 0) return [];
  const named = loose.slice(0, NAMED_LIMIT).join(', ');
  const more = loose.length > NAMED_LIMIT ? ` and ${loose.length - NAMED_LIMIT} more` : '';
  return [
    `Nobody tracks ${named}${more}: see \`/incident tasks\`, finish them with \`/incident done\`, or open them as issues (\`backstop export ${incident.id} --format github-issue\`).`,
  ];
}

function requireStatus(status: string): Status {
  const word = status.toLowerCase();
  const found = WORKING_STATUSES.find((known) => known === word);
  if (found) return found;
  const own: Readonly<Record<string, string>> = {
    resolved: 'To resolve it, use `/incident resolve <why it is over>`.',
    closed: 'To close it, use `/incident close`.',
  };
  const words = `Choose one of these: ${WORKING_STATUSES.map(statusWord).join(', ')}.`;
  const known = Object.hasOwn(own, word) ? own[word] : undefined;
  throw new Refusal('invalid-input', known ?? words, 'status');
}

function requireTransition({ id, status }: Incident, wanted: Status): void {
  if (STATUS_TRANSITIONS[status].includes(wanted)) return;
  throw new Refusal(
    'not-possible',
    `${id} cannot go from ${statusWord(status)} to ${statusWord(wanted)}; nothing was changed.`,
  );
}
