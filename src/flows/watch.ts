import type { Event, MonitorWindow } from '../events.ts';
import type { Incident } from '../incident.ts';

/** Watching goes on with one window more; those that have not ended are kept. */
export function watching(incident: Incident, window: MonitorWindow): Event {
  const { id, monitor, earlierMonitors } = incident;
  const open = (monitor?.windows ?? [])
    .filter(({ passed, name }) => passed === undefined && name !== window.name)
    .map(({ name, from, until, every }) => ({ name, from, until, every }));
  const run = `${id}-W${earlierMonitors.length + 1}`;
  return { type: 'monitor.started', data: { run, windows: [...open, window] } };
}
