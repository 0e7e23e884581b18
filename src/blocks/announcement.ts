/** The one message about an incident in the channel for announcements; it follows the incident to its end. */

import { type Incident, isOpen } from '../incident.ts';
import { ACTION } from './actions.ts';
import { actions, button, context, section } from './elements.ts';
import type { DesiredMessage } from './message.ts';
import { onDay, prose, who } from './mrkdwn.ts';
import { newsLine } from './updates.ts';
import { nameOf, placeOf, severityLabel, severityName, statusLabel, statusName } from './words.ts';

export function announcement(incident: Incident): DesiredMessage {
  const severity = incident.severity && severityLabel(incident.severity.is);
  const commander = incident.roles.commander;
  const led = commander ? `Commander: <@${commander}>` : 'No commander yet';
  const channel = incident.channel ? `<#${incident.channel.id}>` : 'Its channel is being opened';
  const facts = [severity, statusLabel(incident.status), placeOf(incident), led, channel];
  const follow = button(ACTION.subscribe, 'Keep me posted', [incident.id], {
    label: `Keep me posted on incidents of ${incident.service}`,
  });
  const ended = isOpen(incident)
    ? undefined
    : `${statusName(incident.status)} ${onDay(incident.statusSince)}: ${prose(incident.statusReason ?? '', 500)}`;
  return {
    key: 'announcement',
    where: 'announcements',
    text: announcedInWords(incident),
    blocks: [
      section(
        `*${nameOf(incident)}*`,
        facts.filter((fact) => fact !== undefined).join('  |  '),
        newsLine(incident),
      ),
      ...(ended ? [] : actions(follow)),
      context(ended ?? `Declared by ${who(incident.declaredBy)}, ${onDay(incident.declaredAt)}`),
    ],
  };
}

function announcedInWords(incident: Incident): string {
  const severity = incident.severity ? `${severityName(incident.severity.is)}, ` : '';
  const status = statusName(incident.status).toLowerCase();
  const channel = incident.channel ? ` Channel: <#${incident.channel.id}>.` : '';
  return `${nameOf(incident)}: ${severity}${status}, ${placeOf(incident)}.${channel}`;
}
