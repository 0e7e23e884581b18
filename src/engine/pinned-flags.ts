/** Feature flags as part of a release's restore point: how they stand is kept, and put back with the rest. */

import type { Component } from '../component.ts';
import { messageOf, OutsideError, Refusal } from '../errors.ts';
import type { PinnedFlag } from '../release.ts';
import type { Part } from './plan-graph.ts';
import { readSignal } from './reads.ts';
import { hasSwitches, switchPart } from './switch-parts.ts';

/** Every flag that can be set, as it stands; what cannot be kept is named in `notCovered`. Reads only. */
export async function readFlags(
  components: readonly Component[],
  signal: AbortSignal,
): Promise<{ readonly flags: readonly PinnedFlag[]; readonly notCovered: readonly string[] }> {
  const read = components.filter(hasSwitches).flatMap(({ id, title, switches }) =>
    switches.names.map(async (name): Promise<PinnedFlag | string> => {
      const what = `Not covered: flag ${name} of ${title}`;
      try {
        const state = await switches.read(name, readSignal(signal));
        if (switches.states.includes(state)) return { component: id, name, state };
        return `${what}, which is ${state}.`;
      } catch (error) {
        if (!(error instanceof OutsideError)) throw error;
        return `${what}, which could not be read. ${error.message}`;
      }
    }),
  );
  const all = await Promise.all(read);
  return {
    flags: all.filter((each) => typeof each !== 'string'),
    notCovered: all.filter((each) => typeof each === 'string'),
  };
}

/**
 * The parts of a plan that put flags back to how they were kept; a sentence for each that cannot be, for nothing else is to
 * wait for it. Those that stand so already are left out. Reads only.
 */
export async function flagsAsKept(
  components: readonly Component[],
  flags: readonly PinnedFlag[],
  signal: AbortSignal,
): Promise<readonly (Part | string)[]> {
  const parts = flags.map(async ({ name, state }): Promise<readonly (Part | string)[]> => {
    try {
      return [await switchPart(components, { name, to: state }, signal)];
    } catch (error) {
      if (error instanceof Refusal && error.code === 'already-done') return [];
      if (!(error instanceof Refusal || error instanceof OutsideError)) throw error;
      return [`Flag ${name} is not put back to ${state}. ${messageOf(error)}`];
    }
  });
  return (await Promise.all(parts)).flat();
}
