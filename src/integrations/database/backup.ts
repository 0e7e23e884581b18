import { z } from 'zod';
import { messageOf, OutsideError } from '../../errors.ts';
import {
  type Check,
  type Ending,
  type Intent,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { checked, fail, pass, warn } from '../checks.ts';
import { endWork } from '../command/end-work.ts';
import { type JobEnd, jobGone } from '../command/jobs.ts';
import { BACKUP, BackupInput, inputOf } from './names.ts';
import { liveDatabase, type Restoring, size } from './restoring.ts';

export const JobHandle = z.object({ key: z.string() });

const POLL_MS = 2_000;
const QUIET_MS = 60_000;
const USUAL_MS = 120_000;
const MINUTE_MS = 60_000;

/**
 * Takes a backup of the live database into a file of its own, and counts as done only when the file was read to its end.
 * A failed one leaves nothing, so it may be repeated.
 */
export function createBackup({ system, settings, backups, jobs }: Restoring): Operation {
  const { database, backupMinutes } = settings;
  const limitMs = backupMinutes * MINUTE_MS;
  const working = new Set<string>();
  const nameOf = (input: Json) => inputOf(BackupInput, BACKUP, input).file;

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const name = nameOf(input);
    signal.throwIfAborted();
    const [file, note, isBusy] = await Promise.all([
      backups.find(name),
      backups.note(name),
      system.isBusyWith(name, signal),
    ]);
    const isWhole = file !== undefined && note?.bytes === file.bytes;
    const fingerprint = isWhole ? 'kept' : file || note ? 'something else' : 'absent';
    const moving = working.has(name) || isBusy;
    const words = isWhole
      ? `backup ${name}, ${size(file.bytes)}`
      : file
        ? `a file ${name} that is not whole or not Backstop's`
        : `no backup ${name}`;
    return { fingerprint, expected: 'kept', moving, note: moving ? `${words} yet` : words };
  }

  /** Owned by the run, not by the call that started it: `signal` is a person's who wants it ended. */
  async function work(name: string, intent: Intent, signal: AbortSignal): Promise<JobEnd> {
    const partial = backups.partial(name, intent.at);
    working.add(name);
    try {
      await backups.discardPartials(name);
      const live = await liveDatabase({ system }, signal);
      const takenAt = Date.now();
      await system.dump(partial, name, limitMs, signal);
      const readable = await backups.readings.check(partial, limitMs, signal);
      if (readable.state !== 'whole') {
        const reason =
          readable.state === 'broken' ? readable.reason : 'It was not read to its end in time.';
        return { state: 'failed', reason: `The backup is no good. ${reason}`, nothingDone: true };
      }
      const note = { database: live.name, of: [...live.identity], takenAt, run: intent.run };
      await backups.keep(partial, name, note, readable);
      return { state: 'succeeded', note: `${name} was taken and read to its end.` };
    } catch (error) {
      return { state: 'failed', reason: messageOf(error), nothingDone: true };
    } finally {
      await backups.discardPartials(name);
      working.delete(name);
    }
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    copies: true,
    quietMs: QUIET_MS,
    // Taking it and reading it, each in its time.
    limitMs: 2 * limitMs + MINUTE_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    title: () => `Take a safety backup of ${database}`,
    observe,

    async describe(input, signal) {
      const name = nameOf(input);
      const live = await liveDatabase({ system }, signal);
      const to = `${name}, of ${live.bytes === null ? 'all' : size(live.bytes)}, read to its end`;
      return [{ what: `backup of database ${database}`, from: 'none', to }];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const name = nameOf(input);
      const [live, seen] = await Promise.all([
        liveDatabase({ system }, signal),
        observe(input, signal),
      ]);
      const space = 'There is room for a backup';
      const free = 'The name of the backup is free';
      return Promise.all([
        Promise.resolve(
          seen.fingerprint === 'something else'
            ? fail(free, `There is ${seen.note}.`)
            : pass(free, `${name} can be written.`),
        ),
        checked('The directory can be written', true, async () => {
          await backups.mayWrite();
          return pass('The directory can be written', `${backups.directory} can be written.`);
        }),
        checked(space, true, async () => roomCheck(space, await backups.free(), live.bytes)),
        system.toolsCheck(signal),
      ]);
    },

    async submit(input, intent, signal) {
      const name = nameOf(input);
      const seen = await observe(input, signal);
      if (seen.moving || seen.fingerprint !== 'absent') {
        throw new OutsideError({
          kind: seen.moving ? 'busy' : 'rejected',
          system: 'Backstop',
          attempted: 'take a backup',
          on: name,
          answer: seen.note,
          next: 'Look at the directory of backups; nothing was written.',
        });
      }
      const ending = new AbortController();
      const note = () => `Taking ${name} and reading it to its end.`;
      jobs.start(intent.key, note, work(name, intent, ending.signal), ending);
      return { key: intent.key };
    },

    async poll(handle, signal) {
      return jobProgress(jobs, JobHandle.parse(handle).key, signal);
    },

    recover: async (input, intent, _handle, signal) =>
      recoverByLooking(await observe(input, signal), intent),

    ending: endingOf({ system, jobs }, nameOf, () => 'Nothing is left of the backup.'),

    manual(input) {
      const name = nameOf(input);
      const path = backups.path(name);
      return [
        `Take a backup of database ${database} on ${system.place}, and read it to its end:`,
        ...system.manual.backup(path),
        system.manual.read(path),
        'Backstop restores nothing on a backup that it did not take itself: after this, restore by hand too, or let Backstop take it again.',
      ].join('\n');
    },
  };
}

/** The state of a job. @throws OutsideError for one that was started by a process that is gone. */
export async function jobProgress(jobs: Restoring['jobs'], key: string, signal: AbortSignal) {
  signal.throwIfAborted();
  const job = jobs.find(key);
  if (job?.state === 'running') return { state: 'running', note: job.note } as const;
  if (job?.state === 'succeeded') return { state: 'succeeded' } as const;
  if (job) return { state: 'failed', reason: job.reason } as const;
  throw jobGone('the database');
}

/** How work on a backup or database of a name is ended, by its tools. */
export function endingOf(
  { system, jobs }: Pick<Restoring, 'system' | 'jobs'>,
  nameOf: (input: Json) => string,
  leaves: (input: Json) => string,
): Ending {
  return {
    leaves,
    end: (input, intent, _handle, signal) =>
      endWork({ jobs, key: intent.key, ...system.toolsAt(nameOf(input)) }, signal),
  };
}

function roomCheck(name: string, free: number, bytes: number | null): Check {
  if (bytes === null)
    return warn(name, `${size(free)} are free; the size of the database is not known.`);
  // Backups are compressed, to a tenth at the very best.
  if (free < bytes / 10)
    return fail(name, `Only ${size(free)} are free for a database of ${size(bytes)}.`);
  if (free < bytes)
    return warn(
      name,
      `${size(free)} are free for a database of ${size(bytes)}, less than it has uncompressed.`,
    );
  return pass(name, 'As much is free as the database has uncompressed.');
}
