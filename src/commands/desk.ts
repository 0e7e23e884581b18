/**
 * What the commands share: who asks, about which incident, and how the answer comes back. Every request is decided and
 * durably recorded before it is acknowledged; a refusal is an answer that only the person concerned sees.
 */

import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { type ActionName, actionPattern, idsOf, type ViewName } from '../blocks/actions.ts';
import { refusalMessage } from '../blocks/help.ts';
import { fieldsOf, type Metadata, readMetadata } from '../blocks/metadata.ts';
import type { Clock } from '../clock.ts';
import { JournalError, messageOf, Refusal } from '../errors.ts';
import type { Actor } from '../events.ts';
import type { Membership } from '../flows/approve.ts';
import type { Incident } from '../incident.ts';
import type { Journal } from '../journal/journal.ts';
import type { Decision, Flow, Loop } from '../loop.ts';
import type { Catalogue, EnvironmentPolicy, Principal, Service } from '../service.ts';
import type { Directory } from '../slack/directory.ts';
import { answerOnly, type EphemeralAnswer } from '../slack/respond.ts';

/** What every command may use. */
export interface Desk {
  readonly app: App;
  /** For what a person waits for; gives up early. */
  readonly client: WebClient;
  /** For what may take long. */
  readonly uploads: WebClient;
  readonly journal: Journal;
  readonly loop: Loop;
  readonly catalogue: Catalogue;
  readonly directory: Directory;
  readonly clock: Clock;
  /** Who may take command; undefined for everybody. */
  readonly commanders: readonly Principal[] | undefined;
  /** Milliseconds a quick fix may take. */
  readonly quickFixLimit: number;
  /** IANA name of the zone shown beside UTC in exports. */
  readonly zone: string;
  readonly redact: (text: string) => string;
  /** Told of what went wrong behind an answer. */
  readonly onError: (error: unknown) => void;
}

/** A person's request: who, what delivery, and where the answer goes. */
export interface Request {
  readonly actor: Extract<Actor, { kind: 'person' }>;
  /** Unique to the outside request, so that a repeated delivery decides nothing. */
  readonly delivery: string;
  readonly answer: (answer: EphemeralAnswer) => Promise<void>;
}

/** The person behind a Slack payload. */
export function personOf(desk: Desk, id: string): Request['actor'] {
  const name = desk.directory.knownName(id);
  // For the next time; nobody waits for it.
  void desk.directory.name(id);
  return { kind: 'person', id, ...(name ? { name } : {}) };
}

/** An answer through a response address; a lost answer is logged and nothing else. */
export function answerTo(desk: Desk, responseUrl: string | undefined): Request['answer'] {
  return async (answer) => {
    if (!responseUrl) return;
    await answerOnly(responseUrl, answer).catch(desk.onError);
  };
}

/** Shows why a request was not carried out. Only a failure that is none of the person's doing is logged. */
export async function answerFailure(desk: Desk, request: Request, error: unknown): Promise<void> {
  if (error instanceof Refusal) {
    await request.answer(refusalMessage(error));
    return;
  }
  desk.onError(error);
  await request.answer({ text: failureWords(error) });
}

function failureWords(error: unknown): string {
  return error instanceof JournalError
    ? `Nothing was recorded and nothing was changed. ${messageOf(error)}`
    : 'Something went wrong in Backstop, and nothing was changed. The log of the bot has the details.';
}

/** Decides for a person; see `Loop.decide`. */
export function decideFor(
  desk: Desk,
  request: Request,
  incident: string,
  flow: Flow,
): Promise<Decision> {
  return desk.loop.decide(incident, request.actor, flow, request.delivery);
}

/** The incident whose channel this is. */
export function incidentOfChannel(desk: Desk, channel: string): Incident | undefined {
  return desk.loop.incidents().find((incident) => incident.channel?.id === channel);
}

/** @throws Refusal when there is no such incident. */
export function requireIncident(desk: Desk, id: string | undefined): Incident {
  const incident = id === undefined ? undefined : desk.loop.incident(id.toUpperCase());
  if (!incident) {
    throw new Refusal(
      'not-found',
      `There is no incident ${id ?? ''}. \`/incident list\` shows the open ones.`,
    );
  }
  return incident;
}

/** The service and policy of an incident. @throws Refusal when it has left the configuration. */
export function policyOf(
  desk: Desk,
  incident: Incident,
): { readonly service: Service; readonly policy: EnvironmentPolicy } {
  const service = desk.catalogue.service(incident.service);
  const policy = service?.environments[incident.environment];
  if (!service || !policy) {
    throw new Refusal(
      'not-possible',
      `${incident.service} ${incident.environment} is no longer in backstop.yaml.`,
    );
  }
  return { service, policy };
}

export function membershipOf(
  desk: Desk,
  request: Request,
  principals: readonly Principal[],
): Promise<Membership> {
  return desk.directory.membership(request.actor.id, principals);
}

/** A click on a button, or a choice in a select, in a message. */
export interface Click extends Request {
  readonly incident: Incident;
  /** The ids in the value after the incident's. */
  readonly ids: readonly string[];
  readonly triggerId: string;
  readonly responseUrl: string | undefined;
}

/**
 * Listens for an action whose value names an incident and `idCount` things more. The work is done before the click is
 * acknowledged; a refusal is shown to the person who clicked.
 */
export function onClick(
  desk: Desk,
  action: ActionName,
  idCount: number,
  work: (click: Click) => Promise<void>,
): void {
  const on = { type: 'block_actions', action_id: actionPattern(action) } as const;
  desk.app.action(on, async ({ ack, body, action: clicked }) => {
    const responseUrl = body.response_url;
    const request: Request = {
      actor: personOf(desk, body.user.id),
      delivery: `${body.trigger_id} ${clicked.action_ts}`,
      answer: answerTo(desk, responseUrl),
    };
    try {
      const [incident, ...ids] = idsOf(valueOf(clicked), idCount + 1) ?? [];
      await work({
        ...request,
        incident: requireIncident(desk, incident),
        ids,
        triggerId: body.trigger_id,
        responseUrl,
      });
      await ack();
    } catch (error) {
      await ack();
      await answerFailure(desk, request, error);
    }
  });
}

function valueOf(action: object): string | undefined {
  if ('value' in action && typeof action.value === 'string') return action.value;
  if (!('selected_option' in action)) return undefined;
  const option = action.selected_option as { readonly value?: string } | null;
  return option?.value;
}

/** A submitted modal about an incident. */
export interface Submission extends Request {
  readonly metadata: Metadata;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Listens for a submitted modal. A refusal shows under the field it names, so nothing that was typed is lost; `work`
 * returns what is to be done after the modal has closed.
 */
export function onSubmit(
  desk: Desk,
  view: ViewName,
  work: (submission: Submission) => Promise<(() => Promise<void>) | undefined>,
): void {
  desk.app.view({ type: 'view_submission', callback_id: view }, async ({ ack, body }) => {
    const metadata = readMetadata(body.view.private_metadata);
    const request: Request = {
      actor: personOf(desk, body.user.id),
      delivery: `${body.view.id} ${body.view.hash}`,
      answer: answerTo(desk, metadata.responseUrl),
    };
    try {
      const fields = fieldsOf(body.view.state.values);
      const after = await work({ ...request, metadata, fields });
      await ack();
      await after?.();
    } catch (error) {
      if (!(error instanceof Refusal)) desk.onError(error);
      const inputs = body.view.blocks.flatMap((block) =>
        block.type === 'input' && block.block_id ? [block.block_id] : [],
      );
      const words = error instanceof Refusal ? error.message : failureWords(error);
      const field =
        error instanceof Refusal && inputs.includes(error.field ?? '') ? error.field : inputs[0];
      await ack({ response_action: 'errors', errors: { [field ?? '']: plainWords(desk, words) } });
    }
  });
}

/** Modal errors are plain text: mentions become names, markup goes. */
function plainWords(desk: Desk, text: string): string {
  return text
    .replaceAll(/<@(\w+)>/g, (_all, id: string) => desk.directory.knownName(id) ?? 'somebody else')
    .replaceAll(/<!subteam\^\w+>/g, 'the approvers')
    .replaceAll(/[*`]/g, '');
}
