/** The files of one incident's export, ready to be written or uploaded. */

import type { Recorded } from '../../events.ts';
import type { Incident } from '../../incident.ts';
import { postmortemOf } from '../../postmortem/postmortem.ts';
import type { Journal } from '../journal.ts';
import { writeJson } from './json.ts';
import { writeMarkdown } from './markdown.ts';

export type Format = 'md' | 'json';

export const FORMATS: readonly Format[] = ['md', 'json'];

export interface Document {
  readonly format: Format;
  /** `inc-0001.md`. */
  readonly name: string;
  readonly text: string;
}

export interface DocumentOptions {
  readonly formats: readonly Format[];
  /** Names of people that the journal does not know, by user id. */
  readonly names: ReadonlyMap<string, string>;
  readonly zone: string;
  readonly serviceTitle: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Takes secrets out of the finished text. */
  readonly redact: (text: string) => string;
}

/** Writes the incident's post-mortem in each format, from one reading of the journal. */
export function documentsOf(
  journal: Journal,
  incident: Incident,
  options: DocumentOptions,
): readonly Document[] {
  const events = eventsOf(journal, incident);
  const known = new Map([...options.names, ...namesIn(events)]);
  const postmortem = postmortemOf(incident, events, {
    names: (id) => known.get(id) ?? id,
    zone: options.zone,
    serviceTitle: options.serviceTitle,
    generatedAt: options.now,
  });
  const write: Readonly<Record<Format, () => string>> = {
    md: () => writeMarkdown(postmortem),
    json: () => writeJson(postmortem),
  };
  return options.formats.map((format) => ({
    format,
    name: `${incident.id.toLowerCase()}.${format}`,
    text: options.redact(write[format]()),
  }));
}

/** Ids of people who appear in the incident and whose names the journal does not have. */
export function unnamedIn(journal: Journal, incident: Incident): readonly string[] {
  const events = eventsOf(journal, incident);
  const named = namesIn(events);
  const mentioned = new Set(JSON.stringify(events).match(/\b[UW][A-Z0-9]{6,}\b/g) ?? []);
  return [...mentioned].filter((id) => !named.has(id));
}

function eventsOf(journal: Journal, incident: Incident): readonly Recorded[] {
  return journal.entriesOf(incident.stream) as unknown as readonly Recorded[];
}

function namesIn(events: readonly Recorded[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const event of events) {
    const { actor } = event;
    if (actor.kind === 'person' && actor.name) names.set(actor.id, actor.name);
    if (event.type !== 'responders.invited') continue;
    for (const [id, name] of Object.entries(event.data.names ?? {})) names.set(id, name);
  }
  return names;
}
