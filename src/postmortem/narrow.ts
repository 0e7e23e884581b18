/** A post-mortem of which only a part of the timeline is wanted. The rest of it tells the incident whole. */

import { filtered } from '../lazily.ts';
import type { Moment } from '../timeline/moment.ts';
import type { TimelineKind } from '../timeline/thread.ts';
import type { ToldPostmortem } from './postmortem.ts';

export interface Narrowing {
  readonly since?: Moment;
  readonly until?: Moment;
  readonly kinds?: readonly TimelineKind[];
}

/** Keeps the entries of these kinds that touch the stretch of time, its ends included, and says so in the document. */
export function narrow(postmortem: ToldPostmortem, narrowing: Narrowing): ToldPostmortem {
  const { since, until, kinds } = narrowing;
  if (since === undefined && until === undefined && kinds === undefined) return postmortem;
  const timeline = filtered(postmortem.timeline, ({ at, through, kind }) => {
    if (since !== undefined && (through?.at ?? at) < since) return false;
    if (until !== undefined && at > until) return false;
    return kinds === undefined || kinds.includes(kind);
  });
  return { ...postmortem, timeline, narrowed: narrowing };
}
