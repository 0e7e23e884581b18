import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import type { Contentful } from './client.ts';
import { understood } from './errors.ts';

const PAGE = 100;
const MOST_PAGES = 10;

const User = z.object({
  sys: z.object({ id: z.string() }),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
});
const Users = z.object({ total: z.number(), items: z.array(User) });

/** Names of the space's users by id; of at most 1,000. */
export async function readPeople(
  contentful: Contentful,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const attempted = 'list the users of the space';
  const names = new Map<string, string>();
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = { limit: PAGE, skip: page * PAGE };
    const answer = await contentful.read(
      attempted,
      (client) => client.user.getManyForSpace({ query }),
      signal,
    );
    const { total, items } = understood(Users, answer, { attempted, on: contentful.on });
    for (const { sys, firstName, lastName } of items) {
      names.set(sys.id, [firstName, lastName].filter(Boolean).join(' ') || sys.id);
    }
    if (items.length === 0 || names.size >= total) break;
  }
  return names;
}

/** The same for who can do without: none where the token may not see them, so that ids are shown. @throws as `readPeople` otherwise. */
export async function readNames(
  contentful: Contentful,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  try {
    return await readPeople(contentful, signal);
  } catch (error) {
    const isHidden =
      error instanceof OutsideError && ['permission', 'not-found'].includes(error.detail.kind);
    if (isHidden) return new Map();
    throw error;
  }
}

/** The id of the user the token belongs to. */
export async function readOwnId(contentful: Contentful, signal: AbortSignal): Promise<string> {
  const attempted = 'read whose token it is';
  const answer = await contentful.read(attempted, (client) => client.user.getCurrent(), signal);
  return understood(User, answer, { attempted, on: contentful.on }).sys.id;
}
