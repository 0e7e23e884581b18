/** What the states and parts of a release are called. */

import type { ReleasePart } from '../release.ts';
import type { ReleaseState } from '../release-state.ts';

export const RELEASE_STATES: Readonly<Record<ReleaseState, string>> = {
  preparing: 'Being prepared :hammer_and_wrench:',
  ready: 'Ready to go out :package:',
  out: 'Out, being verified :mag:',
  verified: 'Out and verified :eyes:',
  troubled: 'Out, and not healthy :warning:',
  'rolled-back': 'Rolled back :leftwards_arrow_with_hook:',
  'called-off': 'Called off',
  settled: 'Settled :white_check_mark:',
};

/** The state without its sign, for plain text. */
export function stateWords(state: ReleaseState): string {
  return RELEASE_STATES[state].replace(/ :[a-z_]+:$/, '');
}

export const PART_BUTTONS: Readonly<Record<ReleasePart, string>> = {
  prepare: 'Plan the restore point',
  'make-room': 'Make room…',
  'release-holds': 'Release what is held',
  'wind-down': 'Wind it down',
};
