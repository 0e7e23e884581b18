/** Files that keep content which readers are about to lose sight of. Only the user that Backstop runs as may read them. */

import { constants } from 'node:fs';
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import type { Json } from '../../operation.ts';
import { codeOf } from '../redact.ts';

/** The name of an export in its directory. */
export const ExportName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.json$/);

type Whole = Readonly<Record<string, Json>>;

/** Entries and assets as they were, whole, to be kept or put back by hand. */
export interface ContentExport {
  readonly space: string;
  readonly environment: string;
  /** ISO 8601, UTC: when it was read. */
  readonly exportedAt: string;
  /** Everything written or published since then, ISO 8601, UTC; or the entries with these ids. */
  readonly of: { readonly since: string } | { readonly entries: readonly string[] };
  /** True when there was more than is in it. */
  readonly truncated: boolean;
  /** Names of those who created, changed or published something in it, by id. */
  readonly people: Readonly<Record<string, string>>;
  readonly entries: readonly Whole[];
  readonly assets: readonly Whole[];
}

/** What is read of a file again. */
const Kept = z.object({
  space: z.string(),
  environment: z.string(),
  truncated: z.boolean(),
  entries: z.array(z.unknown()),
  assets: z.array(z.unknown()),
});
type Kept = z.infer<typeof Kept>;

export interface Exports {
  path(file: string): string;
  /** What the file holds; undefined where there is none that can be read, or it is no whole export. */
  find(file: string): Promise<Kept | undefined>;
  /** Writes it so that it is there whole or not at all, whatever happens meanwhile. @throws OutsideError */
  write(file: string, content: ContentExport): Promise<void>;
  /** Changes nothing. @throws OutsideError when it could not be written. */
  mayWrite(): Promise<void>;
}

/** @param directory absolute; made when the first file is written. */
export function createExports(directory: string): Exports {
  const path = (file: string): string => join(directory, file);
  return {
    path,

    async find(file) {
      const text = await readFile(path(file), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : keptIn(text);
    },

    write: (file, content) =>
      attempt('write the export', path(file), async () => {
        const partial = path(`.${file}.partial`);
        try {
          await mkdir(directory, { recursive: true, mode: 0o700 });
          const handle = await open(partial, 'w', 0o600);
          try {
            await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
            await handle.sync();
          } finally {
            await handle.close();
          }
          await rename(partial, path(file));
        } finally {
          await rm(partial, { force: true });
        }
      }),

    mayWrite: () =>
      attempt('write', directory, async () => {
        await access(await nearest(directory), constants.W_OK | constants.X_OK);
      }),
  };
}

function keptIn(text: string): Kept | undefined {
  try {
    return Kept.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The directory itself, or the first above it that is there. */
async function nearest(directory: string): Promise<string> {
  try {
    await access(directory);
    return directory;
  } catch (error) {
    const above = dirname(directory);
    if (codeOf(error) !== 'ENOENT' || above === directory) throw error;
    return nearest(above);
  }
}

async function attempt<T>(attempted: string, on: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = codeOf(error);
    const isDenied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
    throw new OutsideError({
      kind: isDenied ? 'permission' : 'rejected',
      system: 'The directory of exports',
      attempted,
      on,
      code,
      next: 'See that Backstop may write there and that the disk is not full; `exports` of the component names another directory.',
    });
  }
}
