/** What the driver and the tools say when something does not end well, as one kind of error. */

import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import type { Ended } from '../command/run-command.ts';
import { afterKilled } from '../database/killed.ts';
import { plainCause, redact } from '../redact.ts';
import { secretsOf } from './address.ts';
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

/** MongoDB's code for what took longer than it may. */
export const TOO_LONG = '50';

/** A failure of a call through the driver. */
export function failedCall(
  error: unknown,
  { server, attempted, asked, secrets }: Failed & { readonly secrets: readonly string[] },
): OutsideError {
  if (error instanceof OutsideError) return error;
  const cause = plainCause(error, secrets);
  const number = error instanceof Error && 'code' in error ? error.code : undefined;
  const code = typeof number === 'number' ? String(number) : undefined;
  const name = error instanceof Error ? error.name : '';
  return new OutsideError({
    kind: meaningOf(name, code, cause.message, asked).kind,
    system: 'MongoDB',
    attempted,
    on: `database ${server.settings.database} (${server.place})`,
    code,
    answer: cause.message,
    next: meaningOf(name, code, cause.message, asked).next,
    cause,
  });
}

function meaningOf(
  name: string,
  code: string | undefined,
  words: string,
  asked: 'read' | 'change',
): Meaning {
  const unclear = asked === 'change' ? 'ambiguous' : 'unavailable';
  // Before anything was asked of it: nothing was done, and it may work a minute later.
  if (name === 'MongoServerSelectionError') {
    return /self.signed|certificate|altname/i.test(words)
      ? { kind: 'credentials', next: 'Check `tls` and `caFile` in backstop.yaml.' }
      : { kind: 'unavailable', next: 'See that the server runs and can be reached from here.' };
  }
  switch (code ?? '') {
    case '18':
    case '8000':
      return { kind: 'credentials', next: 'Check user, password and authSource in backstop.yaml.' };
    case '13':
      return { kind: 'permission', next: 'Grant the user what the README of mongodb lists.' };
    case TOO_LONG:
      return { kind: unclear, next: 'It took longer than it may; see what the server does.' };
    default:
      return { kind: unclear, next: 'See what the server says, and look before it is repeated.' };
  }
}

/** A failure of mongodump or mongorestore. */
export function failedTool(ended: Ended, { server, attempted, asked }: Failed): OutsideError {
  const said = redact(ended.lastLines, secretsOf(server.settings));
  const words = ended.how === 'exited' ? `exit code ${ended.code}` : 'it was ended early';
  const unclear = asked === 'change' ? 'ambiguous' : 'unavailable';
  const { kind, next }: Meaning =
    ended.how === 'killed'
      ? { kind: unclear, next: afterKilled(ended, 'the server does') }
      : /auth error|AuthenticationFailed|Authentication failed/i.test(said)
        ? { kind: 'credentials', next: 'Check user, password and authSource in backstop.yaml.' }
        : /not authorized|Unauthorized/.test(said)
          ? { kind: 'permission', next: 'Grant the user what the README of mongodb lists.' }
          : { kind: unclear, next: 'See what the tool says, and try the same by hand.' };
  return new OutsideError({
    kind,
    system: 'MongoDB',
    attempted,
    on: `database ${server.settings.database} (${server.place})`,
    answer: said || ended.fault || words,
    next,
  });
}
