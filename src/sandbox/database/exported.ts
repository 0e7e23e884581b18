import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** All files of the newest export beside the backups. */
export async function newestExport(backups: string): Promise<string> {
  const root = join(backups, 'exports');
  const newest = (await readdir(root)).sort().at(-1) ?? '';
  const files = await readdir(join(root, newest));
  const texts = await Promise.all(files.map((file) => readFile(join(root, newest, file), 'utf8')));
  return texts.join('\n');
}
