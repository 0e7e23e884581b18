/**
 * What the commands share: who asks, about which incident, and how the answer comes back. Every request is decided and
 * durably recorded before it is acknowledged; a refusal is an answer that only the person concerned sees.
 */

import type { App } from '@slack/bolt';
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { refusalMessage } from '../blocks/help.ts';
import type { Clock } from '../clock.ts';
import type { ReminderPolicy } from '../due-reminders.ts';
import { JournalError, messageOf, Refusal } from '../errors.ts';
import type { Actor, PlanWish } from '../events.ts';
import type { Membership } from '../flows/approve.ts';
import { type Ground, type Incident, maySee } from '../incident.ts';
import type { IssueToPost, PostedPostmortem } from '../issue-tracker.ts';
import type { Journal } from '../journal/journal.ts';
import type { Decision, Flow, Loop } from '../loop.ts';
import type { PlanContent } from '../plan.ts';
import type { Playbook } from '../playbook.ts';
import type { Readiness } from '../readiness.ts';
import type { PointsOf } from '../restore-points.ts';
import type { Catalogue, EnvironmentPolicy, Principal, Service } from '../service.ts';
import type { CallContext } from '../slack/call.ts';
import type { Directory } from '../slack/directory.ts';
import { answerOnly, type EphemeralAnswer } from '../slack/respond.ts';
import { theirWords } from '../words.ts';
import type { SubscriptionStore } from './subscription-store.ts';
import type { Switchboard } from './switchboard.ts';

/** Of what a person typed, as much as an answer repeats. */
const SHOWN = 60;

/** What every command may use. */
export interface Desk {
  readonly app: App;
  readonly switchboard: Switchboard;
  /** For what a person waits for; gives up early. */
  readonly client: WebClient;
  /** For what may take long. */
  readonly uploads: WebClient;
  /** What Slack has asked everybody to wait for. */
  readonly limits: CallContext['limits'];
  readonly journal: Journal;
  readonly loop: Loop;
  readonly catalogue: Catalogue;
  /** Makes a plan to look at; reads only. */
  readonly plan: (ground: Ground, wish: PlanWish, signal: AbortSignal) => Promise<PlanContent>;
  /** Looks whether it could be rolled back right now; reads only. */
  readonly readiness: (
    service: string,
    environment: string,
    signal: AbortSignal,
  ) => Promise<Readiness>;
  /** What each component can be put back to; reads only. */
  readonly restorePoints: (
    service: string,
    environment: string,
    signal: AbortSignal,
  ) => Promise<readonly PointsOf[]>;
  readonly directory: Directory;
  readonly clock: Clock;
  /** Who may take command; undefined for everybody. */
  readonly commanders: readonly Principal[] | undefined;
  /** Milliseconds a quick fix may take. */
  readonly quickFixLimit: number;
  /** The name of the emoji that puts a message into the timeline. */
  readonly captureEmoji: string;
  readonly reminders: ReminderPolicy;
  /** Who follows which service. */
  readonly subscriptions: SubscriptionStore;
  /** By name, in the order of their names. */
  readonly playbooks: ReadonlyMap<string, Playbook>;
  /** Where post-mortems are worked on as issues; undefined where there is no connection to it. */
  readonly issues?: PostmortemIssues;
  /** To be told of each message that somebody wrote in a channel. */
  readonly heard: (channel: string) => void;
  /** The address of the workspace, where Slack gives it; ends in a slash. */
  readonly workspaceUrl: string | undefined;
  /** IANA name of the zone shown beside UTC in exports. */
  readonly zone: string;
  readonly redact: (text: string) => string;
  /** Told of what went wrong behind an answer. */
  readonly onError: (error: unknown) => void;
}

export interface PostmortemIssues {
  /** The repositories that a service is built from, as `owner/name`. */
  readonly repositoriesOf: (service: string) => readonly string[];
  /** Opens the post-mortem's issue and those of its follow-ups, each once, and records it. @throws OutsideError */
  readonly post: (
    incident: string,
    actor: Actor,
    issue: IssueToPost,
    signal: AbortSignal,
  ) => Promise<PostedPostmortem>;
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

/** What the person is told of a failure that is none of their doing. */
export function failureWords(error: unknown): string {
  if (error instanceof JournalError) {
    return `Nothing was recorded and nothing was changed. ${messageOf(error)}`;
  }
  if (error instanceof WebAPIPlatformError && error.data.error === 'expired_trigger_id') {
    return 'Slack opens a form within three seconds only, and this took longer. Please try again.';
  }
  return 'Something went wrong in Backstop, and nothing was changed. The log of the bot has the details.';
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

/**
 * @param viewer who names it; a private incident does not exist for those who are not in it. @param instead where they find which there are.
 * @throws Refusal when there is no such incident.
 */
export function requireIncident(
  desk: Desk,
  id: string | undefined,
  viewer?: string,
  instead = '`/incident list` shows the open ones.',
): Incident {
  const incident = id === undefined ? undefined : desk.loop.incident(id.toUpperCase());
  if (!incident || (viewer !== undefined && !maySee(incident, viewer))) {
    const words =
      id === undefined ? 'That belongs to no incident.' : `There is no incident “${shown(id)}”.`;
    throw new Refusal('not-found', `${words} ${instead}`);
  }
  return incident;
}

function shown(words: string): string {
  return theirWords(words.length > SHOWN ? `${words.slice(0, SHOWN)}…` : words);
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

/** What is to be done once the request is acknowledged. */
export type After = () => Promise<void>;

/**
 * Decides, acknowledges exactly once (Bolt refuses a second time), then does what comes after. A failure on either side
 * of the acknowledgement is told to the person.
 */
export async function answered<T>(
  desk: Desk,
  request: Request,
  decide: () => Promise<T>,
  ack: (decided?: T) => Promise<void>,
  after: (decided: T) => Promise<void> | undefined,
): Promise<void> {
  let decided: T;
  try {
    decided = await decide();
  } catch (error) {
    await ack();
    await answerFailure(desk, request, error);
    return;
  }
  await ack(decided);
  try {
    await after(decided);
  } catch (error) {
    await answerFailure(desk, request, error);
  }
}
