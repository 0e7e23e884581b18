import type { Ended } from '../command/run-command.ts';

/** What to do where a tool of a database did not come to its own end. @param server what is to be looked at where it took too long. */
export function afterKilled(ended: Extract<Ended, { how: 'killed' }>, server: string): string {
  return ended.by === 'limit'
    ? `It took too long; see what ${server}.`
    : 'Something else ended it, such as the system where memory ran out; look what is there before it is repeated.';
}
