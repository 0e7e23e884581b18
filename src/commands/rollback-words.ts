/** The words after `/rollback`, and after `backstop rollback`, read once for both. */

import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';

export interface RollbackWords {
  /** Words before the keywords and flags: service, environment, version as far as given. */
  readonly words: readonly string[];
  readonly restore: NonNullable<PlanWish['restore']>;
  /** True for `only`: nothing but what it names goes back. */
  readonly only: boolean;
  /** The full id of the commit after `revert`. */
  readonly revert: string | undefined;
  /** True for `code only`: behind a release, its content stays as it is. */
  readonly codeOnly: boolean;
  readonly dryRun: boolean;
}

/** No service, version or point in time is longer: a commit, a digest, a tag. */
const WORD_LIMIT = 200;

const KEYWORDS = ['with', 'only', 'revert'];

/**
 * Reads `[service environment] [version] [with|only content[=point],… | revert <commit> | code only] [--dry-run]`.
 * @throws Refusal for a flag that is not known, a keyword that names nothing, or an endless word.
 */
export function readRollbackWords(text: string): RollbackWords {
  const all = text.split(/\s+/).filter((word) => word !== '');
  if (all.some((word) => word.length > WORD_LIMIT)) {
    throw new Refusal(
      'invalid-input',
      `That is too long to name anything; keep each word under ${WORD_LIMIT} characters.`,
    );
  }
  // Some keyboards turn two hyphens into a dash.
  const flags = all.filter((word) => /^(--|\u2014|\u2013)/.test(word));
  const unknown = flags.find((flag) => !flag.endsWith('dry-run'));
  if (unknown !== undefined) {
    throw new Refusal(
      'invalid-input',
      `\`${unknown}\` means nothing here. There is \`--dry-run\`, for a look only.`,
    );
  }
  const said = all.filter((word) => !flags.includes(word));
  const codeOnly = /(^| )code only$/i.test(said.join(' '));
  const rest = codeOnly ? said.slice(0, -2) : said;
  const at = rest.findIndex((word) => KEYWORDS.includes(word));
  const keyword = rest[at];
  const named = at === -1 ? [] : namedAfter(rest.slice(at + 1));
  if (keyword !== undefined && named.length === 0) throw nothingNamed(keyword);
  return {
    words: at === -1 ? rest : rest.slice(0, at),
    restore: keyword === 'revert' ? [] : named.map(pointOf),
    only: keyword === 'only',
    revert: keyword === 'revert' ? commitOf(named) : undefined,
    codeOnly,
    dryRun: flags.length > 0,
  };
}

/** The wish that the words stand for. @param target the version, where one is named. */
export function wishOf(
  { restore, only, revert, codeOnly }: RollbackWords,
  target: string | undefined,
): PlanWish {
  return {
    kind: 'rollback',
    ...(target ? { target } : {}),
    ...(restore.length > 0 ? { restore } : {}),
    ...(only ? { only } : {}),
    ...(codeOnly ? { codeOnly } : {}),
    ...(revert ? { revert } : {}),
  };
}

function namedAfter(words: readonly string[]): readonly string[] {
  return words
    .join(' ')
    .split(/[\s,]+/)
    .filter(Boolean);
}

function nothingNamed(keyword: string): Refusal {
  return new Refusal(
    'invalid-input',
    keyword === 'revert'
      ? 'Name the commit after `revert`, in full.'
      : `Name after \`${keyword}\` what goes back, such as \`${keyword} content\`.`,
  );
}

function commitOf([commit = '']: readonly string[]): string {
  if (/^[0-9a-f]{40}$/i.test(commit)) return commit.toLowerCase();
  throw new Refusal(
    'invalid-input',
    `\`${commit}\` is no full commit id; it has 40 digits and letters a to f.`,
  );
}

function pointOf(word: string): RollbackWords['restore'][number] {
  const [component = '', point] = word.split('=');
  return { component, ...(point ? { point } : {}) };
}
