/** What an export carries so that it can be written anew and compared: `backstop verify --export`. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { ToldPostmortem } from '../../postmortem/postmortem.ts';
import { PostmortemExport } from './schema.ts';

const Package = z.object({ name: z.string(), version: z.string() });

/** `Backstop 0.1.0`: which program wrote an export. */
export const WRITTEN_BY = `Backstop ${versionFrom(import.meta.dirname) ?? '(unknown version)'}`;

/** What the seal is called in Markdown's comment and in HTML's meta element. */
export const SEAL_NAME = 'backstop-export';

/** How the document was asked for, and which entries of which journal it was made from. */
export const Seal = PostmortemExport.pick({
  id: true,
  service: true,
  zone: true,
  generatedAt: true,
  narrowed: true,
  withoutPeople: true,
  writtenBy: true,
}).extend({ journal: PostmortemExport.shape.journal.required({ hash: true }) });
export type Seal = z.infer<typeof Seal>;

/** The document's seal as JSON on one line, with nothing in it that ends a comment; empty where no journal stands behind it. */
export function sealText(postmortem: ToldPostmortem): string {
  const sealed = Seal.safeParse(postmortem);
  if (!sealed.success) return '';
  return JSON.stringify(sealed.data)
    .replaceAll('--', '-\\u002d')
    .replace(/[<>&']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

/** The text of the seal in an HTML export; empty where it carries none. */
export function sealOfPage(page: string): string {
  return new RegExp(`^<meta name="${SEAL_NAME}" content='([^']*)'>$`, 'm').exec(page)?.[1] ?? '';
}

/** The seal in such a text; undefined when it is none. */
export function sealIn(text: string): Seal | undefined {
  try {
    return Seal.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A part of a timeline in a CSV's `narrowed`; undefined when it is none. */
export function partIn(text: string): Seal['narrowed'] {
  try {
    return Seal.shape.narrowed.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Of the package that the folder is part of. */
function versionFrom(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  const found = existsSync(file) ? Package.safeParse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  if (found?.data?.name === 'backstop') return found.data.version;
  return dirname(folder) === folder ? undefined : versionFrom(dirname(folder));
}
