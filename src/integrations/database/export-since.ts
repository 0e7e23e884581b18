import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import {
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { checked, pass, warn } from '../checks.ts';
import type { JobEnd } from '../command/jobs.ts';
import { endingOf, JobHandle, jobProgress } from './backup.ts';
import { EXPORT_SINCE, ExportInput, inputOf } from './names.ts';
import { discardPartials, partialOf } from './partials.ts';
import { inUtc, type Restoring } from './restoring.ts';

const MINUTE_MS = 60_000;
const POLL_MS = 2_000;
const QUIET_MS = 60_000;
const USUAL_MS = 30_000;
const CONTENTS = 'contents.json';

/**
 * Writes the rows that the kept database, or the live one before it is changed, got since the backup to files, one for each table, to put back by hand what
 * is worth it. Reads the database, and writes only its own directory.
 */
export function createExportSince({ system, settings, jobs }: Restoring): Operation {
  const { restoreMinutes, database } = settings;
  const { words } = system;
  const limitMs = restoreMinutes * MINUTE_MS;
  const root = exportsOf(settings);
  const working = new Set<string>();
  const read = (input: Json) => inputOf(ExportInput, EXPORT_SINCE, input);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    signal.throwIfAborted();
    const { directory } = read(input);
    const path = join(root, directory);
    const isDone = await stat(join(path, CONTENTS)).then(
      () => true,
      () => false,
    );
    return {
      fingerprint: isDone ? 'exported' : 'not exported',
      expected: 'exported',
      moving: working.has(directory),
      note: isDone ? `the export in ${path}` : `no export in ${path}`,
    };
  }

  const sourceOf = async ({ kept }: z.infer<typeof ExportInput>, signal: AbortSignal) =>
    kept ?? (await system.liveName(signal));

  async function work(
    { since, directory }: z.infer<typeof ExportInput>,
    kept: string,
    attempt: number,
    signal: AbortSignal,
  ): Promise<JobEnd> {
    const partial = partialOf(root, directory, attempt);
    working.add(directory);
    try {
      await discardPartials(root, directory);
      await mkdir(partial, { recursive: true, mode: 0o700 });
      const tables = await system.tables(kept, 'reader', signal);
      const exported: { table: string; file: string }[] = [];
      const unknown: string[] = [];
      const onlyAdded: string[] = [];
      for (const [index, table] of tables.entries()) {
        if (table.tells === 'nothing' || !table.readable) {
          unknown.push(table.name);
          continue;
        }
        if (table.tells === 'added') onlyAdded.push(table.name);
        const file = `${index + 1}-${table.name.replace(/[^A-Za-z0-9_.-]/g, '_')}.${system.exportExtension}`;
        const to = join(partial, file);
        await system.exportRows({ database: kept, table, since, to, limitMs }, signal);
        exported.push({ table: table.name, file });
      }
      const contents = { database, from: kept, since, exported, onlyAdded, unknown };
      await writeFile(join(partial, CONTENTS), `${JSON.stringify(contents, null, 2)}\n`, {
        mode: 0o600,
      });
      await rename(partial, join(root, directory));
      const silent = [
        ...(unknown.length === 0 ? [] : [` Nobody can tell for ${unknown.join(', ')}.`]),
        ...(onlyAdded.length === 0
          ? []
          : [` Of ${onlyAdded.join(', ')} only what was added is known, not what was changed.`]),
      ];
      const rest = silent.join('');
      return {
        state: 'succeeded',
        note: `${exported.length === 1 ? `1 ${words.table} is` : `${exported.length} ${words.tables} are`} in ${join(root, directory)}.${rest}`,
      };
    } finally {
      await discardPartials(root, directory);
      working.delete(directory);
    }
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    copies: true,
    quietMs: QUIET_MS,
    limitMs: limitMs + MINUTE_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    title: () => `Export what was written to ${database} since the backup`,
    observe,

    async describe(input, signal) {
      const { kept, since, directory } = read(input);
      const { fingerprint, note } = await observe(input, signal);
      return [
        {
          what: `export in ${join(root, directory)}`,
          from: fingerprint === 'exported' ? note : 'none',
          to: `the ${words.rows} of ${kept ?? database} written after ${inUtc(since)}, one file for each ${words.table}`,
        },
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const kept = await sourceOf(read(input), signal);
      const [found] = await system.find([kept], signal);
      const name = `The ${words.tables} tell when ${words.rows} were written`;
      const tables = await checked(name, false, async () => {
        const from = found ? kept : await system.liveName(signal);
        const all = await system.tables(from, 'reader', signal);
        const silent = all.filter((table) => table.tells !== 'written');
        return silent.length === 0
          ? pass(name, 'Every table does.')
          : warn(
              name,
              `Nobody can tell which ${words.rows} were changed in ${silent.map((each) => each.name).join(', ')}: look through the kept database.`,
            );
      });
      const there = found ? `${kept} is there.` : `${kept} is there after the switch.`;
      return [pass('The kept database is there', there), { ...tables, blocking: false }];
    },

    async submit(input, intent, signal) {
      const given = read(input);
      const kept = await sourceOf(given, signal);
      const [found] = await system.find([kept], signal);
      const seen = await observe(input, signal);
      if (!found || seen.fingerprint !== 'not exported' || seen.moving) {
        throw new OutsideError({
          kind: seen.moving ? 'busy' : 'rejected',
          system: system.name,
          attempted: 'export',
          on: kept,
          answer: found ? seen.note : 'There is no such database.',
          next: 'Look for the database under its name before the switch; nothing was written.',
        });
      }
      const ending = new AbortController();
      const note = () => `Writing the ${words.rows} of ${kept} to files.`;
      jobs.start(intent.key, note, work(given, kept, intent.at, ending.signal), ending);
      return { key: intent.key };
    },

    poll: async (handle, signal) => jobProgress(jobs, JobHandle.parse(handle).key, signal),

    async recover(input, intent, _handle, signal) {
      const seen = await observe(input, signal);
      const found = recoverByLooking(seen, intent);
      return found.state === 'done' ? { ...found, note: `Look for ${seen.note}.` } : found;
    },

    ending: endingOf(
      { system, jobs },
      (input) => read(input).directory,
      () => 'No file of the export is left; the database that it reads stays as it is.',
    ),

    manual(input) {
      const { kept, since } = read(input);
      return [
        ...system.manual.exportRows(kept ?? database, since),
        `For ${words.tables} without such a ${words.telling}, compare them with the live database by their keys.`,
      ].join('\n');
    },
  };
}

/** The directory that exports go to. */
function exportsOf({ exports: directory, backups }: Restoring['settings']): string {
  return directory ?? join(backups, 'exports');
}
