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
  onClick(desk, ACTION.retryStep, 2, async (click) => {
    const [run = '', step = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, retryStep(run, step));
  });
  onClick(desk, ACTION.allowStep, 2, async (click) => {
    const [run = '', step = ''] = click.ids;
    const { approval } = policyOf(desk, click.incident).policy;
    const member = await membershipOf(desk, click, approval.from);
    await decideFor(desk, click, click.incident.id, allowStep(run, step, member, approval));
  });
  aboutStep(desk, ACTION.skipStep, VIEW.skipStep, 'reason', skipStep);
  aboutStep(desk, ACTION.doneByHand, VIEW.doneByHand, 'note', doneByHand);
  aboutStep(desk, ACTION.endStep, VIEW.endStep, 'reason', endStep);
  aboutRun(desk, ACTION.cancelRun, VIEW.cancelRun, cancelRun);
  aboutRun(desk, ACTION.undoRun, VIEW.undoRun, undoRun);
  aboutRun(desk, ACTION.planUndo, VIEW.planUndo, askForUndo);

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

/** A button of a run that asks for a reason before it acts. */
function aboutRun(
  desk: Desk,
  action: (typeof ACTION)['cancelRun' | 'undoRun' | 'planUndo'],
  view: Extract<ViewName, 'cancel-run' | 'undo-run' | 'plan-undo'>,
  flowFor: (run: string, reason: string) => Flow,
): void {
  onClick(desk, action, 1, ({ incident, ids: [ref = ''], triggerId }) =>
    askForWords(desk, triggerId, reasonModal(view, incident, { ref })),
  );
  onSubmit(desk, view, async (submission) => {
    const { incident: id, ref = '' } = submission.metadata;
    const { reason = '' } = submission.fields;
    await decideFor(desk, submission, requireIncident(desk, id).id, flowFor(ref, reason));
    return undefined;
  });
}

/** A button of one step of a run that asks for words before it acts. */
function aboutStep(
  desk: Desk,
  action: (typeof ACTION)['skipStep' | 'doneByHand' | 'endStep'],
  view: Extract<ViewName, 'skip-step' | 'done-by-hand' | 'end-step'>,
  field: 'reason' | 'note',
  flowFor: (run: string, step: string, words: string) => Flow,
): void {
  onClick(desk, action, 2, ({ incident, ids: [ref = '', step = ''], triggerId }) =>
    askForWords(desk, triggerId, reasonModal(view, incident, { ref, step })),
  );
  onSubmit(desk, view, async (submission) => {
    const { incident: id, ref = '', step = '' } = submission.metadata;
    const { [field]: words = '' } = submission.fields;
    await decideFor(desk, submission, requireIncident(desk, id).id, flowFor(ref, step, words));
    return undefined;
  });
}

async function askForWords(
  { client }: Desk,
  triggerId: string,
  view: ReturnType<typeof reasonModal>,
): Promise<void> {
  await client.views.open({ trigger_id: triggerId, view });
}
