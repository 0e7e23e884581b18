/** What the events of monitor windows say in the timeline. */

import type { Recorded } from '../events.ts';
import { alike } from './run-sentences.ts';
import type { Telling, Thread } from './thread.ts';
import { durationWords, listWords, readingsWords, sentence } from './wording.ts';

type MonitorEvent = Extract<Recorded, { type: `monitor.${string}` }>;

/** The sentence of a monitor window's event; of windows that go on as they were, nothing is said again. */
export function tellMonitor(event: MonitorEvent, thread: Thread): Telling {
  switch (event.type) {
    case 'monitor.started':
      return { kind: 'monitoring', what: started(event.data.windows, thread) };
    case 'monitor.read': {
      const { window, readings } = event.data;
      const what = `In the monitor window “${window}”, ${sentence(readingsWords(readings))}`;
      const key = `monitor ${window} ${thread.windows.get(window) ?? ''}`;
      return { kind: 'monitoring', what, group: alike(key, readings) };
    }
    case 'monitor.ended': {
      const { window, passed } = event.data;
      const result = passed ? 'with every probe passing' : 'while not every probe passed';
      return { kind: 'monitoring', what: `The monitor window “${window}” ended ${result}.` };
    }
  }
}

function started(
  windows: Extract<MonitorEvent, { type: 'monitor.started' }>['data']['windows'],
  { windows: known }: Thread,
): string {
  if (windows.length === 0) return 'Planned no monitoring.';
  const isNew = windows.filter(({ name, from, until }) => known.get(name) !== `${from} ${until}`);
  for (const { name, from, until } of windows) known.set(name, `${from} ${until}`);
  const words = (isNew.length > 0 ? isNew : windows).map(
    ({ name, from, until }) => `“${name}” (${durationWords(until - from)})`,
  );
  return isNew.length === windows.length || isNew.length === 0
    ? `Began to monitor: ${listWords(words)}.`
    : `Began to monitor besides: ${listWords(words)}.`;
}
