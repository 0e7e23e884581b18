/** The card's buttons: answers to the assessment, and what the commander makes of them. */

import { ACTION, VIEW } from '../blocks/actions.ts';
import { reasonModal } from '../blocks/modals.ts';
import { answerQuestion, restartAssessment } from '../flows/assess.ts';
import { confirmResponse, overrideResponse, overrideSeverity } from '../flows/respond.ts';
import { type Desk, decideFor, requireIncident } from './desk.ts';
import { onClick } from './on-click.ts';
import { onSubmit } from './on-submit.ts';

/** Registers the assessment's buttons and the modals that override it. */
export function registerAssessment(desk: Desk): void {
  onClick(desk, ACTION.answer, 2, async (click) => {
    const [question = '', answer = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, answerQuestion(question, answer));
  });
  onClick(desk, ACTION.restartAssessment, 0, async (click) => {
    await decideFor(desk, click, click.incident.id, restartAssessment());
  });
  onClick(desk, ACTION.confirmResponse, 0, async (click) => {
    await decideFor(desk, click, click.incident.id, confirmResponse());
  });
  onClick(desk, ACTION.overrideResponse, 0, async ({ incident, triggerId }) => {
    const view = reasonModal('override-response', incident, {});
    await desk.client.views.open({ trigger_id: triggerId, view });
  });
  onClick(desk, ACTION.overrideSeverity, 0, async ({ incident, triggerId }) => {
    const view = reasonModal('override-severity', incident, {});
    await desk.client.views.open({ trigger_id: triggerId, view });
  });
  onSubmit(desk, VIEW.overrideResponse, async (submission) => {
    const { response = '', reason = '' } = submission.fields;
    const incident = requireIncident(desk, submission.metadata.incident);
    await decideFor(desk, submission, incident.id, overrideResponse(response, reason));
    return undefined;
  });
  onSubmit(desk, VIEW.overrideSeverity, async (submission) => {
    const { severity = '', reason = '' } = submission.fields;
    const incident = requireIncident(desk, submission.metadata.incident);
    await decideFor(desk, submission, incident.id, overrideSeverity(severity, reason));
    return undefined;
  });
}
