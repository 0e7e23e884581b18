import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preparedPath } from '../../package-path.ts';

const PROGRAM = 'mongo-tools-stand-in.mjs';

/**
 * Writes stand-ins for MongoDB's tools, and gives their folder. They keep their calls in `calls` of the directory, and look there how
 * they are to fail.
 */
export function writeMongoTools(directory: string): string {
  const path = join(directory, 'tools');
  mkdirSync(path, { recursive: true });
  for (const tool of ['mongodump', 'mongorestore', 'mongosh']) {
    const start = `#!/bin/sh\nexec ${process.execPath} ${program()} ${directory} ${tool} "$@"\n`;
    writeFileSync(join(path, tool), start, { mode: 0o755 });
  }
  return path;
}

/** Beside this source, or where the build has put it. */
function program(): string {
  const own = join(import.meta.dirname, PROGRAM);
  return existsSync(own) ? own : preparedPath(PROGRAM);
}
