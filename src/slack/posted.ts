/** What was posted where: the projector's own notes in the journal, one stream for each incident. */

import type { Entry, Journal, NewEntry } from '../journal/journal.ts';

export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

export interface Notes {
  /** By the message's key. */
  readonly messages: Readonly<Record<string, Posted>>;
  /** The incident's version when everything was last shown. */
  readonly shown: number;
}

interface PostedData extends Posted {
  readonly key: string;
}

const PREFIX = 'slack/';
const EMPTY: Notes = { messages: {}, shown: 0 };

export interface NoteBook {
  of(incident: string): Notes;
  posted(incident: string, key: string, posted: Posted): Promise<void>;
  shown(incident: string, version: number): Promise<void>;
}

/** Reads the notes of every incident from the journal once. */
export function openNoteBook(journal: Journal): NoteBook {
  const notes = new Map<string, Notes>();
  for (const entry of journal.after(0)) {
    if (entry.stream.startsWith(PREFIX)) take(entry);
  }

  function take({ stream, type, data }: NewEntry | Entry): void {
    const incident = stream.slice(PREFIX.length);
    const before = notes.get(incident) ?? EMPTY;
    if (type === 'message.posted') {
      const { key, channel, ts } = data as PostedData;
      const messages = { ...before.messages, [key]: { channel, ts } };
      notes.set(incident, { ...before, messages });
    } else {
      notes.set(incident, { ...before, shown: (data as { version: number }).version });
    }
  }

  async function append(incident: string, type: string, data: unknown): Promise<void> {
    const entry: NewEntry = { stream: PREFIX + incident, type, actor: { kind: 'backstop' }, data };
    await journal.transact((tx) => tx.append([entry]));
    take(entry);
  }

  return {
    of: (incident) => notes.get(incident) ?? EMPTY,
    posted: (incident, key, { channel, ts }) =>
      append(incident, 'message.posted', { key, channel, ts }),
    shown: (incident, version) => append(incident, 'incident.shown', { version }),
  };
}
