/** `backstop export`: the post-mortem of an incident, in any format, whole or in part. */

import { writeFileSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { messageOf, Refusal } from '../errors.ts';
import type { Incident } from '../incident.ts';
import {
  type DocumentOptions,
  documentsOf,
  FORMATS,
  type Format,
} from '../journal/exports/documents.ts';
import type { Journal } from '../journal/journal.ts';
import { createLoop } from '../loop.ts';
import type { Narrowing } from '../postmortem/narrow.ts';
import { createRedactor } from '../redact.ts';
import { isZone, momentOf } from '../timeline/moment.ts';
import { TIMELINE_KINDS, type TimelineKind } from '../timeline/thread.ts';
import { timeSaid } from '../wall-clock.ts';
import { type GlobalOptions, readJournal } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { printPdf } from './pdf.ts';

export interface ExportOptions extends GlobalOptions {
  readonly format: string;
  readonly out?: string;
  readonly since?: string;
  readonly until?: string;
  readonly kinds?: string;
  readonly zone?: string;
  readonly redact?: string;
  readonly browser?: string;
  /** `owner/name`, for `github-issue`. */
  readonly repository?: string;
  /** False with `--no-events`. */
  readonly events?: boolean;
}

/** Every format of `--format`; a PDF is the HTML, printed, and an issue is opened rather than written. */
export const EXPORT_FORMATS: readonly string[] = [...FORMATS, 'pdf', 'github-issue'];

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
  const shape = shapeOf(incident, config, options);
  if (format === 'github-issue') {
    await journal.close();
    const { exportIssue } = await import('./export-issue.ts');
    return exportIssue(incident, config, { ...shape, repository: options.repository });
  }
  const [document] = documentsOf(journal, incident, {
    ...shape,
    formats: [FORMATS.find((known) => known === format) ?? ('html' satisfies Format)],
  });
  await journal.close();
  const text = document?.text ?? '';
  if (out === undefined) {
    process.stdout.write(text);
    return EXIT.ok;
  }
  if (format === 'pdf') await printPdf(text, out, options.browser);
  else writeOut(out, text);
  process.stderr.write(`${out} is written.\n`);
  return EXIT.ok;
}

/** The incident or release of that id. @throws Refusal when there is none. */
export function incidentIn(journal: Journal, id: string): Incident {
  const incident = createLoop(journal, Date.now).incident(id.toUpperCase());
  if (incident) return incident;
  throw new Refusal('not-found', `There is no incident ${id}. \`backstop incidents\` lists them.`);
}

/** Writes a file that the operator named. @throws Refusal when it cannot be written. */
export function writeOut(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const words = `${file} cannot be written (${messageOf(error)}). Name another file with --out.`;
    throw new Refusal('invalid-input', words);
  }
}

/**
 * A point in time that the operator named: ISO 8601 with its offset, or in the zone, as in `2026-11-20 14:05`; where an
 * hour alone is named, its first occurrence after `begin`.
 * @throws Refusal naming the option.
 */
export function timeOf(option: string, said: string, zone: string, begin: number): number {
  const exact = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/i.test(said)
    ? Date.parse(said)
    : Number.NaN;
  if (!Number.isNaN(exact)) return exact;
  const words = said.replace(/^(\d{4}-\d\d-\d\d)T/, '$1 ');
  const at = timeSaid(words, begin - 60_000, zone, 'ahead');
  if (at !== undefined) return at;
  throw new Refusal(
    'invalid-input',
    `${option} ${said} is no time; write it as 14:05, 2026-11-20 14:05 (in ${zone}) or 2026-11-20T14:05:00Z.`,
  );
}

function shapeOf(
  incident: Incident,
  config: Config | undefined,
  options: ExportOptions,
): Omit<DocumentOptions, 'formats'> {
  const zone = options.zone ?? config?.incidents.zone ?? 'UTC';
  if (!isZone(zone)) {
    throw new Refusal(
      'invalid-input',
      `There is no time zone ${zone}; use a name such as Europe/Berlin or UTC.`,
    );
  }
  if (options.redact !== undefined && options.redact !== 'people') {
    throw new Refusal(
      'invalid-input',
      `--redact ${options.redact} is not known; use --redact people. Secrets are always taken out.`,
    );
  }
  return {
    zone,
    serviceTitle: config?.services[incident.service]?.name ?? incident.service,
    now: Date.now(),
    redact: createRedactor(config?.secrets ?? []),
    narrowing: narrowingOf(incident, options, zone),
    withoutPeople: options.redact === 'people',
    withEvents: options.events !== false,
  };
}

function narrowingOf(
  { declaredAt }: Incident,
  { since, until, kinds }: ExportOptions,
  zone: string,
): Narrowing {
  const narrowing = {
    ...(since === undefined ? {} : { since: momentOf(timeOf('--since', since, zone, declaredAt)) }),
    ...(until === undefined ? {} : { until: momentOf(timeOf('--until', until, zone, declaredAt)) }),
    ...(kinds === undefined ? {} : { kinds: kindsOf(kinds) }),
  };
  if (narrowing.since && narrowing.until && narrowing.until < narrowing.since) {
    throw new Refusal('invalid-input', '--until is before --since; nothing lies between them.');
  }
  return narrowing;
}

function kindsOf(said: string): readonly TimelineKind[] {
  return said.split(',').map((word) => {
    const kind = TIMELINE_KINDS.find((known) => known === word.trim());
    if (kind) return kind;
    throw new Refusal(
      'invalid-input',
      `There is no kind ${word.trim()} in a timeline; use ${listed(TIMELINE_KINDS)}.`,
    );
  });
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
