/** What things are called in messages, so that one thing has one name everywhere. */

import type { Response, Severity } from '../assessment.ts';
import type { Role, Status } from '../events.ts';
import type { Incident } from '../incident.ts';
import type { Verdict } from '../operation.ts';
import { severityTerm, statusTerm } from '../vocabulary.ts';
import { line } from './mrkdwn.ts';

const SEVERITY_SIGNS: Readonly<Record<Severity, string>> = {
  sev1: ':red_circle:',
  sev2: ':large_orange_circle:',
  sev3: ':large_yellow_circle:',
  sev4: ':large_blue_circle:',
};

/** `SEV1`. */
export function severityName(severity: Severity): string {
  return line(severityTerm(severity).label, 24);
}

/** `SEV1 :red_circle:`. */
export function severityLabel(severity: Severity): string {
  return `${severityName(severity)} ${SEVERITY_SIGNS[severity]}`;
}

const STATUS_SIGNS: Readonly<Record<Status, string>> = {
  investigating: ':mag:',
  identified: ':dart:',
  monitoring: ':eyes:',
  resolved: ':white_check_mark:',
  closed: ':white_check_mark:',
};

export function statusName(status: Status): string {
  return line(statusTerm(status).label, 24);
}

/** `Investigating :mag:`. */
export function statusLabel(status: Status): string {
  return `${statusName(status)} ${STATUS_SIGNS[status]}`;
}

export const RESPONSE_NAMES: Readonly<Record<Response, string>> = {
  rollback: 'rollback',
  'quick-fix': 'quick fix',
  mitigate: 'mitigation',
  monitor: 'monitoring',
};

export const RESPONSE_MEANINGS: Readonly<Record<Response, string>> = {
  rollback: 'Put the last good version back',
  'quick-fix': 'Fix it on a hotfix branch, within 15 minutes',
  mitigate: 'Relieve it first; roll back if that does not help',
  monitor: 'Change nothing now and keep watching',
};

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  commander: 'Incident commander',
  'communications-lead': 'Communications lead',
  'operations-lead': 'Operations lead',
  scribe: 'Scribe',
};

export function roleName(role: Role): string {
  return ROLE_NAMES[role];
}

const VERDICT_SIGNS: Readonly<Record<Verdict, string>> = {
  pass: '✓',
  warn: '!',
  fail: '✗',
  unknown: '?',
};

/** A check or reading on one line: `✗ slot staging: it is stopped`. */
export function verdictLine(verdict: Verdict, name: string, reason: string): string {
  return `${VERDICT_SIGNS[verdict]} ${line(name, 80)}: ${line(reason, 220)}`;
}

const WORST_FIRST: readonly Verdict[] = ['fail', 'unknown', 'warn', 'pass'];

/** What failed first, what passed last. */
export function worstFirst<T extends { readonly verdict: Verdict }>(
  items: readonly T[],
): readonly T[] {
  return WORST_FIRST.flatMap((verdict) => items.filter((item) => item.verdict === verdict));
}

/** `checkout production`. */
export function placeOf(where: Pick<Incident, 'service' | 'environment'>): string {
  return `${line(where.service, 80)} ${line(where.environment, 80)}`;
}

/** `INC-0001 Checkout is failing`, escaped; `DRILL INC-0001 …` for one. */
export function nameOf(incident: Incident): string {
  return `${incident.drill ? 'DRILL ' : ''}${incident.id} ${line(incident.title, 300)}`;
}
