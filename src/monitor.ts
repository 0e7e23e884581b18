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
    readonly troubles: readonly number[];
    readonly passed?: boolean;
  })[];
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
    const wasWell = window.lastReadAt === undefined || allPass(window.readings);
    const troubles =
      wasWell && !allPass(readings) ? [...window.troubles, event.at] : window.troubles;
    return { ...window, lastReadAt: event.at, readings, troubles };
  });
  return { ...monitor, windows };
}
