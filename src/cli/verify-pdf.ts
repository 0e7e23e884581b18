/** Whether a PDF says what the journal says: its pages are printed anew, by the browser that is here, and compared. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../errors.ts';
import {
  type Checking,
  doubts,
  type Findings,
  writtenAnew,
} from '../journal/exports/check-export.ts';
import { markIn, printerOf, samePages } from '../journal/exports/pdf-mark.ts';
import { sealIn } from '../journal/exports/seal.ts';
import { printPdf } from './pdf.ts';

/** True for a file that begins as PDFs do. */
export function isPdf(file: Buffer): boolean {
  return file.subarray(0, 5).toString('latin1') === '%PDF-';
}

/**
 * Compares a PDF with the journal. The same browser with the same fonts prints the same pages, to the letter; another one does not.
 * @param name what the file is called, for messages. @param browser its name or path, where one was named.
 * @throws Refusal when the PDF carries no seal, when no browser can print, or when the one that is here is another than it was printed by.
 */
export async function checkPdf(
  pdf: Buffer,
  name: string,
  checking: Checking,
  browser?: string,
): Promise<Findings> {
  const mark = markIn(pdf);
  const seal = mark && sealIn(mark.seal);
  if (!mark || !seal) {
    throw new Refusal(
      'not-possible',
      `${name} is a PDF without the seal that \`backstop export --format pdf\` puts behind its pages: it was printed by hand, or another program saved it anew. Check the HTML or JSON that was exported with it; the last line of the PDF names the hash they carry.`,
    );
  }
  const { found, anew } = writtenAnew(seal, 'html', checking);
  if (anew === undefined) return { ...found, format: 'pdf' };
  const printed = await printedAnew(anew, browser);
  if (samePages(mark.printed, printed)) return { ...found, format: 'pdf' };
  const [was, is] = [printerOf(mark.printed), printerOf(printed)];
  if (was !== is) {
    throw new Refusal(
      'not-possible',
      `${name} names entry ${found.lastSeq} of this journal rightly, and its pages cannot be compared: ${was || 'another program'} printed them, and here is ${is}. Name the same browser with --browser, or check the HTML or JSON that was exported with it.`,
    );
  }
  const wrong = [
    `Its pages are not those that ${is} prints of what the journal makes of ${found.incident}: somebody changed them, or the fonts of this machine are others than where it was printed.`,
  ];
  return { ...found, format: 'pdf', wrong, remarks: doubts(wrong, seal, anew) };
}

/** The pages without a seal, as a browser prints them. */
async function printedAnew(page: string, browser: string | undefined): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'backstop-verify-'));
  try {
    const file = join(folder, 'anew.pdf');
    await printPdf(page, file, browser);
    const pdf = readFileSync(file);
    return markIn(pdf)?.printed ?? pdf;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
