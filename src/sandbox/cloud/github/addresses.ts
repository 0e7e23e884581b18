import { createHash } from 'node:crypto';
import type { Person, Repository } from './world.ts';

export const WEB = 'https://github.com';

/** The address of a repository in the API whose base URL is `api`. */
export function apiOf(api: string, r: Repository): string {
  return `${api}/repos/${r.owner}/${r.name}`;
}

/** The address of a repository's page. */
export function webOf(r: Repository): string {
  return `${WEB}/${r.owner}/${r.name}`;
}

/** The id GraphQL knows a thing by. */
export function nodeId(kind: string, id: string | number): string {
  return `${kind}_${Buffer.from(`${kind}:${id}`).toString('base64url')}`;
}

/** The address GitHub gives commits of people who keep theirs private. */
export function emailOf(person: Person): string {
  return `${person.login}@users.noreply.github.com`;
}

/** A user's number, always the same for a login. */
export function userIdOf(login: string): number {
  return createHash('sha1').update(login).digest().readUInt32BE(0) % 90_000_000;
}
