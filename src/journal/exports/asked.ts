/** What people ask of an export, in the words they type: at the terminal and in Slack alike. */

import { Refusal } from '../../errors.ts';
import type { Incident } from '../../incident.ts';
import type { Narrowing } from '../../postmortem/narrow.ts';
import { isZone, momentOf } from '../../timeline/moment.ts';
import { TIMELINE_KINDS, type TimelineKind } from '../../timeline/thread.ts';
import { timeSaid } from '../../wall-clock.ts';
import type { DocumentOptions } from './documents.ts';

/** Options of an export as they were typed; `redact` may be `people`. */
export interface Asked {
  readonly since?: string;
  readonly until?: string;
  readonly kinds?: string;
  readonly zone?: string;
  readonly redact?: string;
}

/**
 * The options of a document.
 * @param usual IANA name; counts unless another was asked for.
 * @throws Refusal for a kind, zone, time or redaction that there is not.
 */
export function shapeFrom(
  asked: Asked,
  incident: Incident,
  usual: string,
): Pick<DocumentOptions, 'zone' | 'narrowing' | 'withoutPeople'> {
  const zone = asked.zone ?? usual;
  if (!isZone(zone)) {
    throw new Refusal(
      'invalid-input',
      `There is no time zone ${zone}; use a name such as Europe/Berlin or UTC.`,
    );
  }
  if (asked.redact !== undefined && asked.redact !== 'people') {
    throw new Refusal(
      'invalid-input',
      `--redact ${asked.redact} is not known; use --redact people. Secrets are always taken out.`,
    );
  }
  return {
    zone,
    narrowing: narrowingOf(incident, asked, zone),
    withoutPeople: asked.redact === 'people',
  };
}

/**
 * A point in time that somebody named: ISO 8601 with its offset, or in the zone, as in `2026-11-20 14:05`; where an
 * hour alone is named, its first occurrence after `begin`.
 * @throws Refusal naming the option.
 */
export function timeOf(option: string, said: string, zone: string, begin: number): number {
  const exact = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/i.test(said)
    ? Date.parse(said)
    : Number.NaN;
  if (!Number.isNaN(exact)) return exact;
  const words = said.replace(/^(\d{4}-\d\d-\d\d)T/, '$1 ');
  const at = timeSaid(words, begin - 60_000, zone, 'ahead');
  if (at !== undefined) return at;
  throw new Refusal(
    'invalid-input',
    `${option} ${said} is no time; write it as 14:05, 2026-11-20 14:05 (in ${zone}) or 2026-11-20T14:05:00Z.`,
  );
}

function narrowingOf(
  { declaredAt }: Incident,
  { since, until, kinds }: Asked,
  zone: string,
): Narrowing {
  const narrowing = {
    ...(since === undefined ? {} : { since: momentOf(timeOf('--since', since, zone, declaredAt)) }),
    ...(until === undefined ? {} : { until: momentOf(timeOf('--until', until, zone, declaredAt)) }),
    ...(kinds === undefined ? {} : { kinds: kindsOf(kinds) }),
  };
  if (narrowing.since && narrowing.until && narrowing.until < narrowing.since) {
    throw new Refusal('invalid-input', '--until is before --since; nothing lies between them.');
  }
  return narrowing;
}

function kindsOf(said: string): readonly TimelineKind[] {
  return said.split(',').map((word) => {
    const kind = TIMELINE_KINDS.find((known) => known === word.trim());
    if (kind) return kind;
    throw new Refusal(
      'invalid-input',
      `There is no kind ${word.trim()} in a timeline; use ${listed(TIMELINE_KINDS)}.`,
    );
  });
}

/** `a, b or c`. */
export function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
