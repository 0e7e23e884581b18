/** Everything that an incident has to say in Slack: its state as messages. */

import type { Incident } from '../incident.ts';
import { isRelease } from '../release-state.ts';
import type { Service } from '../service.ts';
import { announcement } from './announcement.ts';
import { card } from './card.ts';
import { context } from './elements.ts';
import { endingNotices, mergeNotices } from './endings.ts';
import { freezeNotices } from './freezes.ts';
import { handoverMessages } from './handovers.ts';
import type { Dated, DesiredMessage, Surroundings } from './message.ts';
import {
  approvalNotices,
  breakGlassNotices,
  contactsNotice,
  monitorNotices,
  recoveredNotices,
} from './notices.ts';
import { planMessages } from './plan.ts';
import { playbookMessages } from './playbook.ts';
import { postmortemPlaces } from './postmortem-places.ts';
import { quickFixMessage } from './quick-fix.ts';
import { checklist, editorNotices, releaseCard } from './release.ts';
import { releaseAnnouncement, releaseOutcome } from './release-announcement.ts';
import { reminderMessages } from './reminders.ts';
import { runMessages } from './run.ts';
import { statusPageMessages } from './status-page.ts';
import { taskMessages } from './tasks.ts';
import { updateMessages } from './updates.ts';

export type { DesiredMessage } from './message.ts';

/**
 * The messages that the incident's state calls for, in the order in which they were first called for. A key once given
 * is given again in every later state. No clock is read: equal states give equal messages.
 */
export function conversation(
  incident: Incident,
  service: Service,
  around: Surroundings = {},
): readonly DesiredMessage[] {
  const dated: readonly Dated[] = [
    ...opening(incident, service, around),
    ...playbookMessages(incident),
    ...planMessages(incident, service),
    ...approvalNotices(incident, service),
    ...breakGlassNotices(incident, service),
    ...quickFixMessage(incident),
    ...runMessages(incident, service),
    ...freezeNotices(incident),
    ...recoveredNotices(incident),
    ...monitorNotices(incident),
    ...contactsNotice(incident, service),
    ...taskMessages(incident),
    ...updateMessages(incident),
    ...statusPageMessages(incident),
    ...reminderMessages(incident, service),
    ...handoverMessages(incident),
    ...mergeNotices(incident),
    ...endingNotices(incident),
    ...postmortemPlaces(incident),
  ];
  return dated
    .filter(({ message }) => !incident.private || message.where === 'incident')
    .toSorted((a, b) => a.since - b.since)
    .map(({ message }) => (incident.drill ? asDrill(message) : message));
}

/** What stands at the top: the card and the announcement, and a release's checklist. */
function opening(incident: Incident, service: Service, around: Surroundings): readonly Dated[] {
  const since = incident.declaredAt;
  if (!isRelease(incident)) {
    return [
      { since, message: card(incident, service, around) },
      { since, message: announcement(incident) },
    ];
  }
  return [
    { since, message: releaseCard(incident) },
    { since, message: checklist(incident) },
    { since, message: releaseAnnouncement(incident) },
    ...releaseOutcome(incident),
    ...editorNotices(incident),
  ];
}

/** Nobody is to take a drill for the real thing, whichever message they see first. */
function asDrill(message: DesiredMessage): DesiredMessage {
  const { text, blocks } = message;
  return {
    ...message,
    text: text.startsWith('DRILL ') ? text : `DRILL: ${text}`,
    blocks: [context('*DRILL.* This is practice; nothing is really broken.'), ...blocks],
  };
}
