/** Buttons, selects and inputs as a terminal can show them. */
import { valueField } from '../input-values.ts';
import { asList, asObject, asObjects, asText, type Json } from '../json.ts';
import { withEmoji } from './emoji.ts';
import { readMrkdwn } from './mrkdwn.ts';
import { type Page, prefixed, wrap } from './page.ts';
import { richTextLines } from './rich-text.ts';

/** A plain_text or mrkdwn object as text; empty when there is none. */
export function textOf(source: unknown, page: Page): string {
  const object = asObject(source);
  const text = asText(object?.['text']) ?? '';
  return object?.['type'] === 'mrkdwn' ? readMrkdwn(text, page) : withEmoji(text);
}

/** `[ Approve ]`, `( Choose… ▾ )`, `(•) yes  ( ) no`: an element in one piece. */
export function elementText(element: Json, blockId: string, page: Page): string {
  switch (element['type']) {
    case 'button':
      return `[ ${textOf(element['text'], page)}${element['url'] === undefined ? '' : ' ↗'} ]`;
    case 'overflow':
      return `( ⋯ ${optionTexts(element, page).join(' | ')} )`;
    case 'image':
      return `[${asText(element['alt_text']) ?? 'image'}]`;
    case 'radio_buttons':
      return marks(element, blockId, page, ['(•)', '( )']);
    case 'checkboxes':
      return marks(element, blockId, page, ['[x]', '[ ]']);
    case 'feedback_buttons':
      return ['positive_button', 'negative_button']
        .map((side) => `[ ${textOf(asObject(element[side])?.['text'], page)} ]`)
        .join('  ');
    case 'icon_button':
      return `[ ${textOf(element['text'], page)} ]`;
    default:
      return `( ${chosenText(element, blockId, page) || placeholder(element, page) || 'Choose…'} ▾ )`;
  }
}

/** The lines of an input's element: typed text behind a bar, anything else as in a message. */
export function inputLines(element: Json, blockId: string, page: Page): readonly string[] {
  const type = asText(element['type']) ?? '';
  if (!type.endsWith('_input')) return wrap(elementText(element, blockId, page), page.width);
  const typed = chosenText(element, blockId, page);
  const hint = placeholder(element, page);
  const shown = typed || (hint ? `(${hint})` : '');
  return prefixed(wrap(shown, page.width - 2), '│ ');
}

/** What is chosen or typed at the moment, in words; empty when nothing is. */
export function chosenText(element: Json, blockId: string, page: Page): string {
  return chosen(element, blockId, page)
    .map((item) => itemText(item, String(element['type']), page))
    .join(', ');
}

function chosen(element: Json, blockId: string, page: Page): readonly unknown[] {
  const field = valueField(asText(element['type']) ?? '');
  const value = page.inputOf?.(blockId, asText(element['action_id']) ?? '');
  if (field === undefined) return [];
  const initial = `initial_${field.replace(/^(selected|rich_text)_/, '')}`;
  const current = value === undefined ? element[initial] : value[field];
  return Array.isArray(current)
    ? current
    : [current].filter((item) => item !== undefined && item !== null);
}

function itemText(item: unknown, type: string, page: Page): string {
  const object = asObject(item);
  if (type === 'rich_text_input') return object ? richTextLines(object, page).join('\n') : '';
  if (type === 'file_input') return asText(object?.['name']) ?? asText(item) ?? 'file';
  if (object) return textOf(object['text'], page);
  const id = String(item);
  if (type.endsWith('users_select')) return `@${page.names.user(id)}`;
  if (type.endsWith('channels_select') || type.endsWith('conversations_select')) {
    return `#${page.names.channel(id)}`;
  }
  if (type === 'datetimepicker') {
    return `${new Date(Number(id) * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  }
  return id;
}

function marks(
  element: Json,
  blockId: string,
  page: Page,
  [on, off]: readonly [string, string],
): string {
  const values = chosen(element, blockId, page).map((option) => asObject(option)?.['value']);
  return asObjects(element['options'])
    .map((option) => {
      const about = textOf(option['description'], page);
      const text = `${textOf(option['text'], page)}${about ? `: ${about}` : ''}`;
      return `${values.includes(option['value']) ? on : off} ${text}`;
    })
    .join('  ');
}

function placeholder(element: Json, page: Page): string {
  return textOf(element['placeholder'], page);
}

function optionTexts(element: Json, page: Page): readonly string[] {
  return asList(element['options']).map((option) => textOf(asObject(option)?.['text'], page));
}
