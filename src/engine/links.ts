/** A duplicate is linked from the incident that goes on, also when the process ended between the two decisions. */

import { linkDuplicate } from '../flows/merge.ts';
import type { Incident } from '../incident.ts';
import type { Loop } from '../loop.ts';
import { BACKSTOP } from './drive-run.ts';

/** Links what was merged and not linked; returns what ends it. */
export function keepLinks(loop: Loop, onError: (error: unknown) => void): () => void {
  function look({ id, mergedInto }: Incident): void {
    if (mergedInto === undefined) return;
    const survivor = loop.incident(mergedInto);
    if (!survivor || survivor.duplicates.includes(id)) return;
    loop.decide(mergedInto, BACKSTOP, linkDuplicate(id)).catch(onError);
  }
  for (const incident of loop.incidents()) look(incident);
  return loop.subscribe((incident, event) => {
    if (event.type === 'incident.merged') look(incident);
  });
}
