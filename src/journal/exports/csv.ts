import { mapped } from '../../lazily.ts';
import type { Narrowing } from '../../postmortem/narrow.ts';
import type { TimelineRecord, ToldPostmortem } from '../../postmortem/postmortem.ts';
import { type Cell, csvLines } from './csv-text.ts';
import { isEmpty } from './parts.ts';
import { createTimes, type Times } from './times.ts';

const HEAD = ['entry', 'utc', 'local', 'zone', 'kind', 'who', 'what', 'why'];
/**
 * `narrowed` is the part of the timeline that was asked for, as in the JSON export; `journal` the position and hash of the incident's last entry
 * that the export was made from.
 */
const REST = ['times', 'until_utc', 'notes', 'recorded_utc', 'narrowed', 'journal'];
const EMPTY = 'Nothing in the timeline is of this part.';

/** The timeline as CSV, one entry a row, to sort and to filter in a spreadsheet. */
export function writeCsv(postmortem: ToldPostmortem): string {
  return [...csvParts(postmortem)].join('');
}

/** The same text in parts. */
export function csvParts(postmortem: ToldPostmortem): Iterable<string> {
  const { timeline, zone, journal, narrowed } = postmortem;
  const times = createTimes(zone);
  const part = narrowed ? partOf(narrowed) : '';
  const origin = journal.hash === undefined ? '' : `${journal.lastSeq}:${journal.hash}`;
  const rows = mapped(timeline, (entry) => [...rowOf(entry, times), part, origin]);
  // Nobody is to take a part without entries for an incident without any.
  const isBare = narrowed !== undefined && isEmpty(timeline);
  const nothing = ['', '', '', times.zone, '', '', EMPTY, '', '', '', '', '', part, origin];
  return csvLines([...HEAD, ...REST], isBare ? [nothing] : rows);
}

/** Always in one order, so that it can be compared. */
function partOf({ since, until, kinds, people, components }: Narrowing): string {
  return JSON.stringify({ since, until, kinds, people, components });
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
