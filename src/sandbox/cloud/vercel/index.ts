/**
 * Vercel's REST API for one project: `GET /v9/projects/{id}`, `GET /v7/deployments`, `POST /v1/projects/{id}/rollback/{deployment}` and
 * `POST /v10/projects/{id}/promote/{deployment}`. The domains move a moment after a request was accepted; after a rollback new
 * deployments do not go live until one is promoted.
 */
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Answer, type Route, serve } from '../http.ts';

interface DeploymentRecord {
  readonly uid: string;
  readonly created: number;
  readonly sha: string;
  readonly message: string;
}

interface AliasRequest {
  fromDeploymentId: string;
  toDeploymentId: string;
  jobStatus: 'in-progress' | 'succeeded' | 'failed';
  requestedAt: number;
  type: 'promote' | 'rollback';
}

export interface Vercel {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly team: string;
  readonly faults: Faults;
  readonly requests: readonly Exchange[];
  /** The id of the deployment behind the production domains. */
  readonly production: string;
  /** Whether new deployments go live by themselves. */
  readonly autoAssigns: boolean;
  /** How long the domains take to move, in milliseconds of the cloud's clock. */
  moveMs: number;
  /** Whether the next move of the domains fails. */
  failsNext: boolean;
  /** A commit is pushed and built. */
  deploy(sha: string, message: string): string;
  readonly close: () => Promise<void>;
}

/** Serves the project `storefront` with no deployment. */
export async function createVercel(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
}): Promise<Vercel> {
  const { agenda } = o;
  const token = 'sandbox-vercel-token';
  const team = 'team_sandbox';
  const deployments: DeploymentRecord[] = [];
  let production = '';
  let autoAssigns = true;
  let asked: AliasRequest | undefined;

  function shown({ uid, created, sha, message }: DeploymentRecord) {
    return {
      uid,
      name: 'storefront',
      projectId: 'prj_1',
      url: urlOf(uid),
      inspectorUrl: `https://vercel.com/acme/storefront/${uid.slice(4)}`,
      type: 'LAMBDAS',
      created,
      createdAt: created,
      state: 'READY',
      readyState: 'READY',
      target: 'production',
      isRollbackCandidate: uid !== production,
      creator: { uid: 'u1', username: 'ana' },
      meta: { githubCommitSha: sha, githubCommitMessage: message },
    };
  }

  /** As the project shows it. */
  function shownTarget({ uid, created, sha, message }: DeploymentRecord) {
    return {
      id: uid,
      name: 'storefront',
      url: urlOf(uid),
      deploymentHostname: urlOf(uid),
      type: 'LAMBDAS',
      plan: 'pro',
      private: false,
      readyState: 'READY',
      target: 'production',
      createdAt: created,
      createdIn: 'fra1',
      creator: { uid: 'u1', username: 'ana', email: 'ana@acme.example' },
      meta: { githubCommitSha: sha, githubCommitMessage: message },
    };
  }

  function move(to: string, type: AliasRequest['type']): Answer {
    if (!deployments.some(({ uid }) => uid === to)) return said(404, 'not_found', 'Not found');
    const fails = vercel.failsNext;
    vercel.failsNext = false;
    const request: AliasRequest = {
      fromDeploymentId: production,
      toDeploymentId: to,
      jobStatus: 'in-progress',
      requestedAt: agenda.now(),
      type,
    };
    asked = request;
    agenda.later(vercel.moveMs, () => {
      request.jobStatus = fails ? 'failed' : 'succeeded';
      if (fails) return;
      production = to;
      autoAssigns = type === 'promote';
    });
    return { status: 201 };
  }

  const routes: readonly Route[] = [
    {
      call: 'GET project',
      path: '/v9/projects/:project',
      handle() {
        const live = deployments.find(({ uid }) => uid === production);
        return {
          status: 200,
          body: {
            id: 'prj_1',
            name: 'storefront',
            accountId: team,
            lastAliasRequest: asked ?? null,
            alias: [],
            defaultResourceConfig: { functionDefaultRegions: ['fra1'] },
            resourceConfig: { functionDefaultRegions: ['fra1'] },
            deploymentExpiration: {},
            directoryListing: false,
            nodeVersion: '22.x',
            targets: live ? { production: shownTarget(live) } : {},
          },
        };
      },
    },
    {
      call: 'GET deployments',
      path: '/v7/deployments',
      handle: ({ query }) => {
        if (query.get('projectId') !== 'prj_1') return said(404, 'not_found', 'Not found');
        const all = deployments
          .toReversed()
          .filter(({ uid }) => query.get('rollbackCandidate') !== 'true' || uid !== production);
        return {
          status: 200,
          body: {
            deployments: all.map(shown),
            pagination: { count: all.length, next: null, prev: null },
          },
        };
      },
    },
    {
      call: 'POST rollback',
      path: '/v1/projects/:project/rollback/:deployment',
      mutates: 'now',
      handle: ({ params }) => move(params['deployment'] ?? '', 'rollback'),
    },
    {
      call: 'POST promote',
      path: '/v10/projects/:project/promote/:deployment',
      mutates: 'now',
      handle: ({ params }) => move(params['deployment'] ?? '', 'promote'),
    },
  ];
  const faults = createFaults(routes.map(({ call }) => call));
  const service = await serve({
    name: 'vercel',
    routes,
    faults,
    agenda,
    log: o.log,
    guard: ({ headers, query }) => {
      if (headers.authorization !== `Bearer ${token}`) {
        return said(403, 'forbidden', 'Not authorized');
      }
      return query.get('teamId') === team ? undefined : said(404, 'not_found', 'Not found');
    },
    notFound: () => said(404, 'not_found', 'Not found'),
  });
  const vercel: Vercel = {
    url: service.url,
    token,
    team,
    faults,
    moveMs: 3_000,
    failsNext: false,
    get production() {
      agenda.settle();
      return production;
    },
    get autoAssigns() {
      agenda.settle();
      return autoAssigns;
    },
    get requests() {
      agenda.settle();
      return o.log.filter((one) => one.service === 'vercel');
    },
    deploy(sha, message) {
      agenda.settle();
      const uid = `dpl_${deployments.length + 1}${sha.slice(0, 6)}`;
      deployments.push({ uid, created: agenda.now(), sha, message });
      if (autoAssigns) production = uid;
      return uid;
    },
    close: service.close,
  };
  return vercel;
}

function urlOf(uid: string): string {
  return `storefront-${uid.slice(4)}.vercel.app`;
}

function said(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}
