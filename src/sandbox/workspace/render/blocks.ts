/** Blocks as lines of text. */
import { asList, asObject, asObjects, asText, type Json } from '../json.ts';
import { elementText, inputLines, textOf } from './elements.ts';
import { readMarkdown } from './markdown.ts';
import { cells, flow, narrower, type Page, prefixed, twoColumns, wrap } from './page.ts';
import { richTextLines } from './rich-text.ts';
import { tableLines } from './table.ts';

const RULE = 40;
const ALERTS: Readonly<Record<string, string>> = {
  warning: 'Warning',
  error: 'Error',
  success: 'Done',
};
const TASKS: Readonly<Record<string, string>> = {
  pending: '[ ]',
  in_progress: '[…]',
  complete: '[x]',
  error: '[!]',
};

/** The lines of a list of blocks, one block below the other. */
export function blockLines(blocks: readonly Json[], page: Page): readonly string[] {
  return blocks.flatMap((block) => linesOf(block, page));
}

function linesOf(block: Json, page: Page): readonly string[] {
  const blockId = asText(block['block_id']) ?? '';
  switch (block['type']) {
    case 'header':
      return wrap(`== ${textOf(block['text'], page)} ==`, page.width);
    case 'section':
      return sectionLines(block, blockId, page);
    case 'context':
      return wrap(
        `· ${asObjects(block['elements'])
          .map((element) => contextText(element, page))
          .join(' · ')}`,
        page.width,
      );
    case 'divider':
      return ['─'.repeat(Math.min(RULE, page.width))];
    case 'actions':
    case 'context_actions':
      return flow(
        asObjects(block['elements']).map((element) => elementText(element, blockId, page)),
        page,
      );
    case 'input':
      return inputBlockLines(block, blockId, page);
    case 'image':
      return [
        ...filled(textOf(block['title'], page), page),
        ...wrap(`[${asText(block['alt_text']) ?? 'image'}]`, page.width),
      ];
    case 'rich_text':
      return richTextLines(block, page);
    case 'markdown':
      return wrap(readMarkdown(asText(block['text']) ?? ''), page.width);
    default:
      return newerLines(block, page);
  }
}

function newerLines(block: Json, page: Page): readonly string[] {
  switch (block['type']) {
    case 'table':
    case 'data_table':
      return [...filled(asText(block['caption']) ?? '', page), ...tableLines(block, page)];
    case 'alert': {
      const level = ALERTS[asText(block['level']) ?? ''] ?? 'Note';
      return wrap(`! ${level}: ${textOf(block['text'], page)}`, page.width);
    }
    case 'plan':
      return [
        ...filled(asText(block['title']) ?? '', page),
        ...asObjects(block['tasks']).flatMap((task) => taskLines(task, page)),
      ];
    case 'task_card':
      return taskLines(block, page);
    case 'card':
      return cardLines(block, page);
    case 'carousel':
      return asObjects(block['elements']).flatMap((card) => cardLines(card, page));
    default:
      return [`[${String(block['type'])} block]`];
  }
}

function sectionLines(block: Json, blockId: string, page: Page): readonly string[] {
  const fields = asObjects(block['fields']).map((field) => textOf(field, page));
  const lines = [...filled(textOf(block['text'], page), page), ...twoColumns(fields, page)];
  const accessory = asObject(block['accessory']);
  if (!accessory) return lines;
  const element = elementText(accessory, blockId, page);
  const [only] = lines;
  const fits = lines.length === 1 && cells(only ?? '') + 2 + cells(element) <= page.width;
  return fits ? [`${only}  ${element}`] : [...lines, ...wrap(element, page.width)];
}

function contextText(element: Json, page: Page): string {
  return element['type'] === 'image'
    ? `[${asText(element['alt_text']) ?? 'image'}]`
    : textOf(element, page).replaceAll('\n', ' ');
}

function inputBlockLines(block: Json, blockId: string, page: Page): readonly string[] {
  const inner = narrower(page, 2);
  const label = `${textOf(block['label'], page)}${block['optional'] === true ? ' (optional)' : ''}`;
  const hint = textOf(block['hint'], page);
  const error = page.errorOf?.(blockId);
  return [
    ...wrap(label, page.width),
    ...prefixed(inputLines(asObject(block['element']) ?? {}, blockId, inner), '  '),
    ...prefixed(filled(hint && `· ${hint}`, inner), '  '),
    ...prefixed(filled(error === undefined ? '' : `✗ ${error}`, inner), '  '),
  ];
}

function taskLines(task: Json, page: Page): readonly string[] {
  const inner = narrower(page, 4);
  const parts = asObjects([task['details'], task['output']]);
  const mark = TASKS[asText(task['status']) ?? ''] ?? '[ ]';
  return [
    ...wrap(`${mark} ${asText(task['title']) ?? ''}`, page.width),
    ...prefixed(
      parts.flatMap((part) => richTextLines(part, inner)),
      '    ',
    ),
  ];
}

function cardLines(card: Json, page: Page): readonly string[] {
  const words = ['title', 'subtitle', 'body'].flatMap((key) =>
    filled(textOf(card[key], page), page),
  );
  const buttons = asList(card['actions']).map((entry) =>
    elementText(asObject(entry) ?? {}, '', page),
  );
  return [...words, ...flow(buttons, page)];
}

function filled(text: string, page: Page): readonly string[] {
  return text === '' ? [] : wrap(text, page.width);
}
