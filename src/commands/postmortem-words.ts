/** What is typed after `/postmortem`: an incident, and options as at the terminal. */

import { Refusal } from '../errors.ts';
import { type Asked, listed } from '../journal/exports/asked.ts';
import type { Format } from '../journal/exports/documents.ts';

export type PostmortemFormat = Format | 'canvas' | 'github-issue';

export interface PostmortemWish {
  /** As it was typed; empty for the incident of the channel. */
  readonly incident: string;
  readonly formats: readonly PostmortemFormat[];
  readonly asked: Asked;
  /** Where a GitHub issue is opened, as it was typed. */
  readonly repository?: string;
}

const FORMATS: readonly PostmortemFormat[] = [
  'md',
  'html',
  'json',
  'csv',
  'canvas',
  'github-issue',
];
const USUAL: readonly PostmortemFormat[] = ['md', 'html', 'json'];
const OPTIONS = [
  'format',
  'since',
  'until',
  'kinds',
  'person',
  'component',
  'zone',
  'redact',
  'repository',
] as const;
type Option = (typeof OPTIONS)[number];

/** @throws Refusal naming an option or format that there is not, or that is there without a value. */
export function wishIn(text: string): PostmortemWish {
  // Some keyboards make a dash of two hyphens.
  const [incident = '', ...options] = ` ${text.replace(/(^|\s)[—–](?=\w)/g, '$1--')}`.split(
    /\s--(?=\w)/,
  );
  const given = new Map(options.map(optionIn));
  const { format, repository, ...asked } = Object.fromEntries(given) as Partial<
    Record<Option, string>
  >;
  return {
    incident: incident.trim(),
    formats: format === undefined ? USUAL : formatsIn(format),
    asked,
    ...(repository === undefined ? {} : { repository }),
  };
}

function optionIn(said: string): readonly [Option, string] {
  const [word = '', ...rest] = said.trim().split(/[\s=]+/);
  const option = OPTIONS.find((known) => known === word);
  if (!option) {
    const words = listed(OPTIONS.map((known) => `--${known}`));
    throw new Refusal('invalid-input', `There is no option --${word.slice(0, 30)}; use ${words}.`);
  }
  const value = rest.join(' ');
  if (value === '') throw new Refusal('invalid-input', `Say what --${option} is to be.`);
  return [option, value];
}

function formatsIn(said: string): readonly PostmortemFormat[] {
  return said.split(/[\s,]+/).map((word) => {
    const format = FORMATS.find((known) => known === word || `slack-${known}` === word);
    if (format) return format;
    throw new Refusal(
      'invalid-input',
      `There is no format ${word.slice(0, 30)} in Slack; use ${listed(FORMATS)}. \`backstop export\` at the terminal also makes a PDF.`,
    );
  });
}
