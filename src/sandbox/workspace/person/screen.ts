/** What one person can see: the channels, messages and views that Slack would show them, and nothing else. */
import type { ChannelRecord, Message, UserRecord } from '../model.ts';
import { messageWords } from '../render/message.ts';
import { type Names, namesIn } from '../render/names.ts';
import { type Filled, renderView, viewWords } from '../render/view.ts';
import type { Slack } from '../slack.ts';
import { canSee, directMessage } from '../state.ts';
import type { ViewRecord } from '../view-record.ts';
import { modalStack } from '../views.ts';

/** A message on the person's screen. */
export interface Seen {
  /** The channel's name; `@` and the bot's name for the direct message with it. */
  readonly channel: string;
  readonly channelId: string;
  /** What the message says, one line of Slack's a line, not wrapped. */
  readonly text: string;
  readonly message: Message;
  /** Shown to this person alone. */
  readonly isEphemeral: boolean;
}

export type Words = string | RegExp;

export interface Screen {
  readonly user: UserRecord;
  readonly names: Names;
  /** Newest last, over all channels or in the one of that name. */
  messages(channel?: string): readonly Seen[];
  /** The channels whose messages the person can open, archived ones too. */
  channels(): readonly ChannelRecord[];
  channel(name: string): ChannelRecord | undefined;
  label(channel: ChannelRecord): string;
  modal(): ViewRecord | undefined;
  home(): ViewRecord | undefined;
  /** Everything in sight as text, for the message of a failure. */
  describe(channel?: string): string;
}

const DESCRIBED_MESSAGES = 8;

/** The screen of a person. Throws for an unknown user id. */
export function createScreen(slack: Slack, userId: string, filled: () => Filled): Screen {
  const { state } = slack;
  const user = state.users.get(userId);
  if (!user) throw new Error(`There is no user ${userId} in the workspace.`);
  const names = namesIn(state);
  const direct = `@${state.manifest.botName}`;

  const channels = (): readonly ChannelRecord[] =>
    [...state.channels.values()].filter((channel) => canSee(channel, user));
  const label = (channel: ChannelRecord): string => (channel.kind === 'im' ? direct : channel.name);
  const seen = (channel: ChannelRecord, message: Message, isEphemeral: boolean): Seen => {
    let text: string | undefined;
    return {
      channel: label(channel),
      channelId: channel.id,
      // Most messages that are passed over are never read.
      get text() {
        text ??= messageWords(message, names, state.now());
        return text;
      },
      message,
      isEphemeral,
    };
  };
  const messages = (name?: string): readonly Seen[] =>
    channels()
      .filter((channel) => name === undefined || label(channel) === bare(name))
      .flatMap((channel) => [
        ...channel.messages.map((message) => seen(channel, message, false)),
        ...channel.ephemerals
          .filter((entry) => entry.to === user.id)
          .map((entry) => seen(channel, entry.message, true)),
      ])
      .sort((a, b) => (a.message.ts < b.message.ts ? -1 : 1));
  const modal = (): ViewRecord | undefined => modalStack(slack, user.id).at(-1);

  return {
    user,
    names,
    messages,
    channels,
    label,
    modal,
    channel: (name) =>
      bare(name) === direct
        ? directMessage(state, user.id)
        : channels().find((channel) => channel.name === bare(name)),
    home: () => state.homes.get(user.id),
    describe: (name) => {
      const view = modal();
      const places = channels().filter((channel) => !name || label(channel) === bare(name));
      const rooms = places.map((channel) => {
        const shown = messages(label(channel)).slice(-DESCRIBED_MESSAGES);
        const texts = shown.map((entry) => `  - ${entry.text.replaceAll('\n', '\n    ')}`);
        const sign = channel.kind === 'im' ? '' : '#';
        return [`${sign}${label(channel)}:`, ...(texts.length > 0 ? texts : ['  (empty)'])];
      });
      const top = view ? ['Open modal:', renderView(view, names, filled())] : [];
      return [...top, ...rooms.flat()].join('\n');
    },
  };
}

function bare(channel: string): string {
  return channel.replace(/^#/, '');
}

/** Whether the words stand in the text; line breaks and runs of spaces count as one space for a string. */
export function says(text: string, words: Words): boolean {
  if (typeof words !== 'string') return new RegExp(words, words.flags.replace('g', '')).test(text);
  return squeezed(text).includes(squeezed(words));
}

/** Whether a view's title, text and inputs contain the words. */
export function viewSays(screen: Screen, view: ViewRecord, words: Words, filled: Filled): boolean {
  return says(viewWords(view, screen.names, filled), words);
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
