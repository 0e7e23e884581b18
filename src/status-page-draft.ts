/** What a status page could say of an incident: short, plain, without names of systems and without blame. */

import type { Severity } from './assessment.ts';
import type { NoticeImpact, NoticeState } from './component.ts';
import type { Status } from './events.ts';
import type { Incident } from './incident.ts';
import { liveNotice, type StatusPageNotice } from './status-page.ts';
import { duration } from './words.ts';

/** Words for people outside engineering, to be read and changed before anything is published. */
export interface NoticeDraft {
  readonly title: string;
  readonly text: string;
  readonly state: NoticeState;
  readonly impact: NoticeImpact;
}

const TITLES: Readonly<Record<Severity, (service: string) => string>> = {
  sev1: (service) => `${service} is not working`,
  sev2: (service) => `Problems with ${service}`,
  sev3: (service) => `Some people have problems with ${service}`,
  sev4: (service) => `A small problem with ${service}`,
};

const IMPACTS: Readonly<Record<Severity, NoticeImpact>> = {
  sev1: 'critical',
  sev2: 'major',
  sev3: 'minor',
  sev4: 'minor',
};

const STATES: Readonly<Record<Status, NoticeState>> = {
  investigating: 'investigating',
  identified: 'identified',
  monitoring: 'monitoring',
  resolved: 'resolved',
  closed: 'resolved',
};

const EFFECTS: Readonly<Record<Severity, (service: string) => string>> = {
  sev1: (service) => `${service} does not work for most people right now.`,
  sev2: (service) => `Many people cannot use ${service} as usual right now.`,
  sev3: (service) => `${service} is slow or does not work for some people right now.`,
  sev4: () => 'Most people will not notice it.',
};

/** The state of the page that belongs to the incident's status. */
export function noticeStateOf({ status }: Pick<Incident, 'status'>): NoticeState {
  return STATES[status];
}

/** What an update of that severity means for people outside. */
export function impactOf({ severity }: Pick<Incident, 'severity'>): NoticeImpact {
  return IMPACTS[severity?.is ?? 'sev3'];
}

/**
 * A draft for the incident as it is now. A notice that is on the page keeps its title.
 * @param service what people outside call it.
 * @param next milliseconds until the next update is due, as the severity asks for.
 */
export function draftNotice(
  incident: Incident,
  service: string,
  next: number | undefined,
): NoticeDraft {
  const severity = incident.severity?.is ?? 'sev3';
  const state = noticeStateOf(incident);
  const title = liveNotice(incident.statusPage)?.title ?? TITLES[severity](service);
  return { title, text: words(state, severity, service, next), state, impact: IMPACTS[severity] };
}

function words(
  state: NoticeState,
  severity: Severity,
  service: string,
  next: number | undefined,
): string {
  const more = next === undefined ? '' : ` The next update follows within ${duration(next)}.`;
  switch (state) {
    case 'investigating':
      return `We know of a problem with ${service} and are looking for the cause. ${EFFECTS[severity](service)}${more}`;
    case 'identified':
      return `We have found the cause of the problem with ${service} and are putting it right. ${EFFECTS[severity](service)}${more}`;
    case 'monitoring':
      return `${service} works again. We are keeping a close watch before we call it resolved.`;
    case 'resolved':
      return `The problem with ${service} is over. We are sorry for the trouble it has caused.`;
  }
}

/** Whether people outside would be surprised: the page says something else than the incident. */
export function isBehind(incident: Incident, live: StatusPageNotice | undefined): boolean {
  return live !== undefined && live.state !== noticeStateOf(incident);
}
