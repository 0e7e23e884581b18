/** A post-mortem of which only a part of the timeline is wanted. The rest of it tells the incident whole. */

import type { Incident } from '../incident.ts';
import { filtered } from '../lazily.ts';
import type { Moment } from '../timeline/moment.ts';
import type { TimelineKind } from '../timeline/thread.ts';
import type { TimelineRecord, ToldPostmortem } from './postmortem.ts';

export interface Narrowing {
  readonly since?: Moment;
  readonly until?: Moment;
  readonly kinds?: readonly TimelineKind[];
  /** Who did it, as the document calls them. */
  readonly people?: readonly string[];
  /** Ids of the components that it is about. */
  readonly components?: readonly string[];
}

/** Keeps the entries that every limit lets through (of a stretch of time its ends too), and says so in the document. */
export function narrow(postmortem: ToldPostmortem, narrowing: Narrowing): ToldPostmortem {
  if (Object.values(narrowing).every((limit) => limit === undefined)) return postmortem;
  const timeline = filtered(postmortem.timeline, isWithin(narrowing));
  return { ...postmortem, timeline, narrowed: narrowing };
}

/** Whether every limit lets an entry through. */
export function isWithin({
  since,
  until,
  kinds,
  people,
  components,
}: Narrowing): (entry: TimelineRecord) => boolean {
  return ({ at, through, kind, who, components: about = [] }) => {
    if (since !== undefined && (through?.at ?? at) < since) return false;
    if (until !== undefined && at > until) return false;
    if (kinds !== undefined && !kinds.includes(kind)) return false;
    if (people !== undefined && !people.includes(who)) return false;
    return components === undefined || components.some((id) => about.includes(id));
  };
}

/** The components that entries of the incident can be about: their titles by their ids. */
export function componentsOf(incident: Incident): ReadonlyMap<string, string> {
  const { proposals, freezes, release } = incident;
  const ids = [
    ...proposals.flatMap(({ plan }) => plan.steps.map(({ component }) => component)),
    ...freezes.map(({ component }) => component),
  ];
  const titles = [
    ...proposals.flatMap(({ plan }) => plan.components),
    ...[...(release?.point?.pins ?? []), ...(release?.point?.points ?? [])].map(
      ({ component, title }) => ({ id: component, title }),
    ),
  ].map(({ id, title }) => [id, title] as const);
  return new Map([...ids.map((id) => [id, id] as const), ...titles]);
}
