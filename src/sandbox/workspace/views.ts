/** Modals and home tabs: triggers, the modal stack of each person, hashes (docs.slack.dev/surfaces/modals). */
import { inputValues } from './input-values.ts';
import { who } from './live.ts';
import { SlackError } from './model.ts';
import type { Slack } from './slack.ts';
import type { Trigger } from './state.ts';
import { readView } from './view-json.ts';
import type { ViewBody, ViewRecord } from './view-record.ts';

const TRIGGER_MS = 3000;
const MAX_STACK = 3;

/** The open modals of a person, the top one last. */
export function modalStack(slack: Slack, user: string): readonly ViewRecord[] {
  return slack.state.modals.get(user) ?? [];
}

/** Opens a modal for the person the trigger was given to; it replaces whatever they had open. */
export function openModal(slack: Slack, triggerId: string, source: unknown): ViewRecord {
  const trigger = requireTrigger(slack, triggerId);
  const body = acceptView(slack, source, 'modal');
  trigger.used = true;
  const view = newModal(slack, trigger.user, body);
  slack.state.modals.set(trigger.user, [view]);
  show(slack, view, 'opened');
  return view;
}

/** Pushes a modal on top of the one the trigger was given in. Throws push_limit_reached at three. */
export function pushModal(slack: Slack, triggerId: string, source: unknown): ViewRecord {
  const trigger = requireTrigger(slack, triggerId);
  const stack = modalStack(slack, trigger.user);
  if (trigger.view === undefined || stack.length === 0) throw new SlackError('invalid_trigger_id');
  const body = acceptView(slack, source, 'modal');
  trigger.used = true;
  return putOnTop(slack, trigger.user, body);
}

/** Pushes a view that came as the answer to a submission, which needs no trigger. */
export function pushByAck(slack: Slack, user: string, source: unknown): ViewRecord {
  return putOnTop(slack, user, acceptView(slack, source, 'modal'));
}

function putOnTop(slack: Slack, user: string, body: ViewBody): ViewRecord {
  const stack = modalStack(slack, user);
  if (stack.length >= MAX_STACK) throw new SlackError('push_limit_reached');
  const view = newModal(slack, user, body, stack);
  slack.state.modals.set(user, [...stack, view]);
  show(slack, view, 'pushed');
  return view;
}

/** Replaces an open view in place; inputs keep their values while block_id, action_id and type stay. */
export function updateView(slack: Slack, view: ViewRecord, source: unknown): ViewRecord {
  view.body = acceptView(slack, source, view.type, view);
  const values = inputValues(view.body.blocks, view.values);
  view.values.clear();
  for (const [key, value] of values) view.values.set(key, value);
  view.hash = slack.state.newHash();
  show(slack, view, 'updated');
  return view;
}

/** Publishes a person's home tab; it keeps its id from the first time on. */
export function publishHome(slack: Slack, user: string, source: unknown): ViewRecord {
  const known = slack.state.homes.get(user);
  if (known) return updateView(slack, known, source);
  const view = newView(slack, user, 'home', acceptView(slack, source, 'home'), []);
  slack.state.homes.set(user, view);
  show(slack, view, 'updated');
  return view;
}

/** An open view by its id or external id. Throws not_found. */
export function requireView(slack: Slack, by: { id?: string; externalId?: string }): ViewRecord {
  const view = allViews(slack).find((entry) =>
    by.id === undefined ? entry.body.externalId === by.externalId : entry.id === by.id,
  );
  if (!view) throw new SlackError('not_found');
  return view;
}

/** Takes the view and everything above it off the person's stack; the closed ones, the top one first. */
export function closeModals(
  slack: Slack,
  view: ViewRecord,
  options: { readonly all: boolean },
): readonly ViewRecord[] {
  const stack = modalStack(slack, view.user);
  const index = options.all ? 0 : stack.indexOf(view);
  if (index < 0) return [];
  const closed = stack.slice(index).reverse();
  slack.state.modals.set(view.user, stack.slice(0, index));
  for (const entry of closed) show(slack, entry, 'closed');
  return closed;
}

function requireTrigger(slack: Slack, id: string): Trigger {
  const trigger = slack.state.triggers.get(id);
  if (!trigger) throw new SlackError('invalid_trigger_id');
  if (trigger.used) throw new SlackError('exchanged_trigger_id');
  if (slack.state.now() - trigger.at > TRIGGER_MS) throw new SlackError('expired_trigger_id');
  return trigger;
}

/** Throws duplicate_external_id when another open view has it, besides what readView throws. */
function acceptView(
  slack: Slack,
  source: unknown,
  type: ViewRecord['type'],
  except?: ViewRecord,
): ViewBody {
  const body = readView(source, type);
  const { externalId } = body;
  const holder = allViews(slack).find((entry) => entry.body.externalId === externalId);
  if (externalId !== '' && holder && holder !== except) {
    throw new SlackError('duplicate_external_id');
  }
  return body;
}

function allViews(slack: Slack): readonly ViewRecord[] {
  return [...[...slack.state.modals.values()].flat(), ...slack.state.homes.values()];
}

function newModal(
  slack: Slack,
  user: string,
  body: ViewBody,
  below: readonly ViewRecord[] = [],
): ViewRecord {
  return newView(slack, user, 'modal', body, below);
}

function newView(
  slack: Slack,
  user: string,
  type: ViewRecord['type'],
  body: ViewBody,
  below: readonly ViewRecord[],
): ViewRecord {
  const id = slack.state.newId('V');
  return {
    id,
    user,
    type,
    rootId: below[0]?.id ?? id,
    previousId: below.at(-1)?.id ?? null,
    body,
    hash: slack.state.newHash(),
    values: inputValues(body.blocks),
  };
}

function show(
  slack: Slack,
  view: ViewRecord,
  how: 'opened' | 'pushed' | 'updated' | 'closed',
): void {
  const person = who(slack.state, view.user);
  slack.tell(
    view.type === 'home' ? { kind: 'home', person, view } : { kind: 'modal', how, person, view },
  );
}
