import type { Route } from '../http.ts';
import { notFound, validationFailed, versionMismatch } from './errors.ts';
import { collection, roleRecord, spaceRecord, userRecord } from './records.ts';
import { type ContentfulWorld, createSpaceRoutes, fieldIn, ok, versionIn } from './route.ts';
import type { Policy, Role } from './world.ts';

/** The space itself, who may use it, and what each role may do. */
export function accessRoutes(world: ContentfulWorld): readonly Route[] {
  const route = createSpaceRoutes(world);
  return [
    { call: 'GET users/me', path: '/users/me', handle: () => ok(userRecord(world.viewer)) },
    route({ call: 'GET space', path: '' }, (_call, space) => ok(spaceRecord(space))),
    route({ call: 'GET users', path: '/users' }, (call, space) =>
      ok(collection(call.query, space.users.map(userRecord))),
    ),
    route({ call: 'GET roles', path: '/roles', needs: 'Settings' }, (call, space) =>
      ok(
        collection(
          call.query,
          [...space.roles.values()].map((role) => roleRecord(space, role)),
        ),
      ),
    ),
    route({ call: 'GET role', path: '/roles/:role', needs: 'Settings' }, (call, space) => {
      const role = space.roles.get(call.params['role'] ?? '');
      return role ? ok(roleRecord(space, role)) : notFound();
    }),
    route(
      { call: 'PUT role', path: '/roles/:role', mutates: 'now', needs: 'Settings' },
      (call, space) => {
        const role = space.roles.get(call.params['role'] ?? '');
        if (!role) return notFound();
        if (versionIn(call) !== role.version) return versionMismatch();
        const [name, policies] = [fieldIn(call, 'name'), fieldIn(call, 'policies')];
        if (typeof name !== 'string') return validationFailed('The name is missing.', 'name');
        if (!isPolicies(policies)) return validationFailed('Invalid policies.', 'policies');
        const description = fieldIn(call, 'description');
        const change: Partial<Role> = {
          name,
          policies,
          description: typeof description === 'string' ? description : '',
          permissions: { ...(fieldIn(call, 'permissions') as object | undefined) },
          version: role.version + 1,
          updatedAt: world.agenda.now(),
        };
        Object.assign(role, change);
        return ok(roleRecord(space, role));
      },
    ),
  ];
}

function isPolicies(value: unknown): value is readonly Policy[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: Partial<Policy>) =>
        (one.effect === 'allow' || one.effect === 'deny') &&
        (one.actions === 'all' || Array.isArray(one.actions)),
    )
  );
}
