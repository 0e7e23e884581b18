/** `/incident statuspage`, the form in which people outside are told something, and the buttons when it fails. */

import type { ModalView } from '@slack/web-api';
import { ACTION, VIEW } from '../blocks/actions.ts';
import { noticeModal } from '../blocks/status-page.ts';
import {
  approveNotice,
  requireCommunicator,
  requirePublic,
  settlePublication,
} from '../flows/status-page.ts';
import type { Incident } from '../incident.ts';
import { placesOf } from '../service.ts';
import { draftNotice } from '../status-page-draft.ts';
import { type Desk, decideFor, type Request, requireIncident } from './desk.ts';
import { here, type Subcommands } from './here.ts';
import { onClick } from './on-click.ts';
import { onSubmit } from './on-submit.ts';

export const STATUS_PAGE: Subcommands = {
  statuspage: async (desk, request, typed) => {
    await openNoticeForm(desk, request, here(desk, typed), typed.triggerId);
    return {};
  },
};

/** Registers the form of a notice, and the buttons of one that was not published. */
export function registerStatusPage(desk: Desk): void {
  onClick(desk, ACTION.writeNotice, 0, async (click) => {
    await openNoticeForm(desk, click, click.incident, click.triggerId);
  });
  onSubmit(desk, VIEW.notice, async (submission) => {
    const incident = requireIncident(desk, submission.metadata.incident);
    const { title = '', text = '', state = '' } = submission.fields;
    const service = desk.catalogue.service(incident.service);
    const flow = approveNotice({ title, text, state }, service);
    await decideFor(desk, submission, incident.id, flow);
    return undefined;
  });
  onClick(desk, ACTION.publishAgain, 2, async (click) => {
    const [number = '', place = ''] = click.ids;
    const flow = settlePublication(Number(number), place, 'again');
    await decideFor(desk, click, click.incident.id, flow);
  });
  onClick(desk, ACTION.publishedByHand, 2, async (click) => {
    const [number = '', place = ''] = click.ids;
    const flow = settlePublication(Number(number), place, 'by-hand');
    await decideFor(desk, click, click.incident.id, flow);
  });
}

/** Whether people outside can be told of the incident by Backstop. */
export function canPublish({ catalogue }: Desk, incident: Incident): boolean {
  const places = placesOf(catalogue.service(incident.service));
  return !incident.private && !incident.drill && places.length > 0;
}

/**
 * @param template what is written in it from the start; the usual words unless given.
 * @throws Refusal where nothing can be published, before anybody writes it in vain.
 */
export async function openNoticeForm(
  desk: Desk,
  { actor }: Pick<Request, 'actor'>,
  incident: Incident,
  triggerId: string,
  template?: string,
): Promise<void> {
  const view = noticeForm(desk, { actor }, incident, template);
  await desk.client.views.open({ trigger_id: triggerId, view });
}

/** The form itself. @throws as `openNoticeForm`. */
export function noticeForm(
  desk: Desk,
  { actor }: Pick<Request, 'actor'>,
  incident: Incident,
  template?: string,
): ModalView {
  const service = desk.catalogue.service(incident.service);
  requirePublic(incident, service);
  requireCommunicator(incident, actor);
  const next = incident.severity && desk.reminders.updates[incident.severity.is];
  const draft = draftNotice(incident, serviceName(desk, incident), next);
  const words = template === undefined ? draft : { ...draft, text: template };
  return noticeModal(incident, words, placesOf(service));
}

/** What people outside call the service. */
export function serviceName({ catalogue }: Desk, { service }: Incident): string {
  return catalogue.service(service)?.name ?? service;
}
