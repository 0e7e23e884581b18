/** Templates that somebody sent without filling them in. */

import { Refusal } from '../errors.ts';
import { theirWords } from '../words.ts';

/** `Impact:`, with or without words after it; no item of a list. */
const LABEL = /^(:|[^-•*:][^:]{0,60}:(\s|$))/;

/** @throws Refusal that names the first line of a template which was left empty: people would learn nothing from it. */
export function requireFilledIn(text: string, field: string): void {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const blank = lines.find((line, index) => {
    // A heading is filled in by the lines below it.
    const isEmpty = line.endsWith(':') && LABEL.test(lines[index + 1] ?? ':');
    return isEmpty || /(^|\s)…($|\s)/.test(line);
  });
  if (blank === undefined) return;
  const shown = blank.length > 60 ? `${blank.slice(0, 60)}…` : blank;
  throw new Refusal(
    'invalid-input',
    `Not filled in yet: “${theirWords(shown)}”. Write how it is, or delete the line.`,
    field,
  );
}
