/** The tools of these tests: stand-ins, or the real ones where MONGO_TOOLS names a directory of them (the server is a stand-in all the same). */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./tools-stand-in.mjs', import.meta.url));
export const REAL_TOOLS = process.env['MONGO_TOOLS'];

export interface Tools {
  /** For `tools` in the settings. */
  readonly path: string;
  /** Every call so far, without --config. */
  calls(): readonly (readonly string[])[];
  /** From now on a tool behaves otherwise: `mongodump fails`. */
  tell(how: Told): void;
  untell(how: Told): void;
}

type Told =
  | 'mongodump fails'
  | 'mongorestore fails'
  | 'mongodump is cut off'
  | 'mongorestore waits'
  | 'one is left out';

export function createTools(directory: string): Tools {
  const path = join(directory, 'tools');
  mkdirSync(path, { recursive: true });
  for (const tool of ['mongodump', 'mongorestore']) {
    const start = `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} ${directory} ${tool} "$@"\n`;
    writeFileSync(join(path, tool), start, { mode: 0o755 });
  }
  const calls = join(directory, 'calls');
  return {
    path: REAL_TOOLS ?? path,
    calls: () =>
      existsSync(calls)
        ? readFileSync(calls, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
            .map((line): readonly string[] => JSON.parse(line))
        : [],
    tell: (how) => writeFileSync(join(directory, how), ''),
    untell: (how) => rmSync(join(directory, how)),
  };
}
