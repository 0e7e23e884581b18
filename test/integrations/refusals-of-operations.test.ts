/** What is said when the other operations are refused: restarts, scaling, traffic, the phases of a swap, workflows, an App's login, freezes, content. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { OutsideError } from '../../src/errors.ts';
import { componentKinds } from '../../src/integrations/index.ts';
import { azureFaults, warmUpFailure } from '../../src/sandbox/cloud/index.ts';
import { openMitigationBench, openStopBench } from './aws-bench.ts';
import {
  openAzureBench,
  openCancelBench,
  openPrepareBench,
  openRestartBench,
  openScaleBench,
} from './azure-bench.ts';
import {
  openAppBench,
  openAppRestartBench,
  openAppScaleBench,
  openAppTrafficBench,
} from './azure-container-apps-bench.ts';
import { openGroupRestartBench } from './azure-container-instances-bench.ts';
import { openServerBench } from './azure-postgresql-bench.ts';
import { openContentfulBench, PLAYS, RESUME } from './contentful-bench.ts';
import type { Bench } from './contract.ts';
import {
  type GitHubBench,
  openGitHubBench,
  openHotfixPullBench,
  openLockBench,
  openRerunBench,
  openRevertBench,
} from './github-bench.ts';
import { openDispatchBench } from './github-workflow-bench.ts';
import { type GuardBench, openGuardBench, openInterruptedBench } from './job-guard-bench.ts';
import { SYSTEMS } from './refusals.ts';
import {
  amazon,
  arm,
  azure,
  contentful,
  github,
  githubSays,
  type System,
  status,
  system,
  tellRefusals,
} from './refusing.ts';

const never = new AbortController().signal;

type Opened = Bench & Pick<WebBench, 'cloud'>;
type WebBench = Awaited<ReturnType<typeof openRestartBench>>;
interface WebApp extends Pick<System<WebBench>, 'endsBadly'> {
  readonly name: string;
  readonly open: () => Promise<WebBench>;
  readonly action: string;
}

const webApp = ({ open, ...one }: WebApp): System<Bench> =>
  system<Opened>({
    open,
    ...(one.endsBadly ? { endsBadly: one.endsBadly } : {}),
    name: `Azure App Service, ${one.name}`,
    resource: 'web app acme-checkout',
    refusals: azure({
      action: `Microsoft.Web/${one.action}`,
      on: 'the web app and its slots',
      what: 'Microsoft.Web/sites/acme-checkout',
      check: /Check `subscriptionId`, `resourceGroup`, `app` and `slot`/,
      busy: azureFaults.busy(),
      busyCode: '409 Conflict',
    }),
  });

type AppBench = Bench & Pick<Awaited<ReturnType<typeof openAppRestartBench>>, 'cloud'>;
const containerApp = (one: {
  readonly name: string;
  readonly open: () => Promise<AppBench>;
  readonly action: string;
  readonly endsBadly?: System<AppBench>['endsBadly'];
}): System<Bench> =>
  system<AppBench>({
    open: one.open,
    ...(one.endsBadly ? { endsBadly: one.endsBadly } : {}),
    name: `Azure Container Apps, ${one.name}`,
    resource: 'container app acme-worker',
    refusals: azure({
      action: `Microsoft.App/containerApps/${one.action}`,
      on: 'the container app',
      what: 'Microsoft.App/containerApps/acme-worker',
      check: /Check `subscriptionId`, `resourceGroup` and `app`/,
      busy: arm(
        409,
        'ContainerAppOperationInProgress',
        "Cannot modify a container app 'acme-worker' because there is an operation in progress.",
      ),
      busyCode: '409 ContainerAppOperationInProgress',
    }),
  });
const crashes = {
  fault: { kind: 'operation', failsWith: 'Container crashing: worker' },
  tells: /Container crashing: worker|did not start/,
} as const;

async function openCompleteBench(): Promise<WebBench> {
  const bench = await openAzureBench();
  bench.cloud.azure.prepareSwap('staging');
  return { ...bench, operation: 'complete-swap' };
}

async function openForceBench(): Promise<GitHubBench> {
  const bench = await openGitHubBench();
  const [first = '', , third = ''] = bench.commits.map(({ sha }) => sha);
  return {
    ...bench,
    operation: 'force-branch',
    input: { commit: first, from: third },
    mutation: 'PATCH git/refs',
    interfere: () => void bench.commit('Pushed meanwhile'),
  };
}

/** What the app's own endpoint refuses. */
function jobs(name: string, open: () => Promise<GuardBench>): System<Bench> {
  const answers = (code: number, error: string) => status(code, { error });
  return system<GuardBench>({
    name: `Job guard, ${name}`,
    open,
    resource: '/internal/jobs',
    refusals: [
      {
        when: 'the credentials are wrong',
        fault: answers(401, 'unauthorized'),
        kind: 'credentials',
        code: '401',
        next: /Check `endpoint\.token` in backstop\.yaml/,
      },
      {
        when: 'a permission is missing',
        fault: answers(403, 'forbidden'),
        kind: 'permission',
        code: '403',
        next: /who may use the endpoint/,
      },
      {
        when: 'the resource is gone',
        fault: answers(404, 'not found'),
        kind: 'not-found',
        code: '404',
        next: /Check `endpoint\.url` in backstop\.yaml/,
      },
      {
        when: 'somebody else is at it',
        fault: answers(409, 'The queue is paused by ana.'),
        kind: 'rejected',
        code: '409',
        next: /paused by ana.*nothing was changed/s,
      },
      {
        when: 'it is asked too often',
        fault: {
          kind: 'status',
          status: 429,
          body: { error: 'slow down' },
          headers: { 'retry-after': '30' },
        },
        kind: 'throttled',
        code: '429',
        next: /Wait 30 seconds, then try again/,
      },
    ],
  });
}

const OPERATIONS: readonly System<Bench>[] = [
  jobs('draining', openGuardBench),
  jobs('resuming', openInterruptedBench),
  webApp({ name: 'restart', open: openRestartBench, action: 'sites/restart/action' }),
  webApp({ name: 'scale', open: openScaleBench, action: 'serverfarms/write' }),
  webApp({
    name: 'prepare for a swap with preview',
    open: openPrepareBench,
    action: 'sites/slots/applySlotConfig/action',
  }),
  webApp({
    name: 'cancel a swap with preview',
    open: openCancelBench,
    action: 'sites/slots/resetSlotConfig/action',
  }),
  webApp({
    name: 'complete a swap with preview',
    open: openCompleteBench,
    action: 'sites/slots/slotsswap/action',
    endsBadly: {
      fault: azureFaults.swapFails(warmUpFailure('acme-checkout', 'staging')),
      tells: /could not be started.*does not start.*web app acme-checkout was not changed/,
    },
  }),
  system({
    name: 'Azure Container Instances, restart',
    open: openGroupRestartBench,
    resource: 'container group acme-worker',
    refusals: azure({
      action: 'Microsoft.ContainerInstance/containerGroups/restart/action',
      on: 'the container group',
      what: 'Microsoft.ContainerInstance/containerGroups/acme-worker',
      check: /Check `subscriptionId`, `resourceGroup` and `group`/,
      busy: arm(
        409,
        'ContainerGroupTransitioning',
        "The container group 'acme-worker' is still transitioning, please retry later.",
      ),
      busyCode: '409 ContainerGroupTransitioning',
    }),
    endsBadly: {
      fault: { kind: 'operation', failsWith: 'Failed to pull image: not found' },
      tells: /Failed to pull image/,
    },
  }),
  containerApp({
    name: 'restart',
    open: openAppRestartBench,
    action: 'revisions/restart/action',
  }),
  containerApp({
    name: 'activate a revision',
    open: () => openAppBench('Single', false),
    action: 'revisions/activate/action',
  }),
  containerApp({
    name: 'traffic',
    open: openAppTrafficBench,
    action: 'write',
    endsBadly: crashes,
  }),
  containerApp({ name: 'scale', open: openAppScaleBench, action: 'write', endsBadly: crashes }),
  system({
    name: 'Azure Database for PostgreSQL, restore',
    open: () =>
      openServerBench('restore-to-new-server', {
        pointInTime: '2026-03-04T06:00:00.000Z',
        server: 'acme-db-20260304t060000',
      }),
    resource: 'server acme-db',
    refusals: azure({
      action: 'Microsoft.DBforPostgreSQL/flexibleServers/write',
      on: 'the resource group of the server',
      what: 'Microsoft.DBforPostgreSQL/flexibleServers/acme-db',
      check: /Check `subscriptionId`, `resourceGroup` and `server`/,
      busy: arm(
        409,
        'ServerIsBusy',
        "Server 'acme-db' is busy with other operations. Please try later",
      ),
      busyCode: '409 ServerIsBusy',
    }),
    endsBadly: {
      fault: { kind: 'operation', failsWith: 'The point in time is no longer kept.' },
      tells: /The point in time is no longer kept/,
    },
  }),
  ...(
    [
      ['clone', PLAYS.clone, 'Environments'],
      ['delete a clone', PLAYS.deletion, 'Environments'],
      ['pause editors', PLAYS.pause, 'Settings'],
      ['give editors back', RESUME, 'Settings'],
      ['put entries back', PLAYS.unpublish, 'ManageContent'],
    ] as const
  ).map(([name, play, permission]) =>
    contentful({ name, open: () => openContentfulBench(play), permission }),
  ),
  ...(['token', 'app'] as const).map((as) =>
    github({
      name: `run a workflow, as ${as}`,
      open: () => openDispatchBench({ as }),
      permission: 'actions=write',
      ...(as === 'app' ? { as } : {}),
      more: [
        {
          when: 'the workflow is switched off',
          fault: githubSays(422, 'Cannot trigger a "workflow_dispatch" on a disabled workflow'),
          kind: 'rejected',
          code: '422',
          next: /disabled workflow.*Nothing was changed|disabled workflow.*Actions/,
        },
      ],
    }),
  ),
  github({
    name: 'a hotfix branch, as app',
    open: () => openGitHubBench('app'),
    permission: 'contents=write',
    as: 'app',
  }),
  github({
    name: 'pull request of a hotfix',
    open: openHotfixPullBench,
    permission: 'pull_requests=write',
  }),
  github({ name: 'run again', open: openRerunBench, permission: 'actions=write' }),
  github({
    name: 'branch of a revert',
    open: () => openRevertBench('create-revert-branch'),
    permission: 'contents=write',
  }),
  github({
    name: 'pull request of a revert',
    open: () => openRevertBench('open-revert-pull'),
    permission: 'pull_requests=write',
  }),
  github({
    name: 'merge of a revert',
    open: () => openRevertBench('revert-merge'),
    permission: 'contents=write',
  }),
  github({
    name: 'lock a branch',
    open: () => openLockBench('lock-branch'),
    permission: 'administration=write',
  }),
  github({
    name: 'unlock a branch',
    open: () => openLockBench('unlock-branch'),
    permission: 'administration=write',
  }),
  github({ name: 'move a branch by force', open: openForceBench, permission: 'contents=write' }),
  amazon({
    name: 'ECS, restart',
    open: () => openMitigationBench('restart'),
    resource: 'ECS service shop/web',
    action: 'ecs:UpdateService',
    gone: 'ServiceNotFoundException',
  }),
  amazon({
    name: 'ECS, scale',
    open: () => openMitigationBench('scale', '+2'),
    resource: 'ECS service shop/web',
    action: 'ecs:UpdateService',
    gone: 'ServiceNotFoundException',
  }),
  amazon({
    name: 'CodeDeploy, stop',
    open: () => openStopBench(),
    resource: 'deployment group shop/production',
    action: 'codedeploy:StopDeployment',
    gone: 'DeploymentDoesNotExistException',
  }),
];

tellRefusals(OPERATIONS);

/** They ask nothing of the system that it could refuse to change. */
const ASK_NOTHING = new Set([
  // Reads the space and writes a file: `contentful-export.test.ts`.
  'contentful-environment export-entries',
  // A person does it, or a command of the team's own: `azure-postgresql-switch-over.test.ts`.
  'azure-postgresql switch-over',
]);

/** What any system can answer to any change. */
const ALWAYS = ['credentials', 'permission', 'not-found', 'throttled'] as const;

test('no operation of Azure, AWS, Contentful, GitHub and the job guard is without its rows', async () => {
  const told = new Set<string>();
  const untold: string[] = [];
  const offered = new Map<string, ReadonlySet<string>>();
  for (const { open, refusals } of [...SYSTEMS, ...OPERATIONS]) {
    const benches = [open, ...refusals.flatMap((one) => one.open ?? [])];
    for (const make of new Set(benches)) {
      const bench = await make();
      const { kind, operations } = bench.component;
      told.add(`${kind} ${bench.operation}`);
      const kinds = refusals.filter((one) => (one.open ?? open) === make).map((one) => one.kind);
      if (make !== open) kinds.push(...refusals.map((one) => one.kind));
      const missing = ALWAYS.filter((one) => !kinds.includes(one));
      untold.push(...missing.map((one) => `${kind} ${bench.operation}: ${one}`));
      const known = offered.get(kind) ?? [];
      offered.set(kind, new Set([...known, ...Object.keys(operations)]));
      await bench.close();
    }
  }

  const kinds = Object.entries(componentKinds).flatMap(([kind, { connection = kind }]) =>
    ['azure', 'aws', 'contentful', 'github', 'job-guard'].includes(connection) ? [kind] : [],
  );
  expect([...offered.keys()].sort()).toEqual(kinds.sort());
  const all = [...offered].flatMap(([kind, names]) => [...names].map((name) => `${kind} ${name}`));
  expect(all.filter((one) => !told.has(one) && !ASK_NOTHING.has(one))).toEqual([]);
  expect(untold).toEqual([]);
}, 60_000);

/** An app has to log in before it is refused anything: what is wrong with it is said at the first look. */
describe('GitHub, login as an App', () => {
  type App = GitHubBench['cloud']['github']['app'];
  test.each<[string, (app: App) => void, RegExp]>([
    [
      'is suspended',
      (app) => {
        app.isSuspended = true;
      },
      /repository acme\/checkout.*403.*suspended.*unsuspend installation 48210077/s,
    ],
    [
      'is not installed on the repository',
      (app) => {
        app.installedOn = new Set(['other']);
      },
      /repository acme\/checkout.*422.*Install app 712345 on acme\/checkout/s,
    ],
  ])('when it %s', async (_when, make, message) => {
    const bench = await openDispatchBench({ as: 'app' });
    onTestFinished(() => bench.close());
    make(bench.cloud.github.app);
    const operation = bench.again().operations[bench.operation];

    const error = await operation?.observe(bench.input, never).catch((e: unknown) => e);

    if (!(error instanceof OutsideError)) throw new Error(`It gave ${String(error)}`);
    expect(error.message).toMatch(message);
    for (const secret of bench.secrets) expect(error.message).not.toContain(secret);
  });
});
