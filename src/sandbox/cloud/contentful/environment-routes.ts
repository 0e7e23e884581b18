import type { Answer, Call, Route } from '../http.ts';
import {
  contentfulError,
  notFound,
  quotaReached,
  unknownEnvironment,
  validationFailed,
  versionMismatch,
} from './errors.ts';
import { aliasRecord, collection, environmentRecord } from './records.ts';
import { type ContentfulWorld, createSpaceRoutes, linkIn, ok, textIn, versionIn } from './route.ts';
import { aliasesOf, copyContent, createEnvironment, environmentOf, type Space } from './world.ts';

/** Environments and the aliases that stand for them. */
export function environmentRoutes(world: ContentfulWorld): readonly Route[] {
  const route = createSpaceRoutes(world);

  function create(call: Call, space: Space, id: string): Answer {
    if (!/^[A-Za-z0-9_.-]{1,64}$/.test(id)) return validationFailed('Invalid id', 'id');
    if (space.environments.size >= world.environmentLimit()) return quotaReached();
    const sourceId = String(call.headers['x-contentful-source-environment'] ?? 'master');
    const source = environmentOf(space, sourceId);
    if (!source) return unknownEnvironment(sourceId);
    const { agenda, viewer } = world;
    const made = createEnvironment({ id, by: viewer.id, at: agenda.now() });
    made.name = textIn(call, 'name') ?? id;
    made.status = 'queued';
    copyContent(source, made);
    space.environments.set(id, made);
    const takesMs = call.operation?.takesMs ?? world.cloneMs();
    agenda.later(takesMs, () => {
      made.status = call.operation?.failsWith === undefined ? 'ready' : 'failed';
      made.readableAt = agenda.now() + world.settleMs();
    });
    return { status: 201, body: environmentRecord(space, made) };
  }

  return [
    route({ call: 'GET environments', path: '/environments' }, (call, space) => {
      const own = [...space.environments.values()].map((one) => environmentRecord(space, one));
      const aliased = [...space.aliases.values()].flatMap((alias) => {
        const target = environmentOf(space, alias.id);
        return target ? [environmentRecord(space, target, alias)] : [];
      });
      return ok(collection(call.query, [...own, ...aliased]));
    }),
    route({ call: 'GET environment', path: '/environments/:environment' }, (call, space) => {
      const id = call.params['environment'] ?? '';
      const environment = environmentOf(space, id);
      if (!environment) return unknownEnvironment(id);
      return ok(environmentRecord(space, environment, space.aliases.get(id)));
    }),
    route(
      {
        call: 'PUT environment',
        path: '/environments/:environment',
        mutates: 'now',
        needs: 'Environments',
      },
      (call, space) => {
        const id = call.params['environment'] ?? '';
        const existing = space.environments.get(id);
        if (!existing) return create(call, space, id);
        if (versionIn(call) !== existing.version) return versionMismatch();
        existing.name = textIn(call, 'name') ?? existing.name;
        existing.version += 1;
        return ok(environmentRecord(space, existing));
      },
    ),
    route(
      {
        call: 'DELETE environment',
        path: '/environments/:environment',
        mutates: 'now',
        needs: 'Environments',
      },
      (call, space) => {
        const id = call.params['environment'] ?? '';
        if (!space.environments.has(id)) return unknownEnvironment(id);
        if (aliasesOf(space, id).length > 0) {
          const text = 'An environment that an alias points to cannot be deleted.';
          return contentfulError(400, 'BadRequest', text);
        }
        space.environments.delete(id);
        return { status: 204 };
      },
    ),
    route({ call: 'GET environment_alias', path: '/environment_aliases/:alias' }, (call, space) => {
      const alias = space.aliases.get(call.params['alias'] ?? '');
      return alias ? ok(aliasRecord(space, alias)) : notFound();
    }),
    route(
      {
        call: 'PUT environment_alias',
        path: '/environment_aliases/:alias',
        mutates: 'now',
        needs: 'EnvironmentAliases',
      },
      (call, space) => {
        const alias = space.aliases.get(call.params['alias'] ?? '');
        if (!alias) return notFound();
        if (versionIn(call) !== alias.version) return versionMismatch();
        const target = linkIn(call, 'environment') ?? '';
        if (!space.environments.has(target)) return unknownEnvironment(target);
        alias.target = target;
        alias.version += 1;
        return ok(aliasRecord(space, alias));
      },
    ),
  ];
}
