import { freezeDue } from '../flows/freeze.ts';
import { frozen } from '../freeze.ts';
import type { Incident } from '../incident.ts';
import type { Loop } from '../loop.ts';

const LIMIT_MS = 60_000;

/**
 * Waits until what was frozen for the incident is free again, where nothing needs it any more: this process may be the only
 * one that lifts it. Says what is still frozen, and which lift failed, when it gives up after a minute.
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
  for (const sentence of incident ? stillFrozen(incident) : []) say(`${sentence}\n`);
}

/** What is not free, one sentence each: what is still needed, and what could not be lifted. */
export function stillFrozen(incident: Pick<Incident, 'freezes'>): readonly string[] {
  const needed = frozen(incident).map(
    ({ what }) =>
      `${what} is still frozen; Backstop lifts it when it runs and nothing needs it any more.`,
  );
  const lifting = incident.freezes
    .filter(({ to, step }) => to === 'lifted' && step.status !== 'succeeded')
    .map(({ what, step }) =>
      step.status === 'failed'
        ? `${what} could not be freed: ${step.note ?? 'the lift failed'} Backstop tries again when it runs; nothing can be merged until then.`
        : `${what} may still be frozen: lifting it has not ended. Backstop goes on with it when it runs.`,
    );
  return [...needed, ...lifting];
}
