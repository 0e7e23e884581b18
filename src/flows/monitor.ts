import type { Reading } from '../component.ts';
import type { Event } from '../events.ts';
import { isOpen } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { allPass } from '../run.ts';
import { nextReading } from './deadlines.ts';

/**
 * Records one round of readings in a monitor window; nothing when none is due. The round taken once the window's time is
 * over ends it and tells whether it passed: every probe does, and there is at least one.
 */
export function recordMonitoring(windowName: string, readings: readonly Reading[]): Flow {
  return (incident, { now }): readonly Event[] => {
    const window = incident.monitor?.windows.find((w) => w.name === windowName);
    if (!window || !isOpen(incident)) return [];
    const due = nextReading(window);
    if (due === undefined || now < due) return [];
    const read: Event = { type: 'monitor.read', data: { window: windowName, readings } };
    if (now < window.until) return [read];
    const passed = allPass(readings);
    return [read, { type: 'monitor.ended', data: { window: windowName, passed } }];
  };
}
