import type { z } from 'zod';
import {
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../component.ts';
import { OutsideError } from '../../errors.ts';
import type { JobEnd } from '../command/jobs.ts';
import { JobHandle, jobProgress } from './backup.ts';
import { readabilityFault, requireSafetyBackup } from './backups.ts';
import {
  type Database,
  findDatabases,
  liveDatabase,
  markFor,
  sessionsMarked,
} from './databases.ts';
import { failed } from './failures.ts';
import {
  inputOf,
  RESTORE_BESIDE,
  RestoreInput,
  restoredComment,
  restoringComment,
} from './names.ts';
import { likeLive, propertiesOf } from './properties.ts';
import { pointCheck, rightsCheck, safetyCheck } from './restore-checks.ts';
import { fail, marked, pass, type Restoring } from './restoring.ts';
import { execute, ident, isDone, literal, readingFile, runTool } from './server.ts';

const POLL_MS = 2_000;
const QUIET_MS = 60_000;
const USUAL_MS = 300_000;
const MINUTE_MS = 60_000;
const PATIENCE_MS = 10_000;

/** Restores a backup into a new database beside the live one, which is not touched. Never without a safety backup. */
export function createRestoreBeside({ server, settings, backups, jobs }: Restoring): Operation {
  const { database, restoreMinutes, backupMinutes, maintenanceDatabase, parallel, ownership } =
    settings;
  const limitMs = restoreMinutes * MINUTE_MS;
  const read = (input: Json) => inputOf(RestoreInput, RESTORE_BESIDE, input);

  interface Look {
    readonly observation: Observation;
    readonly beside: Database | undefined;
  }

  async function look(input: Json, signal: AbortSignal): Promise<Look> {
    const { point, beside: name } = read(input);
    const [[beside], sessions] = await Promise.all([
      findDatabases(server, settings, [name], signal),
      sessionsMarked(server, settings, markFor(name), signal),
    ]);
    const moving = sessions > 0 || working.has(name);
    const at = (fingerprint: string, note: string): Look => ({
      beside,
      observation: { fingerprint, expected: 'restored', moving, note },
    });
    if (!beside) return at('not restored', `no database ${name} yet`);
    if (beside.comment === restoredComment(point))
      return at('restored', `${name}, restored from ${point}`);
    // What an interrupted restore left is thrown away by the next one; nobody else writes into it.
    if (beside.comment === restoringComment(point))
      return at('not restored', `${name}, half restored`);
    return at('something else', `a database ${name} that Backstop did not make`);
  }
  const observe = async (input: Json, signal: AbortSignal) =>
    (await look(input, signal)).observation;

  const working = new Set<string>();

  async function work(input: z.infer<typeof RestoreInput>, leftover: boolean): Promise<JobEnd> {
    const { point, beside, safety } = input;
    const signal = new AbortController().signal;
    working.add(beside);
    try {
      const live = await liveDatabase(server, settings, signal);
      await requireSafetyBackup(
        backups,
        safety,
        { database, oid: live.oid },
        backupMinutes * MINUTE_MS,
        signal,
      );
      const fault = readabilityFault(
        await backups.archives.check(backups.path(point), backupMinutes * MINUTE_MS, signal),
      );
      if (fault !== undefined)
        return { state: 'failed', reason: `${point}: ${fault}`, nothingDone: true };
      const properties = await propertiesOf(server, settings, signal);
      const make = [
        ...(leftover ? [`DROP DATABASE ${ident(beside)}`] : []),
        `CREATE DATABASE ${ident(beside)} ${properties.create}`,
        `COMMENT ON DATABASE ${ident(beside)} IS ${literal(restoringComment(point))}`,
      ];
      await execute(
        server,
        maintenanceDatabase,
        'make a database beside the live one',
        make,
        signal,
        MINUTE_MS,
      );
      await fill(point, beside, signal);
      const finish = [
        ...likeLive(properties, beside),
        `COMMENT ON DATABASE ${ident(beside)} IS ${literal(restoredComment(point))}`,
      ];
      // Without statistics the first queries after the switch would be slow.
      await execute(server, beside, 'gather statistics', ['ANALYZE'], signal, limitMs);
      await execute(
        server,
        maintenanceDatabase,
        'give it the settings of the live one',
        finish,
        signal,
      );
      return { state: 'succeeded', note: `${point} is restored as ${beside}.` };
    } finally {
      working.delete(beside);
    }
  }

  async function fill(point: string, beside: string, signal: AbortSignal): Promise<void> {
    const { args, input } = readingFile(server, backups.path(point));
    const argv = [
      server.tool('pg_restore'),
      '--exit-on-error',
      '--no-password',
      ...(ownership === 'keep' ? [] : ['--no-owner', '--no-privileges']),
      ...(parallel > 1 && server.seesFiles ? [`--jobs=${parallel}`] : []),
      `--dbname=${beside}`,
      ...args,
    ] as const;
    const as = marked(server.changing, markFor(beside));
    const ended = await runTool(as, { argv, limitMs, ...(input && { input }) }, signal);
    if (!isDone(ended))
      throw failed(ended, { server, attempted: `restore ${point}`, on: beside, asked: 'change' });
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: limitMs + 2 * backupMinutes * MINUTE_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    title: (input) => `Restore ${read(input).point} beside ${database}`,
    observe,

    async describe(input, signal) {
      const { point, beside } = read(input);
      const { observation } = await look(input, signal);
      return [
        { what: `database ${beside}`, from: observation.note, to: `restored from ${point}` },
        { what: `database ${database}`, from: 'live', to: 'live, not touched by this step' },
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const { point, safety } = read(input);
      const [live, seen] = await Promise.all([
        liveDatabase(server, settings, signal),
        observe(input, signal),
      ]);
      return Promise.all([
        safetyCheck({ backups, settings }, safety, live, signal),
        pointCheck({ backups, settings }, point, signal),
        Promise.resolve(
          seen.fingerprint === 'something else'
            ? fail('The name beside is free', `There is ${seen.note}.`)
            : pass('The name beside is free', `There is ${seen.note}.`),
        ),
        rightsCheck({ server, settings }, signal),
      ]);
    },

    async submit(input, intent, signal) {
      const given = read(input);
      const live = await liveDatabase(server, settings, signal);
      await requireSafetyBackup(
        backups,
        given.safety,
        { database, oid: live.oid },
        PATIENCE_MS,
        signal,
      );
      const { observation, beside } = await look(input, signal);
      if (observation.moving || observation.fingerprint !== 'not restored') {
        throw new OutsideError({
          kind: observation.moving ? 'busy' : 'rejected',
          system: 'PostgreSQL',
          attempted: 'restore beside the live database',
          on: given.beside,
          answer: observation.note,
          next: 'Look at that database; nothing was changed.',
        });
      }
      const note = () => `Restoring ${given.point} as ${given.beside}; ${database} is not touched.`;
      jobs.start(intent.key, note, work(given, beside !== undefined));
      return { key: intent.key };
    },

    poll: async (handle, signal) => jobProgress(jobs, JobHandle.parse(handle).key, signal),

    recover: async (input, intent, _handle, signal) =>
      recoverByLooking(await observe(input, signal), intent),

    manual(input) {
      const { point, beside, safety } = read(input);
      return [
        `Restore ${point} into a new database ${beside} beside ${database} on ${server.place}. ${database} stays as it is.`,
        `1. See that the safety backup is whole: ${server.tool('pg_restore')} --file=/dev/null ${backups.path(safety)} must end without a word. Without it, stop here.`,
        `2. psql -d ${maintenanceDatabase} -c 'CREATE DATABASE ${ident(beside)} TEMPLATE template0' (with encoding, locale and owner of ${database}: \\l shows them)`,
        `3. ${server.tool('pg_restore')} --exit-on-error --dbname=${beside} ${backups.path(point)}`,
        `4. psql -d ${beside} -c ANALYZE`,
      ].join('\n');
    },
  };
}
