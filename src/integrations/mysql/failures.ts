/** What the tools say when they do not end well, as one kind of error. */

import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import type { Ended } from '../command/run-command.ts';
import { afterKilled } from '../database/killed.ts';
import { redact } from '../redact.ts';
import type { Server } from './server.ts';

interface Failed {
  readonly server: Server;
  readonly attempted: string;
  readonly asked: 'read' | 'change';
}

interface Meaning {
  readonly kind: OutsideErrorKind;
  readonly next: string;
}

export function failed(ended: Ended, { server, attempted, asked }: Failed): OutsideError {
  // `ERROR 1045 (28000): …`, `ERROR 1435 (HY000) at line 3: …`, `mysqldump: Got error: 1045: "…"`.
  const code = /ERROR (\d{4})|[Ee]rror:? (\d{4})/.exec(ended.said)?.slice(1).find(Boolean);
  const { kind, next } = meaningOf(ended, code, asked);
  const words = ended.how === 'exited' ? `exit code ${ended.code}` : 'it was ended early';
  return new OutsideError({
    kind,
    system: 'MySQL',
    attempted,
    on: `database ${server.settings.database} (${server.place})`,
    code,
    answer: redact(ended.said, []) || ended.fault || words,
    next,
  });
}

function meaningOf(ended: Ended, code: string | undefined, asked: 'read' | 'change'): Meaning {
  const unclear = asked === 'change' ? 'ambiguous' : 'unavailable';
  if (ended.how === 'killed')
    return { kind: unclear, next: afterKilled(ended, 'the server is busy with') };
  switch (code) {
    case undefined:
      return { kind: unclear, next: 'See what the tool says, and try the same by hand.' };
    case '1045':
    case '1698':
    case '2026':
      return { kind: 'credentials', next: 'Check user, password and `tls` in backstop.yaml.' };
    case '2002':
    case '2003':
    case '2005':
      // Before anything was asked of it: nothing was done, and it may work a minute later.
      return {
        kind: 'unavailable',
        next: 'See that the server runs and can be reached from here.',
      };
    case '1044':
    case '1142':
    case '1227':
    case '1370':
      return { kind: 'permission', next: 'Grant the account what its README lists.' };
    case '1049':
      return { kind: 'not-found', next: 'Check the name of the database in backstop.yaml.' };
    case '1205':
      return {
        kind: 'busy',
        next: 'Somebody still uses a table; stop what writes, and try again.',
      };
    case '1969':
    case '3024':
      return {
        kind: unclear,
        next: 'It took longer than it may; see what the server is busy with.',
      };
    case '2006':
    case '2013':
    case '1927':
      return {
        kind: unclear,
        next: 'The server ended the connection; look before it is repeated.',
      };
    default:
      return {
        kind: asked === 'change' ? 'ambiguous' : 'rejected',
        next: 'See what the server says, and look before anything is repeated.',
      };
  }
}
