import type { Probe, Reading } from '../../component.ts';
import { messageOf } from '../../errors.ts';
import type { Verdict } from '../../operation.ts';
import type { Ingredients } from '../index.ts';
import { readStanding } from './containers.ts';
import { ComposeProbeSettings } from './schema.ts';

/** A probe that asks compose whether every service runs and is healthy. Services that are still starting are unknown. */
export function createComposeProbe(from: Ingredients): Probe {
  const settings = ComposeProbeSettings.parse(from.settings);
  const reading = (verdict: Verdict, reason: string): Reading => ({
    probe: from.id,
    verdict,
    reason,
    values: {},
  });
  return {
    name: from.id,
    async read(signal) {
      try {
        const { isStarted, isMoving, note } = await readStanding(
          settings,
          settings.services,
          signal,
        );
        if (isStarted) return reading('pass', note);
        return reading(isMoving ? 'unknown' : 'fail', note);
      } catch (error) {
        return reading('unknown', signal.aborted ? 'was not waited for' : messageOf(error));
      }
    },
  };
}
