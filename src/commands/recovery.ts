/** The run card's buttons: what people decide when a run has halted or did not help, and the quick fix. */

import { ACTION, VIEW, type ViewName } from '../blocks/actions.ts';
import { reasonModal } from '../blocks/modals.ts';
import { allowStep } from '../flows/allow-step.ts';
import { callContacts } from '../flows/call-contacts.ts';
import { endStep } from '../flows/end-step.ts';
import { askForUndo } from '../flows/propose-plan.ts';
import { abandonQuickFix, extendQuickFix, quickFixDeployed } from '../flows/quick-fix.ts';
import { cancelRun, doneByHand, retryStep, skipStep, undoRun } from '../flows/run-steps.ts';
import type { Flow } from '../loop.ts';
import { verifyOnly } from '../plan.ts';
import { type Desk, decideFor, membershipOf, policyOf, requireIncident } from './desk.ts';
import { onClick } from './on-click.ts';
import { onSubmit } from './on-submit.ts';

/** Registers the buttons and modals of a run and of a quick fix. */
export function registerRecovery(desk: Desk): void {
  onClick(desk, ACTION.retryStep, 1, async (click) => {
    const [run = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, retryStep(run));
  });
  onClick(desk, ACTION.allowStep, 2, async (click) => {
    const [run = '', step = ''] = click.ids;
    const { approval } = policyOf(desk, click.incident).policy;
    const member = await membershipOf(desk, click, approval.from);
    await decideFor(desk, click, click.incident.id, allowStep(run, step, member));
  });
  withReason(desk, ACTION.skipStep, VIEW.skipStep, 'reason', skipStep);
  withReason(desk, ACTION.doneByHand, VIEW.doneByHand, 'note', doneByHand);
  withReason(desk, ACTION.cancelRun, VIEW.cancelRun, 'reason', cancelRun);
  withReason(desk, ACTION.undoRun, VIEW.undoRun, 'reason', undoRun);
  withReason(desk, ACTION.planUndo, VIEW.planUndo, 'reason', askForUndo);

  onClick(desk, ACTION.endStep, 2, async ({ incident, ids: [ref = '', step = ''], triggerId }) => {
    await desk.client.views.open({
      trigger_id: triggerId,
      view: reasonModal(VIEW.endStep, incident, { ref, step }),
    });
  });
  onSubmit(desk, VIEW.endStep, async (submission) => {
    const { incident: id, ref = '', step = '' } = submission.metadata;
    const incident = requireIncident(desk, id);
    const { reason = '' } = submission.fields;
    await decideFor(desk, submission, incident.id, endStep(ref, step, reason));
    return undefined;
  });

  onClick(desk, ACTION.callContacts, 0, async (click) => {
    const { service } = policyOf(desk, click.incident);
    await decideFor(desk, click, click.incident.id, callContacts(service));
  });

  onClick(desk, ACTION.quickFixDeployed, 0, async (click) => {
    const { service, environment } = click.incident;
    const plan = verifyOnly(service, environment);
    await decideFor(desk, click, click.incident.id, quickFixDeployed(plan));
  });
  onClick(desk, ACTION.extendQuickFix, 0, async (click) => {
    await decideFor(desk, click, click.incident.id, extendQuickFix(desk.quickFixLimit));
  });
  onClick(desk, ACTION.abandonQuickFix, 0, async (click) => {
    await decideFor(desk, click, click.incident.id, abandonQuickFix());
  });
}

/** A button of a run that asks for words before it acts. */
function withReason(
  desk: Desk,
  action: (typeof ACTION)['skipStep' | 'doneByHand' | 'cancelRun' | 'undoRun' | 'planUndo'],
  view: Extract<ViewName, 'skip-step' | 'done-by-hand' | 'cancel-run' | 'undo-run' | 'plan-undo'>,
  field: string,
  flowFor: (run: string, words: string) => Flow,
): void {
  onClick(desk, action, 1, async ({ incident, ids: [ref = ''], triggerId }) => {
    await desk.client.views.open({
      trigger_id: triggerId,
      view: reasonModal(view, incident, { ref }),
    });
  });
  onSubmit(desk, view, async (submission) => {
    const { incident: id, ref = '' } = submission.metadata;
    const incident = requireIncident(desk, id);
    await decideFor(desk, submission, incident.id, flowFor(ref, submission.fields[field] ?? ''));
    return undefined;
  });
}
