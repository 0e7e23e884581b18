/** Which migrations ran before a release, noted in files of this machine: what a later rollback goes back to. */

import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { codeOf } from '../redact.ts';

const Note = z.object({
  name: z.string(),
  at: z.number(),
  applied: z.array(z.string()),
});
export type Note = z.infer<typeof Note> & { readonly id: string };

export interface Notes {
  readonly directory: string;
  /** Newest first. @throws OutsideError when the directory cannot be read. */
  list(): Promise<readonly Note[]>;
  find(name: string): Promise<Note | undefined>;
  /** Safely on disk when it resolves. @throws OutsideError */
  write(name: string, at: number, applied: readonly string[]): Promise<void>;
}

export function createNotes(directory: string): Notes {
  const idOf = (name: string) => name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 90);
  const fileOf = (id: string) => join(directory, `${id}.json`);

  async function read(file: string): Promise<Note | undefined> {
    const text = await readFile(join(directory, file), 'utf8').catch(() => undefined);
    const parsed = Note.safeParse(text === undefined ? undefined : jsonOf(text));
    return parsed.success ? { ...parsed.data, id: file.replace(/\.json$/, '') } : undefined;
  }

  return {
    directory,
    async list() {
      const files = await readdir(directory).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return [];
        throw unusable(directory, 'read the notes', error);
      });
      const all = await Promise.all(files.filter((file) => /^[^.].*\.json$/.test(file)).map(read));
      return all.filter((note) => note !== undefined).sort((a, b) => b.at - a.at);
    },
    async find(name) {
      const note = await read(`${idOf(name)}.json`);
      return note?.name === name ? note : undefined;
    },
    async write(name, at, applied) {
      const partial = join(directory, `.${idOf(name)}.partial`);
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        const file = await open(partial, 'w', 0o600);
        try {
          await file.writeFile(`${JSON.stringify({ name, at, applied })}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(partial, fileOf(idOf(name)));
      } catch (error) {
        throw unusable(directory, 'write a note', error);
      }
    },
  };
}

function unusable(directory: string, attempted: string, error: unknown): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: 'The directory of notes',
    attempted,
    on: directory,
    code: codeOf(error),
    next: 'See that Backstop may read and write there, and that the disk is not full.',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
