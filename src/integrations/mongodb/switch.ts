/**
 * One database takes the place of another by telling the application its name. MongoDB renames no database, and moving collections
 * one by one would copy them, under a lock, with no way to take all of them at once.
 */

import type { Change } from '../../operation.ts';
import type { Exchange, Standing } from '../database/system.ts';
import { findDatabases } from './databases.ts';
import { refuseSharded } from './restore.ts';
import type { Server } from './server.ts';
import { readUsed, setUsed } from './used.ts';

/** A switch is seen by which name is set. */
export async function standing(
  server: Server,
  { incoming, outgoing }: Exchange,
  signal: AbortSignal,
): Promise<Standing> {
  const used = await readUsed(server.settings, signal);
  const found = await findDatabases(server, 'restorer', [used, outgoing], signal);
  const live = found.find(({ name }) => name === used);
  const kept = found.find(({ name }) => name === outgoing);
  if (live && used === incoming && kept)
    return { state: 'switched', note: `${incoming} in use, with ${outgoing} kept`, live };
  if (live && used === outgoing) return { state: 'not switched', note: `${used} in use`, live };
  const note =
    live && !kept
      ? `${used} in use, and no database ${outgoing}`
      : live
        ? `another database in use, ${used}`
        : `${used} in use, which is not there`;
  return { state: 'something else', note, live };
}

export async function exchange(
  server: Server,
  { incoming }: Exchange,
  signal: AbortSignal,
): Promise<void> {
  await refuseSharded(server, signal);
  await setUsed(server.settings, incoming, signal);
}

export function switchChanges(
  _live: string,
  { incoming, outgoing }: Exchange,
  back: boolean,
): readonly Change[] {
  const kept = back ? 'kept under its name, with all written since' : 'kept as it is';
  return [
    { what: 'database that the application uses', from: outgoing, to: incoming },
    { what: `database ${outgoing}`, from: 'in use', to: kept },
  ];
}

export function manualSwitch(server: Server, { incoming, outgoing }: Exchange): readonly string[] {
  return [
    `With what writes stopped, see that ${outgoing} is what the application uses, and that ${incoming} is on ${server.place} and whole.`,
    `Set the name of the database to ${incoming}, as \`used.set\` in backstop.yaml does, then start the application.`,
    `${outgoing} stays. To go back, set its name again.`,
  ];
}
