import { mapped } from '../../lazily.ts';
import type { TimelineRecord, ToldPostmortem } from '../../postmortem/postmortem.ts';
import { type Cell, csvLines } from './csv-text.ts';
import { createTimes, type Times } from './times.ts';

const HEAD = ['entry', 'utc', 'local', 'zone', 'kind', 'who', 'what', 'why'];
/** `journal` is the position and hash of the incident's last entry that the export was made from. */
const REST = ['times', 'until_utc', 'notes', 'recorded_utc', 'journal'];

/** The timeline as CSV, one entry a row, to sort and to filter in a spreadsheet. */
export function writeCsv(postmortem: ToldPostmortem): string {
  return [...csvParts(postmortem)].join('');
}

/** The same text in parts. */
export function csvParts({ timeline, zone, journal }: ToldPostmortem): Iterable<string> {
  const times = createTimes(zone);
  const origin = journal.hash === undefined ? '' : `${journal.lastSeq}:${journal.hash}`;
  return csvLines(
    [...HEAD, ...REST],
    mapped(timeline, (entry) => [...rowOf(entry, times), origin]),
  );
}

function rowOf(entry: TimelineRecord, times: Times): readonly Cell[] {
  const { seq, at, kind, who, what, why = '', through, notes = [], corrected, added } = entry;
  return [
    seq,
    at,
    times.localStamp(at),
    times.zone,
    kind,
    who,
    what,
    why,
    entry.times ?? 1,
    through?.at ?? '',
    notes.map(({ by, text }) => `${by}: ${text}`).join(' / '),
    corrected?.from ?? added?.at ?? '',
  ];
}
