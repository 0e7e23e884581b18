import type { Readable } from 'node:stream';

/** A part of a line; the first part of a line has at least `LOOK` bytes of it, or all of it. */
export interface Piece {
  readonly startsLine: boolean;
  readonly bytes: Buffer;
}

const LOOK = 512;
const NEWLINE = 10;

/** Lines of any length, in bounded memory. */
export async function* piecesOf(source: Readable): AsyncGenerator<Piece> {
  let held = Buffer.alloc(0);
  let startsLine = true;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const buffer = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    held = Buffer.alloc(0);
    for (let from = 0; from < buffer.length; ) {
      const end = buffer.indexOf(NEWLINE, from);
      const rest = buffer.subarray(from, end === -1 ? buffer.length : end + 1);
      from += rest.length;
      if (end === -1 && startsLine && rest.length < LOOK) {
        held = Buffer.from(rest);
        continue;
      }
      yield { startsLine, bytes: rest };
      startsLine = end !== -1;
    }
  }
  if (held.length > 0) yield { startsLine: true, bytes: held };
}

/** The beginning of a line as text. */
export function beginningOf({ bytes }: Piece): string {
  return bytes.subarray(0, LOOK).toString('latin1').trimEnd();
}
