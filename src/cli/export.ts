/** `backstop export`: the post-mortem of an incident, in any format, whole or in part. */

import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { JournalError, messageOf, Refusal } from '../errors.ts';
import type { Incident } from '../incident.ts';
import { type Asked, listed, shapeFrom } from '../journal/exports/asked.ts';
import {
  type DocumentOptions,
  documentsOf,
  FORMATS,
  type Format,
} from '../journal/exports/documents.ts';
import type { Journal } from '../journal/journal.ts';
import { createLoop } from '../loop.ts';
import { createRedactor } from '../redact.ts';
import { type GlobalOptions, readJournal } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { printPdf } from './pdf.ts';

export interface ExportOptions extends GlobalOptions, Asked {
  readonly format: string;
  readonly out?: string;
  readonly browser?: string;
  /** `owner/name`, for `github-issue`. */
  readonly repository?: string;
  /** False with `--no-events`. */
  readonly events?: boolean;
}

/** Every format of `--format`; a PDF is the HTML, printed, and an issue and a canvas are put where they belong rather than written. */
export const EXPORT_FORMATS: readonly string[] = [
  ...FORMATS,
  'pdf',
  'github-issue',
  'slack-canvas',
];

/**
 * Writes an incident's post-mortem to a file, or to stdout.
 * @throws Refusal for an unknown incident, format, kind, zone or time, and where no browser can print.
 */
export async function exportIncident(id: string, options: ExportOptions): Promise<number> {
  const { format, out } = options;
  if (!EXPORT_FORMATS.includes(format)) {
    throw new Refusal(
      'invalid-input',
      `There is no format ${format}; use ${listed(EXPORT_FORMATS)}.`,
    );
  }
  if (format === 'pdf' && out === undefined) {
    throw new Refusal('invalid-input', 'A PDF is written to a file: name it with --out.');
  }
  const { journal, config } = readJournal(options);
  const incident = incidentIn(journal, id);
  const shape = shapeOf(journal, incident, config, options);
  if (format === 'github-issue') {
    await journal.close();
    const { exportIssue } = await import('./export-issue.ts');
    const { repository } = options;
    return exportIssue(incident, config, {
      ...shape,
      repository,
      file: journalOf(options, config),
    });
  }
  if (format === 'slack-canvas') {
    await journal.close();
    const { exportCanvas } = await import('./export-canvas.ts');
    return exportCanvas(incident, config, { ...shape, file: journalOf(options, config) });
  }
  const [document] = documentsOf(journal, incident, {
    ...shape,
    formats: [FORMATS.find((known) => known === format) ?? ('html' satisfies Format)],
  });
  try {
    const parts = document?.parts ?? [];
    const kept = incident.private
      ? `${incident.id} is private: give it only to those who are in it.\n`
      : '';
    if (out === undefined) {
      await writeToStdout(parts);
      process.stderr.write(kept);
      return EXIT.ok;
    }
    if (format === 'pdf') await printPdf([...parts].join(''), out, options.browser);
    else writeOut(out, parts);
    process.stderr.write(`${out} is written.\n${kept}`);
    return EXIT.ok;
  } finally {
    await journal.close();
  }
}

/** The file of the journal that was read. */
function journalOf({ db }: GlobalOptions, config: Config | undefined): string {
  return db ? resolve(db) : (config?.journal.file ?? '');
}

/** The incident or release of that id. @throws Refusal when there is none. */
export function incidentIn(journal: Journal, id: string): Incident {
  const incident = createLoop(journal, Date.now).incident(id.toUpperCase());
  if (incident) return incident;
  throw new Refusal('not-found', `There is no incident ${id}. \`backstop incidents\` lists them.`);
}

/** Writes a file that the operator named, as its parts come. @throws Refusal when it cannot be written. */
export function writeOut(file: string, parts: Iterable<string>): void {
  try {
    const opened = openSync(file, 'w');
    try {
      for (const piece of inPieces(parts)) writeFileSync(opened, piece);
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    if (error instanceof JournalError) throw error;
    const words = `${file} cannot be written (${messageOf(error)}). Name another file with --out.`;
    throw new Refusal('invalid-input', words);
  }
}

/** Writes text as its parts come. */
export async function writeToStdout(parts: Iterable<string>): Promise<void> {
  for (const piece of inPieces(parts)) {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  }
}

/** Characters that are written at once. */
const PIECE = 65_536;

function* inPieces(parts: Iterable<string>): Iterable<string> {
  let piece = '';
  for (const part of parts) {
    piece += part;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function shapeOf(
  journal: Journal,
  incident: Incident,
  config: Config | undefined,
  options: ExportOptions,
): Omit<DocumentOptions, 'formats'> {
  return {
    ...shapeFrom(options, incident, config?.incidents.zone ?? 'UTC', journal),
    serviceTitle: config?.services[incident.service]?.name ?? incident.service,
    now: Date.now(),
    redact: createRedactor(config?.secrets ?? []),
    withEvents: options.events !== false,
  };
}
