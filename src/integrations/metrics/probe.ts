import type { Probe, Reading } from '../../component.ts';
import { messageOf } from '../../errors.ts';
import type { Judged } from './levels.ts';

/** A probe of one metric; what cannot be read is `unknown`, with the reason. */
export function metricProbe(
  name: string,
  where: string,
  read: (signal: AbortSignal) => Promise<Judged>,
): Probe {
  return {
    name,
    async read(signal): Promise<Reading> {
      try {
        const { verdict, reason, values } = await read(signal);
        return { probe: name, verdict, reason: `${where}: ${reason}`, values };
      } catch (error) {
        return {
          probe: name,
          verdict: 'unknown',
          reason: `${where} ${messageOf(error)}`,
          values: {},
        };
      }
    },
  };
}
