/** What becomes of a command when nobody reads what it says any more: the pipe is closed, as by `| head`, or the terminal is gone. */

import { EXIT } from './exit-codes.ts';

/** A closed pipe, and a terminal that is gone. */
const UNREAD = new Set(['EPIPE', 'EIO']);

/**
 * Ends the process without a word once nobody reads what it says, unless `goesOn` says that it has more to do than to tell: a run
 * must not stop half-way because a terminal was closed. Its exit code says that it was not done: half an export is none.
 */
export function endUnread(goesOn: () => boolean): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!UNREAD.has(error.code ?? '')) throw error;
      if (!goesOn()) process.exit(EXIT.unread);
    });
  }
}
