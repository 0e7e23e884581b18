/** The roles and policies in `docs/permissions` are enough, and hold nothing that is not asked for. */
import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Cloud } from '../../src/sandbox/cloud/index.ts';
import { openCodeDeployBench, openEcsBench, openStopBench } from './aws-bench.ts';
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
import { openGroupBench, openGroupRestartBench } from './azure-container-instances-bench.ts';
import { openServerBench } from './azure-postgresql-bench.ts';
import type { Bench } from './contract.ts';
import {
  openGitHubBench,
  openHotfixPullBench,
  openLockBench,
  openRerunBench,
  openRevertBench,
} from './github-bench.ts';
import { openDispatchBench } from './github-workflow-bench.ts';

const never = new AbortController().signal;

interface Opened extends Bench {
  readonly cloud: Cloud;
}

interface Case {
  readonly kind: string;
  readonly open: readonly (() => Promise<Opened>)[];
  /** In the document though no flow here asks for it, with the reason. */
  readonly also?: Readonly<Record<string, string>>;
}

const RESTORE = { pointInTime: '2026-03-04T06:00:00.000Z', server: 'acme-db-20260304t060000' };
const POLLED =
  'the address of an operation, which Azure asks for where it is not readable with the resource';

const CASES: readonly Case[] = [
  {
    kind: 'azure-app-service',
    open: [openAzureBench, openRestartBench, openScaleBench, openPrepareBench, openCancelBench],
    also: {
      'Microsoft.Web/sites/slotsswap/action':
        'Azure asks for it on production, the target of the swap',
      'Microsoft.Web/sites/slotsdiffs/action': 'likewise',
      'Microsoft.Web/sites/slots/operationresults/read': POLLED,
      'Microsoft.Web/sites/slots/operations/read': POLLED,
    },
  },
  {
    kind: 'azure-container-instances',
    open: [openGroupBench, openGroupRestartBench],
    also: { 'Microsoft.Resources/deployments/read': 'with the setting `deploymentParameter`' },
  },
  {
    kind: 'azure-container-apps',
    open: [
      () => openAppBench('Single', false),
      () => openAppBench('Multiple', true),
      openAppRestartBench,
      openAppScaleBench,
      openAppTrafficBench,
    ],
  },
  {
    kind: 'azure-postgresql',
    open: [
      () => openServerBench('take-backup', { backup: 'backstop-2-4-0' }),
      () => openServerBench('restore-to-new-server', RESTORE),
    ],
  },
  {
    kind: 'aws-codedeploy',
    open: [openCodeDeployBench, openStopBench],
    also: {
      'codedeploy:GetDeploymentConfig': 'AWS asks for it with CreateDeployment',
      'codedeploy:RegisterApplicationRevision': 'AWS asks for it with CreateDeployment',
    },
  },
  {
    kind: 'aws-ecs',
    open: [openEcsBench],
    also: { 'iam:PassRole': 'AWS asks for it with UpdateService where the tasks have roles' },
  },
];

describe.each(CASES)('$kind', ({ kind, open, also = {} }) => {
  const granted = actionsOf(kind);

  test('can be carried out with the permissions in docs/permissions, and no others', async () => {
    const asked = new Set<string>();
    for (const one of open) {
      const bench = await one();
      onTestFinished(() => bench.close());
      for (const denied of [bench.cloud.azure.denied, bench.cloud.aws.denied]) {
        denied.has = (action) => {
          asked.add(action);
          return !granted.includes(action);
        };
      }
      await carryOut(bench);
    }

    expect([...granted].sort()).toEqual([...new Set([...asked, ...Object.keys(also)])].sort());
  });

  test('the README leads to them', () => {
    const readme = new URL(`../../src/integrations/${kind}/README.md`, import.meta.url);
    expect(readFileSync(readme, 'utf8')).toContain(`docs/permissions/${kind}.json`);
  });
});

describe('github-app', () => {
  const GITHUB: readonly (() => Promise<Opened>)[] = [
    openGitHubBench,
    openHotfixPullBench,
    openRerunBench,
    () => openRevertBench('create-revert-branch'),
    () => openRevertBench('open-revert-pull'),
    () => openRevertBench('revert-merge'),
    () => openLockBench('lock-branch'),
    () => openLockBench('unlock-branch'),
    openDispatchBench,
  ];

  test('grants what the operations on GitHub ask for, and no more', async () => {
    const asked = new Map<string, string>();
    for (const open of GITHUB) {
      const bench = await open();
      onTestFinished(() => bench.close());
      bench.cloud.github.denied.has = (need) => {
        const [permission = '', level = ''] = need.split('=');
        if (asked.get(permission) !== 'write') asked.set(permission, level);
        return false;
      };
      await carryOut(bench);
    }

    const { default_permissions: granted } = JSON.parse(readFileSync(fileOf('github-app'), 'utf8'));
    // Post-mortems and follow-ups as issues are no operations: `github-issue.test.ts`.
    expect(granted).toEqual({ ...Object.fromEntries(asked), issues: 'write' });
  });
});

/** Everything a rollback does, and the doctor. */
async function carryOut(bench: Bench): Promise<void> {
  const { component, input } = bench;
  const operation = component.operations[bench.operation];
  if (!operation) throw new Error(`no ${bench.operation}`);
  expect((await component.doctor(never)).filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  await component.versions?.live(never);
  await component.versions?.history(never);
  await component.restorePoints?.list(never);
  await operation.describe(input, never);
  const checks = await operation.preflight(input, never);
  expect(checks.filter(({ blocking, verdict }) => blocking && verdict !== 'pass')).toEqual([]);
  const { fingerprint: before, expected } = await operation.observe(input, never);
  const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };
  const handle = await operation.submit(input, intent, never);
  expect((await operation.poll(handle, never)).state).toBe(
    bench.takesTime ? 'running' : 'succeeded',
  );
  await operation.recover(input, intent, undefined, never);
  bench.finish();
  expect(await operation.poll(handle, never)).toEqual({ state: 'succeeded' });
}

function actionsOf(kind: string): readonly string[] {
  const { Actions = [], Statement = [] } = JSON.parse(readFileSync(fileOf(kind), 'utf8')) as {
    Actions?: string[];
    Statement?: { Action: string[] }[];
  };
  return [...Actions, ...Statement.flatMap(({ Action }) => Action)];
}

function fileOf(kind: string): URL {
  return new URL(`../../docs/permissions/${kind}.json`, import.meta.url);
}
