import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Handle, Json, Operation } from '../../operation.ts';
import {
  createPatience,
  handleOf,
  judgedBy,
  progressOf,
  type Seen,
  submitTimeoutMs,
} from '../azure/by-looking.ts';
import { understood } from '../azure/errors.ts';
import { requestIdOf } from '../azure/request-id.ts';
import { fail, pass } from '../checks.ts';
import type { Arm } from './client.ts';
import { inCharge, liveRevision, readApp } from './revisions.ts';

export const RESTART = 'restart';

/** The revision in charge, and its replicas before the restart, of which none comes back. */
const Input = z.strictObject({
  revision: z.string().min(1),
  replicas: z.array(z.string()).min(1),
});

const LIMIT_MS = 20 * 60_000;
const RESTARTED = 'every replica is a new one';

const Shown = z.object({
  value: z.array(z.object({ name: z.string(), runningState: z.string().nullish() })),
});

/** What a restart is told by. @throws OutsideError; Refusal where nothing runs that could be restarted. */
export async function restartInput(arm: Arm, signal: AbortSignal): Promise<Json> {
  const { name: revision } = liveRevision(await readApp(arm, signal), arm);
  const replicas = (await readReplicas(arm, revision, signal)).map(({ name }) => name);
  if (replicas.length > 0) return { revision, replicas: replicas.sort() };
  const words = `${arm.calls.subject.on} has no replica at work, so there is nothing to restart.`;
  throw new Refusal('not-possible', words);
}

/** Replaces every replica of the revision in charge, a few at a time as Azure does it. Told by the replicas' names. */
export function createRestartRevision(arm: Arm): Operation {
  const { calls, client, settings } = arm;
  const { resourceGroup, app } = settings;
  const quietMs = settings.quietSeconds * 1000;
  const parse = (input: Json) => Input.parse(input);
  const times = {
    limitMs: LIMIT_MS,
    usualMs: settings.startupSeconds * 1000,
    pollMs: settings.pollSeconds * 1000,
  };
  const patience = createPatience(times);

  async function look(input: Json, signal: AbortSignal): Promise<Seen> {
    const { revision, replicas } = parse(input);
    const [state, now] = await Promise.all([
      readApp(arm, signal),
      readReplicas(arm, revision, signal),
    ]);
    const names = inCharge(state);
    const old = now.filter(({ name }) => replicas.includes(name)).length;
    const isNew = old === 0 && now.length > 0;
    const up = now.filter((one) => one.runningState?.toLowerCase() === 'running').length;
    const isDown = isNew && up < now.length;
    const isInCharge = names.length === 1 && names[0] === revision;
    return {
      fingerprint: isInCharge
        ? isNew
          ? RESTARTED
          : 'replicas as they were'
        : `in charge: ${names.join(', ') || 'none'}`,
      expected: RESTARTED,
      moving: false,
      notUp: isDown && isInCharge ? 'starting' : undefined,
      note: `${now.length - old} of ${now.length} replicas of ${revision} are new${isDown ? `, and ${up} of them up` : ''}`,
    };
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs,
    ...times,
    title: () => `Restart container app ${app}`,
    async observe(input, signal) {
      const { notUp: _notUp, ...seen } = await look(input, signal);
      return seen;
    },
    async describe(input, signal) {
      const { revision } = parse(input);
      const now = await readReplicas(arm, revision, signal);
      return [
        {
          what: `replicas of ${revision}`,
          from: `${now.length} running`,
          to: 'new ones of the same revision; what they are doing is interrupted',
        },
      ];
    },
    async preflight(input, signal) {
      const { revision } = parse(input);
      const state = await readApp(arm, signal);
      const names = inCharge(state);
      const name = 'The revision is in charge';
      return [
        state.isMoving
          ? fail('Nothing else is under way', `Azure is changing ${app}; wait until it has ended.`)
          : pass('Nothing else is under way', `${app} is not being changed.`),
        names.length === 1 && names[0] === revision
          ? pass(name, `${revision} is.`)
          : fail(name, `In charge now: ${names.join(', ') || 'none'}.`),
      ];
    },
    async submit(input, intent, signal): Promise<Handle> {
      const { revision } = parse(input);
      const answer = await calls.change(
        'restart the revision',
        (o) => client.containerAppsRevisions.restartRevision(resourceGroup, app, revision, o),
        { requestId: requestIdOf(intent.key), timeoutMs: submitTimeoutMs(quietMs), signal },
      );
      return handleOf(answer, input, intent);
    },
    poll: (handle, signal) => progressOf(calls, handle, look, signal, patience),
    async recover(input, intent, handle, signal) {
      const seen = patience(await look(input, signal), intent.key);
      const judged = judgedBy(seen, intent);
      // Azure accepted it and replaces the replicas one after the other.
      return judged.state === 'not-started' && handle !== undefined
        ? { state: 'in-flight', note: `Azure accepted it; ${seen.note}.` }
        : judged;
    },
    manual(input) {
      const { revision } = parse(input);
      const where = `--subscription ${arm.subscription} --resource-group ${resourceGroup} --name ${app} --revision ${revision}`;
      return `az containerapp revision restart ${where} replaces every replica; az containerapp replica list ${where} --query "[].[name,properties.createdTime,properties.runningState]" --output table shows when all of them are new and Running.`;
    },
  };
}

async function readReplicas(arm: Arm, revision: string, signal: AbortSignal) {
  const { calls, client, settings } = arm;
  const attempted = 'read the replicas';
  const answer = await calls.read(
    attempted,
    (o) =>
      client.containerAppsRevisionReplicas.listReplicas(
        settings.resourceGroup,
        settings.app,
        revision,
        o,
      ),
    signal,
  );
  return understood(Shown, answer, attempted, calls.subject).value;
}
