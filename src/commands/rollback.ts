/** `/rollback`: ask for a plan, and decide about it with buttons. */

import { ACTION, VIEW } from '../blocks/actions.ts';
import { help, unknownService } from '../blocks/help.ts';
import { reasonModal } from '../blocks/modals.ts';
import { planToLookAt } from '../blocks/plan.ts';
import { messageOf, Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import { approve, breakGlass, reject, requestApproval } from '../flows/approve.ts';
import { askQuestion } from '../flows/ask-question.ts';
import { declareRollback } from '../flows/declare-rollback.ts';
import { askForPlan } from '../flows/propose-plan.ts';
import { type Ground, groundOf, type Incident, isOpen, maySee, proposalOf } from '../incident.ts';
import type { Service } from '../service.ts';
import {
  type Desk,
  decideFor,
  incidentOfChannel,
  membershipOf,
  policyOf,
  type Request,
  requireIncident,
} from './desk.ts';
import { onClick } from './on-click.ts';
import { type Outcome, onCommand, type Typed } from './on-command.ts';
import { onSubmit } from './on-submit.ts';
import { lookAtReadiness } from './readiness.ts';
import { lookAtRestorePoints } from './restore-points.ts';
import { readRollbackWords, wishOf } from './rollback-words.ts';
import { tellWhere } from './tell-where.ts';

/** Milliseconds that a look may take. */
const LOOK_LIMIT_MS = 60_000;
/** What people type for it. */
const POINTS: ReadonlySet<string> = new Set(['points', 'backups']);

/** Registers `/rollback` and the buttons and modals of a plan. */
export function registerRollback(desk: Desk): void {
  onCommand(desk, '/rollback', (request, typed) => rollbackCommand(desk, request, typed));

  onClick(desk, ACTION.planRollback, 0, async (click) => {
    await decideFor(desk, click, click.incident.id, askForPlan({ kind: 'rollback' }));
  });
  onClick(desk, ACTION.planOlder, 1, async (click) => {
    await decideFor(desk, click, click.incident.id, askForPlan({ kind: 'rollback' }));
  });
  onClick(desk, ACTION.planRollForward, 1, async (click) => {
    const [run = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, askForPlan({ kind: 'roll-forward', run }));
  });
  onClick(desk, ACTION.refreshPlan, 1, async (click) => {
    const [plan = ''] = click.ids;
    const proposal = proposalOf(click.incident, plan);
    if (!proposal) throw new Refusal('not-found', `${click.incident.id} has no such plan.`);
    // What people look at anew, people decide on anew.
    const { approved: _, ...wish } = proposal.wish ?? { kind: 'rollback' };
    await decideFor(desk, click, click.incident.id, askForPlan(wish));
  });
  onClick(desk, ACTION.requestApproval, 1, async (click) => {
    const [plan = ''] = click.ids;
    const { approval } = policyOf(desk, click.incident).policy;
    await decideFor(desk, click, click.incident.id, requestApproval(plan, approval));
    // Somebody is about to be asked whether they may approve.
    desk.directory.warm(approval.from);
  });
  onClick(desk, ACTION.approve, 1, async (click) => {
    const [plan = ''] = click.ids;
    const { approval } = policyOf(desk, click.incident).policy;
    const member = await membershipOf(desk, click, approval.from);
    await decideFor(desk, click, click.incident.id, approve(plan, approval, member));
  });

  onClick(desk, ACTION.reject, 1, async ({ incident, ids: [ref = ''], triggerId }) => {
    const view = reasonModal('reject', incident, { ref });
    await desk.client.views.open({ trigger_id: triggerId, view });
  });
  onSubmit(desk, VIEW.reject, async (submission) => {
    const { incident: id, ref = '' } = submission.metadata;
    const incident = requireIncident(desk, id);
    const member = await membershipOf(
      desk,
      submission,
      policyOf(desk, incident).policy.approval.from,
    );
    await decideFor(
      desk,
      submission,
      incident.id,
      reject(ref, submission.fields['reason'] ?? '', member),
    );
    return undefined;
  });

  onClick(desk, ACTION.askQuestion, 1, async ({ incident, ids: [ref = ''], triggerId }) => {
    const view = reasonModal('ask-question', incident, { ref });
    await desk.client.views.open({ trigger_id: triggerId, view });
  });
  onSubmit(desk, VIEW.askQuestion, async (submission) => {
    const { incident: id, ref = '' } = submission.metadata;
    const incident = requireIncident(desk, id);
    const flow = askQuestion(ref, submission.fields['question'] ?? '');
    await decideFor(desk, submission, incident.id, flow);
    return undefined;
  });

  onClick(desk, ACTION.breakGlass, 1, async ({ incident, ids: [ref = ''], triggerId }) => {
    const view = reasonModal('break-glass', incident, { ref });
    await desk.client.views.open({ trigger_id: triggerId, view });
  });
  onSubmit(desk, VIEW.breakGlass, async (submission) => {
    const { incident: id, ref = '' } = submission.metadata;
    const incident = requireIncident(desk, id);
    const { approval } = policyOf(desk, incident).policy;
    const member = await membershipOf(desk, submission, approval.breakGlass);
    await decideFor(
      desk,
      submission,
      incident.id,
      breakGlass(ref, submission.fields['reason'] ?? '', member),
    );
    return undefined;
  });
}

async function rollbackCommand(desk: Desk, request: Request, typed: Typed): Promise<Outcome> {
  const asked = readRollbackWords(typed.text);
  const [first, second, third] = asked.words;
  if (first === 'help') return { reply: help('rollback', typed.text.replace(/^\s*help/i, '')) };
  if (first === 'readiness') return lookAtReadiness(desk, request, second);
  if (first !== undefined && POINTS.has(first) && !desk.catalogue.service(first)) {
    return lookAtRestorePoints(desk, request, typed.channel, asked.words.slice(1));
  }
  const service = first === undefined ? undefined : desk.catalogue.service(first);
  const incident = incidentOfChannel(desk, typed.channel);
  if (incident && !service) {
    if (asked.words.length > 1) {
      throw new Refusal('invalid-input', 'In this channel: `/rollback`, or `/rollback <version>`.');
    }
    const wish = wishOf(asked, first);
    if (asked.dryRun) return lookOnly(desk, request, incident, wish);
    await decideFor(desk, request, incident.id, askForPlan(wish));
    const text = 'The plan is being made; it appears here in a moment. Nothing changes yet.';
    return { reply: { text, blocks: [] } };
  }
  if (!service) return { reply: unknownService(first, desk.catalogue.services()) };
  const environments = Object.keys(service.environments);
  const environment = second ?? (environments.length === 1 ? environments[0] : undefined);
  if (environment === undefined || !service.environments[environment]) {
    return { reply: unknownService([first, second].filter(Boolean).join(' '), [service]) };
  }
  const wish = wishOf(asked, third);
  if (!asked.dryRun) return planAnywhere(desk, request, service, environment, wish);
  const open = openIncidentOf(desk, request, service, environment);
  return lookOnly(desk, request, open ?? groundOf(service.id, environment), wish);
}

/** Shows the plan to the one who asks, and records nothing: nothing was asked for. */
async function lookOnly(
  desk: Desk,
  request: Request,
  ground: Ground,
  wish: PlanWish,
): Promise<Outcome> {
  const text = 'Having a look; the plan appears here in a moment, for you alone.';
  const look = async (): Promise<void> => {
    try {
      const plan = await desk.plan(ground, wish, AbortSignal.timeout(LOOK_LIMIT_MS));
      await request.answer(planToLookAt(plan));
    } catch (error) {
      await request.answer({ text: `No plan could be made. ${messageOf(error)}` });
    }
  };
  return { reply: { text, blocks: [] }, after: look };
}

/** Finds the open incident of the service and environment, or declares one, and asks for its plan. */
async function planAnywhere(
  desk: Desk,
  request: Request,
  service: Service,
  environment: string,
  wish: PlanWish,
): Promise<Outcome> {
  const open = openIncidentOf(desk, request, service, environment);
  const { incident } = open
    ? await decideFor(desk, request, open.id, askForPlan(wish))
    : await desk.loop.declare(
        request.actor,
        declareRollback(service, environment, wish),
        request.delivery,
      );
  const words = open
    ? `${incident.id} is open for ${service.name} ${environment}. The plan appears in {channel}.`
    : `${incident.id} is declared for it. The plan appears in {channel}.`;
  const after = (): Promise<void> =>
    tellWhere(desk, request, incident.id, `${words} Nothing changes until it is approved.`);
  return { after };
}

function openIncidentOf(
  { loop }: Desk,
  { actor }: Request,
  service: Service,
  environment: string,
): Incident | undefined {
  return loop
    .incidents()
    .find(
      (each) =>
        isOpen(each) &&
        maySee(each, actor.id) &&
        each.service === service.id &&
        each.environment === environment,
    );
}
