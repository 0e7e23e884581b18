import type { TrafficWeight } from '@azure/arm-appcontainers';
import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Change, Check, Handle, Json, Operation } from '../../operation.ts';
import {
  handleOf,
  progressOf,
  recoveryOf,
  type Seen,
  submitTimeoutMs,
} from '../azure/by-looking.ts';
import { requestIdOf } from '../azure/request-id.ts';
import { fail, pass } from '../checks.ts';
import type { Arm } from './client.ts';
import { type App, readApp, type Traffic, usesTraffic } from './revisions.ts';
import { hindrance } from './versions.ts';

export const SET_TRAFFIC = 'set-traffic';

const LIMIT_MS = 20 * 60_000;

/** Where a share goes: to a revision, or (null) to whichever is the newest. */
const Rule = z.strictObject({
  revision: z.string().min(1).nullable(),
  weight: z.number().int().min(0).max(100),
  label: z.string().min(1).nullable(),
});
export type Rule = z.infer<typeof Rule>;

/** How the traffic is to be shared, and how it was shared when that was planned, which is the way back. */
const Input = z.strictObject({ to: z.array(Rule).min(1), from: z.array(Rule) });
type Input = z.infer<typeof Input>;

/** How the app shares its traffic now. */
export function rulesOf(app: App): readonly Rule[] {
  return (app.traffic ?? []).map(({ revision, weight, label, followsLatest }: Traffic) => ({
    revision: followsLatest ? null : revision,
    weight,
    label: label ?? null,
  }));
}

/** Shares the traffic among active revisions, by one request. Labels stay at their revisions. */
export function createSetTraffic(arm: Arm): Operation {
  const { calls, client, settings } = arm;
  const { resourceGroup, app: name } = settings;
  const quietMs = settings.quietSeconds * 1000;

  async function look(input: Json, signal: AbortSignal): Promise<Seen> {
    const { to } = trafficInput(input);
    const app = await readApp(arm, signal);
    const shown = words(rulesOf(app));
    return {
      fingerprint: fingerprint(rulesOf(app)),
      expected: fingerprint(to),
      moving: app.isMoving,
      note: app.isMoving ? `${shown}, with Azure changing it` : shown,
    };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs,
    limitMs: LIMIT_MS,
    usualMs: 30_000,
    pollMs: settings.pollSeconds * 1000,
    title: (input) => `Share the traffic of ${name}: ${words(trafficInput(input).to)}`,
    observe: look,

    async describe(input, signal): Promise<readonly Change[]> {
      const { to } = trafficInput(input);
      const now = rulesOf(await readApp(arm, signal));
      const follows = (rules: readonly Rule[]): boolean =>
        rules.some(({ revision, weight }) => revision === null && weight > 0);
      return [
        { what: `traffic of ${name}`, from: words(now), to: words(to) },
        ...(follows(now) && !follows(to)
          ? [
              {
                what: `traffic after the next deployment of ${name}`,
                from: 'the newest revision',
                to: 'as set here, until somebody changes it',
              },
            ]
          : []),
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      return checksOf(await readApp(arm, signal), trafficInput(input), name);
    },

    async submit(input, intent, signal): Promise<Handle> {
      const { to } = trafficInput(input);
      const { location } = await readApp(arm, signal);
      const traffic: TrafficWeight[] = to.map(({ revision, weight, label }) => ({
        ...(revision === null ? { latestRevision: true } : { revisionName: revision }),
        weight,
        ...(label === null ? {} : { label }),
      }));
      const answer = await calls.change(
        'share the traffic',
        (o) =>
          client.containerApps.beginUpdate(
            resourceGroup,
            name,
            { location, configuration: { ingress: { traffic } } },
            o,
          ),
        { requestId: requestIdOf(intent.key), timeoutMs: submitTimeoutMs(quietMs), signal },
      );
      return handleOf(answer, input, intent);
    },

    poll: (handle, signal) => progressOf(calls, handle, look, signal),

    async recover(input, intent, handle, signal) {
      return recoveryOf(calls, await look(input, signal), intent, handle, signal);
    },

    undo(input) {
      const { to, from } = trafficInput(input);
      return { operation: SET_TRAFFIC, input: { to: from, from: to } };
    },

    manual: (input) => manual(arm, trafficInput(input)),
  };
}

function trafficInput(input: Json): Input {
  const parsed = Input.safeParse(input);
  if (parsed.success) return parsed.data;
  const text = 'Sharing the traffic needs `to` and `from`, each a list of `revision` and `weight`.';
  throw new Refusal('invalid-input', text);
}

/** The same for the same shares, in whatever order Azure lists them. */
function fingerprint(rules: readonly Rule[]): string {
  return rules
    .map(
      ({ revision, weight, label }) =>
        `${revision ?? 'newest'}=${weight}${label ? ` ${label}` : ''}`,
    )
    .sort()
    .join(', ');
}

/** `80% acme-web--v231, 20% acme-web--v240`. */
function words(rules: readonly Rule[]): string {
  const shares = rules
    .filter(({ weight }) => weight > 0)
    .map(({ revision, weight }) => `${weight}% ${revision ?? 'the newest revision'}`);
  return shares.join(', ') || 'no traffic';
}

function checksOf(app: App, { to, from }: Input, name: string): readonly Check[] {
  const now = fingerprint(rulesOf(app));
  const isAsPlanned = now === fingerprint(from) || now === fingerprint(to);
  const faults = to.flatMap(({ revision: wanted, weight }) => {
    if (wanted === null || weight === 0) return [];
    const revision = app.revisions.find((one) => one.name === wanted);
    if (!revision) return [`Azure does not have revision ${wanted} any more.`];
    return hindrance(app, revision) ?? [];
  });
  return [
    app.isMoving
      ? fail('Nothing else is under way', `Azure is changing ${name}; wait until it has ended.`)
      : pass('Nothing else is under way', `${name} is not being changed.`),
    isAsPlanned
      ? pass('The traffic is as it was planned for', `${words(rulesOf(app))}.`)
      : fail('The traffic is as it was planned for', `By now: ${words(rulesOf(app))}.`),
    !usesTraffic(app)
      ? fail('The revisions can take it', `${name} does not share traffic among revisions.`)
      : faults.length > 0
        ? fail('The revisions can take it', faults.join(' '))
        : pass('The revisions can take it', 'Each is active, with every secret it reads.'),
  ];
}

function manual({ settings, subscription }: Arm, { to, from }: Input): string {
  const where = `--subscription ${subscription} --resource-group ${settings.resourceGroup} --name ${settings.app}`;
  const shares = (rules: readonly Rule[]): string =>
    rules.map(({ revision, weight }) => `${revision ?? 'latest'}=${weight}`).join(' ');
  return [
    `Share the traffic of container app ${settings.app}: ${words(to)}.`,
    `1. See how it is shared: az containerapp ingress traffic show ${where} --output table`,
    `2. az containerapp ingress traffic set ${where} --revision-weight ${shares(to)}`,
    `3. Run the command of step 1 again. The way back: --revision-weight ${shares(from)}`,
  ].join('\n');
}
