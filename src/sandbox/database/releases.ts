/** Two releases of the shop with their migrations, and the tool that takes them back. */

import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { migrateStandIn } from './migrate-stand-in.ts';

export interface MigrationTool {
  /** What Node runs. */
  readonly program: string;
  /** Where its packages are; undefined for the stand-in. */
  readonly modules: string | undefined;
}

/** Knex itself where it is installed, as it is for those who work on Backstop; else the stand-in, which says that it is one. */
export function migrationTool(): MigrationTool {
  try {
    const program = createRequire(import.meta.url).resolve('knex/bin/cli.js');
    const modules = dirname(dirname(dirname(program)));
    if (existsSync(join(modules, 'pg'))) return { program, modules };
  } catch {
    // Not installed.
  }
  return { program: 'migrate.cjs', modules: undefined };
}

interface Releases {
  readonly psql: readonly string[];
  readonly port: number;
  readonly tool: MigrationTool;
  readonly way: 'sound' | 'half a way down';
}

const RENAMED_BACK = 'ALTER TABLE users RENAME email_verified_before TO email_verified';
const DROPPED = 'ALTER TABLE users DROP COLUMN email_verified';
/** What was written with the newer release is right, and stays. */
const TAKEN_OVER =
  'UPDATE users SET email_verified_before = email_verified WHERE email_verified IS NOT NULL';
const WAYS = {
  sound: [TAKEN_OVER, DROPPED, RENAMED_BACK],
  // Guide 002's example with a slip: the second statement names a column that is not there.
  'half a way down': [DROPPED, RENAMED_BACK.replace('_before', '_old')],
} as const;

/** Writes `newer` with both migrations and `older` with the first. @param directory where the two go. */
export async function writeReleases(
  directory: string,
  { psql, port, tool, way }: Releases,
): Promise<void> {
  const connection = { host: '127.0.0.1', port, user: 'postgres', database: 'shop' };
  for (const release of ['newer', 'older']) {
    const at = (...names: readonly string[]) => join(directory, release, ...names);
    await mkdir(at('migrations'), { recursive: true });
    await writeFile(at('migrate.cjs'), migrateStandIn(psql));
    await writeFile(
      at('knexfile.js'),
      `module.exports = ${JSON.stringify({ client: 'pg', connection })};\n`,
    );
    if (tool.modules) await symlink(tool.modules, at('node_modules'));
    await writeFile(at('migrations', '20240101000000_users.js'), migration(['DROP TABLE users']));
  }
  await writeFile(join(directory, 'newer', 'migrations', WRONG_MIGRATION), migration(WAYS[way]));
}

export const WRONG_MIGRATION = '20241109000000_verified.js';

/** Each statement by itself: without a transaction around them, a failure leaves what was done before it. */
function migration(down: readonly string[]): string {
  return [
    `exports.statements = ${JSON.stringify(down)};`,
    'exports.config = { transaction: false };',
    'exports.up = async () => {};',
    'exports.down = async (knex) => { for (const each of exports.statements) await knex.raw(each); };',
    '',
  ].join('\n');
}
