/** The tools of these tests: stand-ins, or the real ones where MONGO_TOOLS names a directory of them (the server is a stand-in all the same). */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeMongoTools } from '../../../src/sandbox/database/mongo-tools.ts';

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
  const path = writeMongoTools(directory);
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
