/** Blocks and whole messages (docs.slack.dev/reference/block-kit/blocks). */
import { asList, asObject, asObjects, asText, type Json } from '../json.ts';
import { accessory, actionsElement, contextElement, image, inputElement } from './elements.ts';
import { newerBlocks } from './newer-blocks.ts';
import { richText } from './rich-text.ts';
import {
  boolean,
  both,
  byType,
  type Check,
  complain,
  list,
  only,
  type Rule,
  type Surface,
  shape,
  string,
} from './rule.ts';
import { anyText, blockId, plain } from './text.ts';

const MAX_BLOCKS: Readonly<Record<Surface, number>> = { message: 50, modal: 100, home: 100 };
const MAX_TABLE_CHARACTERS = 10_000;
const MAX_MARKDOWN_CHARACTERS = 12_000;
const base = { block_id: blockId };

const section: Rule = both(
  shape(
    {},
    {
      ...base,
      text: anyText(3000),
      fields: list(anyText(2000), { max: 10 }),
      accessory,
      expand: boolean,
    },
  ),
  (block, at, check) => {
    if (block['text'] === undefined && block['fields'] === undefined) {
      complain(check, 'must define either `text` or `fields`', at);
    }
  },
);

const imageBlock: Rule = (value, at, check) => {
  const { title, block_id, ...picture } = asObject(value) ?? {};
  image(picture, at, check);
  if (title !== undefined) plain(2000)(title, `${at}/title`, check);
  if (block_id !== undefined) blockId(block_id, `${at}/block_id`, check);
};

const rules: Readonly<Record<string, Rule>> = {
  actions: shape({ elements: list(actionsElement, { max: 25 }) }, base),
  context: shape({ elements: list(contextElement, { max: 10 }) }, base),
  divider: shape({}, base),
  header: shape({ text: plain(150) }, base),
  image: imageBlock,
  input: shape(
    { label: plain(2000), element: inputElement },
    { ...base, hint: plain(2000), optional: boolean, dispatch_action: boolean },
  ),
  markdown: only(['message'], shape({ text: string({ max: MAX_MARKDOWN_CHARACTERS }) }, base)),
  rich_text: richText,
  section,
  ...newerBlocks,
};

const block = byType(rules);

/** Checks the blocks of a surface; each complaint ends with a JSON pointer that starts with `at`. */
export function checkBlocks(blocks: unknown, surface: Surface, at = '/blocks'): readonly string[] {
  const check: Check = { surface, problems: [] };
  list(block, { max: MAX_BLOCKS[surface], min: 0 })(blocks, at, check);
  const objects = asList(blocks).map((entry) => asObject(entry) ?? {});
  checkUnique(objects, at, check);
  checkTables(objects, at, check);
  const markdown = objects.filter((entry) => entry['type'] === 'markdown');
  if (total(markdown) > MAX_MARKDOWN_CHARACTERS) {
    complain(check, `markdown must be less than ${MAX_MARKDOWN_CHARACTERS + 1} characters`, at);
  }
  return check.problems;
}

function checkUnique(blocks: readonly Json[], at: string, check: Check): void {
  const blockIds = new Set<string>();
  let focused = false;
  for (const [index, entry] of blocks.entries()) {
    const id = asText(entry['block_id']);
    if (id !== undefined && blockIds.has(id)) {
      complain(check, `\`block_id\` already exists: ${id}`, `${at}/${index}/block_id`);
    }
    if (id !== undefined) blockIds.add(id);
    const actionIds = new Set<string>();
    for (const { element, path } of interactiveElements(entry)) {
      const action = asText(element['action_id']);
      if (action !== undefined && actionIds.has(action)) {
        complain(
          check,
          `\`action_id\` already exists: ${action}`,
          `${at}/${index}${path}/action_id`,
        );
      }
      if (action !== undefined) actionIds.add(action);
      if (element['focus_on_load'] !== true) continue;
      if (focused) {
        complain(check, 'only one element can be focused on load', `${at}/${index}${path}`);
      }
      focused = true;
    }
  }
}

/** The elements of a block that a person can use, with their pointers inside the block. */
export function interactiveElements(entry: Json): readonly { element: Json; path: string }[] {
  const found: { element: Json; path: string }[] = [];
  if (entry['type'] === 'actions' || entry['type'] === 'context_actions') {
    for (const [index, element] of asObjects(entry['elements']).entries()) {
      found.push({ element, path: `/elements/${index}` });
    }
  }
  if (entry['type'] === 'card') {
    for (const [index, element] of asObjects(entry['actions']).entries()) {
      found.push({ element, path: `/actions/${index}` });
    }
  }
  const accessoryElement = entry['type'] === 'section' ? asObject(entry['accessory']) : undefined;
  if (accessoryElement && accessoryElement['type'] !== 'image') {
    found.push({ element: accessoryElement, path: '/accessory' });
  }
  const input = entry['type'] === 'input' ? asObject(entry['element']) : undefined;
  if (input) found.push({ element: input, path: '/element' });
  return found;
}

function checkTables(blocks: readonly Json[], at: string, check: Check): void {
  const tables = blocks.filter((entry) => entry['type'] === 'table');
  if (tables.length > 1) complain(check, 'only one table allowed', at);
  if (total(tables) > MAX_TABLE_CHARACTERS) {
    complain(check, `table must be less than ${MAX_TABLE_CHARACTERS + 1} characters`, at);
  }
}

/** The characters of every `text` string anywhere inside. */
export function total(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + total(entry), 0);
  const object = asObject(value);
  if (!object) return 0;
  return Object.entries(object).reduce(
    (sum, [key, entry]) =>
      sum + (key === 'text' && typeof entry === 'string' ? entry.length : total(entry)),
    0,
  );
}
