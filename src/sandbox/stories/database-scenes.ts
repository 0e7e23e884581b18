/** What the stories of databases share. */

import type { ShopDatabase } from '../database/index.ts';
import { noPostgresql, type ShopPostgresql } from '../database/postgresql.ts';
import type { Stage } from '../stage.ts';
import { assess, declare, takeCommandAndConfirm } from './scenes.ts';
import { expect } from './story.ts';

/** Why no story of a database can be told here. */
export const withoutPostgresql = noPostgresql;

/** Where steps are long the clock of people is real. */
export const RESTORE_MS = 60_000;

export function databaseOf(stage: Stage): ShopDatabase | ShopPostgresql {
  if (!stage.database) throw new Error('The stage has no database.');
  return stage.database;
}

/** The same where it is PostgreSQL, which can be asked anything. */
export function postgresqlOf(stage: Stage): ShopPostgresql {
  const database = databaseOf(stage);
  if (!('sql' in database)) throw new Error('The database of the stage is no PostgreSQL.');
  return database;
}

/** Users whose address counts as verified, and users of whom nobody knows. */
export function users(stage: Stage): ReturnType<ShopDatabase['users']> {
  return databaseOf(stage).users();
}

/** Ana declares, Ben takes command and confirms the rollback; nobody is verified any more. */
export async function declareCorruption(stage: Stage): Promise<string> {
  const channel = await declare(stage);
  await assess(stage, channel, ['All of them']);
  await takeCommandAndConfirm(stage, channel, 'rollback');
  expect((await users(stage)).wrong === 10, 'every user has lost the value at first');
  return channel;
}

/** Ana asks for the plan, Ben approves it. */
export async function askAndApprove(stage: Stage, channel: string, words: string): Promise<void> {
  const { ana, ben } = stage.people;
  await ana.command(channel, `/rollback ${words}`);
  await ana.sees('Request approval', { channel });
  await ana.click('Request approval', { channel });
  await ben.click('Approve', { channel });
}
