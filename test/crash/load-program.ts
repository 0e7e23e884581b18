/** Loads a bundled program with what V8 compiled of it in an earlier process. Told to keep that, it writes it down. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, wrap } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

export interface KeepCompiled {
  readonly keepCompiled: true;
}

const [, , filename = ''] = process.argv;
const compiled = `${filename}.compiled`;
const script = new Script(wrap(readFileSync(filename, 'latin1')), {
  filename,
  ...(existsSync(compiled) ? { cachedData: readFileSync(compiled) } : {}),
});
const program = script.runInThisContext() as (...given: unknown[]) => void;
// Packages that are not in the bundle are those of the working directory.
const require = createRequire(`${process.cwd()}/package.json`);

process.on('message', (message: object) => {
  if (!('keepCompiled' in message)) return;
  const unfinished = `${compiled}.${process.pid}`;
  writeFileSync(unfinished, script.createCachedData());
  renameSync(unfinished, compiled);
  process.send?.({ kept: true });
});
program({}, require, { exports: {} }, filename, dirname(filename));
