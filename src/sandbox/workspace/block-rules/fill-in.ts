/** What Slack adds to blocks it accepted: missing block and action ids, and the defaults of text objects. */
import { randomBytes } from 'node:crypto';
import { asObject, type Json } from '../json.ts';
import type { Block } from '../model.ts';

const NAMED_BY_ACTION = new Set([
  'button',
  'checkboxes',
  'datepicker',
  'datetimepicker',
  'email_text_input',
  'file_input',
  'feedback_buttons',
  'icon_button',
  'number_input',
  'overflow',
  'plain_text_input',
  'radio_buttons',
  'rich_text_input',
  'timepicker',
  'url_text_input',
]);

/** A copy of accepted blocks as Slack stores and returns them. */
export function fillIn(blocks: readonly unknown[]): readonly Block[] {
  return blocks.map((entry) => {
    const block = asObject(complete(entry)) ?? {};
    return { ...block, block_id: block['block_id'] ?? newShortId() } as Block;
  });
}

function complete(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(complete);
  const object = asObject(value);
  if (!object) return value;
  const copy: Json = Object.fromEntries(
    Object.entries(object).map(([key, entry]) => [key, complete(entry)]),
  );
  const type = String(object['type']);
  if (type === 'plain_text') return { emoji: true, ...copy };
  if (type === 'mrkdwn') return { verbatim: false, ...copy };
  const interactive = NAMED_BY_ACTION.has(type) || type.endsWith('_select');
  return interactive && object['action_id'] === undefined
    ? { ...copy, action_id: newShortId() }
    : copy;
}

function newShortId(): string {
  return randomBytes(6).toString('base64url').slice(0, 5);
}
