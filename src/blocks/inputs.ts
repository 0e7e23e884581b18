/** The inputs that the modals are made of. */

import type {
  InputBlock,
  KnownBlock,
  ModalView,
  PlainTextOption,
  StaticSelect,
} from '@slack/types';
import type { ViewName } from './actions.ts';
import { plain } from './elements.ts';
import { clip } from './mrkdwn.ts';

/** The limit that the flows hold a reason to. */
const REASON_LIMIT = 1000;
const SELECT_LIMIT = 100;

interface TextOptions {
  readonly max: number;
  readonly value?: string | undefined;
  readonly multiline?: boolean;
  readonly optional?: boolean;
  readonly placeholder?: string;
  readonly hint?: string | undefined;
}

/** A modal of inputs, after a few words about what it is for. */
export function modal(
  view: ViewName,
  title: string,
  submit: string,
  metadata: string,
  inputs: readonly InputBlock[],
  before?: KnownBlock,
): ModalView {
  return {
    type: 'modal',
    callback_id: view,
    private_metadata: metadata,
    title: plain(title, 24),
    submit: plain(submit, 24),
    close: plain('Never mind', 24),
    blocks: [...(before ? [before] : []), ...inputs],
  };
}

/** A text to type; its block is named by the field. */
export function text(field: string, label: string, options: TextOptions): InputBlock {
  const { max, value, multiline, optional, placeholder, hint } = options;
  return {
    type: 'input',
    block_id: field,
    label: plain(label, 2000),
    ...(hint ? { hint: plain(hint, 2000) } : {}),
    ...(optional ? { optional } : {}),
    element: {
      type: 'plain_text_input',
      action_id: field,
      max_length: max,
      ...(multiline ? { multiline } : {}),
      ...(value ? { initial_value: clip(value, max) } : {}),
      ...(placeholder ? { placeholder: plain(placeholder, 150) } : {}),
    },
  };
}

/** A longer text that says why. */
export function reason(label: string, hint?: string, field = 'reason', value?: string): InputBlock {
  return text(field, label, { max: REASON_LIMIT, multiline: true, hint, value });
}

/** One of the options; `chosen` is the value that is chosen from the start. */
export function select(
  field: string,
  label: string,
  options: readonly PlainTextOption[],
  chosen: string | undefined,
  actionId = field,
): InputBlock {
  const initial = options.find((candidate) => candidate.value === chosen);
  const element: StaticSelect = {
    type: 'static_select',
    action_id: actionId,
    ...offered(options),
    ...(initial ? { initial_option: initial } : {}),
  };
  return { type: 'input', block_id: field, label: plain(label, 2000), element };
}

/** One box to tick; its field is the value when it is ticked. */
export function tick(
  field: string,
  label: string,
  choice: PlainTextOption,
  ticked: boolean,
): InputBlock {
  return {
    type: 'input',
    block_id: field,
    optional: true,
    label: plain(label, 2000),
    element: {
      type: 'checkboxes',
      action_id: field,
      options: [choice],
      ...(ticked ? { initial_options: [choice] } : {}),
    },
  };
}

/** A select holds 100 options, or 100 groups of 100. */
function offered(
  options: readonly PlainTextOption[],
): Pick<StaticSelect, 'options'> | Pick<StaticSelect, 'option_groups'> {
  if (options.length <= SELECT_LIMIT) return { options: [...options] };
  const groups = [];
  for (let from = 0; from < options.length; from += SELECT_LIMIT) {
    const part = options.slice(from, from + SELECT_LIMIT);
    const label = `${part[0]?.text.text} to ${part.at(-1)?.text.text}`;
    groups.push({ label: plain(label, 75), options: part });
  }
  return { option_groups: groups };
}
