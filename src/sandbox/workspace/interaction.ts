/** What Slack sends when a person acts, and what it does with the app's ack (docs.slack.dev/interactivity). */
import type { Ack } from './app-link.ts';
import { escapeNames } from './escape-names.ts';
import { announce } from './events.ts';
import { stateValues } from './input-values.ts';
import { asObject, asObjects, type Json } from './json.ts';
import type { ChannelRecord, Message } from './model.ts';
import {
  channelField,
  commonFields,
  messageField,
  responseUrls,
  type Source,
  sourceFields,
} from './payloads.ts';
import { applyReply, isReply } from './replies.ts';
import type { Slack } from './slack.ts';
import { directMessage } from './state.ts';
import { answerSubmission, refused, type SubmissionAck } from './submission.ts';
import { viewJson } from './view-json.ts';
import type { InputValue, ViewRecord } from './view-record.ts';
import { closeModals, modalStack } from './views.ts';

export type { Source } from './payloads.ts';
export type { SubmissionAck } from './submission.ts';

/** Sends a slash command of the manifest and shows the app's direct answer, if it gave one. */
export async function sendCommand(
  slack: Slack,
  user: string,
  channel: ChannelRecord,
  command: string,
  text: string,
): Promise<Ack> {
  const { state } = slack;
  const known = state.manifest.commands.find((entry) => entry.command === command);
  if (!known) return { status: 'error', detail: `${command} is not a valid command` };
  const name = { public: channel.name, private: 'privategroup', im: 'directmessage' };
  const target = { channel: channel.id, user };
  const ack = await slack.app.ask('command', {
    token: 'verification-token',
    team_id: state.teamId,
    team_domain: state.domain,
    channel_id: channel.id,
    channel_name: name[channel.kind],
    user_id: user,
    user_name: state.users.get(user)?.name ?? user,
    command,
    text: known.shouldEscape ? escapeNames(slack, text) : text,
    api_app_id: state.appId,
    is_enterprise_install: 'false',
    response_url: slack.newResponseUrl(target),
    trigger_id: state.newTrigger(user),
  });
  if (ack.status !== 'ok' || !isReply(ack.body)) return ack;
  const body = ack.body;
  return refused(ack, () => applyReply(slack, target, body));
}

/**
 * Sends a click or a choice. `action` is the element's entry of `actions` without action_ts: type, action_id, block_id
 * and what was chosen. `values` are the inputs of a message as this person left them; a view carries its own.
 */
export function sendBlockAction(
  slack: Slack,
  user: string,
  source: Source,
  action: Json & { readonly type: string; readonly action_id: string; readonly block_id: string },
  values: ReadonlyMap<string, InputValue> = new Map(),
): Promise<Ack> {
  const view = 'view' in source ? source.view : undefined;
  return ask(slack, 'interaction', {
    type: 'block_actions',
    ...commonFields(slack, user),
    trigger_id: slack.state.newTrigger(user, view?.type === 'modal' ? view.id : undefined),
    ...sourceFields(slack, user, source),
    state: { values: stateValues(view?.values ?? values) },
    actions: [{ ...action, action_ts: slack.state.newTs() }],
  });
}

/** Asks the app for the options of an external select; `ack.status` tells when it gave none in time. */
export async function suggest(
  slack: Slack,
  user: string,
  source: Source,
  input: { readonly block_id: string; readonly action_id: string; readonly value: string },
): Promise<{
  readonly ack: Ack;
  readonly options: readonly Json[];
  readonly groups: readonly Json[];
}> {
  const { response_url: _, ...fields } = sourceFields(slack, user, source);
  const ack = await ask(slack, 'options', {
    type: 'block_suggestion',
    ...commonFields(slack, user),
    ...fields,
    ...input,
  });
  const body = asObject(ack.body);
  return { ack, options: asObjects(body?.['options']), groups: asObjects(body?.['option_groups']) };
}

/**
 * Submits a modal with the values it holds, after putting `values` over them. An empty ack closes this one view;
 * response_action errors, update, push and clear do what Slack does. A refused answer leaves the modal open and comes
 * back as status `error`.
 */
export async function sendViewSubmission(
  slack: Slack,
  user: string,
  view: ViewRecord,
  values: ReadonlyMap<string, InputValue> = new Map(),
): Promise<SubmissionAck> {
  for (const [key, value] of values) view.values.set(key, value);
  const ack = await ask(slack, 'interaction', {
    type: 'view_submission',
    ...commonFields(slack, user),
    trigger_id: slack.state.newTrigger(user, view.id),
    view: viewJson(slack, view),
    response_urls: responseUrls(slack, user, view),
  });
  if (ack.status !== 'ok' || !modalStack(slack, user).includes(view)) return ack;
  return answerSubmission(slack, view, ack);
}

/** Closes a modal by its close button, or the whole stack by the X; tells the app where notify_on_close asks for it. */
export async function sendViewClosed(
  slack: Slack,
  user: string,
  view: ViewRecord,
  options: { readonly all?: boolean } = {},
): Promise<void> {
  const all = options.all === true || view.body.clearOnClose;
  for (const closed of closeModals(slack, view, { all })) {
    if (!closed.body.notifyOnClose) continue;
    await ask(slack, 'interaction', {
      type: 'view_closed',
      ...commonFields(slack, user),
      view: viewJson(slack, closed),
      is_cleared: all,
    });
  }
}

/** Runs a global shortcut of the manifest. */
export function sendShortcut(slack: Slack, user: string, callbackId: string): Promise<Ack> {
  if (!hasShortcut(slack, callbackId, 'global')) return unknownShortcut(callbackId);
  return ask(slack, 'interaction', {
    type: 'shortcut',
    ...commonFields(slack, user),
    callback_id: callbackId,
    trigger_id: slack.state.newTrigger(user),
    action_ts: slack.state.newTs(),
  });
}

/** Runs a message shortcut of the manifest on a message. */
export function sendMessageShortcut(
  slack: Slack,
  user: string,
  channel: ChannelRecord,
  message: Message,
  callbackId: string,
): Promise<Ack> {
  if (!hasShortcut(slack, callbackId, 'message')) return unknownShortcut(callbackId);
  const original = { ts: message.ts, ephemeral: false };
  return ask(slack, 'interaction', {
    type: 'message_action',
    ...commonFields(slack, user),
    callback_id: callbackId,
    trigger_id: slack.state.newTrigger(user),
    action_ts: slack.state.newTs(),
    channel: channelField(channel),
    message_ts: message.ts,
    message: messageField(message),
    response_url: slack.newResponseUrl({ channel: channel.id, user, original }),
  });
}

/** Tells the app that a person opened its home; `view` is there only when it was published before. */
export function sendHomeOpened(
  slack: Slack,
  user: string,
  tab: 'home' | 'messages' = 'home',
): void {
  const view = slack.state.homes.get(user);
  announce(slack, {
    type: 'app_home_opened',
    user,
    channel: directMessage(slack.state, user).id,
    tab,
    ...(view && tab === 'home' ? { view: viewJson(slack, view) } : {}),
    event_ts: slack.state.newTs(),
  });
}

function ask(slack: Slack, kind: 'interaction' | 'options', payload: Json): Promise<Ack> {
  if (slack.state.manifest.interactive) return slack.app.ask(kind, payload);
  const detail = 'The manifest does not enable interactivity (settings.interactivity.is_enabled).';
  return Promise.resolve({ status: 'error', detail });
}

function hasShortcut(slack: Slack, callbackId: string, type: 'global' | 'message'): boolean {
  const { shortcuts } = slack.state.manifest;
  return shortcuts.some((entry) => entry.callbackId === callbackId && entry.type === type);
}

function unknownShortcut(callbackId: string): Promise<Ack> {
  return Promise.resolve({ status: 'error', detail: `The manifest has no shortcut ${callbackId}` });
}
