/** The words after `/rollback`, and after `backstop rollback`, read once for both. */

import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';

export interface RollbackWords {
  /** Words before `with` and the flags: service, environment, version as far as given. */
  readonly words: readonly string[];
  readonly restore: NonNullable<PlanWish['restore']>;
  readonly dryRun: boolean;
}

/** No service, version or point in time is longer: a commit, a digest, a tag. */
const WORD_LIMIT = 200;

/**
 * Reads `[service environment] [version] [with content[=point],…] [--dry-run]`.
 * @throws Refusal for a flag that is not known, a `with` that names nothing, or an endless word.
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
  const unknown = flags.find((flag) => !/dry-run$/.test(flag));
  if (unknown !== undefined) {
    throw new Refusal(
      'invalid-input',
      `\`${unknown}\` means nothing here. There is \`--dry-run\`, for a look only.`,
    );
  }
  const rest = all.filter((word) => !flags.includes(word));
  const at = rest.indexOf('with');
  const words = at === -1 ? rest : rest.slice(0, at);
  const restore =
    at === -1
      ? []
      : rest
          .slice(at + 1)
          .join(' ')
          .split(/[\s,]+/)
          .filter(Boolean);
  if (at !== -1 && restore.length === 0) {
    throw new Refusal(
      'invalid-input',
      'Name after `with` what goes back too, such as `with content`.',
    );
  }
  return { words, restore: restore.map(pointOf), dryRun: flags.length > 0 };
}

/** The wish that the words stand for. @param target the version, where one is named. */
export function wishOf({ restore }: RollbackWords, target: string | undefined): PlanWish {
  return {
    kind: 'rollback',
    ...(target ? { target } : {}),
    ...(restore.length > 0 ? { restore } : {}),
  };
}

function pointOf(word: string): RollbackWords['restore'][number] {
  const [component = '', point] = word.split('=');
  return { component, ...(point ? { point } : {}) };
}
