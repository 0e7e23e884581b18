/** What people ask of an export, in the words they type: at the terminal and in Slack alike. */

import { Refusal } from '../../errors.ts';
import type { Incident } from '../../incident.ts';
import { componentsOf, type Narrowing } from '../../postmortem/narrow.ts';
import { isZone } from '../../time-zone.ts';
import { momentOf } from '../../timeline/moment.ts';
import { TIMELINE_KINDS, type TimelineKind } from '../../timeline/thread.ts';
import { timeSaid } from '../../wall-clock.ts';
import type { Journal } from '../journal.ts';
import { type DocumentOptions, knownOf } from './documents.ts';

/** Which part of a timeline, as it was typed; several kinds, people or components with commas between them. */
export interface AskedPart {
  readonly since?: string;
  readonly until?: string;
  readonly kinds?: string;
  readonly person?: string;
  readonly component?: string;
}

/** Options of an export as they were typed; `redact` may be `people`. */
export interface Asked extends AskedPart {
  readonly zone?: string;
  readonly redact?: string;
}

/**
 * The options of a document.
 * @param usual IANA name; counts unless another was asked for.
 * @throws Refusal for a kind, person, component, zone, time or redaction that there is not.
 */
export function shapeFrom(
  asked: Asked,
  incident: Incident,
  usual: string,
  journal: Journal,
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
    narrowing: partFrom(asked, incident, zone, journal),
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
    `${option} ${said} is not a time; write it as 14:05, 2026-11-20 14:05 (in ${zone}) or 2026-11-20T14:05:00Z.`,
  );
}

/** The part of the timeline that was asked for. @throws Refusal as `shapeFrom` does. */
export function partFrom(
  { since, until, kinds, person, component }: AskedPart,
  incident: Incident,
  zone: string,
  journal: Journal,
): Narrowing {
  const { declaredAt } = incident;
  const narrowing = {
    ...(since === undefined ? {} : { since: momentOf(timeOf('--since', since, zone, declaredAt)) }),
    ...(until === undefined ? {} : { until: momentOf(timeOf('--until', until, zone, declaredAt)) }),
    ...(kinds === undefined ? {} : { kinds: kindsOf(kinds) }),
    ...(person === undefined ? {} : { people: peopleSaid(person, incident, journal) }),
    ...(component === undefined ? {} : { components: componentsSaid(component, incident) }),
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
      `There is no kind ${shown(word)} in a timeline; use ${listed(TIMELINE_KINDS)}.`,
    );
  });
}

/** Somebody who acted, by a mention, their id, their name, or the beginning of it where that is enough. */
function peopleSaid(said: string, { id, stream }: Incident, journal: Journal): readonly string[] {
  const { known } = knownOf(journal, stream);
  const acted = new Map<string, string>();
  for (const { actor } of journal.actorsOf(stream)) {
    if (actor.kind === 'person') acted.set(actor.id, known.get(actor.id) ?? actor.id);
    else if (actor.kind === 'backstop') acted.set('Backstop', 'Backstop');
    else acted.set(`${actor.name} (command line)`, actor.name);
  }
  return said.split(',').flatMap((word) => {
    const wanted = word
      .trim()
      .replace(/^<@([UW][A-Z0-9]+)(\|[^>]*)?>$/, '$1')
      .replace(/^@/, '')
      .toLowerCase();
    const called = [...acted].map(([key, name]) => [key, name.toLowerCase()] as const);
    const whole = called.filter(([key, name]) => [key.toLowerCase(), name].includes(wanted));
    const begun = called.filter(([, name]) => wanted !== '' && name.startsWith(wanted));
    const found = whole.length > 0 ? whole : begun.length === 1 ? begun : [];
    if (found.length > 0) return found.map(([key]) => key);
    throw new Refusal(
      'invalid-input',
      `${begun.length > 1 ? `Several people are called ${shown(word)}` : `Nobody called ${shown(word)} did anything`} in ${id}; name ${listed([...acted.values()])}.`,
    );
  });
}

function componentsSaid(said: string, incident: Incident): readonly string[] {
  const all = componentsOf(incident);
  return said.split(',').map((word) => {
    const wanted = word.trim().toLowerCase();
    const found = [...all].find(([id, title]) =>
      [id.toLowerCase(), title.toLowerCase()].includes(wanted),
    );
    if (found) return found[0];
    const words =
      all.size === 0
        ? 'No plan was made in it, so nothing in its timeline is about a component.'
        : `Use ${listed([...all.keys()])}.`;
    throw new Refusal(
      'invalid-input',
      `Nothing in ${incident.id} is about a component ${shown(word)}. ${words}`,
    );
  });
}

/** As much of what was typed as an answer repeats. */
function shown(word: string): string {
  return word.trim().slice(0, 60);
}

/** `a, b or c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join();
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
