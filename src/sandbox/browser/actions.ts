/** What a person does on the page, as Slack's client would do it. */

import { valueField } from '../workspace/input-values.ts';
import {
  sendCommand,
  sendHomeOpened,
  sendMessageShortcut,
  sendShortcut,
  sendViewClosed,
} from '../workspace/interaction.ts';
import { asText, type Json } from '../workspace/json.ts';
import { where } from '../workspace/live.ts';
import { addPin, addReaction, removePin, removeReaction } from '../workspace/marks.ts';
import { joinChannel } from '../workspace/membership.ts';
import { postMessage } from '../workspace/messages.ts';
import type { ChannelRecord } from '../workspace/model.ts';
import { change, pressControl, submitModal, tell } from '../workspace/person/act.ts';
import { type Control, controlsOf, ownOptions, reported } from '../workspace/person/controls.ts';
import { accepted, type Self } from '../workspace/person/self.ts';
import { typedText, typedValue } from '../workspace/person/values.ts';
import { textOf } from '../workspace/render/elements.ts';
import { blocksOf } from '../workspace/render/message.ts';
import { canSee, messageAt } from '../workspace/state.ts';
import type { ViewRecord } from '../workspace/view-record.ts';
import { modalStack } from '../workspace/views.ts';
import type { Act, ControlPlace } from './protocol.ts';
import type { Viewer } from './seen.ts';

/** Why an act is not possible, in words for the person. */
export class ImpossibleAct extends Error {}

/**
 * Does it. Resolves when the app acked or Slack gave up waiting; what Slack then says comes as a notice.
 * @throws ImpossibleAct when the person cannot do that; Error with Slack's words when Slack or the app refused.
 */
export async function perform(viewer: Viewer, act: Act): Promise<void> {
  const { self } = viewer;
  switch (act.act) {
    case 'say':
      say(self, act);
      return;
    case 'command':
      await command(self, act.channel, act.text);
      return;
    case 'press': {
      const control = controlAt(self, act.at);
      const option = ownOptions(control.element).find(({ value }) => value === act.option);
      await pressControl(self, control, option);
      return;
    }
    case 'choose':
      await choose(self, controlAt(self, act.at), act.option);
      return;
    case 'tick':
      await tick(self, controlAt(self, act.at), act.options);
      return;
    case 'type': {
      const control = controlAt(self, act.at);
      await change(self, control, typedValue(control, act.text), {});
      return;
    }
    case 'submit':
      await submitModal(self, modalOf(self, act.view));
      return;
    case 'close': {
      const view = modalOf(self, act.view);
      tell(self, { did: 'close', viewId: view.id, title: textOf(view.body.title, self.page) });
      await sendViewClosed(self.slack, self.id, view, { all: act.all === true });
      return;
    }
    case 'open-home':
      tell(self, { did: 'open home' });
      sendHomeOpened(self.slack, self.id);
      return;
    case 'shortcut': {
      tell(self, { did: 'shortcut', callbackId: act.callbackId });
      const ack = await sendShortcut(self.slack, self.id, act.callbackId);
      accepted(self, 'use the shortcut', ack);
      return;
    }
    case 'message-shortcut':
      await messageShortcut(self, act);
      return;
    case 'pin':
      togglePin(self, writable(self, act.channel), act.ts);
      return;
    case 'react':
      toggleReaction(self, writable(self, act.channel), act.ts, act.emoji);
      return;
    case 'join':
      joinChannel(self.slack, channelOf(self, act.channel), self.id);
      return;
    case 'read':
      markRead(viewer, act.channel, act.ts);
      return;
  }
}

function say(self: Self, act: Extract<Act, { act: 'say' }>): void {
  const channel = writable(self, act.channel);
  if (act.text.trim() === '') throw new ImpossibleAct('Type a message first.');
  const parent = act.thread;
  if (parent !== undefined && !channel.messages.some(({ ts }) => ts === parent)) {
    throw new ImpossibleAct('The message of this thread is gone.');
  }
  postMessage(self.slack, channel, {
    user: self.id,
    text: typedText(self.slack, act.text.trim()),
    client_msg_id: self.slack.state.newId('cm'),
    ...(parent === undefined ? {} : { thread_ts: parent }),
  });
}

async function command(self: Self, channelId: string, line: string): Promise<void> {
  const channel = writable(self, channelId);
  const [, word = '', text = ''] = /^(\/\S+)\s*(.*)$/s.exec(line.trim()) ?? [];
  if (!self.slack.state.manifest.commands.some((entry) => entry.command === word)) {
    throw new ImpossibleAct(
      `${word || line} is not a valid command. Type / to see those there are.`,
    );
  }
  tell(self, { did: 'command', where: where(self.slack.state, channel), text: line.trim() });
  const ack = await sendCommand(self.slack, self.id, channel, word, text);
  accepted(self, `run ${word}`, ack);
}

function togglePin({ slack, id }: Self, channel: ChannelRecord, ts: string): void {
  const isPinned = channel.pins.some((pin) => pin.ts === ts);
  if (isPinned) removePin(slack, channel, id, ts);
  else addPin(slack, channel, id, ts);
}

function toggleReaction(
  { slack, id }: Self,
  channel: ChannelRecord,
  ts: string,
  emoji: string,
): void {
  const reactions = messageAt(channel, ts)?.reactions ?? [];
  const isMine = reactions.some(({ name, users }) => name === emoji && users.includes(id));
  if (isMine) removeReaction(slack, channel, id, emoji, ts);
  else addReaction(slack, channel, id, emoji, ts);
}

async function messageShortcut(
  self: Self,
  act: Extract<Act, { act: 'message-shortcut' }>,
): Promise<void> {
  const channel = channelOf(self, act.channel);
  const message = messageAt(channel, act.ts);
  if (!message) throw new ImpossibleAct('The message is gone.');
  tell(self, { did: 'shortcut', callbackId: act.callbackId });
  const ack = await sendMessageShortcut(self.slack, self.id, channel, message, act.callbackId);
  accepted(self, 'use the shortcut', ack);
}

async function choose(self: Self, control: Control, value: string | null): Promise<void> {
  const type = asText(control.element['type']) ?? '';
  const field = valueField(type) ?? '';
  const chosen = value === null ? null : chosenOf(self, control, field, value);
  if (chosen === undefined) throw new ImpossibleAct(`Nothing can be chosen from a ${type}.`);
  await change(self, control, { type, [field]: chosen }, {});
}

/** What Slack reports of a choice; undefined where the control is nothing to choose from. */
function chosenOf(
  { slack }: Self,
  { element }: Control,
  field: string,
  value: string,
): Json | string | number | undefined {
  switch (field) {
    case 'selected_option': {
      const option = ownOptions(element).find((entry) => entry['value'] === value);
      if (!option) throw new ImpossibleAct('This option is no longer offered.');
      return reported(option);
    }
    case 'selected_user':
      if (!slack.state.users.has(value)) throw new ImpossibleAct('Nobody here is that.');
      return value;
    case 'selected_date_time':
      if (!/^\d{10}$/.test(value)) throw new ImpossibleAct('That is no date with a time.');
      return Number(value);
    default:
      return undefined;
  }
}

async function tick(self: Self, control: Control, values: readonly string[]): Promise<void> {
  const type = asText(control.element['type']) ?? '';
  const field = valueField(type);
  if (field !== 'selected_options') throw new ImpossibleAct(`Nothing can be ticked in a ${type}.`);
  const ticked = ownOptions(control.element)
    .filter(({ value }) => values.includes(asText(value) ?? ''))
    .map(reported);
  await change(self, control, { type, [field]: ticked }, {});
}

function markRead({ self, read }: Viewer, channelId: string, ts: string): void {
  const channel = channelOf(self, channelId);
  if (ts > (read.get(channel.id) ?? '')) read.set(channel.id, ts);
}

function channelOf(self: Self, id: string): ChannelRecord {
  const channel = self.slack.state.channels.get(id);
  if (!channel || !canSee(channel, self.screen.user)) {
    throw new ImpossibleAct(`${self.name} sees no such channel.`);
  }
  return channel;
}

function writable(self: Self, id: string): ChannelRecord {
  const channel = channelOf(self, id);
  if (channel.isArchived)
    throw new ImpossibleAct('The channel is archived; nobody can write there.');
  if (!channel.members.includes(self.id)) throw new ImpossibleAct('Join the channel first.');
  return channel;
}

function modalOf(self: Self, id: string): ViewRecord {
  const view = modalStack(self.slack, self.id).find((entry) => entry.id === id);
  if (!view) throw new ImpossibleAct('This dialog is closed already.');
  return view;
}

/**
 * The control as it is now. A message may have been edited since the page showed it, and its blocks have new ids then; a
 * late press still counts while the message has one such control.
 */
function controlAt(self: Self, at: ControlPlace): Control {
  const same = controlsAt(self, at).filter(({ element }) => element['action_id'] === at.action);
  const exact = same.find(({ block }) => block['block_id'] === at.block);
  const control = exact ?? (same.length === 1 ? same[0] : undefined);
  if (!control) throw new ImpossibleAct('This button is gone: the message has changed meanwhile.');
  return control;
}

function controlsAt(self: Self, at: ControlPlace): readonly Control[] {
  if (at.view !== undefined) {
    const home = self.screen.home();
    const view = home?.id === at.view ? home : modalOf(self, at.view);
    return controlsOf({ view }, view.body.blocks, self.page);
  }
  const channel = channelOf(self, at.channel ?? '');
  const own = channel.ephemerals.filter(({ to }) => to === self.id).map(({ message }) => message);
  const message = [...channel.messages, ...own].find(({ ts }) => ts === at.ts);
  return message ? controlsOf({ channel, message }, blocksOf(message), self.page) : [];
}
