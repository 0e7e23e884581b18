/** Times as exports write them: in UTC and in the reader's zone. Spelled out here, so that no runtime's locale data matters. */

import { type Moment, momentOf } from '../../timeline/moment.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Zoned {
  /** `20 Nov`. */
  readonly date: string;
  readonly year: string;
  /** `2026-11-20`. */
  readonly stamp: string;
  /** `14:02:11`. */
  readonly time: string;
}

export interface Times {
  readonly zone: string;
  /** The document's day in UTC and in the zone, whose date tables leave out: `20 Nov 2026`. */
  readonly day: string;
  readonly localDay: string;
  /** False when the reader's zone is UTC, so that times need not be given twice. */
  readonly isTwofold: boolean;
  /** Both in one line: `20 Nov 2026, 14:02:11 UTC (15:02:11 Europe/Berlin)`. */
  both(moment: Moment): string;
  /** Both for a table: `14:02:11 / 15:02:11`, each with its date where that is not the document's day. */
  cell(moment: Moment): string;
  utcCell(moment: Moment): string;
  localCell(moment: Moment): string;
  /** As `utcCell`, of epoch milliseconds. */
  utcClock(epochMs: number): string;
  /** For machines, in the zone: `2026-11-20 15:02:11`. */
  localStamp(moment: Moment): string;
}

/**
 * @param zone an IANA zone the runtime knows.
 * @param day a moment of the document's day (in UTC), whose date tables leave out; they all have it unless given.
 * @throws RangeError for another zone.
 */
export function createTimes(zone: string, day: Moment = momentOf(0)): Times {
  const utc = clock('UTC');
  const local = clock(zone);
  const isTwofold = !['UTC', 'Etc/UTC', 'GMT'].includes(zone);
  const cellOf = (of: (moment: Moment) => Zoned): ((moment: Moment) => string) => {
    const today = of(day);
    return (moment) => {
      const { date, year, time } = of(moment);
      if (date === today.date && year === today.year) return time;
      return `${year === today.year ? date : `${date} ${year}`}, ${time}`;
    };
  };
  const utcCell = cellOf(utc);
  const localCell = cellOf(local);
  return {
    zone,
    day: full(utc(day)),
    localDay: full(local(day)),
    isTwofold,
    utcCell,
    localCell,
    utcClock: (epochMs) => utcCell(momentOf(epochMs)),
    localStamp(moment) {
      const { stamp, time } = local(moment);
      return `${stamp} ${time}`;
    },
    cell: (moment) => (isTwofold ? `${utcCell(moment)} / ${localCell(moment)}` : utcCell(moment)),
    both(moment) {
      const here = utc(moment);
      const there = local(moment);
      const said = `${full(here)}, ${here.time} UTC`;
      if (!isTwofold) return said;
      const other = there.date === here.date ? '' : `${full(there)}, `;
      return `${said} (${other}${there.time} ${zone})`;
    },
  };
}

function full({ date, year }: Zoned): string {
  return `${date} ${year}`;
}

function clock(zone: string): (moment: Moment) => Zoned {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  // Asked for one line after another, most of which are of the same minute; zones differ by whole minutes.
  let minute = '';
  let known = { date: '', year: '', stamp: '', upTo: '' };
  return (moment) => {
    if (!moment.startsWith(minute) || minute === '') {
      minute = moment.slice(0, MINUTE);
      const all = format.formatToParts(Date.parse(moment));
      const parts = new Map(all.map(({ type, value }) => [type, value]));
      const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
      known = {
        date: `${Number(part('day'))} ${MONTHS[Number(part('month')) - 1]}`,
        year: part('year'),
        stamp: `${part('year')}-${part('month')}-${part('day')}`,
        upTo: `${part('hour')}:${part('minute')}`,
      };
    }
    const { date, year, stamp, upTo } = known;
    return { date, year, stamp, time: `${upTo}${moment.slice(MINUTE, SECOND)}` };
  };
}

/** Where the minute and the second of a moment end: `2026-11-20T14:02` and `:11`. */
const MINUTE = 16;
const SECOND = 19;
