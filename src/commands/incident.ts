/** `/incident`: declare, list, take command, note, call the contacts, resolve. */

import { ACTION, VIEW } from '../blocks/actions.ts';
import { didYouMean, help, incidentList, unknownSubcommand } from '../blocks/help.ts';
import { fieldsOf, metadataOf } from '../blocks/metadata.ts';
import { declareModal, reasonModal } from '../blocks/modals.ts';
import { Refusal } from '../errors.ts';
import { addNote } from '../flows/add-note.ts';
import { callContacts } from '../flows/call-contacts.ts';
import { declareIncident } from '../flows/declare.ts';
import { resolveIncident } from '../flows/resolve.ts';
import { takeRole } from '../flows/take-role.ts';
import type { Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import {
  type Desk,
  decideFor,
  incidentOfChannel,
  policyOf,
  type Request,
  requireIncident,
} from './desk.ts';
import { onClick } from './on-click.ts';
import { type Outcome, onCommand, type Typed } from './on-command.ts';
import { onSubmit } from './on-submit.ts';
import { requireMayCommand } from './roles.ts';
import { tellWhere } from './tell-where.ts';

/** Registers `/incident`, the declare modal and the resolve modal. */
export function registerIncident(desk: Desk): void {
  onCommand(desk, '/incident', (request, typed) => incidentCommand(desk, request, typed));

  desk.app.action(
    { type: 'block_actions', action_id: ACTION.chooseService },
    async ({ ack, body, client }) => {
      await ack();
      if (!body.view) return;
      const { id, hash, private_metadata: metadata, state } = body.view;
      const form = fieldsOf(state.values);
      const view = declareModal({ ...form, services: desk.catalogue.services(), metadata });
      await client.views.update({ view_id: id, hash, view });
    },
  );

  onSubmit(desk, VIEW.declare, async (submission) => {
    const { fields, actor, delivery } = submission;
    const flow = declareIncident({
      title: fields['title'] ?? '',
      summary: fields['summary'] ?? '',
      service: desk.catalogue.service(fields['service'] ?? ''),
      environment: fields['environment'] ?? '',
    });
    const { incident } = await desk.loop.declare(actor, flow, delivery);
    return () =>
      tellWhere(desk, submission, incident.id, `${incident.id} is declared. Go on in {channel}.`);
  });

  onClick(desk, ACTION.resolve, 0, async ({ incident, triggerId }) => {
    await desk.client.views.open({
      trigger_id: triggerId,
      view: reasonModal('resolve', incident, {}),
    });
  });
  onSubmit(desk, VIEW.resolve, async (submission) => {
    const incident = requireIncident(desk, submission.metadata.incident);
    await decideFor(
      desk,
      submission,
      incident.id,
      resolveIncident(submission.fields['reason'] ?? ''),
    );
    return undefined;
  });
}

async function incidentCommand(desk: Desk, request: Request, typed: Typed): Promise<Outcome> {
  const [word = '', ...rest] = typed.text.split(/\s+/);
  const words = rest.join(' ');
  switch (word.toLowerCase()) {
    case 'help':
      return { reply: help('incident') };
    case 'list':
      return { reply: incidentList(desk.loop.incidents()) };
    case 'command':
      return takeCommand(desk, request, here(desk, typed));
    case 'note':
      return decide(
        desk,
        request,
        here(desk, typed),
        addNote(words),
        'Noted; it is in the timeline.',
      );
    case 'contacts': {
      const incident = here(desk, typed);
      return decide(
        desk,
        request,
        incident,
        callContacts(policyOf(desk, incident).service),
        undefined,
      );
    }
    case 'resolve':
      return decide(desk, request, here(desk, typed), resolveIncident(words), undefined);
    default:
      if (rest.length === 0 && didYouMean('incident', word)) {
        return { reply: unknownSubcommand('incident', word) };
      }
      return openForm(desk, typed);
  }
}

/** Only a form is opened here, so there is nothing to record before the acknowledgement. */
async function openForm(desk: Desk, { text, triggerId, responseUrl }: Typed): Promise<Outcome> {
  const view = declareModal({
    title: text,
    services: desk.catalogue.services(),
    metadata: metadataOf({ responseUrl }),
  });
  await desk.client.views.open({ trigger_id: triggerId, view });
  return {};
}

/** Typing the command is meant: whoever holds the role hands it over, and the timeline says so. */
async function takeCommand(desk: Desk, request: Request, incident: Incident): Promise<Outcome> {
  await requireMayCommand(desk, request);
  return decide(
    desk,
    request,
    incident,
    takeRole('commander', incident.roles.commander),
    undefined,
  );
}

async function decide(
  desk: Desk,
  request: Request,
  incident: Incident,
  flow: Flow,
  words: string | undefined,
): Promise<Outcome> {
  await decideFor(desk, request, incident.id, flow);
  return words === undefined ? {} : { reply: { text: words, blocks: [] } };
}

/** The incident of the channel the person is in. */
function here(desk: Desk, { channel }: Typed): Incident {
  const incident = incidentOfChannel(desk, channel);
  if (!incident) {
    throw new Refusal(
      'not-found',
      'This channel belongs to no incident. Use it in the incident’s channel; `/incident list` shows them.',
    );
  }
  return incident;
}
