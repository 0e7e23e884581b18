/** Watching after a recovery: its windows, and what the probes said in each. */

import type { Reading } from './component.ts';
import type { MonitorWindow, Recorded } from './events.ts';
import { allPass } from './run.ts';

export interface Monitor {
  readonly run: string;
  readonly windows: readonly (MonitorWindow & {
    readonly lastReadAt?: number;
    readonly readings: readonly Reading[];
    /** When a reading first did not pass. */
    readonly troubledAt?: number;
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
    const windows = event.data.windows.map((window) => ({ ...window, readings: [] }));
    return { run: event.data.run, windows };
  }
  if (!monitor) throw new Error(`${event.stream} is not being monitored`);
  const windows = monitor.windows.map((window) => {
    if (window.name !== event.data.window) return window;
    if (event.type === 'monitor.ended') return { ...window, passed: event.data.passed };
    const { readings } = event.data;
    const troubled = allPass(readings) ? {} : { troubledAt: window.troubledAt ?? event.at };
    return { ...window, lastReadAt: event.at, readings, ...troubled };
  });
  return { ...monitor, windows };
}
