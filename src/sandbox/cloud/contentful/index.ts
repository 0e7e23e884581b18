/**
 * Contentful's Content Management API for the real SDK. Calls, all under `/spaces/{space}` but the first:
 * - GET users/me, space, users, roles, role; PUT role (with its version)
 * - GET environments, environment; PUT environment (new: a clone, by the clock; with its version: renamed), DELETE environment
 * - GET environment_alias; PUT environment_alias (with its version)
 * - GET entries, assets, content_types, entry, snapshots, snapshot; PUT entry, PUT entry/published (with its version),
 *   DELETE entry/published
 * An alias can be named wherever an environment can. Snapshots are shown only of what is behind the alias `master`.
 */
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Answer, type Call, type Route, serve } from '../http.ts';
import { accessRoutes } from './access-routes.ts';
import { contentRoutes } from './content-routes.ts';
import { environmentRoutes } from './environment-routes.ts';
import { accessDenied, contentfulError, notFound } from './errors.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import type { ContentfulWorld } from './route.ts';
import { createSpaceEditor, type SpaceEditor } from './space-editor.ts';
import type { Editor, Space } from './world.ts';

export { contentfulFaults } from './errors.ts';

export interface Contentful {
  /** What the SDK takes as its address. */
  readonly baseUrl: string;
  /** The management token that is accepted. */
  readonly token: string;
  /** Whose token it is. */
  readonly viewer: Editor;
  readonly faults: Faults;
  readonly rateLimit: RateLimit;
  /** Permissions the token lacks: `Environments`, `EnvironmentAliases`, `Settings`, `ManageContent`. */
  readonly denied: Set<string>;
  /** How long a clone takes, in milliseconds of the cloud's clock. */
  cloneMs: number;
  /** How much later than it calls itself ready a clone can be read. */
  settleMs: number;
  /** How many environments the plan allows in a space. */
  environmentLimit: number;
  /** Mutations that took effect, by the name of their call (`PUT environment_alias`). */
  readonly mutations: Readonly<Record<string, number>>;
  /** Every request, oldest first. */
  readonly requests: readonly Exchange[];
  /** Adds a space whose alias `master` stands for an empty environment. */
  addSpace(id: string, environment?: string): SpaceEditor;
  /** The first space, or the one named, as people work in it. Throws when there is none. */
  space(id?: string): SpaceEditor;
  readonly close: () => Promise<void>;
}

/** Serves a Contentful with no spaces in it; every request is written to `log`. */
export async function createContentful(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
  readonly port?: number | undefined;
}): Promise<Contentful> {
  const { agenda } = o;
  const token = 'CFPAT-sandbox-management-token';
  const viewer: Editor = { id: 'user-backstop', firstName: 'Backstop', lastName: 'Bot' };
  const denied = new Set<string>();
  const spaces: Space[] = [];
  const rateLimit = createRateLimit();

  const world: ContentfulWorld = {
    spaces,
    agenda,
    viewer,
    cloneMs: () => contentful.cloneMs,
    settleMs: () => contentful.settleMs,
    environmentLimit: () => contentful.environmentLimit,
  };
  const routes: readonly Route[] = [
    ...accessRoutes(world),
    ...environmentRoutes(world),
    ...contentRoutes(world),
  ];
  const faults = createFaults([...new Set(routes.map((route) => route.call))]);
  const service = await serve({
    name: 'contentful',
    routes,
    faults,
    agenda,
    log: o.log,
    port: o.port,
    guard: (call) =>
      rateLimit.take() ?? refuseCaller(call, token) ?? refusePermission(call, denied),
    headers: (call) => ({
      'content-type': 'application/vnd.contentful.management.v1+json',
      'x-contentful-request-id': call.exchange.id,
      ...rateLimit.headers(),
    }),
    notFound,
  });

  function requests(): readonly Exchange[] {
    agenda.settle();
    return o.log.filter((one) => one.service === 'contentful');
  }

  const contentful: Contentful = {
    baseUrl: service.url,
    token,
    viewer,
    faults,
    rateLimit,
    denied,
    cloneMs: 60_000,
    settleMs: 0,
    environmentLimit: Number.POSITIVE_INFINITY,
    get mutations() {
      const counts: Record<string, number> = {};
      for (const { applied, call } of requests()) {
        if (applied) counts[call] = (counts[call] ?? 0) + 1;
      }
      return counts;
    },
    get requests() {
      return requests();
    },
    addSpace(id, environment = 'release-1') {
      const space: Space = {
        id,
        name: id,
        environments: new Map(),
        aliases: new Map([['master', { id: 'master', target: environment, version: 1 }]]),
        roles: new Map(),
        users: [viewer],
      };
      spaces.push(space);
      const editor = createSpaceEditor(space, agenda);
      editor.addEnvironment(environment);
      return editor;
    },
    space(id) {
      const space = spaces.find((one) => id === undefined || one.id === id);
      if (!space) throw new Error(`The simulated Contentful has no space ${id ?? 'yet'}.`);
      return createSpaceEditor(space, agenda);
    },
    close: service.close,
  };
  return contentful;
}

function refuseCaller(call: Call, token: string): Answer | undefined {
  if (call.headers.authorization === `Bearer ${token}`) return undefined;
  const text = 'The access token you sent could not be found or is invalid.';
  return contentfulError(401, 'AccessTokenInvalid', text);
}

function refusePermission(call: Call, denied: ReadonlySet<string>): Answer | undefined {
  if (call.needs === undefined || !denied.has(call.needs)) return undefined;
  return accessDenied(`Missing permission ${call.needs}.`);
}
