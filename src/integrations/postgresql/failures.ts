/** What the tools say when they do not end well, as one kind of error. */

import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import { placeName } from '../command/place.ts';
import type { Ended } from '../command/run-command.ts';
import { afterKilled } from '../database/killed.ts';
import { redact } from '../redact.ts';
import type { Server } from './server.ts';

export const SYSTEM = 'PostgreSQL';

interface Failed {
  readonly server: Server;
  readonly attempted: string;
  readonly on: string;
  readonly asked: 'read' | 'change';
}

/** What a tool that did not end well says, as one error. */
export function failed(ended: Ended, { server, attempted, on, asked }: Failed): OutsideError {
  const { kind, code, next } = meaningOf(ended, asked);
  return new OutsideError({
    kind,
    system: SYSTEM,
    attempted,
    on: `database ${on} (${placeName(server.reading.where)})`,
    code,
    answer: redact(ended.said, []) || wordless(ended),
    next,
  });
}

interface Meaning {
  readonly kind: OutsideErrorKind;
  readonly code?: string | undefined;
  readonly next: string;
}

function meaningOf(ended: Ended, asked: 'read' | 'change'): Meaning {
  const unclear = asked === 'change' ? 'ambiguous' : 'unavailable';
  if (ended.how === 'killed') {
    return { kind: unclear, next: afterKilled(ended, 'the server is busy with') };
  }
  const { said } = ended;
  if (/connection to server (at|on) [^\n]* failed|could not translate host name/.test(said)) {
    if (
      /authentication failed|no password supplied|no pg_hba\.conf entry|role "[^"]*" does not exist/.test(
        said,
      )
    ) {
      return {
        kind: 'credentials',
        next: 'Check user and password, and pg_hba.conf of the server.',
      };
    }
    if (/database "[^"]*" does not exist/.test(said)) {
      return { kind: 'not-found', next: 'Check the name of the database in backstop.yaml.' };
    }
    if (/certificate|SSL/i.test(said)) {
      return {
        kind: 'credentials',
        next: 'Check `tls` and `caFile` of the server in backstop.yaml.',
      };
    }
    // Before anything was asked of it: nothing was done, and it may work a minute later.
    return { kind: 'unavailable', next: 'See that the server runs and can be reached from here.' };
  }
  // `psql:<stdin>:4: ERROR:  55006: …`; the word before the code is in the server's language.
  const code = /\p{Lu}: {1,3}([0-9A-Z]{5}): /u.exec(said)?.[1];
  switch (code) {
    case undefined:
      return { kind: unclear, next: 'See what the tool says, and try the same by hand.' };
    case '42501':
      return { kind: 'permission', code, next: 'Grant the role what its README lists.' };
    case '55006':
    case '55P03':
      return {
        kind: 'busy',
        code,
        next: 'Somebody still uses it; stop what writes, and try again.',
      };
    case '57014':
      return {
        kind: unclear,
        code,
        next: 'It took longer than it may; see what the server is busy with.',
      };
    case '3D000':
      return { kind: 'not-found', code, next: 'Check the name of the database in backstop.yaml.' };
    default:
      if (code.startsWith('08') || code.startsWith('57')) {
        return {
          kind: unclear,
          code,
          next: 'The server ended the connection; look before it is repeated.',
        };
      }
      return {
        kind: 'rejected',
        code,
        next: 'Nothing of this statement was done; see what the server says.',
      };
  }
}

function wordless(ended: Ended): string {
  return ended.how === 'exited' ? `exit code ${ended.code}` : 'it was ended before it answered';
}
