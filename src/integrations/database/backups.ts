/** The directory of backups. A safety backup has a note beside it that says what it is of; only the operation `backup` writes one. */

import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, lstat, open, readdir, readFile, rename, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { codeOf } from '../redact.ts';
import { discardPartials, partialOf } from './partials.ts';
import { createReadings, type Readability, type Readings } from './readings.ts';

export interface BackupFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly changedAt: number;
}

/** What is known of a backup that Backstop took. */
const Note = z.object({
  database: z.string(),
  /** The server's numbers of it: after a restore the same name is another database. */
  of: z.array(z.string()),
  bytes: z.number(),
  /** When Backstop began to take it. */
  takenAt: z.number(),
  /** When it was whole, and what it held then. Missing, as the run, in notes of older versions, on which nothing is restored. */
  wholeAt: z.number().optional(),
  sha256: z.string().optional(),
  /** The run that took it. */
  run: z.string().optional(),
});
type Note = z.infer<typeof Note>;
/** What whoever took a backup knows of it. */
type Taken = Pick<Note, 'database' | 'of' | 'takenAt'> & { readonly run: string };

const READ_BYTES = 1024 * 1024;

/** The name of a backup's file: no path, no leading dot or dash. */
export const FileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.(dump|sql|sql\.gz|archive|archive\.gz)$/);

export interface Backups {
  readonly directory: string;
  readonly readings: Readings;
  path(name: string): string;
  /** Where a backup is written before it is whole: hidden, and never listed. */
  partial(name: string, attempt: number): string;
  /** Removes what failed or interrupted backups of this name left. */
  discardPartials(name: string): Promise<void>;
  /** Regular files only, newest first. @throws OutsideError when the directory cannot be read. */
  list(): Promise<readonly BackupFile[]>;
  find(name: string): Promise<BackupFile | undefined>;
  note(name: string): Promise<Note | undefined>;
  /** Puts a finished file, which was read to its end, into its place with its note, both safely on disk. */
  keep(partial: string, name: string, note: Taken, read: Readability): Promise<void>;
  /** Bytes that are free where the backups are. */
  free(): Promise<number>;
  /** @throws OutsideError when Backstop may not write there. */
  mayWrite(): Promise<void>;
}

export function createBackups(
  directory: string,
  extensions: readonly string[],
  read: (file: string) => Promise<Readability>,
): Backups {
  const path = (name: string) => join(directory, name);
  const readings = createReadings(async (file) => {
    const found = await read(file);
    const note = await noteOf(file);
    if (found.state !== 'whole' || note?.sha256 === undefined) return found;
    return (await sha256Of(file)) === note.sha256
      ? found
      : { state: 'broken', reason: 'It is not what Backstop took: something else is in it now.' };
  });
  const notePath = (name: string) => `${path(name)}.json`;

  async function find(name: string): Promise<BackupFile | undefined> {
    if (!FileName.safeParse(name).success) return undefined;
    if (!extensions.some((each) => name.endsWith(each))) return undefined;
    // A link could lead anywhere, also to something that never ends.
    const found = await lstat(path(name)).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    return { name, path: path(name), bytes: found.size, changedAt: found.mtimeMs };
  }

  return {
    directory,
    readings,
    path,
    partial: (name, attempt) => partialOf(directory, name, attempt),
    discardPartials: (name) => discardPartials(directory, name),
    find,
    async list() {
      const names = await attempt('list the backups', directory, () => readdir(directory));
      const found = await Promise.all(names.map(find));
      return found
        .filter((file) => file !== undefined)
        .sort((a, b) => b.changedAt - a.changedAt || (a.name < b.name ? 1 : -1));
    },
    note: (name) => noteOf(path(name)),
    async keep(partial, name, note, found) {
      await attempt('keep the backup', name, async () => {
        const { size: bytes } = await lstat(partial);
        await flush(partial);
        const known = { ...note, bytes, wholeAt: Date.now(), sha256: await sha256Of(partial) };
        const temporary = `${notePath(name)}.partial`;
        const file = await open(temporary, 'w', 0o600);
        try {
          await file.writeFile(`${JSON.stringify(known)}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(partial, path(name));
        // The note last: a backup without one is no safety backup.
        await rename(temporary, notePath(name));
        await flush(directory);
        await readings.remember(path(name), found);
      });
    },
    async free() {
      const { bavail, bsize } = await attempt('read the free space', directory, () =>
        statfs(directory),
      );
      return bavail * bsize;
    },
    mayWrite: () =>
      attempt('write', directory, () => access(directory, constants.W_OK | constants.X_OK)),
  };
}

async function noteOf(file: string): Promise<Note | undefined> {
  const text = await readFile(`${file}.json`, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseNote(text);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: READ_BYTES }), hash);
  return hash.digest('hex');
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parseNote(text: string): Note | undefined {
  try {
    return Note.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function attempt<T>(attempted: string, on: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = codeOf(error);
    const kind =
      code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'permission' : 'rejected';
    throw new OutsideError({
      kind,
      system: 'The directory of backups',
      attempted,
      on,
      code,
      next: 'See that the directory is there, that Backstop may read and write in it, and that the disk is not full.',
    });
  }
}
