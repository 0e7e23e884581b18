import type { Contentful } from './client.ts';
import { type Item, isPublishedAsIs, type Kind, readTitleFields } from './content.ts';
import { readAlias, timeOf } from './environments.ts';
import { readChanged } from './list-content.ts';
import { readNames } from './people.ts';

/** How many changes are named; the rest is counted. */
const MOST_NAMED = 20;
const MOST_TITLE = 60;

/**
 * What readers would no longer see if `point` took over from what is live: entries and assets written or published since
 * `since` (epoch milliseconds), newest first, by whom. One sentence each, 20 at most, with a count of the rest.
 * @throws OutsideError when it cannot be told.
 */
export async function readLosses(
  contentful: Contentful,
  point: string,
  since: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { target } = await readAlias(contentful, signal);
  if (target === point) return [];
  const list = (kind: Kind) =>
    readChanged(contentful, { environment: target, kind, since, most: MOST_NAMED }, signal);
  const [entries, assets, titles, people] = await Promise.all([
    list('entry'),
    list('asset'),
    readTitleFields(contentful, target, signal),
    readNames(contentful, signal),
  ]);
  const total = entries.total + assets.total;
  if (total === 0) return [];
  const counts = [
    counted(entries.total, 'entry', 'entries'),
    counted(assets.total, 'asset', 'assets'),
  ];
  const names = [
    ...entries.items.map((item) => ({ item, title: titleOf(item, titles, 'entry') })),
    ...assets.items.map((item) => ({ item, title: titleOf(item, titles, 'asset') })),
  ]
    .toSorted((a, b) => b.item.sys.updatedAt - a.item.sys.updatedAt)
    .slice(0, MOST_NAMED);
  const rest = total - names.length;
  return [
    `Since ${timeOf(since)} ${counts.filter(Boolean).join(' and ')} changed in ${target}. ${total === 1 ? 'It stays there and is exported first, but the site no longer shows it' : 'They stay there and are exported first, but the site no longer shows them'}. What was deleted since then cannot be listed.`,
    ...names.map(({ item, title }) => `${title}: ${changeOf(item, since, people)}.`),
    ...(rest > 0 ? [`And ${rest} more changes before those.`] : []),
  ];
}

function counted(count: number, one: string, many: string): string {
  if (count === 0) return '';
  return `${count} ${count === 1 ? one : many}`;
}

function titleOf({ sys, fields }: Item, titles: ReadonlyMap<string, string>, kind: Kind): string {
  const type = sys.contentType?.sys.id;
  const field = kind === 'asset' ? 'title' : titles.get(type ?? '');
  const values = Object.values(fields[field ?? ''] ?? {});
  const title = values.find((value) => typeof value === 'string' && value.trim() !== '');
  const what = kind === 'asset' ? 'Asset' : (type ?? 'Entry');
  if (typeof title !== 'string') return `${what} ${sys.id}`;
  const letters = Array.from(title.replace(/\s+/g, ' ').trim());
  const short = letters.slice(0, MOST_TITLE).join('');
  return `${what} "${short}${letters.length > MOST_TITLE ? '…' : ''}" (${sys.id})`;
}

function changeOf(item: Item, since: number, people: ReadonlyMap<string, string>): string {
  const { sys } = item;
  const by = (id: string | undefined): string => people.get(id ?? '') ?? id ?? 'somebody unknown';
  const isNew = sys.createdAt >= since ? 'new, ' : '';
  const published = sys.publishedAt !== undefined && sys.publishedAt >= since;
  const parts = [
    published && `published ${timeOf(sys.publishedAt ?? 0)} by ${by(sys.publishedBy?.sys.id)}`,
    !(published && isPublishedAsIs(item)) &&
      `${wasTakenOff(item, since) ? 'changed' : 'edited'} ${timeOf(sys.updatedAt)} by ${by(sys.updatedBy?.sys.id)}${standing(item, since)}`,
  ].filter((part) => part !== false);
  return `${isNew}${parts.join('; ')}`;
}

function standing(item: Item, since: number): string {
  if (wasTakenOff(item, since)) {
    return ', and not on the site now; going back may show it to readers again';
  }
  return item.sys.publishedVersion === undefined ? ', not published' : ', not published since';
}

/** Published before, and not now: somebody may have had a reason, such as the law. */
function wasTakenOff({ sys }: Item, since: number): boolean {
  return (
    sys.publishedVersion === undefined &&
    sys.firstPublishedAt !== undefined &&
    sys.firstPublishedAt < since
  );
}
