/** What runs of the incident have done already of a checklist that buys time: nobody is asked to tick it. */

import { type Incident, proposalOf } from './incident.ts';
import { currentStep, type PlaybookProgress } from './playbook-progress.ts';
import type { Run } from './run.ts';

/** Any feature flag, in the `mitigation` of an item. */
const FLAG = 'flag';

/** The items of the checklist whose turn it is that a run has done and that are not ticked. */
export function doneByRuns(
  incident: Incident,
  progress: PlaybookProgress,
): readonly { readonly item: string; readonly run: string }[] {
  const step = currentStep(progress);
  if (step?.kind !== 'checklist') return [];
  return step.items.flatMap(({ id, mitigation }) => {
    const isTicked = progress.ticks[step.id]?.[id] !== undefined;
    const run = mitigation === undefined || isTicked ? undefined : relievedBy(incident, mitigation);
    return run ? [{ item: id, run: run.id }] : [];
  });
}

/** The newest run that did it and was not taken back. */
function relievedBy(incident: Incident, mitigation: string): Run | undefined {
  const { runs } = incident;
  return runs.findLast((run) => {
    const wish = wishOf(incident, run);
    const names = wish?.switches ? [FLAG] : [wish?.mitigate?.name];
    const isIt = run.kind === 'mitigation' && names.includes(mitigation);
    return isIt && hasActed(run) && !runs.some((other) => takesBack(incident, other, run));
  });
}

function takesBack(incident: Incident, other: Run, run: Run): boolean {
  return other.kind === 'undo' && wishOf(incident, other)?.run === run.id && hasActed(other);
}

function wishOf(incident: Incident, run: Run) {
  return proposalOf(incident, run.plan)?.wish;
}

/** Whether every step of it is done. */
function hasActed({ steps }: Run): boolean {
  const all = Object.values(steps);
  return all.length > 0 && all.every(({ status }) => status === 'succeeded');
}
