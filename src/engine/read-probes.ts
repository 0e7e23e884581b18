import type { Probe, Reading } from '../component.ts';
import { readSignal } from './reads.ts';

/** Reads every probe at once. Never throws: what cannot be read is `unknown`. */
export function readProbes(
  probes: readonly Probe[],
  signal: AbortSignal,
): Promise<readonly Reading[]> {
  return Promise.all(probes.map((probe) => probe.read(readSignal(signal))));
}
