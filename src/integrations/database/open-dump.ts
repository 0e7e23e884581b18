import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** What is in the file of a dump, whether compressed or not: by what it begins with, not by its name. */
export async function openDump(file: string): Promise<Readable> {
  const isGzip = await isCompressed(file);
  const raw = createReadStream(file, { highWaterMark: 256 * 1024 });
  // An error of either comes out of the last one.
  return isGzip ? pipeline(raw, createGunzip(), () => undefined) : raw;
}

export async function isCompressed(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  const head = Buffer.alloc(2);
  try {
    await handle.read(head, 0, 2, 0);
  } finally {
    await handle.close();
  }
  return head[0] === 0x1f && head[1] === 0x8b;
}
