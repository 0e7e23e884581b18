import { type ActionName, idsOf } from '../blocks/actions.ts';
import { type Metadata, readMetadata } from '../blocks/metadata.ts';
import { answerModal } from '../blocks/more.ts';
import type { Incident } from '../incident.ts';
import {
  type After,
  answered,
  answerTo,
  type Desk,
  personOf,
  type Request,
  requireIncident,
} from './desk.ts';

/** A click on a button, or a choice in a select, in a message. */
export interface Click extends Request {
  readonly incident: Incident;
  /** The ids in the value after the incident's. */
  readonly ids: readonly string[];
  readonly triggerId: string;
  readonly responseUrl: string | undefined;
  /** The modal that it was in. */
  readonly view?: { readonly id: string; readonly metadata: Metadata };
}

/**
 * Listens for an action whose value names an incident and `idCount` things more. The work is done before the click is
 * acknowledged; a refusal is shown to the person who clicked.
 */
export function onClick(
  desk: Desk,
  action: ActionName,
  idCount: number,
  work: (click: Click) => Promise<After | void>,
): void {
  desk.switchboard.click(action, async ({ ack, body, action: clicked }) => {
    const responseUrl = body.response_url;
    const request: Request = {
      actor: personOf(desk, body.user.id),
      delivery: `${body.trigger_id} ${clicked.action_ts}`,
      answer: answerToClick(desk, body),
    };
    const decided = async (): Promise<After | void> => {
      const [incident, ...ids] = idsOf(valueOf(clicked), idCount + 1) ?? [];
      return work({
        ...request,
        incident: seenBy(desk, incident, body.user.id, body.channel?.id),
        ids,
        triggerId: body.trigger_id,
        responseUrl,
        ...(body.view
          ? { view: { id: body.view.id, metadata: readMetadata(body.view.private_metadata) } }
          : {}),
      });
    };
    await answered(
      desk,
      request,
      decided,
      () => ack(),
      (after) => after?.(),
    );
  });
}

/**
 * Whoever is in the channel of an incident sees it, whether or not Slack has told yet that they joined. Elsewhere, such as on
 * a home tab that was drawn before, a private incident is for those who are in it.
 */
function seenBy(
  desk: Desk,
  id: string | undefined,
  user: string,
  channel: string | undefined,
): Incident {
  const incident = requireIncident(desk, id);
  const isThere =
    channel !== undefined && incident.channel?.id === channel && !incident.left.includes(user);
  return isThere ? incident : requireIncident(desk, id, user);
}

/** The value of a button, or of the option that was chosen. */
export function valueOf(action: object): string | undefined {
  if ('value' in action && typeof action.value === 'string') return action.value;
  if (!('selected_option' in action)) return undefined;
  const option = action.selected_option as { readonly value?: string } | null;
  return option?.value;
}

/** Where a click is answered: beside its message, or where there is none, in a modal. */
export function answerToClick(
  desk: Desk,
  body: Parameters<typeof answerInView>[1] & { readonly response_url?: string | undefined },
): Request['answer'] {
  return body.response_url === undefined
    ? answerInView(desk, body)
    : answerTo(desk, body.response_url);
}

/**
 * In a modal or on the home tab there is no channel to answer in: the answer is a modal of its own, on top of what is open.
 * One that cannot be shown is logged and nothing else.
 */
function answerInView(
  { client, onError }: Desk,
  {
    trigger_id,
    view: on,
  }: { readonly trigger_id: string; readonly view?: { readonly type: string } | undefined },
): Request['answer'] {
  return async (answer) => {
    const view = answerModal(answer);
    const shown =
      on?.type === 'modal'
        ? client.views.push({ trigger_id, view })
        : client.views.open({ trigger_id, view });
    await shown.catch(onError);
  };
}
