/** `backstop timeline`: the entries with their numbers, and what puts them right. */

import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { Refusal } from '../errors.ts';
import type { Curation } from '../events.ts';
import { curateTimeline } from '../flows/curate-timeline.ts';
import { type AskedPart, partFrom, timeOf } from '../journal/exports/asked.ts';
import { hasEntry, timelineIn } from '../journal/exports/curation.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { after, mapped } from '../lazily.ts';
import { createLoop } from '../loop.ts';
import { createRedactor } from '../redact.ts';
import { momentOf } from '../timeline/moment.ts';
import type { TimelineEntry } from '../timeline/timeline.ts';
import { momentWords } from '../timeline/wording.ts';
import { configIfAny, type GlobalOptions, readJournal } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { incidentIn, writeToStdout } from './export.ts';
import { tableParts } from './table.ts';

const USAGE =
  'Use: hide <entry> <reason> | show <entry> <reason> | annotate <entry> <text> | correct <entry> <time> <reason> | add <time> <text>.';

export interface TimelineOptions extends GlobalOptions, AskedPart {}

const HEAD = ['ENTRY', 'UTC', 'KIND', 'WHO', 'WHAT'];

/**
 * Lists the timeline, or a part of it, or changes how it is told.
 * @param words what to do, as in `USAGE`; none lists.
 * @throws Refusal for an unknown incident or entry, or words that say nothing.
 */
export async function timeline(
  id: string,
  words: readonly string[],
  options: TimelineOptions,
): Promise<number> {
  return words.length === 0 ? list(id, options) : curate(id, words, options);
}

async function list(id: string, options: TimelineOptions): Promise<number> {
  const { journal, config } = readJournal(options);
  try {
    const incident = incidentIn(journal, id);
    const redact = createRedactor(config?.secrets ?? []);
    const part = partFrom(options, incident, config?.incidents.zone ?? 'UTC', journal);
    const rows = mapped(timelineIn(journal, incident, part), (entry) => [
      String(entry.seq),
      momentOf(entry.at).slice(0, 19).replace('T', ' '),
      entry.kind,
      oneLine(redact(entry.who)),
      oneLine(redact(`${entry.what}${marksOf(entry)}`)),
    ]);
    await writeToStdout(tableParts(after(HEAD, rows)));
    return EXIT.ok;
  } finally {
    await journal.close();
  }
}

async function curate(
  id: string,
  words: readonly string[],
  options: GlobalOptions,
): Promise<number> {
  const config = configIfAny(options);
  const file = options.db ? resolve(options.db) : (config?.journal.file ?? '');
  // Refuses where there is no journal, rather than making one.
  await readJournal(options).journal.close();
  const journal = openSqliteJournal({ file, now: Date.now });
  try {
    const incident = incidentIn(journal, id);
    const zone = config?.incidents.zone ?? 'UTC';
    const curation = curationOf(words, zone, incident.declaredAt);
    const actor = { kind: 'operator', name: userInfo().username } as const;
    const flow = curateTimeline(curation, hasEntry(journal, incident, curation));
    await createLoop(journal, Date.now).decide(incident.id, actor, flow);
    process.stdout.write(`${doneWords(curation)}\n`);
    return EXIT.ok;
  } finally {
    await journal.close();
  }
}

/** What was done, and how it is undone; times in UTC, as the list has them, whatever zone they were typed in. */
function doneWords(curation: Curation): string {
  const stays = 'what was recorded stays in the journal';
  switch (curation.do) {
    case 'hide':
      return `Entry ${curation.entry} is hidden; ${stays}. \`show ${curation.entry} <reason>\` puts it back.`;
    case 'show':
      return `Entry ${curation.entry} is in the timeline again.`;
    case 'annotate':
      return `The remark was added to entry ${curation.entry}.`;
    case 'correct':
      return `Entry ${curation.entry} stands at ${momentWords(curation.at)} now; ${stays}.`;
    case 'add':
      return `The entry is added at ${momentWords(curation.at)}.`;
  }
}

function curationOf(words: readonly string[], zone: string, begin: number): Curation {
  const [act, first = '', ...rest] = words;
  const at = (said: string): number => timeOf('The time', said, zone, begin);
  switch (act) {
    case 'hide':
    case 'show':
      return { do: act, entry: entryOf(first), reason: rest.join(' ') };
    case 'annotate':
      return { do: act, entry: entryOf(first), text: rest.join(' ') };
    case 'correct': {
      const [time, reason] = timeBefore(rest);
      return { do: act, entry: entryOf(first), at: at(time), reason };
    }
    case 'add': {
      const [time, text] = timeBefore([first, ...rest]);
      return { do: act, at: at(time), text };
    }
    case undefined:
    default:
      throw new Refusal('invalid-input', `There is no “${act}” for a timeline. ${USAGE}`);
  }
}

/** The time that words begin with, its date too where that is a word of its own, and what follows. */
function timeBefore([first = '', second = '', ...rest]: readonly string[]): readonly [
  string,
  string,
] {
  const isDated = /^\d{4}-\d\d-\d\d$/.test(first) && /^\d{1,2}:\d\d$/.test(second);
  return isDated
    ? [`${first} ${second}`, rest.join(' ')]
    : [first, [second, ...rest].filter(Boolean).join(' ')];
}

function entryOf(said: string): number {
  if (/^\d+$/.test(said)) return Number(said);
  throw new Refusal('invalid-input', `“${said}” is not the number of an entry. ${USAGE}`);
}

function marksOf({ corrected, added, notes = [] }: TimelineEntry): string {
  return [
    ...(corrected ? [' (time corrected)'] : []),
    ...(added ? [' (added)'] : []),
    ...notes.map(({ by, text }) => ` [${by}: ${text}]`),
  ].join('');
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, 200);
}
