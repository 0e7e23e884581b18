import type { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import {
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import type { JobEnd } from '../command/jobs.ts';
import { endingOf, JobHandle, jobProgress } from './backup.ts';
import { inputOf, RESTORE_BESIDE, RestoreInput } from './names.ts';
import { pointCheck, pointFault, safetyCheck } from './restore-checks.ts';
import { liveDatabase, type Restoring } from './restoring.ts';
import { requireSafetyBackup } from './safety.ts';
import type { Database } from './system.ts';

const POLL_MS = 2_000;
const QUIET_MS = 60_000;
const USUAL_MS = 300_000;
const MINUTE_MS = 60_000;
const PATIENCE_MS = 10_000;

/** Restores a backup into a new database beside the live one, which is not touched. Never without a safety backup. */
export function createRestoreBeside({ system, settings, backups, jobs }: Restoring): Operation {
  const { database, restoreMinutes, backupMinutes } = settings;
  const limitMs = restoreMinutes * MINUTE_MS;
  const read = (input: Json) => inputOf(RestoreInput, RESTORE_BESIDE, input);

  interface Look {
    readonly observation: Observation;
    readonly beside: Database | undefined;
  }

  async function look(input: Json, signal: AbortSignal): Promise<Look> {
    const { point, beside: name } = read(input);
    const [[beside], isBusy] = await Promise.all([
      system.find([name], signal),
      system.isBusyWith(name, signal),
    ]);
    const moving = isBusy || working.has(name);
    const at = (fingerprint: string, note: string): Look => ({
      beside,
      observation: { fingerprint, expected: 'restored', moving, note },
    });
    if (!beside) return at('not restored', `no database ${name} yet`);
    if (beside.filled?.from !== point)
      return at('something else', `a database ${name} that Backstop did not make`);
    // What an interrupted restore left is thrown away by the next one; nobody else writes into it.
    return beside.filled.whole
      ? at('restored', `${name}, restored from ${point}`)
      : at('not restored', `${name}, half restored`);
  }
  const observe = async (input: Json, signal: AbortSignal) =>
    (await look(input, signal)).observation;

  const working = new Set<string>();

  async function work(
    input: z.infer<typeof RestoreInput>,
    run: string,
    hasLeftover: boolean,
    signal: AbortSignal,
  ): Promise<JobEnd> {
    const { point, beside, safety } = input;
    working.add(beside);
    try {
      const live = await liveDatabase({ system }, signal);
      const patienceMs = backupMinutes * MINUTE_MS;
      await requireSafetyBackup(backups, safety, { live, run }, patienceMs, signal);
      const readable = await backups.readings.check(backups.path(point), patienceMs, signal);
      const fault = pointFault(system, readable);
      if (fault !== undefined)
        return { state: 'failed', reason: `${point}: ${fault}`, nothingDone: true };
      const path = backups.path(point);
      await system.restore({ point, path, beside, hasLeftover, limitMs }, signal);
      return { state: 'succeeded', note: `${point} is restored as ${beside}.` };
    } finally {
      working.delete(beside);
    }
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    // What is live is not touched: taken back is the switch.
    copies: true,
    quietMs: QUIET_MS,
    limitMs: limitMs + 2 * backupMinutes * MINUTE_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    title: (input) => `Restore ${read(input).point} beside ${database}`,
    observe,

    async describe(input, signal) {
      const { point, beside } = read(input);
      const { observation, beside: there } = await look(input, signal);
      const from = there ? observation.note : 'none';
      return [
        { what: `database ${beside}`, from, to: `restored from ${point}` },
        { what: `database ${database}`, from: 'live', to: 'live, not touched by this step' },
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const { point, safety } = read(input);
      const [live, seen] = await Promise.all([
        liveDatabase({ system }, signal),
        observe(input, signal),
      ]);
      return Promise.all([
        safetyCheck({ backups }, safety, live, signal),
        pointCheck({ backups, system }, point, signal),
        Promise.resolve(
          seen.fingerprint === 'something else'
            ? fail('The name beside is free', `There is ${seen.note}.`)
            : pass('The name beside is free', `There is ${seen.note}.`),
        ),
        system.rightsCheck(signal),
      ]);
    },

    async submit(input, intent, signal) {
      const given = read(input);
      const live = await liveDatabase({ system }, signal);
      const { run } = intent;
      await requireSafetyBackup(backups, given.safety, { live, run }, PATIENCE_MS, signal);
      const { observation, beside } = await look(input, signal);
      if (observation.moving || observation.fingerprint !== 'not restored') {
        throw new OutsideError({
          kind: observation.moving ? 'busy' : 'rejected',
          system: system.name,
          attempted: 'restore beside the live database',
          on: given.beside,
          answer: observation.note,
          next: 'Look at that database; nothing was changed.',
        });
      }
      const note = () => `Restoring ${given.point} as ${given.beside}; ${database} is not touched.`;
      const ending = new AbortController();
      const working = work(given, run, beside !== undefined, ending.signal);
      jobs.start(intent.key, note, working, ending);
      return { key: intent.key };
    },

    poll: async (handle, signal) => jobProgress(jobs, JobHandle.parse(handle).key, signal),

    recover: async (input, intent, _handle, signal) =>
      recoverByLooking(await observe(input, signal), intent),

    ending: endingOf(
      { system, jobs },
      (input) => read(input).beside,
      (input) =>
        `${database} is not touched. ${read(input).beside} stays beside it, half restored: drop it once nobody needs it.`,
    ),

    manual(input) {
      const { point, beside, safety } = read(input);
      return [
        `Restore ${point} into a new database ${beside} beside ${database} on ${system.place}. ${database} stays as it is.`,
        `First see that the safety backup is whole. Without it, stop here. ${system.manual.read(backups.path(safety))}`,
        ...system.manual.restore(point, backups.path(point), beside),
      ].join('\n');
    },
  };
}
