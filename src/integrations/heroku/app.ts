/** A Heroku app as its Platform API shows it: releases, slugs, dynos. */

import { z } from 'zod';
import type { Candidate, Version } from '../../component.ts';
import { createJsonApi, type JsonApi } from '../json-api/index.ts';
import type { HerokuAppSettings, HerokuConnection } from './schema.ts';

/** So many of the newest releases are looked at, and of so many their commits. */
const RELEASES = 50;
const COMMITS = 6;

const Release = z.object({
  id: z.string(),
  version: z.int(),
  current: z.boolean().optional(),
  status: z.enum(['pending', 'succeeded', 'failed', 'expired']),
  description: z.string(),
  created_at: z.string(),
  slug: z.object({ id: z.string() }).nullish(),
  user: z.object({ email: z.string().optional() }).nullish(),
});
export type Release = z.infer<typeof Release>;

const Slug = z.object({ commit: z.string().nullish() });
const Dyno = z.object({
  id: z.string(),
  type: z.string(),
  state: z.string(),
  release: z.object({ version: z.int() }),
});
export type Dyno = z.infer<typeof Dyno>;
const Formation = z.object({ type: z.string(), quantity: z.int(), size: z.string() });

export interface App {
  readonly api: JsonApi;
  readonly path: string;
  /** Newest first. */
  releases(signal: AbortSignal): Promise<readonly Release[]>;
  release(id: string, signal: AbortSignal): Promise<Release>;
  /** All but one-off dynos, by their ids. */
  dynos(signal: AbortSignal): Promise<readonly Dyno[]>;
  /** How many dynos of the process type are wanted. */
  quantity(signal: AbortSignal): Promise<number>;
  live(signal: AbortSignal): Promise<Version>;
  history(signal: AbortSignal): Promise<readonly Candidate[]>;
}

export function createApp({ baseUrl, token }: HerokuConnection, settings: HerokuAppSettings): App {
  const { app, processType } = settings;
  const path = `/apps/${app}`;
  const api = createJsonApi(
    baseUrl,
    {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.heroku+json; version=3',
    },
    {
      system: 'Heroku',
      secrets: [token],
      meaning(status, body) {
        const said = z
          .object({ id: z.string().optional(), message: z.string().optional() })
          .safeParse(body).data;
        const next = status === 402 ? 'Heroku asks for payment: see the account.' : undefined;
        return { code: said?.id, message: said?.message, next };
      },
    },
  );

  async function releases(signal: AbortSignal): Promise<readonly Release[]> {
    const { body } = await api.read(
      {
        attempted: 'list the releases',
        on: app,
        path: `${path}/releases`,
        headers: { range: `version ..; order=desc,max=${RELEASES}` },
      },
      z.array(Release),
      signal,
    );
    return body.toSorted((a, b) => b.version - a.version);
  }

  async function commitOf(slug: string, signal: AbortSignal): Promise<string | undefined> {
    const { body } = await api.read(
      { attempted: 'read the slug', on: app, path: `${path}/slugs/${slug}` },
      Slug,
      signal,
    );
    return body.commit ?? undefined;
  }

  async function versionOf(
    release: Release,
    withCommit: boolean,
    signal: AbortSignal,
  ): Promise<Version> {
    const { id, version, description, created_at: at, slug, user } = release;
    const commit = withCommit && slug ? await commitOf(slug.id, signal) : undefined;
    return {
      id: slug?.id ?? id,
      label: `v${version}`,
      ...(commit ? { commit } : {}),
      since: Date.parse(at),
      ...(user?.email ? { by: user.email } : {}),
      note: description,
    };
  }

  return {
    api,
    path,
    releases,
    async release(id, signal) {
      const { body } = await api.read(
        { attempted: 'read the release', on: app, path: `${path}/releases/${id}` },
        Release,
        signal,
      );
      return body;
    },
    async dynos(signal) {
      const { body } = await api.read(
        { attempted: 'list the dynos', on: app, path: `${path}/dynos` },
        z.array(Dyno),
        signal,
      );
      return body
        .filter(({ type }) => type !== 'run' && type !== 'release')
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
    async quantity(signal) {
      const { body } = await api.read(
        { attempted: 'read the formation', on: app, path: `${path}/formation/${processType}` },
        Formation,
        signal,
      );
      return body.quantity;
    },
    async live(signal) {
      const all = await releases(signal);
      const current = currentOf(all);
      return current
        ? versionOf(current, true, signal)
        : { id: 'none', label: 'nothing', note: 'nothing was released yet' };
    },
    async history(signal) {
      const all = await releases(signal);
      const live = currentOf(all)?.slug?.id;
      const older = all.filter(
        ({ status, slug, current }, index) =>
          status === 'succeeded' &&
          !current &&
          slug?.id !== live &&
          // Of several releases of one slug the newest has the configuration it had last.
          (!slug ||
            all.findIndex((other) => other.slug?.id === slug.id && other.status === 'succeeded') ===
              index),
      );
      return Promise.all(
        older.map(async (release, index): Promise<Candidate> => {
          const version = await versionOf(release, index < COMMITS, signal);
          return release.slug
            ? { version, available: true }
            : { version, available: false, reason: 'Heroku no longer keeps its slug' };
        }),
      );
    },
  };
}

/** The release that runs. */
export function currentOf(all: readonly Release[]): Release | undefined {
  return all.find(({ current }) => current) ?? all.find(({ status }) => status === 'succeeded');
}
