import type { Answer, Call, Route } from '../http.ts';
import { contentfulError, notFound, validationFailed, versionMismatch } from './errors.ts';
import { collection, contentTypeRecord, itemRecord, snapshotRecord } from './records.ts';
import { type ContentfulWorld, createContentRoutes, fieldsIn, ok, versionIn } from './route.ts';
import {
  aliasesOf,
  type Environment,
  type Item,
  publishItem,
  type Space,
  unpublishItem,
  updateItem,
} from './world.ts';

type ItemHandler = (call: Call, item: Item, environment: Environment, space: Space) => Answer;

/** Entries with their snapshots, assets and content types of an environment. */
export function contentRoutes(world: ContentfulWorld): readonly Route[] {
  const route = createContentRoutes(world);
  const { agenda, viewer } = world;

  function entry(head: Pick<Route, 'call' | 'path' | 'mutates' | 'needs'>, handle: ItemHandler) {
    return route({ ...head, path: `/entries/:entry${head.path}` }, (call, environment, space) => {
      const item = environment.items.get(call.params['entry'] ?? '');
      if (item?.type !== 'Entry') return notFound();
      return handle(call, item, environment, space);
    });
  }

  const listed = (type: Item['type'], call: string, path: string): Route =>
    route({ call, path }, ({ query }, environment, space) => {
      const items = [...environment.items.values()].filter((one) => one.type === type);
      const found = select(query, items);
      const page = collection(query, found);
      return ok({
        ...page,
        items: found
          .slice(page.skip, page.skip + page.limit)
          .map((one) => itemRecord(space, environment.id, one)),
      });
    });

  return [
    listed('Entry', 'GET entries', '/entries'),
    listed('Asset', 'GET assets', '/assets'),
    route({ call: 'GET content_types', path: '/content_types' }, (call, environment, space) =>
      ok(
        collection(
          call.query,
          [...environment.contentTypes.values()].map((type) =>
            contentTypeRecord(space, environment.id, type),
          ),
        ),
      ),
    ),
    entry({ call: 'GET entry', path: '' }, (_call, item, environment, space) =>
      ok(itemRecord(space, environment.id, item)),
    ),
    entry(
      { call: 'PUT entry', path: '', mutates: 'now', needs: 'ManageContent' },
      (call, item, environment, space) => {
        if (versionIn(call) !== item.version) return versionMismatch();
        const fields = fieldsIn(call);
        if (!fields) return validationFailed('The fields are missing.', 'fields');
        updateItem(item, fields, viewer.id, agenda.now());
        return ok(itemRecord(space, environment.id, item));
      },
    ),
    entry(
      {
        call: 'PUT entry/published',
        path: '/published',
        mutates: 'now',
        needs: 'ManageContent',
      },
      (call, item, environment, space) => {
        if (versionIn(call) !== item.version) return versionMismatch();
        if (item.archivedAt !== undefined) {
          return contentfulError(400, 'BadRequest', 'Cannot publish an archived entry.');
        }
        publishItem(item, viewer.id, agenda.now());
        return ok(itemRecord(space, environment.id, item));
      },
    ),
    entry(
      {
        call: 'DELETE entry/published',
        path: '/published',
        mutates: 'now',
        needs: 'ManageContent',
      },
      (_call, item, environment, space) => {
        if (item.publishedVersion === undefined) {
          return contentfulError(400, 'BadRequest', 'Not published');
        }
        unpublishItem(item, viewer.id, agenda.now());
        return ok(itemRecord(space, environment.id, item));
      },
    ),
    entry({ call: 'GET snapshots', path: '/snapshots' }, (call, item, environment, space) =>
      ok(
        collection(
          call.query,
          snapshotsOf(item, environment, space).map((one) =>
            snapshotRecord(space, environment.id, one),
          ),
        ),
      ),
    ),
    entry(
      { call: 'GET snapshot', path: '/snapshots/:snapshot' },
      (call, item, environment, space) => {
        const found = snapshotsOf(item, environment, space).find(
          (one) => one.id === call.params['snapshot'],
        );
        return found ? ok(snapshotRecord(space, environment.id, found)) : notFound();
      },
    ),
  ];
}

/** Contentful keeps snapshots only for the environment behind the alias `master`, or called so. */
function snapshotsOf(item: Item, environment: Environment, space: Space) {
  const isMaster =
    environment.id === 'master' || aliasesOf(space, environment.id).includes('master');
  return isMaster ? item.snapshots : [];
}

/** The items a query asks for. Understood are `sys.updatedAt[gte]`, `sys.id[in]` and `order` by `sys.updatedAt`, first of all. */
function select(query: URLSearchParams, items: readonly Item[]): readonly Item[] {
  const since = query.get('sys.updatedAt[gte]');
  const ids = query.get('sys.id[in]')?.split(',');
  const found = items.filter(
    (one) =>
      (since === null || one.updatedAt >= Date.parse(since)) &&
      (ids === undefined || ids.includes(one.id)),
  );
  const order = query.get('order')?.split(',')[0];
  if (!order?.endsWith('sys.updatedAt')) return found;
  const sign = order.startsWith('-') ? -1 : 1;
  return [...found].sort((a, b) => sign * (a.updatedAt - b.updatedAt));
}
