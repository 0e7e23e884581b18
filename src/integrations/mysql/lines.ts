import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A part of a line; the first part of a line has at least `LOOK` bytes of it, or all of it. */
export interface Piece {
  readonly startsLine: boolean;
  readonly bytes: Buffer;
}

const LOOK = 512;
const NEWLINE = 10;

/** The text of a dump, whether compressed or not: by what it begins with, not by its name. */
export async function openDump(file: string): Promise<Readable> {
  const handle = await open(file, 'r');
  const head = Buffer.alloc(2);
  try {
    await handle.read(head, 0, 2, 0);
  } finally {
    await handle.close();
  }
  const raw = createReadStream(file, { highWaterMark: 256 * 1024 });
  const isCompressed = head[0] === 0x1f && head[1] === 0x8b;
  // An error of either comes out of the last one.
  return isCompressed ? pipeline(raw, createGunzip(), () => undefined) : raw;
}

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
