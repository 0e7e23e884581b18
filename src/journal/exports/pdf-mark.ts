/**
 * The seal of a PDF. A browser prints the pages and leaves no place for it, so it stands behind them, as a comment that readers of PDFs
 * pass over (ISO 32000-1, 7.2.4), followed by the place of the cross-references once more, which they look for from the end (7.5.5).
 */

import { SEAL_NAME } from './seal.ts';

/** What a PDF was printed from, as it says itself. */
export interface Marked {
  /** The text of the seal, for `sealIn`. */
  readonly seal: string;
  /** The PDF as the browser wrote it. */
  readonly printed: Buffer;
}

const BEGIN = `%${SEAL_NAME} `;
const END = '%%EOF\n';

/** The PDF with the seal behind it; as it is where there is no seal, or it is not ended as PDFs are. */
export function withMark(printed: Buffer, seal: string): Buffer {
  const place = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(printed.subarray(-64).toString('latin1'))?.[1];
  if (seal === '' || place === undefined) return printed;
  const ascii = seal.replace(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return Buffer.concat([printed, Buffer.from(`${BEGIN}${ascii}\nstartxref\n${place}\n${END}`)]);
}

/** The seal behind a PDF; undefined where there is none, such as in one that another program has saved anew. */
export function markIn(pdf: Buffer): Marked | undefined {
  const from = pdf.lastIndexOf(BEGIN, undefined, 'latin1');
  const behind = from < 0 ? '' : pdf.subarray(from + BEGIN.length).toString('latin1');
  const seal = /^([\x20-\x7e]+)\nstartxref\n\d+\n%%EOF\n$/.exec(behind)?.[1];
  return seal === undefined ? undefined : { seal, printed: pdf.subarray(0, from) };
}

/** Which program printed a PDF, as it says itself; empty where it does not. */
export function printerOf(printed: Buffer): string {
  const text = printed.toString('latin1');
  const [creator, producer] = ['Creator', 'Producer'].map(
    (key) => new RegExp(`/${key} \\(((?:[^()\\\\]|\\\\.)*)\\)`).exec(text)?.[1] ?? '',
  );
  const browser = /[A-Za-z]*Chrom[a-z]*\/[\d.]+/.exec(creator ?? '')?.[0] ?? creator;
  return [browser, producer].filter((part) => part !== '').join(', ');
}

/** Whether both have the same pages, to the letter: all that is in them but when each was printed. */
export function samePages(one: Buffer, other: Buffer): boolean {
  return undated(one) === undated(other);
}

function undated(printed: Buffer): string {
  return printed.toString('latin1').replace(/\/(Creation|Mod)Date \(D:[^)]*\)/g, '/$1Date ()');
}
