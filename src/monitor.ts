/** Watching after a recovery: its windows, and what the probes said in each. */

import type { Reading } from './component.ts';
import type { MonitorWindow, Recorded } from './events.ts';
import { allPass } from './run.ts';

export interface Monitor {
  readonly run: string;
  readonly windows: readonly (MonitorWindow & {
    readonly lastReadAt?: number;
    readonly readings: readonly Reading[];
    /** When readings began not to pass, and again after they had passed meanwhile. */
    readonly troubles: readonly Trouble[];
    readonly passed?: boolean;
  })[];
}

/** Epoch milliseconds of the first reading that did not pass, and of the next one that did; none while it goes on. */
export interface Trouble {
  readonly since: number;
  readonly until?: number;
}

type MonitorEvent = Extract<Recorded, { type: `monitor.${string}` }>;

/**
 * The monitoring after one more event; `undefined` before the first recovery.
 * @throws Error when it is read or ended and never began.
 */
export function applyToMonitor(monitor: Monitor | undefined, event: MonitorEvent): Monitor {
  if (event.type === 'monitor.started') {
    const windows = event.data.windows.map((window) => ({ ...window, readings: [], troubles: [] }));
    return { run: event.data.run, windows };
  }
  if (!monitor) throw new Error(`${event.stream} is not being monitored`);
  const windows = monitor.windows.map((window) => {
    if (window.name !== event.data.window) return window;
    if (event.type === 'monitor.ended') return { ...window, passed: event.data.passed };
    const { readings } = event.data;
    const troubles = troublesAfter(window.troubles, allPass(readings), event.at);
    return { ...window, lastReadAt: event.at, readings, troubles };
  });
  return { ...monitor, windows };
}

function troublesAfter(
  troubles: readonly Trouble[],
  isWell: boolean,
  at: number,
): readonly Trouble[] {
  const last = troubles.at(-1);
  const isInTrouble = last !== undefined && last.until === undefined;
  if (isWell === !isInTrouble) return troubles;
  return isInTrouble
    ? [...troubles.slice(0, -1), { ...last, until: at }]
    : [...troubles, { since: at }];
}
