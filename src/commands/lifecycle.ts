/** How an incident goes on and ends: status, severity, resolve, reopen, close, merge. */

import { ACTION, VIEW } from '../blocks/actions.ts';
import { reasonModal } from '../blocks/modals.ts';
import { Refusal } from '../errors.ts';
import { changeStatus, closeIncident, reopenIncident } from '../flows/change-status.ts';
import { linkDuplicate, mergeInto } from '../flows/merge.ts';
import { resolveIncident } from '../flows/resolve.ts';
import { overrideSeverity } from '../flows/respond.ts';
import { withNoticeResolved } from '../flows/status-page.ts';
import type { Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { draftNotice } from '../status-page-draft.ts';
import { severitySaid, statusSaid } from '../vocabulary.ts';
import { type Desk, decideFor, type Request, requireIncident } from './desk.ts';
import { decide, firstWord, here, type Subcommands } from './here.ts';
import { onClick } from './on-click.ts';
import type { Outcome, Typed } from './on-command.ts';
import { onSubmit } from './on-submit.ts';
import { serviceName } from './status-page.ts';
import { asTyped } from './typed-words.ts';

export const LIFECYCLE: Subcommands = {
  status: (desk, request, typed, words) => {
    const [status, why] = statusSaid(asTyped(words));
    const flow = changeStatus(status ?? firstWord(words)[0], why);
    return decide(desk, request, here(desk, typed), flow);
  },
  severity: (desk, request, typed, words) => {
    const [severity, why] = severitySaid(asTyped(words));
    const flow = overrideSeverity(severity ?? '', why);
    return decide(desk, request, here(desk, typed), flow);
  },
  resolve: (desk, request, typed, words) => resolve(desk, request, typed, words),
  reopen: (desk, request, typed, words) =>
    decide(desk, request, here(desk, typed), reopenIncident(asTyped(words))),
  close: (desk, request, typed, words) =>
    decide(desk, request, here(desk, typed), closeIncident(asTyped(words))),
  merge,
};

/** Registers the buttons and modals that end an incident or open it again. */
export function registerLifecycle(desk: Desk): void {
  registerResolve(desk);
  withReason(desk, ACTION.reopen, VIEW.reopen, reopenIncident);
  withReason(desk, ACTION.close, VIEW.close, closeIncident);
}

/** The incident that is named is the duplicate; the one of this channel goes on. */
async function merge(desk: Desk, request: Request, typed: Typed, words: string): Promise<Outcome> {
  const survivor = here(desk, typed);
  if (words.trim() === '') {
    throw new Refusal('invalid-input', 'Name the duplicate: `/incident merge INC-0002`.');
  }
  await mergeDuplicate(desk, request, survivor, words.trim());
  return {};
}

/** @throws Refusal when there is no such incident, or the two cannot be merged. */
export async function mergeDuplicate(
  desk: Desk,
  request: Request,
  survivor: Incident,
  id: string,
): Promise<void> {
  const duplicate = requireIncident(desk, id, request.actor.id);
  await decideFor(desk, request, duplicate.id, mergeInto(survivor));
  // A second decision; where it is lost, `keepLinks` makes up for it.
  await desk.loop.decide(survivor.id, request.actor, linkDuplicate(duplicate.id));
}

/** People outside, where they were told of it, are told the usual words that it is over. */
async function resolve(
  desk: Desk,
  request: Request,
  typed: Typed,
  words: string,
): Promise<Outcome> {
  const incident = here(desk, typed);
  const service = desk.catalogue.service(incident.service);
  const flow = withNoticeResolved(resolveIncident(asTyped(words)), service);
  return decide(desk, request, incident, flow);
}

function registerResolve(desk: Desk): void {
  onClick(desk, ACTION.resolve, 0, async ({ incident, triggerId }) => {
    const over = { ...incident, status: 'resolved' as const };
    const usualNotice = draftNotice(over, serviceName(desk, incident), undefined).text;
    const view = reasonModal(VIEW.resolve, incident, { usualNotice });
    await desk.client.views.open({ trigger_id: triggerId, view });
  });
  onSubmit(desk, VIEW.resolve, async (submission) => {
    const incident = requireIncident(desk, submission.metadata.incident);
    const { reason = '', notice } = submission.fields;
    const service = desk.catalogue.service(incident.service);
    const flow = withNoticeResolved(resolveIncident(reason), service, notice);
    await decideFor(desk, submission, incident.id, flow);
    return undefined;
  });
}

function withReason(
  desk: Desk,
  action: (typeof ACTION)['reopen' | 'close'],
  view: (typeof VIEW)['reopen' | 'close'],
  flowFor: (reason: string) => Flow,
): void {
  onClick(desk, action, 0, async ({ incident, triggerId }) => {
    await desk.client.views.open({
      trigger_id: triggerId,
      view: reasonModal(view, incident, {}),
    });
  });
  onSubmit(desk, view, async (submission) => {
    const incident = requireIncident(desk, submission.metadata.incident);
    const flow = flowFor(submission.fields['reason'] ?? '');
    await decideFor(desk, submission, incident.id, flow);
    return undefined;
  });
}
