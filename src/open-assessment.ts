/** What the assessment of an incident still asks, and what it recommends that nobody has decided on yet. */

import { type Assessment, assess, type Question } from './assessment.ts';
import { activeRun, type Incident, openProposal } from './incident.ts';

/** The question that is still worth an answer; undefined once severity and response are settled. */
export function openQuestion(incident: Incident): Question | undefined {
  const { next, severity, response } = assess(incident.answers);
  const ranked = severity !== undefined || incident.severity?.override !== undefined;
  const answered =
    response !== undefined || incident.response !== undefined || isPastAssessment(incident);
  return ranked && answered ? undefined : next;
}

/** The response that waits for the commander's word; none once it is decided or overtaken by a run. */
export function openRecommendation(incident: Incident): Assessment['response'] {
  if (incident.response || isPastAssessment(incident)) return undefined;
  return assess(incident.answers).response;
}

/** Whether people have gone on to the rollback already: its plan has a decision of its own. */
export function isRollbackPlanned(incident: Incident): boolean {
  const { planWanted } = incident;
  return planWanted?.kind === 'rollback' || openProposal(incident)?.plan.kind === 'rollback';
}

/** Whether people are past the assessment: it is only watched, or a run is at work. */
export function isPastAssessment(incident: Incident): boolean {
  return incident.status === 'monitoring' || activeRun(incident) !== undefined;
}
