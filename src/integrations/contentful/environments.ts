import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import type { Contentful } from './client.ts';
import { understood } from './errors.ts';

/** Contentful gives 25 unless asked for more. */
const PAGE = 100;

const Linked = z.object({ sys: z.object({ id: z.string() }) });

const Environment = z.object({
  name: z.string(),
  sys: z.object({
    id: z.string(),
    createdAt: z.iso.datetime({ offset: true }),
    createdBy: Linked.optional(),
    status: Linked,
    aliases: z.array(Linked).optional(),
    aliasedEnvironment: Linked.optional(),
  }),
});

const Page = z.object({ total: z.number(), items: z.array(z.unknown()) });

const Alias = z.object({
  sys: z.object({ version: z.number().int() }),
  environment: Linked,
});

/** An environment itself, never an alias. */
export interface EnvironmentState {
  readonly id: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The id of the user who made it. */
  readonly createdBy: string | undefined;
  readonly status: 'ready' | 'cloning' | 'failed';
  /** Ids of the aliases that stand for it. */
  readonly aliases: readonly string[];
}

/** What the alias stands for, and the version a change of it must name. */
export interface AliasState {
  readonly target: string;
  readonly version: number;
}

/** @throws OutsideError, `not-found` also when the space has not opted in to aliases. */
export async function readAlias(contentful: Contentful, signal: AbortSignal): Promise<AliasState> {
  const attempted = `read alias ${contentful.alias}`;
  const answer = await contentful.read(
    attempted,
    (client) => client.environmentAlias.get({ environmentAliasId: contentful.alias }),
    signal,
  );
  const { sys, environment } = understood(Alias, answer, { attempted, on: contentful.on });
  return { target: environment.sys.id, version: sys.version };
}

/** Every environment of the space, without the aliases that Contentful lists among them. */
export async function readEnvironments(
  contentful: Contentful,
  signal: AbortSignal,
): Promise<readonly EnvironmentState[]> {
  const attempted = 'list the environments';
  const what = { attempted, on: contentful.on };
  const found: z.infer<typeof Environment>[] = [];
  for (let skip = 0; ; skip += PAGE) {
    const query = { limit: PAGE, skip };
    const answer = await contentful.read(
      attempted,
      (client) => client.environment.getMany({ query }),
      signal,
    );
    const { total, items } = understood(Page, answer, what);
    found.push(...items.map((item) => understood(Environment, item, what)));
    if (items.length === 0 || skip + PAGE >= total) break;
  }
  return found.filter(({ sys }) => sys.aliasedEnvironment === undefined).map(stateOf);
}

/**
 * One environment, undefined when there is none. It counts as ready only when its content can be read too: Contentful
 * calls a clone ready a moment before that.
 */
export async function readEnvironment(
  contentful: Contentful,
  id: string,
  signal: AbortSignal,
): Promise<EnvironmentState | undefined> {
  const attempted = `look for environment ${id}`;
  const answer = await orNothing(() =>
    contentful.read(attempted, (client) => client.environment.get({ environmentId: id }), signal),
  );
  if (answer === undefined) {
    // A token that may not see the space gets the same 404 as one that looks for an environment that is not there.
    await readAlias(contentful, signal);
    return undefined;
  }
  const found = stateOf(understood(Environment, answer, { attempted, on: contentful.on }));
  if (found.status !== 'ready') return found;
  const query = { limit: 1 };
  const content = await orNothing(() =>
    contentful.read(
      `read the content model of environment ${id}`,
      (client) => client.contentType.getMany({ environmentId: id, query }),
      signal,
    ),
  );
  return content === undefined ? { ...found, status: 'cloning' } : found;
}

/** Backstop's own clones, newest first. */
export function ownClones(
  contentful: Contentful,
  environments: readonly EnvironmentState[],
): readonly EnvironmentState[] {
  return environments
    .filter(({ id }) => id.startsWith(contentful.prefix))
    .toSorted((a, b) => b.createdAt - a.createdAt || a.id.localeCompare(b.id));
}

/** A moment as people read it: `2026-03-04 09:41 UTC`. */
export function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

async function orNothing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof OutsideError && error.detail.kind === 'not-found') return undefined;
    throw error;
  }
}

function stateOf({ name, sys }: z.infer<typeof Environment>): EnvironmentState {
  const status = sys.status.sys.id;
  return {
    id: sys.id,
    name,
    createdAt: Date.parse(sys.createdAt),
    createdBy: sys.createdBy?.sys.id,
    status: status === 'ready' ? 'ready' : status === 'failed' ? 'failed' : 'cloning',
    aliases: (sys.aliases ?? []).map((alias) => alias.sys.id),
  };
}
