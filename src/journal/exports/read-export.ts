/** Reads a JSON export back: what an import writes into another journal. */

import { applyEvent } from '../../apply-event.ts';
import { Refusal } from '../../errors.ts';
import type { Recorded } from '../../events.ts';
import { type Incident, incidentStream, isOpen } from '../../incident.ts';
import { POSTMORTEM_SCHEMA, PostmortemExport } from './schema.ts';

/** An incident or a release as an export carries it. */
export interface ExportedIncident {
  readonly incident: Incident;
  /** In order; they fold into `incident`. */
  readonly events: readonly Recorded[];
  readonly names: Readonly<Record<string, string>>;
  /** The position and hash of its last entry in the journal that it comes from. */
  readonly lastSeq: number;
  readonly hash?: string;
}

/**
 * The incident in the text of a JSON export.
 * @param name what the file is called, for messages.
 * @throws Refusal when it is no such export, carries no events, the events do not make that incident, or it is not over.
 */
export function readExport(text: string, name: string): ExportedIncident {
  const document = parsed(text, name);
  const { id, journal, names = {} } = document;
  if (!document.events) {
    throw refusal(
      `${name} carries no events: it was made to be shared, narrowed, or without people. Export it again with \`backstop export ${id} --format json\`.`,
    );
  }
  const stream = incidentStream(id);
  const events = document.events.map((event) => ({ ...event, stream }) as unknown as Recorded);
  const incident = folded(events, name);
  if (incident.id !== id) {
    throw refusal(`${name} says that it is of ${id}, and its events make another one.`);
  }
  if (events.length !== journal.events || incident.version !== events.length) {
    throw refusal(`${name} says ${journal.events} events and carries ${events.length}.`);
  }
  if (isOpen(incident)) {
    throw refusal(
      `${id} was ${incident.status} when it was exported. Only what is resolved or closed is imported: nobody would carry on with it here.`,
    );
  }
  const { lastSeq, hash } = journal;
  return { incident, events, names, lastSeq, ...(hash === undefined ? {} : { hash }) };
}

function parsed(text: string, name: string): PostmortemExport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal(`${name} is no JSON. Name a file that \`backstop export --format json\` wrote.`);
  }
  const result = PostmortemExport.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') || 'the document';
  throw refusal(
    `${name} does not fit ${POSTMORTEM_SCHEMA}: ${where}: ${issue?.message}. Nothing was imported.`,
  );
}

function folded(events: readonly Recorded[], name: string): Incident {
  let incident: Incident | undefined;
  for (const [index, event] of events.entries()) {
    if (event.version !== index + 1) {
      throw refusal(`${name} is not whole: event ${index + 1} is missing or out of its place.`);
    }
    incident = applied(incident, event, name);
  }
  if (!incident) throw refusal(`${name} carries no event.`);
  return incident;
}

function applied(incident: Incident | undefined, event: Recorded, name: string): Incident {
  try {
    return applyEvent(incident, event);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw refusal(
      `${name} cannot be read by this version: event ${event.version} (${event.type}): ${why}.`,
    );
  }
}

function refusal(words: string): Refusal {
  return new Refusal('invalid-input', words);
}
