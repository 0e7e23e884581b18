import type { Check, Handle, Json, Observation, Operation } from '../../operation.ts';
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
import { backupInput } from './input.ts';
import { readBackup, readServer } from './server.ts';

const MINUTE_MS = 60_000;
/** Beyond its usual duration. */
const PATIENCE = 6;

/** Takes an on-demand backup under a name of its own; asked for twice it is the same one. */
export function createTakeBackup(arm: Arm): Operation {
  const { calls, client, settings } = arm;
  const { resourceGroup, server } = settings;
  const quietMs = settings.quietSeconds * 1000;
  const usualMs = settings.backupMinutes * MINUTE_MS;

  async function look(input: Json, signal: AbortSignal): Promise<Seen> {
    const { backup: name } = backupInput(input);
    const [backup] = await Promise.all([
      readBackup(arm, name, signal),
      // A server that is gone has no backup either, which must not look like one that was never taken.
      readServer(arm, signal),
    ]);
    const isUnderWay = backup !== undefined && backup.completedAt === undefined;
    const state = backup === undefined ? 'none' : isUnderWay ? 'under way' : 'complete';
    return {
      fingerprint: `backup ${name}: ${state}`,
      expected: `backup ${name}: complete`,
      moving: isUnderWay,
      note: backup === undefined ? `no backup ${name}` : `backup ${name}, ${state}`,
    };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs,
    limitMs: Math.max(usualMs * PATIENCE, quietMs * 2),
    usualMs,
    pollMs: settings.pollSeconds * 1000,
    title: (input) => `Back up ${server} as ${backupInput(input).backup}`,

    async describe(input, signal) {
      const { note } = await look(input, signal);
      return [{ what: `backups of ${server}`, from: note, to: backupInput(input).backup }];
    },

    async preflight(_input, signal): Promise<readonly Check[]> {
      const { isReady, state } = await readServer(arm, signal);
      const name = 'The server is ready';
      return [isReady ? pass(name, `${server} is ready.`) : fail(name, `${server} is ${state}.`)];
    },

    observe: (input, signal): Promise<Observation> => look(input, signal),

    async submit(input, intent, signal): Promise<Handle> {
      const { backup } = backupInput(input);
      const answer = await calls.change(
        'take a backup',
        (o) => client.backupsAutomaticAndOnDemand.beginCreate(resourceGroup, server, backup, o),
        { requestId: requestIdOf(intent.key), timeoutMs: submitTimeoutMs(quietMs), signal },
      );
      return handleOf(answer, input, intent);
    },

    poll: (handle, signal) => progressOf(calls, handle, look, signal),

    async recover(input, intent, handle, signal) {
      return recoveryOf(calls, await look(input, signal), intent, handle, signal);
    },

    manual(input) {
      const { backup } = backupInput(input);
      const where = `--subscription ${arm.subscription} --resource-group ${resourceGroup} --name ${server}`;
      return [
        `Take an on-demand backup of ${server}, called ${backup}.`,
        `1. See whether it is there: az postgres flexible-server backup list ${where} --output table`,
        `2. If not: az postgres flexible-server backup create ${where} --backup-name ${backup}`,
        '3. Run the command of step 1 again: it must show the backup with its time of completion.',
      ].join('\n');
    },
  };
}
