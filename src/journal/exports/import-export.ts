/** Appends what an export carries to another journal, to be read there. */

import { Refusal } from '../../errors.ts';
import type { Event, Imported, Recorded } from '../../events.ts';
import type { Journal } from '../journal.ts';
import type { ExportedIncident } from './read-export.ts';

/**
 * Appends the incident's events in one commit, each at the time it happened, chained as every entry is. Its beginning is marked as
 * imported, so that nothing acts on it.
 * @param by who imports it. @param setTime told the time, epoch milliseconds, that the journal's clock is to show for what follows.
 * @throws Refusal when the journal has an incident of that id.
 */
export async function importExport(
  journal: Journal,
  { incident, events, names, lastSeq, hash }: ExportedIncident,
  { at, by }: Pick<Imported, 'at' | 'by'>,
  setTime: (at: number) => void,
): Promise<void> {
  const from = { lastSeq, ...(hash === undefined ? {} : { hash }), names };
  await journal.transact((tx) => {
    if (journal.entriesOf(incident.stream).length > 0) {
      throw new Refusal(
        'already-done',
        `There is an ${incident.id} in this journal. Import it into one that has none, such as a new file: --db imported.db.`,
      );
    }
    for (const event of events) {
      setTime(event.at);
      const { stream, actor } = event;
      tx.append([{ stream, actor, ...marked(event, { at, by, ...from }) }]);
    }
    setTime(at);
  });
}

/** What the stream begins with says that it was imported; all else stays as it was. */
function marked(event: Recorded, imported: Imported): Event {
  if (event.type === 'incident.declared') {
    return { type: event.type, data: { ...event.data, imported } };
  }
  if (event.type === 'release.prepared') {
    return { type: event.type, data: { ...event.data, imported } };
  }
  return event;
}
