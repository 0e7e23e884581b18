import type { TrafficWeight } from '@azure/arm-appcontainers';
import type { Change, Check, Handle, Json, Observation, Operation } from '../../operation.ts';
import {
  createPatience,
  handleOf,
  progressOf,
  recoveryOf,
  type Seen,
  submitTimeoutMs,
} from '../azure/by-looking.ts';
import { isMoving } from '../azure/image.ts';
import { requestIdOf } from '../azure/request-id.ts';
import { fail, pass, warn } from '../checks.ts';
import type { Registries } from '../registry/index.ts';
import type { Arm } from './client.ts';
import { ACTIVATE_REVISION, type ActivateInput, activateInput } from './input.ts';
import { imagesCheck, registryCheck } from './revision-images.ts';
import { type App, inCharge, readApp, type Traffic, usesTraffic } from './revisions.ts';
import { hindrance } from './versions.ts';

const LIMIT_MS = 20 * 60_000;

/**
 * Puts an earlier revision in charge, by one request: in single revision mode it is activated, upon which Azure takes the
 * other one out; in multiple revision mode with ingress it is given all the traffic.
 */
export function createActivateRevision(arm: Arm, registries: Registries): Operation {
  const { calls, client, settings } = arm;
  const { resourceGroup, app: name } = settings;
  const quietMs = settings.quietSeconds * 1000;
  const times = {
    limitMs: LIMIT_MS,
    usualMs: settings.startupSeconds * 1000,
    pollMs: settings.pollSeconds * 1000,
  };
  const patience = createPatience(times);

  async function look(input: Json, signal: AbortSignal): Promise<Seen> {
    const { revision } = activateInput(input);
    return seenOf(await readApp(arm, signal), revision);
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs,
    ...times,
    title: (input) => `Put revision ${activateInput(input).revision} in charge`,

    async describe(input, signal): Promise<readonly Change[]> {
      const { revision } = activateInput(input);
      const app = await readApp(arm, signal);
      const labelOf = (id: string) => {
        const label = app.revisions.find((one) => one.name === id)?.label;
        return label === undefined ? id : `${label} (${id})`;
      };
      const from = inCharge(app).map(labelOf).join(', ') || 'none';
      const what = usesTraffic(app) ? `traffic of ${name}` : `active revision of ${name}`;
      const latest = (app.traffic ?? []).some((one) => one.followsLatest && one.weight > 0);
      return [
        { what, from, to: labelOf(revision) },
        ...(latest && usesTraffic(app)
          ? [
              {
                what: `traffic after the next deployment of ${name}`,
                from: 'the newest revision',
                to: `still ${revision}, until somebody moves it`,
              },
            ]
          : []),
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const app = await readApp(arm, signal);
      const wanted = activateInput(input);
      return [
        ...checksOf(app, wanted, name),
        ...(await imagesCheck(registries, app, wanted, signal)),
      ];
    },

    async observe(input, signal): Promise<Observation> {
      const { broken: _broken, notUp: _notUp, ...seen } = await look(input, signal);
      return seen;
    },

    async submit(input, intent, signal): Promise<Handle> {
      const { revision } = activateInput(input);
      const app = await readApp(arm, signal);
      const { location, traffic } = app;
      const answer = await calls.change(
        usesTraffic(app) ? 'move the traffic' : 'activate the revision',
        (o) =>
          usesTraffic(app)
            ? client.containerApps.beginUpdate(
                resourceGroup,
                name,
                { location, ...trafficTo(revision, traffic ?? []) },
                o,
              )
            : client.containerAppsRevisions.activateRevision(resourceGroup, name, revision, o),
        { requestId: requestIdOf(intent.key), timeoutMs: submitTimeoutMs(quietMs), signal },
      );
      return handleOf(answer, input, intent);
    },

    poll: (handle, signal) => progressOf(calls, handle, look, signal, patience),

    async recover(input, intent, handle, signal) {
      const seen = patience(await look(input, signal), intent.key);
      return recoveryOf(calls, seen, intent, handle, signal);
    },

    undo(input) {
      const { revision, replaces } = activateInput(input);
      return { operation: ACTIVATE_REVISION, input: { revision: replaces, replaces: revision } };
    },

    manual: (input) => manual(arm, activateInput(input)),
  };
}

/** All traffic to one revision by its name; labels stay where they are, also where a revision has several. */
function trafficTo(revision: string, traffic: readonly Traffic[]) {
  const labelled = traffic.flatMap(({ revision: of, label }) =>
    label === undefined ? [] : [{ revisionName: of, label }],
  );
  const own = labelled.find((one) => one.revisionName === revision);
  const weights: TrafficWeight[] = [
    { ...(own ?? { revisionName: revision }), weight: 100 },
    ...labelled.filter((one) => one !== own).map((one) => ({ ...one, weight: 0 })),
  ];
  return { configuration: { ingress: { traffic: weights } } };
}

function seenOf(app: App, wanted: string): Seen {
  const names = inCharge(app);
  const what = usesTraffic(app) ? 'traffic' : 'active';
  const fingerprint = (of: readonly string[]) => `${what}=${of.join(',') || 'none'}`;
  const revision = app.revisions.find((one) => one.name === wanted);
  // In single mode Azure starts the one before it takes the other out.
  const isHandingOver = app.mode === 'single' && names.length > 1 && names.includes(wanted);
  const isChosen = names.length === 1 && names[0] === wanted;
  const isMovingNow = app.isMoving || revision?.isMoving === true || isHandingOver;
  const isDown = isChosen && revision?.failure === undefined && revision?.isUp === false;
  // Some of its replicas run: whether that is enough, the probes say.
  const isDegraded = revision?.state === 'degraded';
  const labels = names.map((name) => app.revisions.find((one) => one.name === name)?.label ?? name);
  const note = `${labels.join(' and ') || 'no revision'} in charge`;
  return {
    fingerprint: fingerprint(names),
    expected: fingerprint([wanted]),
    moving: isMovingNow,
    note: isMovingNow
      ? `${note}, with Azure changing it`
      : isDown
        ? `${note}, and not up ${isDegraded ? 'as a whole' : 'yet'} (${revision.state})`
        : note,
    notUp: isDown ? (isDegraded ? 'unsound' : 'starting') : undefined,
    broken:
      isChosen && !isMovingNow && revision?.failure !== undefined
        ? `Revision ${wanted} is in charge and does not run: ${revision.failure}.`
        : undefined,
  };
}

function checksOf(
  app: App,
  { revision: wanted, replaces }: ActivateInput,
  name: string,
): readonly Check[] {
  const revision = app.revisions.find((one) => one.name === wanted);
  const names = inCharge(app);
  const why = revision && hindrance(app, revision);
  return [
    app.isMoving
      ? fail('Nothing else is under way', `Azure is changing ${name}; wait until it has ended.`)
      : pass('Nothing else is under way', `${name} is not being changed.`),
    names.length === 1 && (names[0] === replaces || names[0] === wanted)
      ? pass('The app runs what was planned for', `${names[0]} is in charge.`)
      : fail('The app runs what was planned for', `In charge now: ${names.join(', ') || 'none'}.`),
    revision === undefined
      ? fail('The revision can take over', `Azure does not have revision ${wanted} any more.`)
      : why !== undefined
        ? fail('The revision can take over', why)
        : pass('The revision can take over', `${wanted} is kept, with every secret it reads.`),
    ...(revision && usesTraffic(app) && revision.isActive && !revision.isUp
      ? [warn('The revision is up', `Azure shows it as ${revision.state}: look at it first.`)]
      : []),
    ...registryCheck(app, revision, replaces),
    revision?.image !== undefined && isMoving(revision.image)
      ? warn(
          'The image is the one that ran',
          `${revision.image} names whatever was pushed last, also for this revision.`,
        )
      : pass('The image is the one that ran', 'The revision names its image by tag or digest.'),
  ];
}

function manual({ settings, subscription }: Arm, { revision, replaces }: ActivateInput): string {
  const where = `--subscription ${subscription} --resource-group ${settings.resourceGroup}`;
  return [
    `Put revision ${revision} of container app ${settings.app} in charge, in place of ${replaces}.`,
    `1. See what is in charge: az containerapp revision list ${where} --name ${settings.app} --query "[].{name:name,active:properties.active,traffic:properties.trafficWeight}" --output table`,
    `2. In single revision mode: az containerapp revision activate ${where} --name ${settings.app} --revision ${revision}`,
    `   Azure takes ${replaces} out by itself. Where both stay active: az containerapp revision deactivate ${where} --name ${settings.app} --revision ${replaces}`,
    `   In multiple revision mode: the same command if it is inactive, then az containerapp ingress traffic set ${where} --name ${settings.app} --revision-weight ${revision}=100`,
    `3. Run the command of step 1 again: ${revision} must be active and, in multiple revision mode, have all the traffic.`,
  ].join('\n');
}
