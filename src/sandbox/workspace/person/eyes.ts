/** What a person sees, and waits to see. */
import type { FileRecord } from '../model.ts';
import { renderView, viewWords } from '../render/view.ts';
import { type Seen, says, type Words } from './screen.ts';
import type { Self } from './self.ts';
import { until, within } from './until.ts';

interface Wait {
  readonly channel?: string;
  /** Real time; default the person's patience. */
  readonly timeoutMs?: number;
}

interface SeenFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
}

export interface Eyes {
  /** Waits for a message that says the words (also ephemeral or direct): the newest such one. */
  sees(words: Words, options?: Wait): Promise<Seen>;
  /** Throws when such a message is in sight or comes into sight within `forMs` (default 100). */
  notSees(
    words: Words,
    options?: { readonly channel?: string; readonly forMs?: number },
  ): Promise<void>;
  /** What the messages of the channel say, oldest first, without the ephemeral ones. */
  messages(channel: string): readonly string[];
  /** What only this person was told in the channel. */
  ephemerals(channel: string): readonly string[];
  /** The files shared in the channel, oldest first. */
  files(channel: string): readonly SeenFile[];
  /** The content of a file that the person can see, as UTF-8. */
  download(file: SeenFile): string;
  /** The names of the channels the person is in, as in their sidebar. */
  channels(): readonly string[];
  /** The home tab as published so far, if it was. */
  home(): string | undefined;
  /** Waits until the home tab says the words. */
  seesHome(words: Words, options?: { readonly timeoutMs?: number }): Promise<string>;
}

const ABSENCE_MS = 100;

/** The eyes of one person. */
export function createEyes(self: Self): Eyes {
  const { slack, screen } = self;
  const texts = (channel: string, isEphemeral: boolean): readonly string[] =>
    screen
      .messages(channel)
      .filter((seen) => seen.isEphemeral === isEphemeral)
      .map((seen) => seen.text);
  return {
    sees: (words, options = {}) => sees(self, words, options),
    notSees: (words, options = {}) => notSees(self, words, options),
    messages: (channel) => texts(channel, false),
    ephemerals: (channel) => texts(channel, true),
    files: (channel) => {
      const id = screen.channel(channel)?.id;
      return visibleFiles(self)
        .filter((file) => file.shares.some((share) => share.channel === id))
        .map((file) => ({ id: file.id, name: file.filename, title: file.title }));
    },
    download: ({ id, name }) => {
      const content = visibleFiles(self).find((file) => file.id === id)?.content;
      if (!content) throw new Error(`${self.name} cannot see the file ${name}.`);
      return content.toString('utf8');
    },
    channels: () =>
      screen
        .channels()
        .filter((channel) => channel.kind !== 'im' && channel.members.includes(self.id))
        .map((channel) => channel.name),
    home: () => {
      const view = screen.home();
      return view && renderView(view, screen.names, {}, { now: slack.state.now() });
    },
    seesHome: (words, options = {}) => seesHome(self, words, options.timeoutMs ?? self.patienceMs),
  };
}

function newest(self: Self, words: Words, channel: string | undefined): Seen | undefined {
  return self.screen.messages(channel).findLast((seen) => says(seen.text, words));
}

function sees(self: Self, words: Words, options: Wait): Promise<Seen> {
  const patience = options.timeoutMs ?? self.patienceMs;
  return until(
    () => newest(self, words, options.channel),
    patience,
    () =>
      `${self.name} did not see ${quoted(words)} in ${patience} ms. In sight:\n${self.screen.describe(options.channel)}`,
  );
}

async function notSees(
  self: Self,
  words: Words,
  options: { readonly channel?: string; readonly forMs?: number },
): Promise<void> {
  const { channel, forMs = ABSENCE_MS } = options;
  const seen = await within(() => newest(self, words, channel), forMs);
  if (!seen) return;
  throw new Error(
    `${self.name} should not see ${quoted(words)}, but ${seen.channel} says:\n${seen.text}`,
  );
}

function seesHome(self: Self, words: Words, patience: number): Promise<string> {
  const { screen } = self;
  const text = (): string => {
    const view = screen.home();
    return view ? viewWords(view, screen.names, {}, self.slack.state.now()) : '';
  };
  return until(
    () => (says(text(), words) ? text() : undefined),
    patience,
    () =>
      `${self.name}'s home tab did not say ${quoted(words)} in ${patience} ms. It says:\n${text()}`,
  );
}

function visibleFiles(self: Self): readonly FileRecord[] {
  const channels = new Set(self.screen.channels().map((channel) => channel.id));
  return [...self.slack.state.files.values()].filter(
    (file) => file.completed && file.shares.some((share) => channels.has(share.channel)),
  );
}

function quoted(words: Words): string {
  return typeof words === 'string' ? `"${words}"` : String(words);
}
