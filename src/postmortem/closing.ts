/** How an incident or a release ended, in a sentence or two. */

import { type Incident, isOpen } from '../incident.ts';
import { durationWords, sentence } from '../timeline/wording.ts';
import { statusWord } from '../vocabulary.ts';
import type { StatusRecord } from './course.ts';
import { type DurationRecord, msOf } from './durations.ts';

interface Facts {
  readonly statuses: readonly StatusRecord[];
  readonly durations: readonly DurationRecord[];
}

/** When the service was well again, who ended the incident, and why; or how things stand. */
export function closing(incident: Incident, facts: Facts): string {
  return incident.release ? ofRelease(incident, facts) : ofIncident(incident, facts);
}

function ofIncident(incident: Incident, { durations, statuses }: Facts): string {
  const recovered = msOf('recover', durations);
  const healthy =
    recovered === null
      ? ''
      : `The service was healthy again ${durationWords(recovered)} after the declaration. `;
  if (isOpen(incident)) {
    const well = incident.status === 'monitoring' ? healthy : '';
    return `${well}The incident is not over: its status is ${statusWord(incident.status)}.`;
  }
  if (incident.mergedInto !== undefined) {
    return `It was merged into ${incident.mergedInto}, which tells what became of it.`;
  }
  const end = statuses.findLast(({ status }) => status === 'resolved') ?? statuses.at(-1);
  const after = msOf('resolve', durations);
  const when = after === null ? '' : ` ${durationWords(after)} after it was declared`;
  const why = end?.reason ? `, saying: “${sentence(end.reason)}”` : '.';
  return `${healthy}${end?.by ?? 'Somebody'} resolved the incident${when}${why}`;
}

function ofRelease(incident: Incident, { durations, statuses }: Facts): string {
  const back = incident.release?.rolledBack;
  const ms = msOf('recover', durations);
  const after = ms === null ? '' : `, ${durationWords(ms)} after it was out`;
  const of = back && back.incident !== incident.id ? ` of ${back.incident}` : '';
  const rolledBack = back ? `Run ${back.run}${of} rolled the release back${after}. ` : '';
  if (isOpen(incident)) {
    return `${rolledBack}The release is not over: its status is ${statusWord(incident.status)}.`;
  }
  const reason = statuses.at(-1)?.reason;
  return `${rolledBack}${!back && reason ? sentence(reason) : 'The release has ended.'}`;
}
