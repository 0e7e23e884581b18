import type { Check, Handle, Json, Observation, Operation } from '../../operation.ts';
import {
  handleOf,
  progressOf,
  recoveryOf,
  type Seen,
  submitTimeoutMs,
} from '../azure/by-looking.ts';
import { requestIdOf } from '../azure/request-id.ts';
import { fail, pass, warn } from '../checks.ts';
import type { Arm } from './client.ts';
import { type RestoreInput, restoreInput } from './input.ts';
import { readServer, type Server, unlessMissing } from './server.ts';

const MINUTE_MS = 60_000;
/** Large servers take hours. */
const LIMIT_MS = 6 * 60 * MINUTE_MS;
/** The tag by which a restored server is known: Azure does not show what it was made from. */
const MADE_FROM = 'backstop-restored-from';

/**
 * Makes a new server that holds the present one as it was at a moment. The present server is not touched. Pointing the app
 * at the new one is a step of its own; its firewall rules and high availability, which a restore does not carry, are a person's.
 */
export function createRestoreServer(arm: Arm): Operation {
  const { calls, client, settings } = arm;
  const quietMs = settings.quietSeconds * 1000;

  async function look(input: Json, signal: AbortSignal): Promise<Seen> {
    const { server: name, pointInTime } = restoreInput(input);
    const [made] = await Promise.all([
      unlessMissing(() => readServer(arm, signal, name)),
      // A resource group that is gone has no such server either, which must not look like one that was never made.
      readServer(arm, signal),
    ]);
    return seenOf(name, made, originOf(settings.server, pointInTime));
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs,
    limitMs: LIMIT_MS,
    usualMs: settings.restoreMinutes * MINUTE_MS,
    pollMs: settings.pollSeconds * 1000,
    title: (input) => `Restore ${settings.server} to the new server ${restoreInput(input).server}`,
    asksAgain: true,
    copies: true,

    async describe(input, signal) {
      const { server: name, pointInTime } = restoreInput(input);
      const { note } = await look(input, signal);
      return [
        { what: `server ${name}`, from: note, to: `${settings.server} as of ${pointInTime}` },
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const wanted = restoreInput(input);
      const [source, made] = await Promise.all([
        readServer(arm, signal),
        unlessMissing(() => readServer(arm, signal, wanted.server)),
      ]);
      return checksOf(settings.server, wanted, source, made);
    },

    observe: (input, signal): Promise<Observation> => look(input, signal),

    async submit(input, intent, signal): Promise<Handle> {
      const { server: name, pointInTime } = restoreInput(input);
      const source = await readServer(arm, signal);
      const answer = await calls.change(
        `restore to the new server ${name}`,
        (o) =>
          client.servers.beginCreateOrUpdate(
            settings.resourceGroup,
            name,
            {
              location: source.location,
              tags: { [MADE_FROM]: originOf(settings.server, pointInTime) },
              createMode: 'PointInTimeRestore',
              sourceServerResourceId: source.id,
              pointInTimeUTC: new Date(pointInTime),
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

    manual: (input) => manual(arm, restoreInput(input)),
  };
}

function originOf(server: string, pointInTime: string): string {
  return `${server} ${new Date(pointInTime).toISOString()}`;
}

function seenOf(name: string, made: Server | undefined, origin: string): Seen {
  const expected = `server ${name}: ready, from ${origin}`;
  if (made === undefined) {
    return {
      fingerprint: `server ${name}: none`,
      expected,
      moving: false,
      note: `no server ${name}`,
    };
  }
  const from = made.tags[MADE_FROM] ?? 'something else';
  const isOurs = from === origin;
  const isMoving = isOurs && /^(provisioning|starting|updating|restarting)$/i.test(made.state);
  const state = made.state.toLowerCase();
  return {
    fingerprint: `server ${name}: ${made.isReady ? 'ready' : state}, from ${from}`,
    expected,
    moving: isMoving,
    note: `server ${name}, ${state}, made from ${from}`,
  };
}

function checksOf(
  server: string,
  { pointInTime, server: name }: RestoreInput,
  source: Server,
  made: Server | undefined,
): readonly Check[] {
  const { earliest } = source;
  const isKept = earliest !== undefined && Date.parse(pointInTime) >= earliest;
  return [
    source.isReady
      ? pass('The server is ready', `${server} is ready.`)
      : fail('The server is ready', `${server} is ${source.state}.`),
    isKept
      ? pass('Azure still keeps that moment', `${pointInTime} can be restored.`)
      : fail(
          'Azure still keeps that moment',
          earliest === undefined
            ? `${server} has no restore point yet.`
            : `The earliest moment is ${new Date(earliest).toISOString()}.`,
        ),
    made === undefined
      ? pass('The new server has a free name', `There is no server ${name} yet.`)
      : fail(
          'The new server has a free name',
          `There is a server ${name} already, and what happened on it since nobody can tell: delete it, or use it by hand.`,
        ),
    warn(
      'The app can reach the new server',
      source.isPrivate
        ? 'See that it is in the same virtual network before the app is switched over.'
        : 'It has no firewall rules at first: set them before the app is switched over.',
    ),
  ];
}

function manual(
  { settings, subscription }: Arm,
  { pointInTime, server: name }: RestoreInput,
): string {
  const where = `--subscription ${subscription} --resource-group ${settings.resourceGroup}`;
  return [
    `Restore ${settings.server} as of ${pointInTime} to the new server ${name}. ${settings.server} is left as it is.`,
    `1. See whether it is there: az postgres flexible-server show ${where} --name ${name} --query state`,
    `2. If not: az postgres flexible-server restore ${where} --name ${name} --source-server ${settings.server} --restore-time ${pointInTime}`,
    `3. Wait until it is Ready. Set its firewall rules, high availability and parameters as those of ${settings.server}: a restore does not carry them all. Pointing the app at it is the next step.`,
  ].join('\n');
}
