import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Mitigation } from '../../component.ts';
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
import { fail, pass, warn } from '../checks.ts';
import { INSTANCES_HINT, instancesWanted } from '../instances.ts';
import type { Arm } from './client.ts';
import type { Replicas } from './revision.ts';
import { type App, inCharge, liveRevision, readApp, usesTraffic } from './revisions.ts';
import { hindrance } from './versions.ts';

export const SCALE = 'scale';

const LIMIT_MS = 20 * 60_000;

const Bounds = z.strictObject({ min: z.int().min(0), max: z.int().min(1) });

/**
 * The revision in charge and its release, the end of the name of the revision that takes over from it, and how many
 * replicas there are to be and were.
 */
const Input = z.strictObject({
  revision: z.string().min(1),
  release: z.string().min(1),
  suffix: z.string().regex(/^[a-z][a-z0-9]{4,20}$/),
  to: Bounds,
  from: Bounds,
});
type Input = z.infer<typeof Input>;

/** How many replicas are always there: `/rollback do scale web 6`. The most there may be grows with it. */
export function scaleMitigation(arm: Arm): Mitigation {
  const { app: name, maxReplicas } = arm.settings;
  return {
    title: `Scale container app ${name}`,
    value: { about: INSTANCES_HINT },
    async call({ value, key }, signal) {
      const {
        name: revision,
        label: release,
        replicas,
      } = liveRevision(await readApp(arm, signal), arm);
      const min = instancesWanted(value, replicas.min, maxReplicas);
      const to = { min, max: Math.max(min, replicas.max) };
      const input: Input = { revision, release, suffix: suffixOf(key), to, from: { ...replicas } };
      return { operation: SCALE, input };
    },
  };
}

/**
 * Another number of replicas. It is a part of a revision, so that Azure makes a new one of it: of the release that is in
 * charge, and not of the app's own template, which after a rollback is that of the release rolled back from.
 */
export function createScale(arm: Arm): Operation {
  const { calls, client, settings } = arm;
  const { resourceGroup, app: name } = settings;
  const quietMs = settings.quietSeconds * 1000;

  async function look(input: Json, signal: AbortSignal): Promise<Seen> {
    return seenOf(await readApp(arm, signal), scaleInput(input), name);
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs,
    limitMs: LIMIT_MS,
    usualMs: settings.startupSeconds * 1000,
    pollMs: settings.pollSeconds * 1000,
    title: (input) => `Scale container app ${name} to ${words(scaleInput(input).to)}`,

    async observe(input, signal) {
      const { broken: _broken, ...seen } = await look(input, signal);
      return seen;
    },

    async describe(input, signal): Promise<readonly Change[]> {
      const { to, suffix, revision, release } = scaleInput(input);
      const { note } = await look(input, signal);
      return [
        { what: `replicas of ${name}`, from: note, to: words(to) },
        {
          what: `revision of ${release}`,
          from: revision,
          to: `${name}--${suffix}, with the same containers`,
        },
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      return checksOf(await readApp(arm, signal), scaleInput(input), name);
    },

    async submit(input, intent, signal): Promise<Handle> {
      const { revision, suffix, to } = scaleInput(input);
      const [{ location }, { template = {} }] = await Promise.all([
        readApp(arm, signal),
        calls.read(
          'read the revision in charge',
          (o) => client.containerAppsRevisions.getRevision(resourceGroup, name, revision, o),
          signal,
        ),
      ]);
      const answer = await calls.change(
        `scale it to ${words(to)}`,
        (o) =>
          client.containerApps.beginUpdate(
            resourceGroup,
            name,
            {
              location,
              // What a merge leaves out would be taken from the app's own template.
              template: {
                initContainers: [],
                volumes: [],
                serviceBinds: [],
                ...template,
                revisionSuffix: suffix,
                scale: { ...template.scale, minReplicas: to.min, maxReplicas: to.max },
              },
            },
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
      const { suffix, to, from, release } = scaleInput(input);
      const back: Input = {
        revision: `${name}--${suffix}`,
        release,
        suffix: suffixOf(suffix),
        to: from,
        from: to,
      };
      return { operation: SCALE, input: back };
    },

    manual: (input) => manual(arm, scaleInput(input)),
  };
}

function scaleInput(input: Json): Input {
  const parsed = Input.safeParse(input);
  if (parsed.success) return parsed.data;
  const text =
    'Scaling needs `revision`, `release`, `suffix`, and `min` and `max` in `to` and `from`.';
  throw new Refusal('invalid-input', text);
}

/** The end of a revision's name: no two plans share one. */
function suffixOf(key: string): string {
  return `x${createHash('sha256').update(key).digest('hex').slice(0, 10)}`;
}

function words({ min, max }: Replicas): string {
  return min === max ? `${min} replica${min === 1 ? '' : 's'}` : `${min} to ${max} replicas`;
}

function seenOf(app: App, { release, suffix, to }: Input, name: string): Seen {
  const charged = inCharge(app).flatMap((one) => app.revisions.filter((each) => each.name === one));
  const own = app.revisions.find((one) => one.name === `${name}--${suffix}`);
  const isHandingOver = app.mode === 'single' && charged.length > 1;
  const moving = app.isMoving || isHandingOver || charged.some((one) => one.isMoving);
  const said = charged.map(({ label, replicas }) => `${label}: ${words(replicas)}`);
  const note = said.join(' and ') || 'no revision in charge';
  return {
    fingerprint: note,
    expected: `${release}: ${words(to)}`,
    moving,
    note: moving ? `${note}, with Azure changing it` : note,
    broken:
      own?.failure !== undefined && !moving
        ? `Revision ${own.name} did not start: ${own.failure}. The one before it stays in charge.`
        : undefined,
  };
}

function checksOf(app: App, { revision: planned, suffix }: Input, name: string): readonly Check[] {
  const names = inCharge(app);
  const own = `${name}--${suffix}`;
  const revision = app.revisions.find((one) => one.name === planned);
  const why = revision && hindrance(app, revision);
  const follows = (app.traffic ?? []).some((one) => one.followsLatest && one.weight === 100);
  return [
    app.isMoving
      ? fail('Nothing else is under way', `Azure is changing ${name}; wait until it has ended.`)
      : pass('Nothing else is under way', `${name} is not being changed.`),
    names.length === 1 && (names[0] === planned || names[0] === own)
      ? pass('The app runs what was planned for', `${names[0]} is in charge.`)
      : fail('The app runs what was planned for', `In charge now: ${names.join(', ') || 'none'}.`),
    app.mode !== 'single' && !(usesTraffic(app) && follows)
      ? fail(
          'The new revision takes over',
          `${name} keeps several revisions, and its traffic does not follow the newest: add replicas by deploying, or set \`newest=100\` first.`,
        )
      : why !== undefined
        ? fail('The new revision takes over', why)
        : pass('The new revision takes over', 'Azure puts it in charge once it runs.'),
    warn(
      'Replicas are part of a revision',
      'Azure starts a new revision of the same release; what the one in charge is doing is interrupted.',
    ),
  ];
}

function manual({ settings, subscription }: Arm, { revision, suffix, to }: Input): string {
  const where = `--subscription ${subscription} --resource-group ${settings.resourceGroup} --name ${settings.app}`;
  return [
    `Give container app ${settings.app} ${words(to)}, with what revision ${revision} runs.`,
    `1. See what is in charge: az containerapp revision list ${where} --output table. Where ${settings.app}--${suffix} is, it is done.`,
    `2. az containerapp revision copy ${where} --from-revision ${revision} --revision-suffix ${suffix} --min-replicas ${to.min} --max-replicas ${to.max}`,
    '3. Run the command of step 1 again: the new revision must run, with all the traffic where there is traffic.',
  ].join('\n');
}
