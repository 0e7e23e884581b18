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
  /** Kept also by a clone, and by what was taken off the site since. */
  firstPublishedAt: Moment.optional(),
  archivedAt: z.string().optional(),
  contentType: Linked.optional(),
});

/** Values by field and locale. */
export const Fields = z.record(z.string(), z.record(z.string(), z.json()));

/** An entry or an asset. */
export const Item = z.object({
  sys: Sys,
  fields: Fields.default({}),
  /** Tags; sent back as they came. */
  metadata: z.json().optional(),
});
export type Item = z.infer<typeof Item>;

/** A page of a collection; its items are checked by who knows them. */
export const Page = z.object({ total: z.number(), items: z.array(z.unknown()) });
const ContentType = z.object({
  sys: z.object({ id: z.string() }),
  displayField: z.string().nullish(),
});

export type Kind = 'entry' | 'asset';

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
