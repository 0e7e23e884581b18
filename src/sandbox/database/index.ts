/** The shop's database: with a backup of last night, and users whose values the newest release has made wrong. */

import type { PostgresqlSettings, ShopPostgresql } from './postgresql.ts';

export type DatabaseSettings =
  | PostgresqlSettings
  /** Behind stand-ins for MongoDB's server and tools, used by an application that is told its name. */
  | { readonly as: 'mongodb'; readonly migrations?: undefined };

export interface ShopDatabase {
  /** Lines of `backstop.yaml`: the components, and a probe that counts the users with wrong values. */
  readonly components: readonly string[];
  readonly probe: readonly string[];
  readonly backups: string;
  /** Users whose address counts as verified, and users of whom nobody knows, as the shop sees them. */
  users(): Promise<{ readonly verified: number; readonly wrong: number }>;
  /** Another customer comes, whom no backup has. */
  signUp(email: string): Promise<void>;
  /** The name of the one that the shop uses. */
  live(): Promise<string>;
  databases(): Promise<readonly string[]>;
  /** Everything that matters of it, line by line, and what was done to the services around it: to be compared with another one. Without times. */
  contents(): Promise<readonly string[]>;
  /** What was exported, all files of the newest export. */
  exported(): Promise<string>;
  close(): Promise<void>;
}

/** Starts the server and makes the database. @throws when it needs PostgreSQL and that is not installed here. */
export async function openShopDatabase(
  settings: DatabaseSettings,
): Promise<ShopDatabase | ShopPostgresql> {
  if (settings.as === 'mongodb') {
    const { openShopMongodb } = await import('./mongodb.ts');
    return openShopMongodb();
  }
  const { openShopPostgresql } = await import('./postgresql.ts');
  return openShopPostgresql(settings);
}
