/** Everything that an incident has to say in Slack: its state as messages. */

import type { Incident } from '../incident.ts';
import type { Service } from '../service.ts';
import { announcement } from './announcement.ts';
import { card } from './card.ts';
import type { Dated, DesiredMessage } from './message.ts';
import {
  approvalNotices,
  breakGlassNotices,
  contactsNotice,
  monitorNotices,
  recoveredNotices,
  resolvedNotice,
} from './notices.ts';
import { planMessages } from './plan.ts';
import { quickFixMessage } from './quick-fix.ts';
import { runMessages } from './run.ts';

export type { DesiredMessage } from './message.ts';

/**
 * The messages that the incident's state calls for, in the order in which they were first called for. A key once given
 * is given again in every later state. No clock is read: equal states give equal messages.
 */
export function conversation(incident: Incident, service: Service): readonly DesiredMessage[] {
  const start = incident.declaredAt;
  const dated: readonly Dated[] = [
    { since: start, message: card(incident) },
    { since: start, message: announcement(incident) },
    ...planMessages(incident, service),
    ...approvalNotices(incident, service),
    ...breakGlassNotices(incident, service),
    ...quickFixMessage(incident),
    ...runMessages(incident, service),
    ...recoveredNotices(incident),
    ...monitorNotices(incident),
    ...contactsNotice(incident, service),
    ...resolvedNotice(incident),
  ];
  return dated.toSorted((a, b) => a.since - b.since).map(({ message }) => message);
}
