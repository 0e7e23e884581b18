/** The words people read for what the journal records: severities, responses, roles, verdicts, lengths of time. */

import type { Response, Severity } from '../assessment.ts';
import type { Reading } from '../component.ts';
import type { Role, Status } from '../events.ts';
import { isReleaseId } from '../incident.ts';
import type { Verdict } from '../operation.ts';
import type { PlanKind } from '../plan.ts';
import type { RunOutcome } from '../run.ts';
import { severityTerm, statusTerm } from '../vocabulary.ts';

export const RESPONSE_WORDS: Readonly<Record<Response, string>> = {
  rollback: 'roll back',
  'quick-fix': 'make a quick fix',
  mitigate: 'mitigate',
  monitor: 'monitor',
};

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  commander: 'incident commander',
  'communications-lead': 'communications lead',
  'operations-lead': 'operations lead',
  scribe: 'scribe',
};

const OUTCOME_WORDS: Readonly<Record<RunOutcome, string>> = {
  recovered: 'the service recovered',
  'not-recovered': 'the service did not recover',
  cancelled: 'it was cancelled',
  done: 'it is done',
};

/** How a run ended. A release that is verified is healthy rather than recovered: nothing was wrong before. */
export function outcomeWords(
  outcome: RunOutcome,
  { id, kind }: { readonly id: string; readonly kind: PlanKind | undefined },
): string {
  const isFirstLook = kind === 'verify' && isReleaseId(id);
  return isFirstLook && outcome === 'recovered' ? 'the service is healthy' : OUTCOME_WORDS[outcome];
}

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'passed',
  warn: 'passed with a warning',
  fail: 'failed',
  unknown: 'could not be read',
};

/** `SEV1` for `sev1`. */
export function severityWords(severity: Severity): string {
  return severityTerm(severity).label;
}

export function statusWords(status: Status): string {
  return statusTerm(status).label;
}

/** One round of readings in words: `health failed (HTTP 500), errors passed (0.1%)`. */
export function readingsWords(
  readings: readonly Pick<Reading, 'probe' | 'verdict' | 'reason'>[],
): string {
  if (readings.length === 0) return 'no probe was read';
  return readings
    .map(({ probe, verdict, reason }) => {
      const because = reason.replace(/\.$/, '');
      return `${probe} ${VERDICT_WORDS[verdict]}${because ? ` (${because})` : ''}`;
    })
    .join(', ');
}

/** A decision beside what the rules recommended at that moment. */
export function decisionWords(
  response: Response,
  recommended: Response | undefined,
  isOverride: boolean,
): string {
  const decided = `Decided to ${RESPONSE_WORDS[response]}`;
  if (recommended === response) return `${decided}, as the assessment recommended`;
  if (recommended) {
    return `${decided}, although the assessment recommended to ${RESPONSE_WORDS[recommended]}`;
  }
  return isOverride ? `${decided}, before the assessment had a recommendation` : decided;
}

/** A length of time for people, its two largest parts: `under 1 s`, `42 s`, `9 min 30 s`, `1 h 12 min`, `2 d 3 h`. */
export function durationWords(ms: number): string {
  if (ms < 1000) return 'under 1 s';
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return pair(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return pair(minutes, 60, 'h', 'min');
  return pair(Math.round(minutes / 60), 24, 'd', 'h');
}

/** `a`, `a and b`, `a, b and c`. */
export function listWords(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `21 Nov 2026, 14:30 UTC`: the same for every reader, wherever they are. @param ms epoch milliseconds. */
export function momentWords(ms: number): string {
  const at = new Date(ms);
  const clock = at.toISOString().slice(11, 16);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}, ${clock} UTC`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The text with a full stop at its end, unless it ends a sentence already. */
export function sentence(text: string): string {
  return /[.!?…]["”')]?$/.test(text) ? text : `${text}.`;
}

/** The first sentence of several. */
export function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s+\p{Lu})/u.exec(text)?.[0] ?? text;
}

/** ` (text)` behind a sentence that it explains; nothing of none. */
export function inBrackets(text: string | undefined): string {
  return text ? ` (${text.replace(/\.$/, '')})` : '';
}

function pair(value: number, size: number, big: string, small: string): string {
  const rest = value % size;
  const whole = `${Math.floor(value / size)} ${big}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}
