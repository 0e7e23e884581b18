import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Contentful } from './client.ts';
import { understood } from './errors.ts';

/** Stands in the description of a role while its publishing is paused: says why to people, and whose the denials are. */
const MARK = 'Publishing is paused by Backstop while content is put back.';

/**
 * What a pause adds to a role. A denial outweighs every permission, so the role's own policies stay as they are, and
 * giving back needs nothing that had to be remembered.
 */
const DENIALS: readonly Json[] = ['Entry', 'Asset'].map((type) => ({
  effect: 'deny',
  actions: ['publish', 'unpublish'],
  constraint: { and: [{ equals: [{ doc: 'sys.type' }, type] }] },
}));

type Json = z.infer<typeof JsonValue>;
const JsonValue = z.json();

/** Everything a change of a role must send again; the parts Backstop does not know are kept as they came. */
const Role = z
  .object({
    sys: z.object({ id: z.string(), version: z.number().int() }),
    name: z.string(),
    description: z.string().nullish(),
    permissions: z.record(z.string(), JsonValue),
    policies: z.array(JsonValue),
  })
  .transform(({ sys, description, ...rest }) => ({
    id: sys.id,
    version: sys.version,
    description: description ?? '',
    ...rest,
  }));
export type Role = z.infer<typeof Role>;

/** `odd` has the mark of a pause or its denials, but not both: somebody took a part of it away. */
export type Publishing = 'open' | 'paused' | 'odd';

/** @throws OutsideError, `not-found` when there is no such role. */
export async function readRole(
  contentful: Contentful,
  id: string,
  signal: AbortSignal,
): Promise<Role> {
  const attempted = `read role ${id}`;
  const answer = await contentful.read(
    attempted,
    (client) => client.role.get({ roleId: id }),
    signal,
  );
  return understood(Role, answer, { attempted, on: contentful.on });
}

/** Writes the role, conditional on the version it was read with. One request. @throws as `Contentful.change`. */
export async function writeRole(
  contentful: Contentful,
  attempted: string,
  { id, version, ...role }: Role,
  signal: AbortSignal,
): Promise<void> {
  await contentful.change(
    attempted,
    (client) => {
      // The SDK sends only the version of `sys`, as a header.
      const data = { sys: { version }, ...role } as unknown;
      return client.role.update({ roleId: id }, data as Parameters<typeof client.role.update>[1]);
    },
    signal,
  );
}

export function publishingOf({ description, policies }: Role): Publishing {
  const isMarked = description.includes(MARK);
  const isDenied = DENIALS.every((denial) => policies.some((policy) => isSame(policy, denial)));
  if (isMarked !== isDenied) return 'odd';
  return isMarked ? 'paused' : 'open';
}

/** The role with its publishing withdrawn. */
export function paused(role: Role): Role {
  return {
    ...role,
    description: role.description === '' ? MARK : `${role.description} ${MARK}`,
    policies: [...role.policies, ...DENIALS],
  };
}

/** The role as it was before `paused`, with whatever else was changed meanwhile. */
export function givenBack(role: Role): Role {
  const policies = [...role.policies];
  for (const denial of DENIALS) {
    const index = policies.findLastIndex((policy) => isSame(policy, denial));
    if (index >= 0) policies.splice(index, 1);
  }
  const description = role.description.replace(MARK, '').trim();
  return { ...role, description, policies };
}

/** In whatever order the actions come back: who saves a role in the web app writes them anew. */
function isSame(policy: Json, denial: Json): boolean {
  return isDeepStrictEqual(inOrder(policy), inOrder(denial));
}

function inOrder(policy: Json): unknown {
  const parsed = z.looseObject({ actions: z.array(z.string()) }).safeParse(policy);
  return parsed.success ? { ...parsed.data, actions: parsed.data.actions.toSorted() } : policy;
}
