/**
 * What a team calls severities and statuses. The ids (`sev1`, `identified`) stay in the journal, in exports for machines and in
 * the configuration; people read these words everywhere. They are set once, when the configuration has been read, and stay
 * for the life of the process, as a language would.
 */

import { SEVERITIES, type Severity } from './assessment.ts';
import type { Status } from './events.ts';

export interface Term {
  readonly label: string;
  readonly meaning: string;
}

export interface Vocabulary {
  readonly severities: Readonly<Record<Severity, Term>>;
  readonly statuses: Readonly<Record<Status, Term>>;
}

export const STATUSES: readonly Status[] = [
  'investigating',
  'identified',
  'monitoring',
  'resolved',
  'closed',
];

export const USUAL: Vocabulary = {
  severities: {
    sev1: {
      label: 'SEV1',
      meaning: 'Everybody is affected, it is down, or data or security is compromised',
    },
    sev2: { label: 'SEV2', meaning: 'Many are affected, or data or security may be at risk' },
    sev3: { label: 'SEV3', meaning: 'It is slow, or some people are blocked' },
    sev4: { label: 'SEV4', meaning: 'Minor; it can wait' },
  },
  statuses: {
    investigating: { label: 'Investigating', meaning: 'The cause is not known yet' },
    identified: { label: 'Identified', meaning: 'The cause is known' },
    monitoring: { label: 'Monitoring', meaning: 'It seems to be over' },
    resolved: { label: 'Resolved', meaning: 'It is over' },
    closed: { label: 'Closed', meaning: 'Post-mortem and follow-ups are agreed' },
  },
};

let spoken: Vocabulary = USUAL;

/** From now on the team's own words are used; what it does not name keeps its usual name. */
export function speak(vocabulary: Vocabulary): void {
  spoken = vocabulary;
}

export function severityTerm(severity: Severity): Term {
  return spoken.severities[severity];
}

export function statusTerm(status: Status): Term {
  return spoken.statuses[status];
}

/** A status within a sentence: `identified`. */
export function statusWord(status: Status): string {
  return spoken.statuses[status].label.toLowerCase();
}

/** The severity that the words begin with, by its id or its label, and the rest of them. */
export function severitySaid(
  words: string,
): readonly [severity: Severity | undefined, rest: string] {
  return said(words, SEVERITIES, (severity) => severityTerm(severity).label);
}

/** As `severitySaid`, for a status. */
export function statusSaid(words: string): readonly [status: Status | undefined, rest: string] {
  return said(words, STATUSES, (status) => statusTerm(status).label);
}

function said<T extends string>(
  words: string,
  ids: readonly T[],
  labelOf: (id: T) => string,
): readonly [T | undefined, string] {
  const given = words.trim();
  const lower = given.toLowerCase();
  // The longest name wins, where one begins with another.
  const names = ids
    .flatMap((id) => [
      { id, name: id.toLowerCase() },
      { id, name: labelOf(id).toLowerCase() },
    ])
    .toSorted((a, b) => b.name.length - a.name.length);
  const found = names.find(({ name }) => lower === name || lower.startsWith(`${name} `));
  return found ? [found.id, given.slice(found.name.length).trim()] : [undefined, given];
}
