/** The report of a whole run: printed, and put into docs/reliability.md where that is asked for. */

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type StoryVerdicts, tableOf, tableOfStories } from './crash-table.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/reliability.md');
const PLACE = /(<!-- kills -->\n)[^]*?(<!-- end of kills -->)/;

/** Both tables, and how long it took. */
export function reportOf(stories: readonly StoryVerdicts[], tookMs: number): string {
  const told = stories.flatMap(({ verdicts }) => verdicts);
  const minutes = Math.max(1, Math.round(tookMs / 60_000));
  const took = `${told.length} cases in ${minutes} minutes on ${availableParallelism()} cores.`;
  return [
    `${took} One line for each story:`,
    tableOfStories(stories),
    'The same by what it was killed around:',
    tableOf(told),
  ].join('\n\n');
}

/** @throws Error when the page has no place for it. */
export function putIntoDocs(report: string): void {
  const page = readFileSync(PAGE, 'utf8');
  if (!PLACE.test(page)) throw new Error(`${PAGE} has no place for the kills.`);
  writeFileSync(
    PAGE,
    page.replace(PLACE, (_, begin: string, end: string) => `${begin}\n${report}\n\n${end}`),
  );
}
