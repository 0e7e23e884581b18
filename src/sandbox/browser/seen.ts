/** What one person's page already shows, and how it differs from what Slack would show them now. */

import { createHash } from 'node:crypto';
import type { CanvasRecord, ChannelRecord, Message } from '../workspace/model.ts';
import { createSelf, type Self } from '../workspace/person/self.ts';
import type { Slack } from '../workspace/slack.ts';
import { canSee } from '../workspace/state.ts';
import type { ViewRecord } from '../workspace/view-record.ts';
import { modalStack } from '../workspace/views.ts';
import type { CanvasInfo, ChannelInfo, ChannelPatch, ModalInfo, Patch } from './protocol.ts';

/** A person of the workspace with what their pages share: what is read, chosen and complained about. */
export interface Viewer {
  readonly self: Self;
  /** The newest `ts` read in each channel. */
  readonly read: Map<string, string>;
}

/** A viewer who has read everything there is so far. Throws for an unknown user id. */
export function createViewer(slack: Slack, userId: string): Viewer {
  const read = new Map<string, string>();
  for (const channel of slack.state.channels.values()) {
    read.set(channel.id, channel.messages.at(-1)?.ts ?? '');
  }
  return { self: createSelf(slack, userId, 0), read };
}

export interface Page {
  /** What changed since the last call; undefined when nothing did. The first call gives everything. */
  difference(): Patch | undefined;
}

/** A page that shows nothing yet. Messages are never changed in place, so an edited one is another object. */
export function createPage(slack: Slack, viewer: Viewer): Page {
  const shown = new Map<string, { info: string; messages: Map<string, Message> }>();
  let modals = '[]';
  let homeHash = '';

  function channelPatch(channel: ChannelRecord): ChannelPatch | undefined {
    const info = infoOf(channel, viewer);
    const text = JSON.stringify(info);
    const before = shown.get(channel.id);
    const now = new Map(visible(channel, viewer).map((message) => [message.ts, message]));
    const changed = [...now.values()].filter(
      (message) => before?.messages.get(message.ts) !== message,
    );
    const removed = [...(before?.messages.keys() ?? [])].filter((ts) => !now.has(ts));
    if (before?.info === text && changed.length === 0 && removed.length === 0) return undefined;
    shown.set(channel.id, { info: text, messages: now });
    return { info, changed: changed.map(withoutMetadata), removed };
  }

  return {
    difference() {
      const { user } = viewer.self.screen;
      const channels = [...slack.state.channels.values()]
        .filter((channel) => canSee(channel, user))
        .flatMap((channel) => channelPatch(channel) ?? []);
      const stack = modalStack(slack, user.id).map((view) => modalInfo(view, viewer.self));
      const text = JSON.stringify(stack);
      const modalsChanged = text !== modals;
      modals = text;
      const home = slack.state.homes.get(user.id);
      const homeChanged = home !== undefined && home.hash !== homeHash;
      homeHash = home?.hash ?? '';
      if (channels.length === 0 && !modalsChanged && !homeChanged) return undefined;
      return {
        ...(channels.length > 0 ? { channels } : {}),
        ...(modalsChanged ? { modals: stack } : {}),
        ...(homeChanged ? { home: { id: home.id, blocks: home.body.blocks } } : {}),
      };
    },
  };
}

function visible(channel: ChannelRecord, { self }: Viewer): readonly Message[] {
  const own = channel.ephemerals.filter(({ to }) => to === self.id).map(({ message }) => message);
  return [...channel.messages, ...own];
}

function infoOf(channel: ChannelRecord, { self, read }: Viewer): ChannelInfo {
  return {
    id: channel.id,
    name: self.screen.label(channel).replace(/^@/, ''),
    kind: channel.kind,
    topic: channel.topic,
    isArchived: channel.isArchived,
    isMember: channel.members.includes(self.id),
    members: [...channel.members],
    pins: channel.pins.map(({ ts, by }) => ({ ts, by })),
    ...(channel.canvas ? { canvas: canvasInfo(channel.canvas) } : {}),
    lastRead: read.get(channel.id) ?? '',
  };
}

function canvasInfo({ id, title, markdown }: CanvasRecord): CanvasInfo {
  return { id, title, version: createHash('sha256').update(markdown).digest('base64url') };
}

function modalInfo(view: ViewRecord, self: Self): ModalInfo {
  const isTop = self.screen.modal() === view;
  return {
    id: view.id,
    hash: view.hash,
    title: view.body.title,
    submit: view.body.submit,
    close: view.body.close,
    blocks: view.body.blocks,
    values: Object.fromEntries(view.values),
    errors: isTop ? (self.filled().errors ?? {}) : {},
  };
}

/** What only the app is shown. */
function withoutMetadata(message: Message): Message {
  if (message.metadata === undefined) return message;
  const { metadata: _, ...shown } = message;
  return shown as Message;
}
