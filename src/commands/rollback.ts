/** `/rollback`: ask for a plan, and decide about it with buttons. */

import { ACTION, VIEW } from '../blocks/actions.ts';
import { help, unknownService } from '../blocks/help.ts';
import { reasonModal } from '../blocks/modals.ts';
import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import { approve, breakGlass, reject, requestApproval } from '../flows/approve.ts';
import { declareRollback } from '../flows/declare-rollback.ts';
import { askForPlan } from '../flows/propose-plan.ts';
import { isOpen } from '../incident.ts';
import type { Service } from '../service.ts';
import {
  type Desk,
  decideFor,
  incidentOfChannel,
  membershipOf,
  onClick,
  onSubmit,
  policyOf,
  type Request,
  requireIncident,
} from './desk.ts';
import { type Outcome, onCommand, type Typed } from './on-command.ts';
import { tellWhere } from './tell-where.ts';

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
  const words = typed.text === '' ? [] : typed.text.split(/\s+/);
  const [first, second, third] = words;
  if (first === 'help') return { reply: help('rollback') };
  const service = first === undefined ? undefined : desk.catalogue.service(first);
  const incident = incidentOfChannel(desk, typed.channel);
  if (incident && !service) {
    if (words.length > 1) {
      throw new Refusal('invalid-input', 'In this channel: `/rollback`, or `/rollback <version>`.');
    }
    const flow = askForPlan(wishFor(first));
    await decideFor(desk, request, incident.id, flow);
    return {
      reply: {
        text: 'The plan is being made; it appears here in a moment. Nothing changes yet.',
        blocks: [],
      },
    };
  }
  if (!service) return { reply: unknownService(first, desk.catalogue.services()) };
  const environments = Object.keys(service.environments);
  const environment = second ?? (environments.length === 1 ? environments[0] : undefined);
  if (environment === undefined || !service.environments[environment]) {
    return { reply: unknownService([first, second].filter(Boolean).join(' '), [service]) };
  }
  return planAnywhere(desk, request, service, environment, wishFor(third));
}

/** Finds the open incident of the service and environment, or declares one, and asks for its plan. */
async function planAnywhere(
  desk: Desk,
  request: Request,
  service: Service,
  environment: string,
  wish: PlanWish,
): Promise<Outcome> {
  const open = desk.loop
    .incidents()
    .find((i) => isOpen(i) && i.service === service.id && i.environment === environment);
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
  return {
    after: () =>
      tellWhere(desk, request, incident.id, `${words} Nothing changes until it is approved.`),
  };
}

function wishFor(target: string | undefined): PlanWish {
  return { kind: 'rollback', ...(target ? { target } : {}) };
}
