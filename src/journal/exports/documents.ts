/** The files of one incident's export, ready to be written or uploaded. */

import { applyEvent } from '../../apply-event.ts';
import type { Recorded } from '../../events.ts';
import type { Incident } from '../../incident.ts';
import { type Narrowing, narrow } from '../../postmortem/narrow.ts';
import { type Postmortem, postmortemOf } from '../../postmortem/postmortem.ts';
import { withoutAuthors, withoutPeople } from '../../postmortem/without-people.ts';
import type { Entry, Journal } from '../journal.ts';
import { writeCsv } from './csv.ts';
import { writeHtml } from './html.ts';
import { type Origin, writeJson } from './json.ts';
import { writeMarkdown } from './markdown.ts';
import { redactValues } from './redact-values.ts';
import { WRITTEN_BY } from './seal.ts';

export type Format = 'md' | 'json' | 'csv' | 'html';

export const FORMATS: readonly Format[] = ['md', 'json', 'csv', 'html'];

export interface Document {
  readonly format: Format;
  /** `inc-0001.md`. */
  readonly name: string;
  readonly text: string;
}

export interface DocumentOptions {
  readonly formats: readonly Format[];
  readonly zone: string;
  readonly serviceTitle: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Takes secrets out of a text; asked for every value of the document. */
  readonly redact: (text: string) => string;
  /** Which part of the timeline; all of it unless given. */
  readonly narrowing?: Narrowing;
  /** People are called by their role. */
  readonly withoutPeople?: boolean;
  /** JSON carries the events themselves, to be imported again. Not where the timeline is narrowed or people are unnamed. */
  readonly withEvents?: boolean;
  /** Written anew as of this export: from the entries that it was made from. */
  readonly asOf?: Pick<Postmortem['journal'], 'lastSeq' | 'head'>;
}

/** Writes the incident's post-mortem in each format, from one reading of the journal. */
export function documentsOf(
  journal: Journal,
  incident: Incident,
  options: DocumentOptions,
): readonly Document[] {
  const { redact } = options;
  const { postmortem, events, names } = readingOf(journal, incident, options);
  const isWhole = !postmortem.narrowed && options.withoutPeople !== true;
  const origin: Origin | undefined =
    options.withEvents && isWhole
      ? redactValues({ events, names: Object.fromEntries(names) }, redact)
      : undefined;
  const write: Readonly<Record<Format, () => string>> = {
    md: () => writeMarkdown(postmortem),
    json: () => writeJson(postmortem, origin),
    csv: () => writeCsv(postmortem),
    html: () => writeHtml(postmortem),
  };
  return options.formats.map((format) => ({
    format,
    name: `${incident.id.toLowerCase()}.${format}`,
    text: write[format](),
  }));
}

/** The incident's document as the options ask for it, with nothing secret in it. */
export function postmortemFrom(
  journal: Journal,
  incident: Incident,
  options: Omit<DocumentOptions, 'formats'>,
): Postmortem {
  return readingOf(journal, incident, options).postmortem;
}

function readingOf(
  journal: Journal,
  incident: Incident,
  options: Omit<DocumentOptions, 'formats'>,
) {
  const { asOf } = options;
  const whole = journal.entriesOf(incident.stream);
  const entries = asOf ? whole.filter(({ seq }) => seq <= asOf.lastSeq) : whole;
  const events = entries as unknown as readonly Recorded[];
  const known = namesIn(events);
  const unnamed = options.withoutPeople ? withoutPeople(events, known) : undefined;
  const told = postmortemOf(
    unnamed || asOf ? foldAgain(unnamed?.events ?? events) : incident,
    unnamed?.events ?? events,
    {
      names: unnamed?.names ?? ((id) => known.get(id) ?? id),
      zone: options.zone,
      serviceTitle: options.serviceTitle,
      generatedAt: options.now,
    },
  );
  const named = unnamed ? redactValues(withoutAuthors(told), unnamed.text) : told;
  const postmortem = narrow(
    redactValues(signed(named, journal, entries.at(-1), asOf), options.redact),
    options.narrowing ?? {},
  );
  return { postmortem, events, names: known };
}

/** The document with what ties it to the journal that it was made from. */
function signed(
  told: Postmortem,
  journal: Journal,
  last: Entry | undefined,
  asOf: DocumentOptions['asOf'],
): Postmortem {
  if (!last) return told;
  const head = asOf?.head ?? journal.head();
  return { ...told, writtenBy: WRITTEN_BY, journal: { ...told.journal, hash: last.hash, head } };
}

function foldAgain(events: readonly Recorded[]): Incident {
  const incident = events.reduce<Incident | undefined>(applyEvent, undefined);
  if (!incident) throw new Error('An incident without events was to be exported');
  return incident;
}

/** Ids of people who appear in the incident and whose names the journal does not have: an export would show their ids. */
export function unnamedIn(journal: Journal, incident: Incident): readonly string[] {
  const events = journal.entriesOf(incident.stream) as unknown as readonly Recorded[];
  const named = namesIn(events);
  const mentioned = new Set(JSON.stringify(events).match(/\b[UW][A-Z0-9]{6,}\b/g) ?? []);
  return [...mentioned].filter((id) => !named.has(id));
}

/** What people are called, by their id, as far as the journal knows. */
export function namesIn(events: readonly Recorded[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const event of events) {
    const { actor } = event;
    if (actor.kind === 'person' && actor.name) names.set(actor.id, actor.name);
    const told =
      event.type === 'responders.invited' || event.type === 'people.named'
        ? event.data.names
        : event.type === 'incident.declared'
          ? event.data.imported?.names
          : undefined;
    for (const [id, name] of Object.entries(told ?? {})) names.set(id, name);
  }
  return names;
}
