/** Small phrases for people that several places use. */

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A duration that is only expected: `about 3 min 20 s`, `under 1 s`. @param ms milliseconds. */
export function roughly(ms: number): string {
  return ms < 500 ? duration(ms) : `about ${duration(ms)}`;
}

/** A duration in milliseconds in its two largest units: `3 min 20 s`. Under a second it is `under 1 s`. */
export function duration(ms: number): string {
  let left = Math.round(ms / 1000) * 1000;
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    left -= count * size;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || 'under 1 s';
}

/**
 * Somebody's words in a sentence of Backstop's: what looks like a mention in them is none, and is shown as it was typed.
 * The mark that breaks it nobody sees, and no message keeps.
 */
export function theirWords(text: string): string {
  return text.replaceAll(/<(?=[@#!])/g, '<\u2060');
}
