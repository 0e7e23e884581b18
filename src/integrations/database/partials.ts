/** What is being written has a name of its own until it is whole; what a process that was killed left of it is thrown away. */

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The path of something unfinished. @param attempt tells this attempt from one that was killed. */
export function partialOf(directory: string, name: string, attempt: number): string {
  return join(directory, `.${name}.${attempt}.partial`);
}

/** Removes what earlier attempts at it have left behind: it holds data of people, and nobody looks for it there. */
export async function discardPartials(directory: string, name: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const left = names.filter((each) => each.startsWith(`.${name}.`) && each.endsWith('.partial'));
  await Promise.all(
    left.map((each) => rm(join(directory, each), { recursive: true, force: true })),
  );
}
