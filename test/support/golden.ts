/** Golden files of exports: what was written once, read by a person, and kept. `UPDATE_GOLDEN=1` writes them anew. */

import { readFileSync, writeFileSync } from 'node:fs';

const FOLDER = new URL('../journal/exports/golden/', import.meta.url);

/** What every page brings along is kept once, and named in each. */
const SHARED = [
  { file: 'page.css', part: /(?<=<style>)[^]*?(?=<\/style>)/ },
  { file: 'page.js', part: /(?<=<script>)[^]*?(?=<\/script>)/ },
] as const;

/**
 * The text of a golden file, pages with their style and script.
 * @param name such as `rolled-back.md`. @param written what was written now: it is kept where golden files are to be updated.
 */
export function golden(name: string, written?: string): string {
  const isPage = name.endsWith('.html');
  if (written !== undefined && process.env['UPDATE_GOLDEN'] === '1') {
    writeFileSync(new URL(name, FOLDER), isPage ? withoutShared(written) : written);
  }
  const kept = readFileSync(new URL(name, FOLDER), 'utf8');
  return isPage ? withShared(kept) : kept;
}

function withoutShared(page: string): string {
  return SHARED.reduce((rest, { file, part }) => {
    const shared = part.exec(rest)?.[0];
    if (shared === undefined) throw new Error(`The page has nothing to keep in ${file}`);
    writeFileSync(new URL(file, FOLDER), shared);
    return rest.replace(part, () => file);
  }, page);
}

function withShared(kept: string): string {
  return SHARED.reduce((page, { file, part }) => {
    const shared = readFileSync(new URL(file, FOLDER), 'utf8');
    return page.replace(part, () => shared);
  }, kept);
}
