/** `backstop insights`: what all incidents tell together. */

import { Refusal } from '../errors.ts';
import type { Recorded } from '../events.ts';
import { INSIGHTS_FORMATS, writeInsights } from '../journal/exports/insights.ts';
import { redactValues } from '../journal/exports/redact-values.ts';
import { createLoop } from '../loop.ts';
import { insightsOf } from '../postmortem/insights.ts';
import { createRedactor } from '../redact.ts';
import { type GlobalOptions, readJournal } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { writeOut } from './export.ts';

export interface InsightsOptions extends GlobalOptions {
  readonly format: string;
  readonly out?: string;
}

/** Writes the insights to a file, or to stdout. @throws Refusal for an unknown format. */
export async function insights(options: InsightsOptions): Promise<number> {
  const format = INSIGHTS_FORMATS.find((known) => known === options.format);
  if (!format) {
    throw new Refusal(
      'invalid-input',
      `There is no format ${options.format} for insights; use ${INSIGHTS_FORMATS.join(', ')}.`,
    );
  }
  const { journal, config } = readJournal(options);
  const told = insightsOf(
    createLoop(journal, Date.now).incidents(),
    ({ stream }) => journal.entriesOf(stream) as unknown as readonly Recorded[],
    Date.now(),
  );
  await journal.close();
  const text = writeInsights(redactValues(told, createRedactor(config?.secrets ?? [])), format);
  if (options.out === undefined) {
    process.stdout.write(text);
    return EXIT.ok;
  }
  writeOut(options.out, [text]);
  process.stderr.write(`${options.out} is written.\n`);
  return EXIT.ok;
}
