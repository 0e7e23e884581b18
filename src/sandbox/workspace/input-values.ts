/** What a person has put into the inputs of a view or message, in the shape of Slack's `state.values`. */
import { interactiveElements } from './block-rules/blocks.ts';
import { asText, type Json } from './json.ts';
import type { Block } from './model.ts';
import { type InputValue, valueKey } from './view-record.ts';

interface Field {
  /** The key that holds what was chosen. */
  readonly key: string;
  /** The element's own field with what is chosen from the start. */
  readonly initial: string;
  readonly empty: null | readonly never[];
}

const typed: Field = { key: 'value', initial: 'initial_value', empty: null };
const one: Field = { key: 'selected_option', initial: 'initial_option', empty: null };
const many: Field = { key: 'selected_options', initial: 'initial_options', empty: [] };

const FIELDS: Readonly<Record<string, Field>> = {
  plain_text_input: typed,
  number_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  rich_text_input: { key: 'rich_text_value', initial: 'initial_value', empty: null },
  static_select: one,
  external_select: one,
  radio_buttons: one,
  checkboxes: many,
  multi_static_select: many,
  multi_external_select: many,
  users_select: { key: 'selected_user', initial: 'initial_user', empty: null },
  multi_users_select: { key: 'selected_users', initial: 'initial_users', empty: [] },
  channels_select: { key: 'selected_channel', initial: 'initial_channel', empty: null },
  multi_channels_select: { key: 'selected_channels', initial: 'initial_channels', empty: [] },
  conversations_select: {
    key: 'selected_conversation',
    initial: 'initial_conversation',
    empty: null,
  },
  multi_conversations_select: {
    key: 'selected_conversations',
    initial: 'initial_conversations',
    empty: [],
  },
  datepicker: { key: 'selected_date', initial: 'initial_date', empty: null },
  timepicker: { key: 'selected_time', initial: 'initial_time', empty: null },
  datetimepicker: { key: 'selected_date_time', initial: 'initial_date_time', empty: null },
  file_input: { key: 'files', initial: 'initial_files', empty: [] },
};

/** The key under which an element of that type reports what was chosen; undefined for buttons and the like. */
export function valueField(elementType: string): string | undefined {
  return FIELDS[elementType]?.key;
}

/** The value an input starts with: its `initial_…` or empty. Undefined for elements that keep nothing. */
function initialValue(element: Json): InputValue | undefined {
  const type = asText(element['type']) ?? '';
  const field = FIELDS[type];
  return field && { type, [field.key]: element[field.initial] ?? field.empty };
}

/** Every input of the blocks with its value: the one in `known` when it fits the element, else what it starts with. */
export function inputValues(
  blocks: readonly Block[],
  known: ReadonlyMap<string, InputValue> = new Map(),
): Map<string, InputValue> {
  const values = new Map<string, InputValue>();
  for (const block of blocks) {
    for (const { element } of interactiveElements(block)) {
      const start = initialValue(element);
      if (!start) continue;
      const key = valueKey(String(block.block_id), String(element['action_id']));
      const kept = known.get(key);
      values.set(key, kept?.type === start.type ? kept : start);
    }
  }
  return values;
}

/** The values as `state.values[block_id][action_id]`. */
export function stateValues(values: ReadonlyMap<string, InputValue>): Json {
  const state: Record<string, Record<string, InputValue>> = {};
  for (const [key, value] of values) {
    const [blockId, actionId] = JSON.parse(key) as [string, string];
    state[blockId] = { ...state[blockId], [actionId]: value };
  }
  return state;
}
