/** The directory of backups. A safety backup has a note beside it that says what it is of; only the operation `backup` writes one. */

import { constants } from 'node:fs';
import { access, lstat, open, readdir, readFile, rename, statfs } from 'node:fs/promises';
import { join } from 'node:path';
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
  takenAt: z.number(),
});
type Note = z.infer<typeof Note>;

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
  /** Puts a finished file into its place with its note, both safely on disk. */
  keep(partial: string, name: string, note: Omit<Note, 'bytes'>): Promise<void>;
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
  const notePath = (name: string) => join(directory, `${name}.json`);

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
    readings: createReadings(read),
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
    async note(name) {
      const text = await readFile(notePath(name), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : parseNote(text);
    },
    async keep(partial, name, note) {
      await attempt('keep the backup', name, async () => {
        const { size: bytes } = await lstat(partial);
        await flush(partial);
        const temporary = `${notePath(name)}.partial`;
        const file = await open(temporary, 'w', 0o600);
        try {
          await file.writeFile(`${JSON.stringify({ ...note, bytes })}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(partial, path(name));
        // The note last: a backup without one is no safety backup.
        await rename(temporary, notePath(name));
        await flush(directory);
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
