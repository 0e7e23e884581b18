/** What the events of a coordinated release say in the timeline. */

import type { Recorded } from '../events.ts';
import { CHECKLIST } from '../release.ts';
import type { Telling } from './thread.ts';
import { listWords, momentWords, sentence } from './wording.ts';

type ReleaseEvent = Extract<Recorded, { type: `release.${string}` }>;

/** The sentence of a release's event. */
export function tellRelease(event: ReleaseEvent): Telling {
  switch (event.type) {
    case 'release.prepared': {
      const { service, version, environment, plannedAt, takes, impact, changes } = event.data;
      const words = `Announced ${service} ${version} for ${environment} at ${momentWords(plannedAt)}.`;
      const what = `${words} Changes: ${sentence(changes)} Takes: ${sentence(takes)} Impact: ${sentence(impact)}`;
      return { kind: 'incident', what };
    }
    case 'release.ticked': {
      const text = CHECKLIST.find(({ id }) => id === event.data.item)?.text ?? event.data.item;
      return { kind: 'note', what: `Ticked “${text}”.` };
    }
    case 'release.captured': {
      const { pins, points, flags = [], notCovered } = event.data;
      const kept = [
        ...pins.map(({ title, version }) => `${title} at ${version.label}`),
        ...points.map(({ title, point }) => `${title} as ${point.label}`),
        ...flags.map(({ name, state }) => `flag ${name} ${state}`),
      ];
      const what = `Captured the restore point: ${listWords(kept) || 'nothing'}.`;
      return { kind: 'plan', what, why: notCovered.join(' ') };
    }
    case 'release.out':
      return {
        kind: 'status',
        what: `Said that the release is out; run ${event.data.run} verifies it.`,
      };
    case 'release.rolled-back': {
      const { incident, run } = event.data;
      const of = event.stream.endsWith(`/${incident}`) ? '' : ` of ${incident}`;
      return { kind: 'status', what: `Recorded that run ${run}${of} rolled the release back.` };
    }
    case 'release.called-off':
      return { kind: 'status', what: 'Called the release off.', why: event.data.reason };
    case 'release.settled':
      return {
        kind: 'status',
        what: 'The release has settled: a rollback no longer goes back to its restore point.',
      };
  }
}
