/** The commands that read the journal: list, export, verify. */

import { writeFileSync } from 'node:fs';
import { messageOf, Refusal } from '../errors.ts';
import { documentsOf, FORMATS, type Format } from '../journal/exports/documents.ts';
import { createLoop } from '../loop.ts';
import { createRedactor } from '../redact.ts';
import { type GlobalOptions, readJournal } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { table } from './table.ts';

/** Lists the incidents, newest first. */
export async function incidents(options: GlobalOptions): Promise<number> {
  const { journal } = readJournal(options);
  const all = createLoop(journal, Date.now).incidents();
  const rows = all.map((incident) => [
    incident.id,
    incident.severity?.is.toUpperCase() ?? '-',
    incident.status,
    `${incident.service} ${incident.environment}`,
    new Date(incident.declaredAt).toISOString().slice(0, 16).replace('T', ' '),
    oneLine(incident.title),
  ]);
  process.stdout.write(
    rows.length === 0
      ? 'No incident was ever declared here.\n'
      : table([['INCIDENT', 'SEVERITY', 'STATUS', 'WHERE', 'DECLARED (UTC)', 'TITLE'], ...rows]),
  );
  await journal.close();
  return EXIT.ok;
}

export interface ExportOptions extends GlobalOptions {
  readonly format: string;
  readonly out?: string;
}

/** Writes an incident's post-mortem to a file, or to stdout. @throws Refusal for an unknown incident or format. */
export async function exportIncident(id: string, options: ExportOptions): Promise<number> {
  const format = FORMATS.find((known) => known === options.format);
  if (!format)
    throw new Refusal(
      'invalid-input',
      `There is no format ${options.format}; use ${FORMATS.join(' or ')}.`,
    );
  const { journal, config } = readJournal(options);
  const incident = createLoop(journal, Date.now).incident(id.toUpperCase());
  if (!incident)
    throw new Refusal(
      'not-found',
      `There is no incident ${id}. \`backstop incidents\` lists them.`,
    );
  const formats: readonly Format[] = [format];
  const [document] = documentsOf(journal, incident, {
    formats,
    names: new Map(),
    zone: config?.incidents.zone ?? 'UTC',
    serviceTitle: config?.services[incident.service]?.name ?? incident.service,
    now: Date.now(),
    redact: createRedactor(config?.secrets ?? []),
  });
  await journal.close();
  if (options.out) {
    writeOut(options.out, document?.text ?? '');
    process.stderr.write(`${options.out} is written.\n`);
  } else {
    process.stdout.write(document?.text ?? '');
  }
  return EXIT.ok;
}

function writeOut(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const words = `${file} cannot be written (${messageOf(error)}). Name another file with --out.`;
    throw new Refusal('invalid-input', words);
  }
}

/** Checks the journal's chain. Exit code 1 names the first row that was altered, removed or reordered. */
export async function verify(options: GlobalOptions): Promise<number> {
  const { journal } = readJournal(options);
  const result = journal.verify();
  await journal.close();
  if (result.ok) {
    process.stdout.write(
      `The journal is whole: ${result.entries} entries, head ${result.head.slice(0, 16)}.\n`,
    );
    return EXIT.ok;
  }
  process.stdout.write(
    `The journal is not what was written: entry ${result.seq} is ${result.what}. ${result.detail}\n`,
  );
  return EXIT.failed;
}

/** Text that people wrote must not move the terminal's cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, 80);
}
