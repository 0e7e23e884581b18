/** The report of a whole run: printed, and put into docs/reliability.md where that is asked for. */

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type StoryVerdicts, tableOf, tableOfStories } from './crash-table.ts';
import type { Wishes } from './wishes.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/reliability.md');
const PLACE = /(<!-- kills -->\n)[^]*?(<!-- end of kills -->)/;

/** Both tables, which part of the cases they are about, and how long it took. */
export function reportOf(
  stories: readonly StoryVerdicts[],
  tookMs: number,
  { shard, at }: Pick<Wishes, 'shard' | 'at'>,
): string {
  const told = stories.flatMap(({ verdicts }) => verdicts);
  const all = stories.reduce((total, { cases }) => total + cases, 0);
  const minutes = Math.max(1, Math.round(tookMs / 60_000));
  const part = at === '' ? `part ${shard.first}/${shard.of}` : `those with "${at}" in their name`;
  const took = `${told.length} of ${all} cases (${part}) in ${minutes} minutes on ${availableParallelism()} cores.`;
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
