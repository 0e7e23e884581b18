import { freezeDue } from '../flows/freeze.ts';
import { frozen } from '../freeze.ts';
import type { Incident } from '../incident.ts';
import type { Loop } from '../loop.ts';

const LIMIT_MS = 60_000;

/**
 * Waits until what was frozen for the incident is free again, where nothing needs it any more: this process may be the only
 * one that lifts it. Says what is still frozen when it gives up after a minute.
 */
export async function letGo(loop: Loop, id: string, say: (text: string) => void): Promise<void> {
  const isSettled = (incident: Incident | undefined): boolean =>
    incident === undefined || freezeDue(incident, loop.openIncidents(), 0) === Infinity;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(end, LIMIT_MS);
    const unsubscribe = loop.subscribe((incident) => {
      if (incident.id === id && isSettled(incident)) end();
    });
    if (isSettled(loop.incident(id))) end();
  });
  const incident = loop.incident(id);
  for (const { what } of incident ? frozen(incident) : []) {
    say(`${what} is still frozen; Backstop lifts it when it runs and nothing needs it any more.\n`);
  }
}
