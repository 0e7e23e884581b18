/** Sends the app what Slack would send, and what it never would, and watches what comes of it. */

import { createHmac } from 'node:crypto';
import type { Ack, Delivery } from '../../../src/sandbox/workspace/app-link.ts';
import {
  type SubmissionAck,
  sendBlockAction,
  sendCommand,
  sendViewSubmission,
} from '../../../src/sandbox/workspace/interaction.ts';
import type { ChannelRecord, Message } from '../../../src/sandbox/workspace/model.ts';
import type { Person } from '../../../src/sandbox/workspace/person.ts';
import { valueKey } from '../../../src/sandbox/workspace/view-record.ts';
import { modalStack, openModal } from '../../../src/sandbox/workspace/views.ts';
import type { Bot } from '../../support/a-bot.ts';
import { pause } from '../watch.ts';

/** The title of what the person had open before. */
const OURS = 'Open before';

/** Real milliseconds without a sign of life after which an answer that takes longer is there. */
const LATER_MS = 100;
/** Real milliseconds after which nobody waits for an answer any more. */
const PATIENCE_MS = 8_000;
/** The same for what a look at the systems has found. */
const LOOK_MS = 4_000;

/** What came of it. */
export interface Came {
  readonly ack: Ack;
  /** Everything that the person was told, as it went over the wire. */
  readonly said: string;
  /** The types of what was recorded in people's names. */
  readonly decided: readonly string[];
}

export type Act = () => Promise<Ack>;

/** Does it, and waits for a sign of it: an answer, a form, or a decision, which the channel shows. */
export async function watched(bot: Bot, person: Person, act: Act): Promise<Came> {
  for (let tries = 1; ; tries += 1) {
    bot.stage.workspace.slack.state.modals.delete(person.id);
    const before = { told: new Set(told(bot, person)), decided: decided(bot).length };
    const ack = await act();
    const own = JSON.stringify(ack.body ?? {});
    const after = () => ({
      said: [own, ...told(bot, person)]
        .filter((each) => each !== '{}' && !before.told.has(each))
        .join('\n'),
      decided: decided(bot).slice(before.decided),
    });
    await signOf(() => after().said !== '' || after().decided.length > 0);
    const came = { ack, ...after() };
    // What is answered later is not to be taken for the answer to what comes next.
    if (/Having a look|One moment/.test(came.said)) {
      const isNew = (each: string) => !before.told.has(each) && !came.said.includes(each);
      await signOf(() => told(bot, person).some(isNew), LOOK_MS);
    }
    if (came.decided.length > 0) await bot.stage.workspace.settled(LATER_MS);
    // A busy machine was slower than Slack is patient with forms.
    if (!came.said.includes('this took longer') || tries === 5) return came;
  }
}

async function signOf(isThere: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!isThere() && Date.now() < end) await pause(10);
}

/** Types a command with its words, exactly as they go over the wire. */
export function typed(bot: Bot, person: Person, channel: string, line: string): Promise<Ack> {
  const [, command = '', words = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  return sendCommand(
    bot.stage.workspace.slack,
    person.id,
    channelNamed(bot, channel),
    command,
    words,
  );
}

/** Clicks a button that carries the value, in a message of the channel. */
export function clicked(
  bot: Bot,
  person: Person,
  channel: string,
  action: string,
  value: string | undefined,
): Promise<Ack> {
  const { slack } = bot.stage.workspace;
  const record = channelNamed(bot, channel);
  const source = { channel: record, message: newestOf(record) };
  return sendBlockAction(slack, person.id, source, buttonOf(action, value));
}

/** Clicks it in a modal, which is opened first and has nothing else in it. */
export function clickedInModal(
  bot: Bot,
  person: Person,
  action: string,
  value: string | undefined,
  metadata: string,
): Promise<Ack> {
  const { slack } = bot.stage.workspace;
  const view = openModal(slack, slack.state.newTrigger(person.id), {
    type: 'modal',
    callback_id: 'some-modal',
    private_metadata: metadata,
    title: plain(OURS),
    blocks: [{ type: 'section', text: plain('Something') }],
  });
  return sendBlockAction(slack, person.id, { view }, buttonOf(action, value));
}

/** Submits a form with the fields; without values, as a client would that lost them. */
export function submitted(
  bot: Bot,
  person: Person,
  form: string,
  metadata: string,
  fields: Readonly<Record<string, string | undefined>>,
): Promise<SubmissionAck> {
  const { slack } = bot.stage.workspace;
  const view = openModal(slack, slack.state.newTrigger(person.id), {
    type: 'modal',
    callback_id: form,
    private_metadata: metadata,
    title: plain(OURS),
    submit: plain('Send'),
    blocks: Object.keys(fields).map((field) => ({
      type: 'input',
      block_id: field,
      label: plain(field),
      element: { type: 'plain_text_input', action_id: field },
    })),
  });
  const values = Object.entries(fields).flatMap(([field, value]) =>
    value === undefined
      ? []
      : [[valueKey(field, field), { type: 'plain_text_input', value }] as const],
  );
  return sendViewSubmission(slack, person.id, view, new Map(values));
}

/** What is wrong with a request that does not come from Slack. */
export type Forgery = 'unsigned' | 'signed by another' | 'changed on the way' | 'old';

/** Sends a payload that was delivered before as somebody else would who saw it; the status of the answer. */
export async function forgedAs(
  bot: Bot,
  { kind, payload }: Delivery,
  how: Forgery,
): Promise<number> {
  const body =
    kind === 'event'
      ? JSON.stringify(payload)
      : kind === 'command'
        ? new URLSearchParams(payload as Record<string, string>).toString()
        : new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000) - (how === 'old' ? 600 : 0));
  const secret = how === 'signed by another' ? 'another' : bot.stage.workspace.signingSecret;
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  const response = await fetch(`${bot.address}/slack/events`, {
    method: 'POST',
    body: how === 'changed on the way' ? `${body}&more=1` : body,
    headers: {
      'content-type': kind === 'event' ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      ...(how === 'unsigned' ? {} : { 'x-slack-signature': `v0=${digest}` }),
    },
  });
  await response.arrayBuffer();
  return response.status;
}

/** What follows from a decision is recorded in the name of whoever asked, whenever it comes to it. */
const FOLLOWS: readonly string[] = ['plan.proposed', 'plan.refused', 'duplicate.linked'];

/** Everything that people decided, oldest first. */
export function decided(bot: Bot): readonly string[] {
  const streams = ['alerts', 'subscriptions'].flatMap((stream) => bot.entriesOf(stream));
  return [...bot.recorded(), ...streams]
    .filter(({ actor, type }) => actor.kind === 'person' && !FOLLOWS.includes(type))
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ type }) => type);
}

/** What only this person was shown: answers, modals, the home tab. */
function told({ stage: { workspace } }: Bot, { id }: Person): readonly string[] {
  const { channels, homes } = workspace.state;
  const answers = [...channels.values()].flatMap(({ ephemerals }) =>
    ephemerals.filter(({ to }) => to === id).map(({ message }) => shown(message)),
  );
  const views = modalStack(workspace.slack, id).filter(({ body }) => body.title?.['text'] !== OURS);
  const home = homes.get(id);
  return [...answers, ...[...views, ...(home ? [home] : [])].map(({ body }) => shown(body))];
}

/** As it went over the wire, without what is in an input already and what travels unseen. */
function shown(value: object): string {
  const unseen = ['initial_value', 'privateMetadata', 'metadata', 'value'];
  return JSON.stringify(value, (key, inside: unknown) => (unseen.includes(key) ? '' : inside));
}

export function channelNamed({ stage }: Bot, name: string): ChannelRecord {
  const found = [...stage.workspace.state.channels.values()].find((each) => each.name === name);
  if (!found) throw new Error(`There is no channel ${name}`);
  return found;
}

function newestOf({ name, messages }: ChannelRecord): Message {
  const newest = messages.at(-1);
  if (!newest) throw new Error(`Nobody wrote in ${name}`);
  return newest;
}

function buttonOf(action: string, value: string | undefined) {
  return {
    type: 'button',
    action_id: action,
    block_id: 'buttons',
    ...(value === undefined ? {} : { value }),
  };
}

function plain(text: string) {
  return { type: 'plain_text', text };
}
