/** Which entries go back without a clone, and to when, in the words that people say. */

import type { Mitigation } from '../../component.ts';
import { Refusal } from '../../errors.ts';
import { timeSaid } from '../../wall-clock.ts';
import { exportCall, exportName } from './export-input.ts';
import type { ContentRestorePoints } from './restore-points.ts';
import { MOST_ENTRIES, revertInput } from './revert-input.ts';

export const REVERT = 'revert-entries';

const ABOUT =
  'the ids of the entries, @ and since when, such as home,sale@2h or home@2026-11-24T08:00Z';

interface Chosen {
  readonly ids: readonly string[];
  /** Epoch milliseconds. */
  readonly since: number;
}

/** Puts chosen entries back to what was published before a moment: for when no clone is left. How they are now is exported first. */
export function revertMitigation(
  restorePoints: ContentRestorePoints,
  space: string,
  title: string,
): Mitigation {
  return {
    title: `Put chosen entries of ${title} back`,
    value: { about: ABOUT },
    call({ value, at }, signal) {
      const { ids, since } = chosenEntries(value ?? '', at);
      return restorePoints.revertEntries(ids, since, exportName(space, new Date(at)), signal);
    },
    before({ input }) {
      const { environment, entries, exported: file = '' } = revertInput(input);
      return [exportCall({ file, environment, of: { entries: entries.map(({ id }) => id) } })];
    },
  };
}

/** Reads `home,sale@2h`. @param now epoch milliseconds. @throws Refusal */
export function chosenEntries(said: string, now: number): Chosen {
  const [names = '', when = '', more] = said.split('@');
  const ids = [...new Set(names.split(',').filter(Boolean))];
  const wrong = ids.find((id) => !/^[\w.-]{1,64}$/.test(id));
  const since = /T.*Z$/.test(when) ? Date.parse(when) : timeSaid(when, now, 'UTC', 'behind');
  const isTime = since !== undefined && !Number.isNaN(since) && since < now;
  if (more !== undefined || wrong !== undefined || ids.length === 0 || !isTime) {
    throw new Refusal('invalid-input', `Say ${ABOUT}; not “${said.slice(0, 100)}”.`, 'value');
  }
  if (ids.length > MOST_ENTRIES) {
    const words = `At most ${MOST_ENTRIES} entries go back in one step, not ${ids.length}; do it in parts.`;
    throw new Refusal('invalid-input', words, 'value');
  }
  return { ids, since };
}
