/** What a person remembers between two acts, and the controls within their reach. */
import type { Ack } from '../app-link.ts';
import { inputValues } from '../input-values.ts';
import { type Answer, where, who } from '../live.ts';
import type { ChannelRecord, Message } from '../model.ts';
import { blocksOf } from '../render/message.ts';
import type { Page } from '../render/page.ts';
import type { Filled } from '../render/view.ts';
import type { Slack } from '../slack.ts';
import { type InputValue, type ViewRecord, valueKey } from '../view-record.ts';
import { actionOf, type Control, controlsOf } from './controls.ts';
import { createScreen, type Screen, type Seen, says, type Words } from './screen.ts';
import { until } from './until.ts';

/** Where to look for something: everywhere, or only there. */
export interface Place {
  readonly channel?: string;
  /** Only in a message that says this. */
  readonly in?: Words;
  /** In exactly this message as it was seen, though it may have changed since: an old card, a late click. */
  readonly on?: Seen;
  /** On the home tab instead of in messages. */
  readonly home?: boolean;
  readonly timeoutMs?: number;
}

export interface Self {
  readonly slack: Slack;
  readonly id: string;
  readonly name: string;
  readonly screen: Screen;
  readonly page: Page;
  readonly patienceMs: number;
  /** The complaints Slack shows in a modal since its last submission. */
  filled(): Filled;
  complain(view: ViewRecord, errors: Readonly<Record<string, string>>): void;
  /** What the person has left in the selects of a message. */
  values(message: Message): Map<string, InputValue>;
}

/** A person who has done nothing yet. Throws for an unknown user id. */
export function createSelf(slack: Slack, userId: string, patienceMs: number): Self {
  const complaints = new Map<string, { hash: string; errors: Readonly<Record<string, string>> }>();
  const left = new Map<string, Map<string, InputValue>>();
  const filled = (): Filled => {
    const view = screen.modal();
    const shown = view && complaints.get(view.id);
    return shown && shown.hash === view.hash ? { errors: shown.errors } : {};
  };
  const screen = createScreen(slack, userId, filled);
  return {
    slack,
    id: userId,
    name: screen.user.realName,
    screen,
    page: { names: screen.names, width: Number.POSITIVE_INFINITY },
    patienceMs,
    filled,
    complain: (view, errors) => complaints.set(view.id, { hash: view.hash, errors }),
    values: (message) => {
      const values = inputValues(message.blocks ?? [], left.get(message.ts));
      left.set(message.ts, values);
      return values;
    },
  };
}

/** The controls the person can use there, the newest message first; an open modal covers everything else. */
export function controlsInReach(self: Self, place: Place = {}): readonly Control[] {
  const { screen, page } = self;
  const view = screen.modal() ?? (place.home ? screen.home() : undefined);
  if (view) return controlsOf({ view }, view.body.blocks, page);
  if (place.home) return [];
  return messagesAt(self, place).flatMap((seen) => {
    const channel = self.slack.state.channels.get(seen.channelId);
    if (!channel || channel.isArchived) return [];
    return controlsOf({ channel, message: seen.message }, blocksOf(seen.message), page);
  });
}

/** The messages at the place, the newest first. */
export function messagesAt(self: Self, place: Place): readonly Seen[] {
  if (place.on) return [place.on];
  return self.screen
    .messages(place.channel)
    .filter((seen) => place.in === undefined || says(seen.text, place.in))
    .reverse();
}

/** Waits for a control that fits; the failure lists the controls and everything else in sight. */
export function findControl(
  self: Self,
  what: string,
  place: Place,
  fits: (control: Control) => boolean,
): Promise<Control> {
  const patience = place.timeoutMs ?? self.patienceMs;
  return until(
    () => controlsInReach(self, place).find(fits),
    patience,
    () => {
      const labels = controlsInReach(self, place).map((control) => `"${control.label}"`);
      const at = place.channel === undefined ? '' : ` in ${place.channel}`;
      return [
        `${self.name} found no ${what}${at} in ${patience} ms.`,
        `Within reach: ${labels.join(', ') || 'nothing'}. In sight:`,
        self.screen.describe(place.channel),
      ].join('\n');
    },
  );
}

/** The channel when the person is a member who can write there; waits for it to appear. */
export async function openChannel(self: Self, name: string): Promise<ChannelRecord> {
  const channel = await until(
    () => self.screen.channel(name),
    self.patienceMs,
    () => {
      const known = self.screen.channels().map((entry) => self.screen.label(entry));
      return `${self.name} sees no channel ${name}. There are: ${known.join(', ')}.`;
    },
  );
  if (channel.isArchived) throw new Error(`${name} is archived; nobody can write there.`);
  if (!channel.members.includes(self.id)) {
    throw new Error(`${self.name} is not in ${name}. Let them join or be invited first.`);
  }
  return channel;
}

/** Where a control is, for the live events; undefined in a modal or on the home tab. */
export function placeOf(self: Self, control: Control): ReturnType<typeof where> | undefined {
  const { source } = control;
  return 'channel' in source ? where(self.slack.state, source.channel) : undefined;
}

/** Puts a value into the control and returns all the values it is sent with. */
export function keepValue(
  self: Self,
  control: Control,
  value: InputValue,
): ReadonlyMap<string, InputValue> {
  const { source } = control;
  const { block_id, action_id } = actionOf(control);
  const values = 'view' in source ? source.view.values : self.values(source.message);
  values.set(valueKey(block_id, action_id), value);
  return values;
}

const NO_ANSWER: Readonly<Record<Exclude<Ack['status'], 'ok' | 'error'>, string>> = {
  timeout: 'the app did not answer in time',
  'not delivered': 'the app is not connected',
  unreachable: 'Slack cannot be reached',
};

/**
 * The ack. Tells the listeners what Slack shows when the app gave no answer; throws what it shows when Slack or the app
 * refused.
 */
export function accepted<A extends Ack>(self: Self, act: string, ack: A): A {
  const failure = `${self.name} could not ${act}`;
  if (ack.status === 'ok') return ack;
  if (ack.status === 'error') {
    throw new Error(`${failure}: ${ack.detail ?? 'the app answered with an error'}.`);
  }
  notify(self, `could not ${act}: ${NO_ANSWER[ack.status]}`);
  return ack;
}

/** Tells the listeners what Slack tells the person. */
export function notify(self: Self, text: string, complaints?: readonly Answer[]): void {
  const person = who(self.slack.state, self.id);
  self.slack.tell({ kind: 'notice', person, text, ...(complaints ? { complaints } : {}) });
}
