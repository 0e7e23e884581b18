import type { Reading } from '../component.ts';
import type { Event } from '../events.ts';
import { isOpen } from '../incident.ts';
import type { Flow } from '../loop.ts';

/** Records one round of readings in a monitor window, and ends the window when its time is over. */
export function recordMonitoring(windowName: string, readings: readonly Reading[]): Flow {
  return (incident, { now }): readonly Event[] => {
    const window = incident.monitor?.windows.find((w) => w.name === windowName);
    if (!window || window.passed !== undefined || now < window.from || !isOpen(incident)) return [];
    const read: Event = { type: 'monitor.read', data: { window: windowName, readings } };
    if (now < window.until) return [read];
    const passed = readings.every((reading) => reading.verdict === 'pass');
    return [read, { type: 'monitor.ended', data: { window: windowName, passed } }];
  };
}
