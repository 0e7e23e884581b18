/** Lists of entries and assets, whole, through all pages. */

import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import type { Contentful } from './client.ts';
import { Item, type Kind, Page } from './content.ts';
import { understood } from './errors.ts';

const PAGE = 100;
/** How often pages are read again because people were writing meanwhile. */
const MOST_WALKS = 3;

const Whole = z.record(z.string(), z.json());
type Whole = z.infer<typeof Whole>;

/** What was found, with how many there are in all when the list was cut. */
export interface Listed {
  readonly total: number;
  readonly items: readonly Item[];
  /** The same, whole, as Contentful sent them. */
  readonly whole: readonly Whole[];
}

/** Entries or assets of an environment that were written or published at `since` (epoch milliseconds) or later, newest first. */
export async function readChanged(
  contentful: Contentful,
  o: {
    readonly environment: string;
    readonly kind: Kind;
    readonly since: number;
    readonly most: number;
  },
  signal: AbortSignal,
): Promise<Listed> {
  const filter = {
    'sys.updatedAt[gte]': new Date(o.since).toISOString(),
    order: '-sys.updatedAt,sys.id',
  };
  return readItems(contentful, o, filter, signal);
}

/** The entries with these ids; those that are deleted are missing. */
export async function readEntries(
  contentful: Contentful,
  environment: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly Item[]> {
  return (await readChosen(contentful, environment, ids, signal)).items;
}

/** The same, whole beside them. */
export async function readChosen(
  contentful: Contentful,
  environment: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Listed> {
  const o = { environment, kind: 'entry', most: ids.length } as const;
  return readItems(contentful, o, { 'sys.id[in]': ids.join(',') }, signal);
}

/**
 * All pages. While people write, what is listed moves from page to page: unless the count stood still and every item came once,
 * the pages are read again, and what any of them showed is kept.
 */
async function readItems(
  contentful: Contentful,
  o: ItemsWanted,
  filter: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Listed> {
  const what = { attempted: attemptedOf(o.kind), on: contentful.on };
  const found = new Map<string, { readonly item: Item; readonly whole: Whole }>();
  let total = 0;
  for (let walk = 1; walk <= MOST_WALKS; walk++) {
    const { pages, totals } = await walkPages(contentful, o, filter, signal);
    const read = pages.map((one) => ({
      item: understood(Item, one, what),
      whole: understood(Whole, one, what),
    }));
    for (const one of read) {
      const known = found.get(one.item.sys.id);
      if (!known || known.item.sys.version <= one.item.sys.version) found.set(one.item.sys.id, one);
    }
    total = totals.at(-1) ?? 0;
    const isOnce = new Set(read.map(({ item }) => item.sys.id)).size === read.length;
    if (isOnce && totals.every((count) => count === total)) break;
  }
  const kept = [...found.values()]
    .toSorted((a, b) => b.item.sys.updatedAt - a.item.sys.updatedAt)
    .slice(0, o.most);
  return {
    total: Math.max(total, found.size),
    items: kept.map(({ item }) => item),
    whole: kept.map(({ whole }) => whole),
  };
}

interface ItemsWanted {
  readonly environment: string;
  readonly kind: Kind;
  readonly most: number;
}

function attemptedOf(kind: Kind): string {
  return kind === 'entry' ? 'list entries' : 'list assets';
}

/** Every page once, with the count that each told. A page that is too big for Contentful to send is asked for in halves. */
async function walkPages(
  contentful: Contentful,
  { environment, kind, most }: ItemsWanted,
  filter: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ readonly pages: readonly unknown[]; readonly totals: readonly number[] }> {
  const attempted = attemptedOf(kind);
  const pages: unknown[] = [];
  const totals: number[] = [];
  for (let size = PAGE; ; ) {
    const query = { ...filter, limit: Math.min(size, most - pages.length), skip: pages.length };
    try {
      const answer = await contentful.read(
        attempted,
        (client) =>
          kind === 'entry'
            ? client.entry.getMany({ environmentId: environment, query })
            : client.asset.getMany({ environmentId: environment, query }),
        signal,
      );
      const page = understood(Page, answer, { attempted, on: contentful.on });
      totals.push(page.total);
      pages.push(...page.items);
      if (page.items.length === 0 || pages.length >= Math.min(page.total, most)) {
        return { pages, totals };
      }
    } catch (error) {
      if (!isTooBig(error) || size === 1) throw error;
      size = Math.ceil(size / 2);
    }
  }
}

/** Contentful sends at most 7 MB at once. */
function isTooBig(error: unknown): boolean {
  return error instanceof OutsideError && /response size too big/i.test(error.detail.answer ?? '');
}
