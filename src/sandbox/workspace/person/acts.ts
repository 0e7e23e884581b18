/** What a person does in channels and on the home tab. */
import type { Ack } from '../app-link.ts';
import { sendCommand, sendHomeOpened, sendMessageShortcut, sendShortcut } from '../interaction.ts';
import { where } from '../live.ts';
import { addPin, addReaction } from '../marks.ts';
import { joinChannel } from '../membership.ts';
import { postMessage } from '../messages.ts';
import type { Message } from '../model.ts';
import { type Press, press, tell } from './act.ts';
import type { Seen } from './screen.ts';
import { accepted, messagesAt, openChannel, type Place, type Self } from './self.ts';
import { until } from './until.ts';
import { typedText } from './values.ts';

export interface Acts {
  /** Types a slash command, such as `/incident checkout is failing`. */
  command(channel: string, line: string): Promise<Ack>;
  /** Presses a button or takes an option of an overflow menu; undefined when the confirm dialog was declined. */
  click(label: string, options?: Press): Promise<Ack | undefined>;
  /** Writes a message, in the thread of another if given. `@name` and `#channel` become links. */
  say(channel: string, text: string, options?: { readonly thread?: Seen }): Promise<Message>;
  /** Adds a reaction to the newest message at the place. */
  react(emoji: string, place?: Place): Promise<void>;
  /** Pins the newest message at the place. */
  pin(place: Place): Promise<void>;
  join(channel: string): void;
  /** Opens the bot's home tab; read it with `home` or `seesHome`. */
  openHome(): void;
  /** Runs a global shortcut. */
  shortcut(callbackId: string): Promise<Ack>;
  /** Runs a message shortcut on the newest message at the place. */
  messageShortcut(callbackId: string, place?: Place): Promise<Ack>;
}

/** The acts of one person. */
export function createActs(self: Self): Acts {
  const { slack, id } = self;
  return {
    command: (channel, line) => command(self, channel, line),
    click: (label, options = {}) => press(self, label, options),
    say: async (name, text, options = {}) => {
      const channel = await openChannel(self, name);
      const parent = options.thread?.message;
      return postMessage(slack, channel, {
        user: id,
        text: typedText(slack, text),
        client_msg_id: slack.state.newId('cm'),
        ...(parent ? { thread_ts: parent.thread_ts ?? parent.ts } : {}),
      });
    },
    react: async (emoji, place = {}) => {
      const seen = await findMessage(self, place);
      addReaction(slack, await openChannel(self, seen.channel), id, emoji, seen.message.ts);
    },
    pin: async (place) => {
      const seen = await findMessage(self, place);
      addPin(slack, await openChannel(self, seen.channel), id, seen.message.ts);
    },
    join: (name) => {
      const channel = self.screen.channel(name);
      if (!channel) throw new Error(`${self.name} sees no channel ${name}.`);
      joinChannel(slack, channel, id);
    },
    openHome: () => {
      tell(self, { did: 'open home' });
      sendHomeOpened(slack, id);
    },
    shortcut: async (callbackId) => {
      tell(self, { did: 'shortcut', callbackId });
      return accepted(self, `run ${callbackId}`, await sendShortcut(slack, id, callbackId));
    },
    messageShortcut: async (callbackId, place = {}) => {
      const seen = await findMessage(self, place);
      const channel = await openChannel(self, seen.channel);
      tell(self, { did: 'shortcut', callbackId });
      const ack = await sendMessageShortcut(slack, id, channel, seen.message, callbackId);
      return accepted(self, `run ${callbackId}`, ack);
    },
  };
}

async function command(self: Self, name: string, line: string): Promise<Ack> {
  const { slack, id } = self;
  const [, word = '', text = ''] = /^(\/\S+)\s*(.*)$/s.exec(line.trim()) ?? [];
  if (word === '') throw new Error(`"${line}" is no slash command: it must start with /.`);
  const channel = await openChannel(self, name);
  tell(self, { did: 'command', where: where(slack.state, channel), text: line });
  return accepted(self, `run ${word}`, await sendCommand(slack, id, channel, word, text));
}

function findMessage(self: Self, place: Place): Promise<Seen> {
  return until(
    () => messagesAt(self, place).find((seen) => !seen.isEphemeral),
    place.timeoutMs ?? self.patienceMs,
    () => `${self.name} found no such message. In sight:\n${self.screen.describe(place.channel)}`,
  );
}
