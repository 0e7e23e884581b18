/** `backstop verify`: whether the journal is what was written, and whether an export says what the journal says. */

import { readFileSync } from 'node:fs';
import { messageOf, Refusal } from '../errors.ts';
import { checkExport, type Findings } from '../journal/exports/check-export.ts';
import type { Journal } from '../journal/journal.ts';
import { createLoop } from '../loop.ts';
import { createRedactor } from '../redact.ts';
import { type GlobalOptions, readJournal } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { checkPdf, isPdf } from './verify-pdf.ts';

export interface VerifyOptions extends GlobalOptions {
  /** The export to compare with the journal. */
  readonly export?: string;
  /** Prints the pages of a PDF anew. */
  readonly browser?: string;
}

/**
 * Checks the journal's chain, and the export where one is named. Exit code 1 names the first row that was altered, removed or
 * reordered, or what in the export does not match.
 * @throws Refusal when the file cannot be read or compared.
 */
export async function verify(options: VerifyOptions): Promise<number> {
  const { journal, config } = readJournal(options);
  try {
    const chain = journal.verify();
    if (!chain.ok) {
      process.stdout.write(
        `The journal is not what was written: entry ${chain.seq} is ${chain.what}. ${chain.detail}\n`,
      );
      return EXIT.failed;
    }
    process.stdout.write(
      `The journal is whole: ${chain.entries} entries, head ${chain.head.slice(0, 16)}.\n`,
    );
    if (options.export === undefined) return EXIT.ok;
    const redact = createRedactor(config?.secrets ?? []);
    return await compare(options.export, journal, redact, options.browser);
  } finally {
    await journal.close();
  }
}

async function compare(
  file: string,
  journal: Journal,
  redact: (text: string) => string,
  browser: string | undefined,
): Promise<number> {
  const loop = createLoop(journal, Date.now);
  const checking = { journal, incidentOf: (id: string) => loop.incident(id), redact };
  const said = contentOf(file);
  const findings = isPdf(said)
    ? await checkPdf(said, file, checking, browser)
    : checkExport(said.toString('utf8'), file, checking);
  const { wrong, remarks, written } = findings;
  const lines =
    wrong.length > 0 ? [`${file} does NOT match the journal:`, ...wrong] : [proven(file, findings)];
  const own = written === undefined ? [] : [written];
  process.stdout.write(`${[...lines, ...remarks, ...own].map(oneLine).join('\n')}\n`);
  return wrong.length > 0 ? EXIT.failed : EXIT.ok;
}

const WHAT: Readonly<Record<Findings['format'], string>> = {
  json: 'every value in it is what the journal makes of',
  html: 'it is, to the letter, what the journal makes of',
  md: 'everything that Backstop wrote in it stands as the journal makes it of',
  csv: 'each of its rows is, to the letter, what the journal makes of',
  pdf: 'its pages are, to the letter, those that the browser here prints of',
};

function proven(file: string, { format, incident, lastSeq, hash }: Findings): string {
  return `${file} matches the journal: ${WHAT[format]} ${incident} up to entry ${lastSeq} (hash ${hash.slice(0, 16)}).`;
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Refusal('invalid-input', `${file} cannot be read (${messageOf(error)}).`);
  }
}

/** Text from a file must not move the terminal's cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
}
