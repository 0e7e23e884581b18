/**
 * LaunchDarkly's REST API as far as flags are read and switched: `GET` and `PATCH /api/v2/flags/{project}/{flag}` with a
 * semantic patch, and `GET …/environments/{environment}` (apidocs.launchdarkly.com, API version 20240415). The token is sent
 * without `Bearer`. Each change adds one to the environment's `version`.
 */
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Answer, type Call, type Route, serve } from '../http.ts';

interface FlagState {
  on: boolean;
  archived: boolean;
  version: number;
  readonly created: number;
  lastModified: number;
}

export interface LaunchDarkly {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly project: string;
  readonly environment: string;
  readonly faults: Faults;
  readonly requests: readonly Exchange[];
  /** The flags of the environment, by their keys. */
  readonly flags: ReadonlyMap<string, FlagState>;
  /** True where the environment asks for approvals of its own: a change is then answered with 405. */
  approvals: boolean;
  readonly close: () => Promise<void>;
}

const SEMANTIC = 'application/json; domain-model=launchdarkly.semanticpatch';

/** Serves the project `shop` with an environment `production` and these flags, all of them on. */
export async function createLaunchDarkly(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
  readonly flags: readonly string[];
  readonly port?: number | undefined;
}): Promise<LaunchDarkly> {
  const token = 'api-sandbox-launchdarkly-token';
  const [project, environment] = ['shop', 'production'];
  const now = () => o.agenda.now();
  const flags = new Map(
    o.flags.map((key) => [
      key,
      { on: true, archived: false, version: 7, created: now(), lastModified: now() } as FlagState,
    ]),
  );

  function shown(key: string, flag: FlagState) {
    return {
      name: key,
      kind: 'boolean',
      key,
      _version: 1,
      creationDate: flag.created,
      temporary: false,
      tags: [],
      _links: { self: { href: `/api/v2/flags/${project}/${key}`, type: 'application/json' } },
      experiments: { baselineIdx: 0, items: [] },
      customProperties: {},
      archived: flag.archived,
      variations: [
        { _id: `${key}-0`, value: true, name: 'Available' },
        { _id: `${key}-1`, value: false },
      ],
      environments: {
        [environment]: {
          on: flag.on,
          archived: flag.archived,
          salt: 'c2FsdA==',
          sel: '45501b9314dc4641841af774cb038b96',
          lastModified: flag.lastModified,
          version: flag.version,
          offVariation: 1,
          fallthrough: { variation: 0 },
          _environmentName: 'Production',
          _site: { href: `/${project}/${environment}/features/${key}`, type: 'text/html' },
          trackEvents: false,
          trackEventsFallthrough: false,
        },
      },
    };
  }

  function patch(call: Call): Answer {
    const key = call.params['flag'] ?? '';
    const flag = flags.get(key);
    if (!flag) return notFound();
    if (launchDarkly.approvals) {
      return said(405, 'approval_required', 'Approval is required for this environment');
    }
    if (call.headers['content-type'] !== SEMANTIC) {
      return said(400, 'invalid_request', 'must be a semantic patch');
    }
    const { environmentKey, instructions } = (call.body ?? {}) as {
      environmentKey?: string;
      instructions?: readonly { kind: string }[];
    };
    const [instruction] = instructions ?? [];
    if (environmentKey !== environment || !instruction) {
      return said(400, 'invalid_request', 'environmentKey and instructions are required');
    }
    if (!['turnFlagOn', 'turnFlagOff'].includes(instruction.kind)) {
      return said(400, 'invalid_request', `unknown instruction ${instruction.kind}`);
    }
    const on = instruction.kind === 'turnFlagOn';
    if (flag.on !== on) Object.assign(flag, { on, version: flag.version + 1, lastModified: now() });
    return { status: 200, body: shown(key, flag) };
  }

  const FLAG = `/api/v2/flags/${project}/:flag`;
  const routes: readonly Route[] = [
    {
      call: 'GET flag',
      path: FLAG,
      handle: ({ params: { flag: key = '' } }) => {
        const flag = flags.get(key);
        return flag ? { status: 200, body: shown(key, flag) } : notFound();
      },
    },
    { call: 'PATCH flag', path: FLAG, mutates: 'now', handle: patch },
    {
      call: 'GET environment',
      path: `/api/v2/projects/${project}/environments/${environment}`,
      handle: () => ({
        status: 200,
        body: {
          _id: '64d2',
          key: environment,
          name: 'Production',
          color: 'f6b',
          apiKey: 'sdk-redacted',
          mobileKey: 'mob-redacted',
          defaultTtl: 0,
          secureMode: false,
          defaultTrackEvents: false,
          requireComments: false,
          confirmChanges: false,
          tags: [],
          critical: true,
          _links: {
            self: {
              href: `/api/v2/projects/${project}/environments/${environment}`,
              type: 'application/json',
            },
          },
          approvalSettings: {
            required: launchDarkly.approvals,
            bypassApprovalsForPendingChanges: false,
            minNumApprovals: 1,
            canReviewOwnRequest: false,
            canApplyDeclinedChanges: true,
            serviceKind: 'launchdarkly',
            serviceConfig: {},
            requiredApprovalTags: [],
          },
        },
      }),
    },
  ];
  const faults = createFaults(routes.map(({ call }) => call));
  const service = await serve({
    name: 'launchdarkly',
    routes,
    faults,
    agenda: o.agenda,
    log: o.log,
    port: o.port,
    guard: (call) =>
      call.headers.authorization === token
        ? undefined
        : said(401, 'unauthorized', 'Invalid access token'),
    notFound,
  });
  const launchDarkly: LaunchDarkly = {
    url: service.url,
    token,
    project,
    environment,
    faults,
    flags,
    approvals: false,
    get requests() {
      return o.log.filter((one) => one.service === 'launchdarkly');
    },
    close: service.close,
  };
  return launchDarkly;
}

function said(status: number, code: string, message: string): Answer {
  return { status, body: { code, message } };
}

function notFound(): Answer {
  return said(404, 'not_found', 'Invalid resource identifier');
}
