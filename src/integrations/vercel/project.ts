/** A Vercel project, its production deployment, and those that production can go back to. */

import { z } from 'zod';
import type { Version } from '../../component.ts';
import { createJsonApi, type JsonApi } from '../json-api/index.ts';
import type { VercelConnection } from './schema.ts';

const Meta = z.record(z.string(), z.unknown()).optional();
const AliasRequest = z.object({
  fromDeploymentId: z.string().nullish(),
  toDeploymentId: z.string(),
  jobStatus: z.enum(['pending', 'in-progress', 'succeeded', 'failed', 'skipped']),
  requestedAt: z.number(),
  type: z.enum(['promote', 'rollback']),
});
const Project = z.object({
  id: z.string(),
  name: z.string(),
  lastAliasRequest: AliasRequest.nullish(),
  targets: z
    .object({
      production: z
        .object({
          id: z.string(),
          url: z.string().nullish(),
          createdAt: z.number().nullish(),
          creator: z.object({ username: z.string().nullish() }).nullish(),
          meta: Meta,
        })
        .nullish(),
    })
    .nullish(),
});
const Deployments = z.object({
  deployments: z.array(
    z.object({
      uid: z.string(),
      url: z.string().nullish(),
      created: z.number(),
      state: z.string().nullish(),
      readyState: z.string().nullish(),
      creator: z.object({ username: z.string().nullish() }).nullish(),
      meta: Meta,
    }),
  ),
});

export interface Production {
  readonly project: string;
  readonly name: string;
  readonly live: Version | undefined;
  /** The last change of the production domains that was asked for. */
  readonly asked: z.infer<typeof AliasRequest> | undefined;
}

export interface Vercel {
  readonly api: JsonApi;
  /** A path with the team that owns it. */
  path(path: string, query?: Readonly<Record<string, string>>): string;
  readProduction(signal: AbortSignal): Promise<Production>;
  /** Newest first: the production deployments that Vercel can go back to. */
  readCandidates(signal: AbortSignal): Promise<readonly Version[]>;
}

/** Reads through plain HTTPS: the SDK rejects good answers that lack a field it expects. */
export function createVercel({ baseUrl, token, team }: VercelConnection, project: string): Vercel {
  const api = createJsonApi(
    baseUrl,
    { authorization: `Bearer ${token}` },
    {
      system: 'Vercel',
      secrets: [token],
      meaning(_status, body) {
        const said = z
          .object({ error: z.object({ code: z.string(), message: z.string() }) })
          .safeParse(body).data?.error;
        return { code: said?.code, message: said?.message };
      },
    },
  );
  const path: Vercel['path'] = (address, query = {}) => {
    const all = new URLSearchParams({ ...query, ...(team ? { teamId: team } : {}) }).toString();
    return all === '' ? address : `${address}?${all}`;
  };

  async function readProduction(signal: AbortSignal): Promise<Production> {
    const { body } = await api.read(
      {
        attempted: 'read the project',
        on: project,
        path: path(`/v9/projects/${encodeURIComponent(project)}`),
      },
      Project,
      signal,
    );
    const live = body.targets?.production;
    return {
      project: body.id,
      name: body.name,
      live: live
        ? versionOf(live.id, live.createdAt ?? undefined, live.url, live.creator, live.meta)
        : undefined,
      asked: body.lastAliasRequest ?? undefined,
    };
  }

  return {
    api,
    path,
    readProduction,
    async readCandidates(signal) {
      const { body } = await api.read(
        {
          attempted: 'list the production deployments',
          on: project,
          path: path('/v7/deployments', {
            projectId: project.startsWith('prj_')
              ? project
              : (await readProduction(signal)).project,
            target: 'production',
            rollbackCandidate: 'true',
            limit: '20',
          }),
        },
        Deployments,
        signal,
      );
      return body.deployments
        .filter(({ state, readyState }) => (readyState ?? state ?? 'READY') === 'READY')
        .map(({ uid, created, url, creator, meta }) => versionOf(uid, created, url, creator, meta))
        .toSorted((a, b) => (b.since ?? 0) - (a.since ?? 0));
    },
  };
}

function versionOf(
  id: string,
  since: number | undefined,
  url: string | null | undefined,
  creator: { readonly username?: string | null | undefined } | null | undefined,
  meta: z.infer<typeof Meta>,
): Version {
  const text = (names: readonly string[]): string | undefined =>
    names.map((name) => meta?.[name]).find((value) => typeof value === 'string' && value !== '') as
      | string
      | undefined;
  const commit = text(['githubCommitSha', 'gitlabCommitSha', 'bitbucketCommitSha', 'gitCommitSha']);
  const message = text(['githubCommitMessage', 'gitlabCommitMessage', 'bitbucketCommitMessage']);
  return {
    id,
    label: commit?.slice(0, 7) ?? url ?? id,
    ...(commit ? { commit } : {}),
    ...(since === undefined ? {} : { since }),
    ...(creator?.username ? { by: creator.username } : {}),
    ...(message ? { note: message.split('\n')[0] ?? '' } : {}),
  };
}
