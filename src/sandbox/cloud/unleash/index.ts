/**
 * Unleash's Admin API as far as flags are read and switched (docs.getunleash.io, Unleash 5 to 7): a feature of a project, its
 * environments, and `POST …/environments/{environment}/on` and `/off`. With change requests an account that may not skip them gets 403.
 */
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Answer, type Route, serve } from '../http.ts';

interface Feature {
  enabled: boolean;
  archived: boolean;
}

export interface Unleash {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly environment: string;
  readonly faults: Faults;
  readonly requests: readonly Exchange[];
  readonly features: ReadonlyMap<string, Feature>;
  changeRequests: boolean;
  readonly close: () => Promise<void>;
}

/** Serves the project `default` with an environment `production` and these features, all of them on. */
export async function createUnleash(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
  readonly features: readonly string[];
}): Promise<Unleash> {
  const token = 'user:sandbox-unleash-token';
  const environment = 'production';
  const features = new Map(
    o.features.map((name) => [name, { enabled: true, archived: false } as Feature]),
  );

  function shown(name: string, { enabled, archived }: Feature) {
    return {
      name,
      type: 'release',
      project: 'default',
      stale: false,
      archived,
      impressionData: false,
      environments: [
        { name: 'development', type: 'development', enabled: true, strategies: [] },
        {
          name: environment,
          type: 'production',
          enabled,
          strategies: [{ id: 's1', name: 'flexibleRollout', parameters: { rollout: '100' } }],
        },
      ],
    };
  }

  function set(enabled: boolean): Route['handle'] {
    return ({ params }) => {
      const feature = features.get(params['feature'] ?? '');
      if (!feature) return notFound();
      if (params['environment'] !== environment) return notFound();
      if (unleash.changeRequests) {
        return said(403, 'NoAccessError', 'Change requests are enabled in this environment.');
      }
      feature.enabled = enabled;
      return { status: 200 };
    };
  }

  const FEATURE = '/api/admin/projects/default/features/:feature';
  const routes: readonly Route[] = [
    {
      call: 'GET feature',
      path: FEATURE,
      handle: ({ params: { feature: name = '' } }) => {
        const feature = features.get(name);
        return feature ? { status: 200, body: shown(name, feature) } : notFound();
      },
    },
    {
      call: 'POST on',
      path: `${FEATURE}/environments/:environment/on`,
      mutates: 'now',
      handle: set(true),
    },
    {
      call: 'POST off',
      path: `${FEATURE}/environments/:environment/off`,
      mutates: 'now',
      handle: set(false),
    },
    {
      call: 'GET environments',
      path: '/api/admin/environments/project/default',
      handle: () => ({
        status: 200,
        body: {
          version: 1,
          environments: [
            {
              name: environment,
              type: 'production',
              enabled: true,
              protected: false,
              sortOrder: 1,
            },
          ],
        },
      }),
    },
  ];
  const faults = createFaults(routes.map(({ call }) => call));
  const service = await serve({
    name: 'unleash',
    routes,
    faults,
    agenda: o.agenda,
    log: o.log,
    guard: ({ headers }) =>
      headers.authorization === token
        ? undefined
        : said(401, 'AuthenticationRequired', 'You must log in to use Unleash.'),
    notFound,
  });
  const unleash: Unleash = {
    url: service.url,
    token,
    environment,
    faults,
    features,
    changeRequests: false,
    get requests() {
      return o.log.filter((one) => one.service === 'unleash');
    },
    close: service.close,
  };
  return unleash;
}

function said(status: number, name: string, message: string): Answer {
  return { status, body: { id: 'e0b1', name, message, details: [{ message }] } };
}

function notFound(): Answer {
  return said(404, 'NotFoundError', 'Could not find it');
}
