/** A message as a person sees it, in plain text. */
import { asObjects, asText, type Json } from '../json.ts';
import type { Message } from '../model.ts';
import { blockLines } from './blocks.ts';
import { textOf } from './elements.ts';
import { withEmoji } from './emoji.ts';
import { linkText, readMrkdwn } from './mrkdwn.ts';
import type { Names } from './names.ts';
import {
  type Layout,
  narrower,
  type Page,
  pageOf,
  prefixed,
  printed,
  twoColumns,
  wrap,
} from './page.ts';

/** What the message shows: its blocks, or its text when it has none, then attachments, files and reactions. */
export function renderMessage(message: Message, names: Names, layout: Layout = {}): string {
  return printed(messageLines(message, pageOf(names, layout)), layout);
}

/** The same on an endless page with no indentation: for looking for words in it. */
export function messageWords(message: Message, names: Names, now?: number): string {
  return messageLines(message, { names, width: Number.POSITIVE_INFINITY, now }).join('\n');
}

/** A confirm dialog: its question and the two answers. */
export function renderConfirm(confirm: Json, names: Names, layout: Layout = {}): string {
  const page = pageOf(names, layout);
  const [yes, no] = ['confirm', 'deny'].map((side) => textOf(confirm[side], page));
  const title = textOf(confirm['title'], page);
  const lines = [
    ...(title === '' ? [] : wrap(title, page.width)),
    ...wrap(textOf(confirm['text'], page), page.width),
    `[ ${no || 'Cancel'} ]  [ ${yes || 'OK'} ]`,
  ];
  return printed(lines, layout);
}

function messageLines(message: Message, page: Page): readonly string[] {
  const blocks = message.blocks ?? [];
  return [
    ...(blocks.length > 0 ? blockLines(blocks, page) : textLines(message.text, page)),
    ...(message.attachments ?? []).flatMap((attachment) => attachmentLines(attachment, page)),
    ...(message.files ?? []).flatMap((file) => wrap(fileText(file), page.width)),
    ...reactionLines(message, page),
  ];
}

function textLines(text: string, page: Page): readonly string[] {
  return text === '' ? [] : wrap(readMrkdwn(text, page), page.width);
}

function attachmentLines(attachment: Json, outside: Page): readonly string[] {
  const page = narrower(outside, 2);
  const text = (key: string): string => asText(attachment[key]) ?? '';
  const title = text('title');
  const link = text('title_link');
  const blocks = asObjects(attachment['blocks']);
  const fields = asObjects(attachment['fields']).map(
    (field) => `${asText(field['title']) ?? ''}\n${readMrkdwn(asText(field['value']) ?? '', page)}`,
  );
  const inside =
    blocks.length > 0
      ? blockLines(blocks, page)
      : [
          ...textLines(text('author_name'), page),
          ...textLines(link === '' ? title : linkText(title, link), page),
          ...textLines(text('text') || (title === '' ? text('fallback') : ''), page),
          ...twoColumns(fields, page),
          ...textLines(text('footer') && `· ${text('footer')}`, page),
        ];
  return [...textLines(text('pretext'), outside), ...prefixed(inside, '▎ ')];
}

function fileText(file: Json): string {
  const name = asText(file['name']) ?? 'file';
  const title = asText(file['title']) ?? name;
  return title === name ? `[file ${name}]` : `[file ${name}: ${title}]`;
}

function reactionLines(message: Message, page: Page): readonly string[] {
  const reactions = (message.reactions ?? []).map((reaction) => {
    const people = reaction.users.map((user) => page.names.user(user)).join(', ');
    return `${withEmoji(`:${reaction.name}:`)} ${people}`;
  });
  return reactions.length === 0 ? [] : wrap(reactions.join('  '), page.width);
}

/** Every block of a message, those of its attachments too. */
export function blocksOf(message: Message): readonly Json[] {
  const attached = (message.attachments ?? []).flatMap((entry) => asObjects(entry['blocks']));
  return [...(message.blocks ?? []), ...attached];
}
