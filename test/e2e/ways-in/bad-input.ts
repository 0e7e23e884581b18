/** What a way in is sent with, well or badly, and what is wrong with what came of it. */

import type { Ack } from '../../../src/sandbox/workspace/app-link.ts';
import { sendMessageShortcut, sendShortcut } from '../../../src/sandbox/workspace/interaction.ts';
import { postMessage } from '../../../src/sandbox/workspace/messages.ts';
import type { Person } from '../../../src/sandbox/workspace/person.ts';
import type { Bot } from '../../support/a-bot.ts';
import { type Came, channelNamed, clicked, clickedInModal, submitted, typed } from './send.ts';
import { type Comes, nameOf, type Way } from './ways.ts';
import type { Scene } from './worlds.ts';

/** Notifies everybody, hides a link and breaks a table, where it is not made harmless. */
export const NASTY = '<!channel> & <@U1> <https://evil.example|here> | *b* `x` it is slow';
/** What is in nobody's mind. */
const GARBAGE = '<@> ``` %s ${x} \u202e | \\ <!here> {"a":1}';
export const LONG_WORDS = 'x'.repeat(1_900);
const ENDLESS = LONG_WORDS.repeat(6);

/** What is sent for a way in, with everything put in its place. */
export type Asked =
  | { readonly line: string }
  | { readonly click: string; readonly value: string | undefined; readonly inModal?: string }
  | {
      readonly form: string;
      readonly metadata: string;
      readonly fields: Readonly<Record<string, string | undefined>>;
    }
  | { readonly shortcut: string; readonly message?: string };

/** As Slack sends it. */
export function askedOf(scene: Scene, way: Way, { text }: { readonly text: string }): Asked {
  const { incident, other = 'INC-0099' } = scene;
  const put = (words: string): string =>
    words
      .replaceAll('TEXT', text)
      .replaceAll(/\bINC\b/g, incident)
      .replaceAll('OTHER', other);
  const metadata = (carried: object = {}): string =>
    put(JSON.stringify({ incident: 'INC', ...carried }).replaceAll('TEXT', 'words'));
  if ('line' in way) return { line: put(way.line) };
  if ('shortcut' in way) {
    return { shortcut: way.shortcut, ...(way.onMessage ? { message: text } : {}) };
  }
  if ('click' in way) {
    const { click, value, inModal } = way;
    return { click, value: put(value), ...(inModal ? { inModal: metadata(inModal) } : {}) };
  }
  const fields = Object.entries(way.fields).map(([field, value]) => [field, put(value)]);
  return { form: way.form, metadata: metadata(way.with), fields: Object.fromEntries(fields) };
}

/** The same in ways in which Slack would never send it. */
export function spoiled(scene: Scene, way: Way): readonly Asked[] {
  const asked = askedOf(scene, way, { text: 'because' });
  if ('line' in asked) {
    const beginning = asked.line.split(' ').slice(0, 2).join(' ');
    // Words are free after an update.
    const isFree = beginning === '/incident update';
    return [{ line: beginning }, ...(isFree ? [] : [{ line: `${beginning} ${GARBAGE}` }])];
  }
  if ('shortcut' in asked) return 'message' in asked ? [{ ...asked, message: '' }] : [];
  if ('click' in asked) {
    const [, ...ids] = (asked.value ?? '').split(' ');
    const values = [
      undefined,
      NASTY,
      ['INC-9999', ...ids].join(' '),
      `${asked.value} too many`,
      [scene.incident, ...ids.map(() => '🔥')].join(' '),
    ];
    return values.map((value) => ({ ...asked, value }));
  }
  const { fields } = asked;
  const all = (value: string | undefined) =>
    Object.fromEntries(Object.keys(fields).map((field) => [field, value]));
  return [
    { ...asked, fields: all(undefined) },
    { ...asked, fields: all('🔥') },
    { ...asked, metadata: '{' },
    { ...asked, metadata: '{"incident":7}' },
    { ...asked, metadata: '{"incident":"INC-9999"}', fields: { ...fields, ...incidentIn(fields) } },
  ];
}

function incidentIn(fields: Readonly<Record<string, string | undefined>>) {
  return 'incident' in fields ? { incident: 'INC-9999' } : {};
}

/** The same with ten thousand characters where somebody may write, or where an id stands. */
export function oversized(scene: Scene, way: Way): readonly Asked[] {
  const asked = askedOf(scene, way, { text: ENDLESS });
  if ('line' in asked) {
    return [asked.line.includes(ENDLESS) ? asked : { line: `${asked.line} ${ENDLESS}` }];
  }
  if ('shortcut' in asked) return [asked];
  if ('click' in asked) {
    const [, ...ids] = (asked.value ?? '').split(' ');
    return [
      { ...asked, value: `${asked.value} ${LONG_WORDS}` },
      { ...asked, value: [scene.incident, ...ids.map(() => LONG_WORDS)].join(' ') },
    ];
  }
  const all = Object.keys(asked.fields).map((field) => [field, ENDLESS]);
  const everywhere = { ...asked, fields: Object.fromEntries(all) };
  return JSON.stringify(asked).includes(LONG_WORDS) ? [asked, everywhere] : [everywhere];
}

/** Sends it. */
export function act({ bot, channel }: Scene, person: Person, asked: Asked): Promise<Ack> {
  if ('line' in asked) return typed(bot, person, channel, asked.line);
  if ('form' in asked) {
    const { form, metadata, fields } = asked;
    return submitted(bot, person, form, metadata, fields);
  }
  if ('click' in asked) {
    const { click, value, inModal } = asked;
    return inModal === undefined
      ? clicked(bot, person, channel, click, value)
      : clickedInModal(bot, person, click, value, inModal);
  }
  const { slack } = bot.stage.workspace;
  if (asked.message === undefined) return sendShortcut(slack, person.id, asked.shortcut);
  const record = channelNamed(bot, channel);
  const message = postMessage(slack, record, { user: person.id, text: asked.message });
  return sendMessageShortcut(slack, person.id, record, message, asked.shortcut);
}

/** What no answer may have in it: a fault of ours, or somebody's words that still do something. */
const BAD_ANSWER =
  /undefined|\[object|NaN|Something went wrong|TypeError|ZodError|\.ts:\d+|<!(?:channel|here)|<@U1>|<https:\/\/evil/;
const SHOWN = 120;

/**
 * What is wrong with what came of it, in words.
 * @param comes what should: `nothing` for any answer without a decision, `nothing more` where what the way in usually comes
 * to is as good, `anything` where a decision is as good as an answer.
 */
export function problemsOf(
  way: Way,
  { ack, said, decided }: Came,
  comes: Comes | 'nothing' | 'nothing more' | 'anything',
): readonly string[] {
  const found: string[] = [];
  const bad = BAD_ANSWER.exec(said);
  if (said === '' && decided.length === 0) found.push('no answer');
  if (ack.status !== 'ok') found.push(`not acknowledged: ${ack.detail ?? ack.status}`);
  if (bad) found.push(`said ${said.slice(Math.max(0, bad.index - SHOWN), bad.index + SHOWN)}`);
  const usual = typeof way.comes === 'object' && !(way.comes instanceof RegExp) ? way.comes : [];
  const isUsual = decided.every((type) => usual.includes(type));
  if (Array.isArray(comes)) {
    if (JSON.stringify(decided) !== JSON.stringify(comes)) {
      found.push(`decided ${decided.join(', ') || 'nothing'}: ${said.slice(0, 4 * SHOWN)}`);
    }
  } else if (
    comes === 'nothing more'
      ? !isUsual && decided.length > 0
      : comes !== 'anything' && decided.length > 0
  ) {
    found.push(`decided ${decided.join(', ')}`);
  }
  if (comes instanceof RegExp && !comes.test(said)) found.push(`said ${said.slice(0, 4 * SHOWN)}`);
  return found.map((each) => `${nameOf(way)}: ${each}`);
}

/** Texts in Slack in which somebody's words notify people, or hide where a link leads. */
export function isHarmless({ stage: { workspace } }: Bot): readonly string[] {
  const { channels, homes } = workspace.state;
  const shown = [...channels.values()].flatMap(({ messages, ephemerals, topic }) => [
    ...messages.filter(({ bot_id: bot }) => bot !== undefined),
    ...ephemerals.map(({ message }) => message),
    topic,
  ]);
  return [...shown, ...homes.values()]
    .flatMap(mrkdwnIn)
    .filter((text) => /<!(?:channel|here|everyone)|<@U1>|<https:\/\/evil[^>]*\|/.test(text));
}

/** What Slack would read markup in: the text of a message, and every text that is not plain. */
function mrkdwnIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'plain_text') return [];
  const { metadata: _, values: __, ...rest } = value as Readonly<Record<string, unknown>>;
  return Object.values(rest).flatMap(mrkdwnIn);
}
