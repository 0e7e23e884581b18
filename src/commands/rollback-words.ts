/** The words after `/rollback`, and after `backstop rollback`, read once for both. */

import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';

export interface RollbackWords {
  /** Words before the keywords and flags: service, environment, version as far as given. */
  readonly words: readonly string[];
  readonly restore: NonNullable<PlanWish['restore']>;
  /** True for `only`: nothing but what it names goes back. */
  readonly only: boolean;
  /** The flag after `flag`, and the state it is to have. */
  readonly flag: { readonly name: string; readonly to?: string } | undefined;
  /** What is to be done after `do`, to which components, and how much of it. */
  readonly mitigate: PlanWish['mitigate'] | undefined;
  /** The full id of the commit after `revert`. */
  readonly revert: string | undefined;
  /** True for `code only`: behind a release, its content stays as it is. */
  readonly codeOnly: boolean;
  /** What follows `keep schema because`. */
  readonly keepSchema: PlanWish['keepSchema'] | undefined;
  /** After `reset`: the full id of the commit, and what follows `because`. */
  readonly reset: PlanWish['reset'] | undefined;
  readonly dryRun: boolean;
}

/** No service, version or point in time is longer: a commit, a digest, a tag. */
const WORD_LIMIT = 200;

const KEYWORDS = ['with', 'only', 'revert', 'flag', 'do', 'reset'];

/**
 * Reads `[service environment] [version] [with|only content[=point],flag[=off],… | revert <commit> | flag <name>
 * [off|on] | do <restart|scale|…> [component,…] [value] | reset <commit> because <why> | code only] [keep schema because <why>] [--dry-run]`.
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
  const { before, keepSchema } = schemaOf(said);
  const codeOnly = /(^| )code only$/i.test(before.join(' '));
  const rest = codeOnly ? before.slice(0, -2) : before;
  const at = rest.findIndex((word) => KEYWORDS.includes(word));
  const keyword = rest[at];
  const named = at === -1 ? [] : namedAfter(rest.slice(at + 1));
  if (keyword !== undefined && named.length === 0) throw nothingNamed(keyword);
  return {
    words: at === -1 ? rest : rest.slice(0, at),
    restore: keyword === 'with' || keyword === 'only' ? named.map(pointOf) : [],
    only: keyword === 'only',
    flag: keyword === 'flag' ? flagOf(rest.slice(at + 1)) : undefined,
    mitigate: keyword === 'do' ? mitigationOf(rest.slice(at + 1)) : undefined,
    revert: keyword === 'revert' ? commitOf(named) : undefined,
    reset: keyword === 'reset' ? resetOf(rest.slice(at + 1)) : undefined,
    codeOnly,
    keepSchema,
    dryRun: flags.length > 0,
  };
}

/** The wish that the words stand for. @param target the version, where one is named. */
export function wishOf(
  { restore, only, revert, codeOnly, keepSchema, flag, mitigate, reset }: RollbackWords,
  target: string | undefined,
): PlanWish {
  if (flag) return { kind: 'mitigation', switches: [flag] };
  if (reset) return { kind: 'rollback', reset };
  if (mitigate) return { kind: 'mitigation', mitigate };
  return {
    kind: 'rollback',
    ...(target ? { target } : {}),
    ...(restore.length > 0 ? { restore } : {}),
    ...(only ? { only } : {}),
    ...(codeOnly ? { codeOnly } : {}),
    ...(keepSchema ? { keepSchema } : {}),
    ...(revert ? { revert } : {}),
  };
}

/** The words before `keep schema because`, and the reason after it. */
function schemaOf(said: readonly string[]): {
  readonly before: readonly string[];
  readonly keepSchema?: PlanWish['keepSchema'];
} {
  const lower = said.map((word) => word.toLowerCase());
  const at = lower.findIndex((word, index) => word === 'keep' && lower[index + 1] === 'schema');
  // What follows `because` of a reset is a sentence of its own.
  if (at === -1 || lower.slice(0, at).includes('reset')) return { before: said };
  const reason = said.slice(at + 3).join(' ');
  if (lower[at + 2] !== 'because' || reason === '') {
    throw new Refusal(
      'invalid-input',
      'Say why the older code runs with the schema as it is: `keep schema because <why>`.',
    );
  }
  return { before: said.slice(0, at), keepSchema: { reason } };
}

function namedAfter(words: readonly string[]): readonly string[] {
  return words
    .join(' ')
    .split(/[\s,]+/)
    .filter(Boolean);
}

const WHAT_TO_NAME: Readonly<Record<string, string>> = {
  revert: 'Name the commit after `revert`, in full.',
  flag: 'Name the flag after `flag`, and what it is to be: `flag new-checkout off`.',
  reset: 'Name the commit after `reset`, in full, and why: `reset <commit> because <why>`.',
  do: 'Name what is to be done after `do`, such as `do restart web` or `do scale web 6`.',
};

function nothingNamed(keyword: string): Refusal {
  const words =
    WHAT_TO_NAME[keyword] ??
    `After \`${keyword}\`, name what goes back, such as \`${keyword} content\`.`;
  return new Refusal('invalid-input', words);
}

function flagOf([name = '', to, more]: readonly string[]): RollbackWords['flag'] {
  if (more !== undefined) throw tooMuch('flag', more);
  return { name, ...(to ? { to: to.toLowerCase() } : {}) };
}

function mitigationOf([name = '', which, value, more]: readonly string[]): PlanWish['mitigate'] {
  if (more !== undefined) throw tooMuch('do', more);
  const components = (which ?? '').split(',').filter(Boolean);
  return { name: name.toLowerCase(), components, ...(value ? { value } : {}) };
}

function resetOf([commit = '', because, ...why]: readonly string[]): PlanWish['reset'] {
  if (because?.toLowerCase() !== 'because' || why.length === 0) {
    throw new Refusal('invalid-input', WHAT_TO_NAME['reset'] ?? '');
  }
  return { commit: commitOf([commit]), reason: why.join(' ') };
}

function tooMuch(keyword: string, word: string): Refusal {
  return new Refusal(
    'invalid-input',
    `\`${word}\` is one word too many. ${WHAT_TO_NAME[keyword] ?? ''}`,
  );
}

function commitOf([commit = '']: readonly string[]): string {
  if (/^[0-9a-f]{40}$/i.test(commit)) return commit.toLowerCase();
  throw new Refusal(
    'invalid-input',
    `\`${commit}\` is not a full commit id, which has 40 digits and letters a to f.`,
  );
}

function pointOf(word: string): RollbackWords['restore'][number] {
  const [component = '', point] = word.split('=');
  return { component, ...(point ? { point } : {}) };
}
