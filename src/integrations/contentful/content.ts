import { z } from 'zod';
import type { Contentful } from './client.ts';
import { understood } from './errors.ts';

const PAGE = 100;

const Linked = z.object({ sys: z.object({ id: z.string() }) });
/** Epoch milliseconds, of what Contentful writes as ISO 8601. */
export const Moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const Sys = z.object({
  id: z.string(),
  version: z.number().int(),
  createdAt: Moment,
  updatedAt: Moment,
  createdBy: Linked.optional(),
  updatedBy: Linked.optional(),
  publishedAt: Moment.optional(),
  publishedBy: Linked.optional(),
  publishedVersion: z.number().int().optional(),
  archivedAt: z.string().optional(),
  contentType: Linked.optional(),
});

/** Values by field and locale. */
export const Fields = z.record(z.string(), z.record(z.string(), z.json()));

/** An entry or an asset. */
const Item = z.object({
  sys: Sys,
  fields: Fields.default({}),
  /** Tags; sent back as they came. */
  metadata: z.json().optional(),
});
export type Item = z.infer<typeof Item>;

/** A page of a collection; its items are checked by who knows them. */
export const Page = z.object({ total: z.number(), items: z.array(z.unknown()) });
const Whole = z.record(z.string(), z.json());
const ContentType = z.object({
  sys: z.object({ id: z.string() }),
  displayField: z.string().nullish(),
});

export type Kind = 'entry' | 'asset';

/** What was found, with how many there are in all when the list was cut. */
export interface Listed {
  readonly total: number;
  readonly items: readonly Item[];
  /** The same, whole, as Contentful sent them. */
  readonly whole: readonly z.infer<typeof Whole>[];
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
    order: '-sys.updatedAt',
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

async function readItems(
  contentful: Contentful,
  { environment, kind, most }: { environment: string; kind: Kind; most: number },
  filter: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Listed> {
  const attempted = kind === 'entry' ? 'list entries' : 'list assets';
  const what = { attempted, on: contentful.on };
  const found: unknown[] = [];
  let total = 0;
  do {
    const query = { ...filter, limit: Math.min(PAGE, most - found.length), skip: found.length };
    const answer = await contentful.read(
      attempted,
      (client) =>
        kind === 'entry'
          ? client.entry.getMany({ environmentId: environment, query })
          : client.asset.getMany({ environmentId: environment, query }),
      signal,
    );
    const page = understood(Page, answer, what);
    total = page.total;
    found.push(...page.items);
    if (page.items.length === 0) break;
  } while (found.length < Math.min(total, most));
  return {
    total,
    items: found.map((item) => understood(Item, item, what)),
    whole: found.map((item) => understood(Whole, item, what)),
  };
}

/** One entry. @throws OutsideError, `not-found` when it is deleted. */
export async function readEntry(
  contentful: Contentful,
  environment: string,
  id: string,
  signal: AbortSignal,
): Promise<Item> {
  const attempted = `read entry ${id}`;
  const answer = await contentful.read(
    attempted,
    (client) => client.entry.get({ environmentId: environment, entryId: id }),
    signal,
  );
  return understood(Item, answer, { attempted, on: contentful.on });
}

/** The field that holds the title, by content type; of at most 100 types. */
export async function readTitleFields(
  contentful: Contentful,
  environment: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const attempted = 'read the content model';
  const query = { limit: PAGE };
  const answer = await contentful.read(
    attempted,
    (client) => client.contentType.getMany({ environmentId: environment, query }),
    signal,
  );
  const what = { attempted, on: contentful.on };
  const types = understood(Page, answer, what).items.map((one) =>
    understood(ContentType, one, what),
  );
  return new Map(
    types.flatMap(({ sys, displayField }) => (displayField ? [[sys.id, displayField]] : [])),
  );
}

/** True when readers see the newest state: nothing was written since it was published. */
export function isPublishedAsIs({ sys }: Item): boolean {
  return sys.publishedVersion !== undefined && sys.version === sys.publishedVersion + 1;
}
