/** What a person is told, and that nothing else came of it. */

import { expect } from 'vitest';
import type { Entry } from '../../src/journal/journal.ts';
import { declare } from '../../src/sandbox/stories/scenes.ts';
import { sendViewSubmission } from '../../src/sandbox/workspace/interaction.ts';
import type { Ephemeral, Message } from '../../src/sandbox/workspace/model.ts';
import type { Person } from '../../src/sandbox/workspace/person.ts';
import { valueKey } from '../../src/sandbox/workspace/view-record.ts';
import { modalStack } from '../../src/sandbox/workspace/views.ts';
import type { Bot } from '../support/a-bot.ts';

/** Real time without a sign of life after which nothing is on its way any more. */
const REST_MS = 150;
/** What cannot be shown at all, such as an announcement in a channel that the bot is not in, is not waited for longer. */
const SHOWN_LIMIT_MS = 3_000;

/** Waits until Slack shows all that the journal has, and nothing is on its way. */
export async function settled(bot: Bot): Promise<void> {
  const end = Date.now() + SHOWN_LIMIT_MS;
  do await bot.stage.workspace.settled(REST_MS);
  while (!bot.isShown() && Date.now() < end);
}

const PATIENCE_MS = 15_000;

/** Waits until it is so. `expect.poll` cannot be used in tests that run side by side. @throws Error when it never is. */
export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  everyMs = 10,
): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`It never came to this: ${what}`);
    await pause(everyMs);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Ana has declared the incident, and everybody whom it concerns is in its channel, whose name this is. */
export async function declared(bot: Bot): Promise<string> {
  const channel = await declare(bot.stage);
  await settled(bot);
  return channel;
}

/**
 * Does something that Backstop will not carry out. The answer has to say the words, be short, reach this person alone,
 * and leave everything that people see and that the journal holds as it was.
 */
export async function refused(
  bot: Bot,
  person: Person,
  act: () => Promise<unknown>,
  words: RegExp,
): Promise<void> {
  await settled(bot);
  const before = { decided: decided(bot), messages: allMessages(bot), logged: [...bot.logged] };
  const told = allEphemerals(bot).length;

  await act();
  await eventually('an answer', () => allEphemerals(bot).length > told);
  await settled(bot);

  const answers = allEphemerals(bot).slice(told);
  expect(answers.map(({ to }) => to)).toEqual([person.id]);
  const text = answers[0]?.message.text ?? '';
  expect(text).toMatch(words);
  expect(text).not.toMatch(/undefined|\[object|Something went wrong|<!channel>/);
  expect(text.length).toBeLessThan(600);
  expect(decided(bot)).toEqual(before.decided);
  expect(allMessages(bot)).toEqual(before.messages);
  expect(bot.logged).toEqual(before.logged);
}

/** As `refused`, for a modal: Slack shows the answer under the field. */
export async function refusedInModal(
  bot: Bot,
  person: Person,
  field: string,
  words: RegExp,
): Promise<void> {
  await settled(bot);
  const before = { decided: decided(bot), logged: [...bot.logged] };

  await person.submit();
  await settled(bot);

  expect(person.modal()?.errors[field]).toMatch(words);
  expect(decided(bot)).toEqual(before.decided);
  expect(bot.logged).toEqual(before.logged);
}

/** What people decided; the clock goes on meanwhile. */
function decided(bot: Bot): readonly Entry[] {
  return bot.recorded().filter(({ actor }) => actor.kind === 'person');
}

function allMessages({ stage }: Bot): readonly Message[] {
  return [...stage.workspace.state.channels.values()].flatMap(({ messages }) => [...messages]);
}

function allEphemerals({ stage }: Bot): readonly Ephemeral[] {
  return [...stage.workspace.state.channels.values()].flatMap(({ ephemerals }) => [...ephemerals]);
}

/** Submits the open modal with a value that Slack's own client would not let through; gives what the app complains of. */
export async function forged(
  bot: Bot,
  person: Person,
  field: string,
  value: string,
  action = field,
): Promise<unknown> {
  const { slack } = bot.stage.workspace;
  const view = modalStack(slack, person.id).at(-1);
  if (!view) throw new Error(`${person.name} has no modal open.`);
  const key = valueKey(field, action);
  const typed = view.values.get(key);
  const values = new Map([[key, { type: 'plain_text_input', value }]]);
  const { errors } = await sendViewSubmission(slack, person.id, view, values);
  if (typed) view.values.set(key, typed);
  else view.values.delete(key);
  return errors;
}

/** All that people have in sight in channels, without the little word "edited". */
export function inSight({ stage: { workspace } }: Bot): unknown {
  return [...workspace.state.channels.values()].map(({ name, topic, members, messages, pins }) => ({
    name,
    topic,
    members: [...members],
    pins: pins.map(({ ts }) => ts),
    messages: messages.map(({ edited: _edited, ...message }) => message),
  }));
}

/** A configuration with a place for practice beside production. */
export function withDrills(text: string): string {
  const staging = 'staging: { drills: true, approval: { from: [U0STAGING] } }';
  return text.replace('      production:\n', `      ${staging}\n      production:\n`);
}

/** Messages whose text would notify everybody, or hide a link that somebody typed. */
export function notifies({ stage }: Bot): readonly string[] {
  const texts = [...stage.workspace.state.channels.values()].flatMap(({ messages }) =>
    messages.flatMap(({ text, blocks }) => [text, ...mrkdwnIn(blocks ?? [])]),
  );
  return texts.filter((text) => /<!(channel|here|everyone)|<https:\/\/evil[^>]*\|/.test(text));
}

function mrkdwnIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [String(value.text)];
  return Object.values(value).flatMap(mrkdwnIn);
}
