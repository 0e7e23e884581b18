/** The files of one incident's export, ready to be written or uploaded. */

import { applyEvent } from '../../apply-event.ts';
import type { Recorded } from '../../events.ts';
import type { Incident } from '../../incident.ts';
import { mapped } from '../../lazily.ts';
import { type Narrowing, narrow } from '../../postmortem/narrow.ts';
import {
  type Postmortem,
  type Source,
  type ToldPostmortem,
  tellPostmortem,
  wholeOf,
} from '../../postmortem/postmortem.ts';
import { withoutAuthors, withoutPeople } from '../../postmortem/without-people.ts';
import { ALONE } from '../../timeline/timeline.ts';
import type { Entry, Journal } from '../journal.ts';
import { csvParts } from './csv.ts';
import { htmlParts } from './html.ts';
import { jsonParts, type Origin } from './json.ts';
import { markdownParts } from './markdown.ts';
import { createValueRedactor, redactValues } from './redact-values.ts';
import { WRITTEN_BY } from './seal.ts';

export type Format = 'md' | 'json' | 'csv' | 'html';

export const FORMATS: readonly Format[] = ['md', 'json', 'csv', 'html'];

export interface Document {
  readonly format: Format;
  /** `inc-0001.md`. */
  readonly name: string;
  /** The text in parts, read from the journal while they are walked through. */
  readonly parts: Iterable<string>;
  /** All of it. */
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
  /** Which part of the timeline; all of it unless given. People by their id in Slack, or as the document calls them. */
  readonly narrowing?: Narrowing;
  /** People are called by their role. */
  readonly withoutPeople?: boolean;
  /** JSON carries the events themselves, to be imported again. Not where the timeline is narrowed or people are unnamed. */
  readonly withEvents?: boolean;
  /** Written anew as of this export: from the entries that it was made from. */
  readonly asOf?: Pick<Postmortem['journal'], 'lastSeq' | 'head'>;
}

/** Writes the incident's post-mortem in each format, from the same entries of the journal, which stays open meanwhile. */
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
      ? {
          events: mapped(events, createValueRedactor(redact)),
          names: redactValues(Object.fromEntries(names), redact),
        }
      : undefined;
  const write: Readonly<Record<Format, () => Iterable<string>>> = {
    md: () => markdownParts(postmortem),
    json: () => jsonParts(postmortem, origin),
    csv: () => csvParts(postmortem),
    html: () => htmlParts(postmortem),
  };
  return options.formats.map((format) => ({
    format,
    name: `${incident.id.toLowerCase()}.${format}`,
    parts: { [Symbol.iterator]: () => write[format]()[Symbol.iterator]() },
    get text() {
      return [...this.parts].join('');
    },
  }));
}

/** The incident's document as the options ask for it, with nothing secret in it. */
export function postmortemFrom(
  journal: Journal,
  incident: Incident,
  options: Omit<DocumentOptions, 'formats'>,
): Postmortem {
  return wholeOf(readingOf(journal, incident, options).postmortem);
}

function readingOf(
  journal: Journal,
  incident: Incident,
  options: Omit<DocumentOptions, 'formats'>,
) {
  const { stream } = incident;
  // What is written while the parts are walked through is not in it.
  const last = journal.newestOf(stream, options.asOf?.lastSeq);
  const until = last?.seq ?? 0;
  const events = journal.walk(stream, { until }) as unknown as Iterable<Recorded>;
  const { facts, known } = knownOf(journal, stream, until);
  const unnamed = options.withoutPeople
    ? withoutPeople(facts, known, operatorsIn(journal.actorsOf(stream, until)))
    : undefined;
  const event = unnamed?.event ?? ((each: Recorded) => each);
  const source: Source = {
    facts: facts.map(event),
    all: mapped(events, event),
    extent: { events: last?.version ?? 0, firstSeq: facts[0]?.seq ?? 0, lastSeq: until },
  };
  const names = unnamed?.names ?? ((id) => known.get(id) ?? id);
  const told = tellPostmortem(unnamed || options.asOf ? foldAgain(source.all) : incident, source, {
    names,
    zone: options.zone,
    serviceTitle: options.serviceTitle,
    generatedAt: options.now,
  });
  const named = unnamed ? redactTold(withoutAuthors(told), unnamed.text) : told;
  const postmortem = narrow(
    redactTold(signed(named, journal, last, options.asOf), options.redact),
    asWritten(options.narrowing ?? {}, (who) =>
      options.redact(unnamed ? unnamed.text(names(who)) : names(who)),
    ),
  );
  return { postmortem, events, names: known };
}

/** The limits in the words that the document has for people. */
function asWritten(narrowing: Narrowing, called: (who: string) => string): Narrowing {
  return narrowing.people ? { ...narrowing, people: narrowing.people.map(called) } : narrowing;
}

/** The document with what ties it to the journal that it was made from. */
function signed(
  told: ToldPostmortem,
  journal: Journal,
  last: Entry | undefined,
  asOf: DocumentOptions['asOf'],
): ToldPostmortem {
  if (!last) return told;
  const head = asOf?.head ?? journal.head();
  return { ...told, writtenBy: WRITTEN_BY, journal: { ...told.journal, hash: last.hash, head } };
}

function redactTold(told: ToldPostmortem, redact: (text: string) => string): ToldPostmortem {
  const { timeline, ...rest } = told;
  const redacted = createValueRedactor(redact);
  return { ...redacted(rest), timeline: mapped(timeline, redacted) };
}

/** What is read of a stream before it is told, up to a position of the journal. */
export function knownOf(
  journal: Journal,
  stream: string,
  until?: number,
): { readonly facts: readonly Recorded[]; readonly known: ReadonlyMap<string, string> } {
  const facts = factsOf(journal, stream, until);
  return { facts, known: namesIn(facts, journal.actorsOf(stream, until)) };
}

function factsOf(journal: Journal, stream: string, until?: number): readonly Recorded[] {
  const part = { without: ALONE, ...(until === undefined ? {} : { until }) };
  return [...journal.walk(stream, part)] as unknown as readonly Recorded[];
}

function foldAgain(events: Iterable<Recorded>): Incident {
  let incident: Incident | undefined;
  for (const event of events) incident = applyEvent(incident, event);
  if (!incident) throw new Error('An incident without events was to be exported');
  return incident;
}

/** Ids of people who appear in the incident and whose names the journal does not have: an export would show their ids. */
export function unnamedIn(journal: Journal, { stream }: Incident): readonly string[] {
  const { known: named } = knownOf(journal, stream);
  const unnamed = new Set<string>();
  for (const { actor, data } of journal.walk(stream)) {
    for (const id of JSON.stringify([actor, data]).match(/\b[UW][A-Z0-9]{6,}\b/g) ?? []) {
      if (!named.has(id)) unnamed.add(id);
    }
  }
  return [...unnamed];
}

type ActorSeen = ReturnType<Journal['actorsOf']>[number];

function operatorsIn(actors: readonly ActorSeen[]): ReadonlySet<string> {
  return new Set(actors.flatMap(({ actor }) => (actor.kind === 'operator' ? [actor.name] : [])));
}

/**
 * What people were called last, by their id.
 * @param actors all who acted; those of the events unless given.
 */
export function namesIn(
  facts: readonly Recorded[],
  actors: readonly ActorSeen[] = facts,
): ReadonlyMap<string, string> {
  const said = [
    ...facts.flatMap((event) =>
      Object.entries(namesTold(event)).map(([id, name]) => ({ id, name, seq: event.seq })),
    ),
    ...actors.flatMap(({ actor, seq }) =>
      actor.kind === 'person' && actor.name ? [{ id: actor.id, name: actor.name, seq }] : [],
    ),
  ].sort((a, b) => a.seq - b.seq);
  return new Map(said.map(({ id, name }) => [id, name]));
}

function namesTold(event: Recorded): Readonly<Record<string, string>> {
  if (event.type === 'responders.invited' || event.type === 'people.named') {
    return event.data.names ?? {};
  }
  const begins = event.type === 'incident.declared' || event.type === 'release.prepared';
  return begins ? (event.data.imported?.names ?? {}) : {};
}
