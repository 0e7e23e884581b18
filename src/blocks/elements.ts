/** The few kinds of blocks that the messages are made of, kept within Slack's limits (docs.slack.dev/reference/block-kit). */

import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  PlainTextOption,
  SectionBlock,
} from '@slack/types';
import { type ActionName, actionIdOf, refOf } from './actions.ts';
import { clip } from './mrkdwn.ts';

/** The most characters that one section or context may hold. */
const SECTION_LIMIT = 3000;

/** A dash where there are no words, for Slack refuses an empty text. */
export function plain(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: clip(text, max).trim() || '–', emoji: true };
}

/** Verbatim, so that Slack links and notifies only what we wrote as a link or a mention. */
export function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text: text.trim() === '' ? '–' : text, verbatim: true };
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plain(text, 150) };
}

/** One section of lines; empty and absent lines are left out. */
export function section(...lines: readonly (string | undefined)[]): SectionBlock {
  return { type: 'section', text: mrkdwn(joined(lines)) };
}

/** Small grey print for what is good to know. */
export function context(...lines: readonly (string | undefined)[]): ContextBlock {
  return { type: 'context', elements: [mrkdwn(joined(lines))] };
}

/** A row of buttons; no block at all when there are none. */
export function actions(...buttons: readonly (Button | undefined)[]): readonly ActionsBlock[] {
  const elements = buttons.filter((button) => button !== undefined);
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

interface ButtonOptions {
  readonly style?: 'primary' | 'danger' | undefined;
  readonly confirm?: ConfirmationDialog;
  /** What a screen reader says in place of the label. */
  readonly label?: string;
  /** Tells this button from others of the same action in its block. */
  readonly choice?: string;
}

/** Characters on a button, by Slack's limit. */
const BUTTON_ROOM = 75;

/** Whether a button says all of it. */
export function fitsButton(text: string): boolean {
  return text.length <= BUTTON_ROOM;
}

/** A button whose value is `refOf(ids)`. */
export function button(
  action: ActionName,
  text: string,
  ids: readonly string[],
  options: ButtonOptions = {},
): Button {
  const { style, confirm, label, choice } = options;
  return {
    type: 'button',
    action_id: choice === undefined ? action : actionIdOf(action, choice),
    text: plain(text, BUTTON_ROOM),
    value: refOf(...ids),
    ...(style ? { style } : {}),
    ...(confirm ? { confirm } : {}),
    ...(label ? { accessibility_label: clip(spoken(text, label), 75) } : {}),
  };
}

/** What is spoken contains the words that are seen, so that voice control finds the button (WCAG 2.5.3). */
function spoken(text: string, label: string): string {
  const seen = text.replace(/…$/, '');
  return label.toLowerCase().startsWith(seen.toLowerCase()) ? label : `${seen}: ${label}`;
}

/** The dialog before a click that touches production; says what will happen and can be called off. */
export function areYouSure(title: string, text: string, yes: string): ConfirmationDialog {
  return {
    title: plain(title, 100),
    text: plain(text, 300),
    confirm: plain(yes, 30),
    deny: plain('Not now', 30),
    style: 'danger',
  };
}

export function option(text: string, value: string, description?: string): PlainTextOption {
  return {
    text: plain(text, 75),
    value,
    ...(description ? { description: plain(description, 75) } : {}),
  };
}

/** The blocks that are there. */
export function blocksOf(
  ...blocks: readonly (KnownBlock | readonly KnownBlock[] | undefined)[]
): readonly KnownBlock[] {
  return blocks.flatMap((block) => block ?? []);
}

function joined(lines: readonly (string | undefined)[]): string {
  const text = lines.filter((line) => line !== undefined && line !== '').join('\n');
  return text.length <= SECTION_LIMIT ? text : clip(text, SECTION_LIMIT);
}
