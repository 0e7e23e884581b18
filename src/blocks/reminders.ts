/** Reminders: each is said once, names whom it is for, and is edited away when it is settled. */

import type { KnownBlock } from '@slack/types';
import { stillDue, unclaimedRoles } from '../due-reminders.ts';
import type { Role } from '../events.ts';
import { type Incident, proposalOf } from '../incident.ts';
import { type GivenReminder, isUndated } from '../reminders.ts';
import type { Service } from '../service.ts';
import { draftNotice } from '../status-page-draft.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, section } from './elements.ts';
import type { Dated } from './message.ts';
import { at, line, mention, quote } from './mrkdwn.ts';
import { severityName } from './words.ts';

/** One message for each time that people were reminded. */
export function reminderMessages(incident: Incident, service: Service): readonly Dated[] {
  return incident.reminders.flatMap((reminder) =>
    reminder.givenAt.map((since, index): Dated => {
      const isLast = index === reminder.givenAt.length - 1;
      const words = isLast
        ? stateOf(incident, reminder, service)
        : `${whatOf(incident, reminder)} People were reminded again later.`;
      return {
        since,
        message: {
          key: index === 0 ? `reminder/${reminder.key}` : `reminder/${reminder.key}/${index + 1}`,
          where: 'incident',
          text: words,
          blocks: blocksOf(
            section(words, isLast ? draftOf(incident, reminder, service) : undefined),
            isLast ? choices(incident, reminder) : undefined,
          ),
        },
      };
    }),
  );
}

function stateOf(incident: Incident, reminder: GivenReminder, service: Service): string {
  const what = whatOf(incident, reminder);
  if (!stillDue(incident, reminder)) return `${what} It is settled.`;
  const until = snoozed(reminder);
  if (until !== undefined) return `${what} Snoozed until ${at(until)}.`;
  return `${whom(incident, reminder, service)}${what} ${asks(reminder)}`;
}

const ASKS: Readonly<Record<GivenReminder['about'], string>> = {
  update: 'Tell people how things stand, even if nothing is new.',
  commander: 'Somebody has to decide: take command.',
  roles: 'Take one below, or give it to somebody: `/incident role scribe @who`.',
  approval: 'Half the time for it has passed. Approve or decline it above.',
  task: 'Finish it, or tell the channel what is in the way.',
  'status-page': 'A draft is ready; nothing is published before you approve it.',
};

function asks(reminder: GivenReminder): string {
  if (!isUndated(reminder)) return ASKS[reminder.about];
  return `Say when it will be done, \`/incident due ${reminder.ref} in 3 days\`, or finish it.`;
}

function whatOf(incident: Incident, reminder: GivenReminder): string {
  const { about, key, ref, due } = reminder;
  const stands = stillDue(incident, reminder);
  switch (about) {
    case 'update':
      return `*A status update was due ${at(due)}.*`;
    case 'commander':
      return `*This is a ${severityName('sev1')} and nobody ${stands ? 'is' : 'was'} in command.*`;
    case 'roles':
      return `*${freeRoles(incident)}*`;
    case 'approval': {
      const title = ref === undefined ? undefined : proposalOf(incident, ref)?.plan.title;
      return `*Plan ${ref} waited for approval:* ${line(title ?? '', 300)}.`;
    }
    case 'status-page':
      return key.startsWith('status-page/after/')
        ? `*Nothing ${stands ? 'is on the status page yet' : 'was on the status page'}.*`
        : `*The status page ${stands ? 'is' : 'was'} behind.*`;
    case 'task': {
      const text = incident.tasks.find(({ id }) => id === ref)?.text ?? '';
      if (isUndated(reminder)) {
        return `*Follow-up ${ref} ${stands ? 'has' : 'had'} no date:* ${line(text, 300)}.`;
      }
      return `*Task ${ref} was due ${at(due)}:* ${line(text, 300)}.`;
    }
  }
}

/** What is not being done; what was not, once it is settled. */
function freeRoles(incident: Incident): string {
  const free = unclaimedRoles(incident);
  if (free.length === 1) {
    return free[0] === 'scribe'
      ? 'Nobody keeps the timeline yet.'
      : 'Nobody writes the updates yet.';
  }
  return free.length === 0
    ? 'Nobody was writing the updates, or keeping the timeline.'
    : 'Nobody writes the updates or keeps the timeline yet.';
}

const TAKES: Readonly<Record<Role, string>> = {
  commander: 'Take command',
  'communications-lead': 'Write the updates',
  'operations-lead': 'Lead operations',
  scribe: 'Keep the timeline',
};

/** Those who can do something about it; nobody is called twice in one line. */
function whom(incident: Incident, { about, ref }: GivenReminder, service: Service): string {
  const { roles } = incident;
  const called = (): readonly (string | undefined)[] => {
    if (about === 'update' || about === 'status-page')
      return [roles['communications-lead'] ?? roles.commander];
    if (about === 'task')
      return [incident.tasks.find(({ id }) => id === ref)?.owner ?? roles.commander];
    if (about === 'roles' && roles.commander !== undefined) return [roles.commander];
    if (about === 'commander' || about === 'roles') return service.responders.slice(0, 5);
    return service.environments[incident.environment]?.approval.from.slice(0, 5) ?? [];
  };
  const people = called().filter((user) => user !== undefined);
  return people.length === 0 ? '' : `${people.map(mention).join(' ')} `;
}

/** What could be published, while it is asked for. */
function draftOf(
  incident: Incident,
  reminder: GivenReminder,
  service: Service,
): string | undefined {
  if (reminder.about !== 'status-page' || !stillDue(incident, reminder)) return undefined;
  const { title, text } = draftNotice(incident, service.name, undefined);
  return quote(`${title}\n${text}`);
}

function choices(incident: Incident, reminder: GivenReminder): readonly KnownBlock[] {
  if (!stillDue(incident, reminder)) return [];
  const { id } = incident;
  const { about, key, ref = '' } = reminder;
  return actions(
    about === 'update'
      ? button(ACTION.writeUpdate, 'Write update…', [id], { style: 'primary' })
      : undefined,
    about === 'status-page'
      ? button(ACTION.writeNotice, 'Review and publish…', [id], { style: 'primary' })
      : undefined,
    about === 'commander'
      ? button(ACTION.takeRole, 'Take command', [id, 'commander', ''], { style: 'primary' })
      : undefined,
    ...(about === 'roles' ? unclaimedRoles(incident) : []).map((role) =>
      button(ACTION.takeRole, TAKES[role], [id, role, ''], { choice: role }),
    ),
    about === 'task'
      ? button(ACTION.finishTask, 'Done', [id, ref], { style: 'primary' })
      : undefined,
    snoozed(reminder) === undefined && !isUndated(reminder)
      ? button(ACTION.snooze, 'Snooze', [id, key], { label: 'Remind again later' })
      : undefined,
  );
}

/** Until when it is put off; undefined when it was given again since. */
function snoozed({ snoozedUntil, givenAt }: GivenReminder): number | undefined {
  if (snoozedUntil === undefined || (givenAt.at(-1) ?? 0) >= snoozedUntil) return undefined;
  return snoozedUntil;
}
