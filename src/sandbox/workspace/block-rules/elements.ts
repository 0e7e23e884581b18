/** Block elements (docs.slack.dev/reference/block-kit/block-elements), with the limits Slack enforces. */
import { asList, asObject, type Json } from '../json.ts';
import {
  actionable,
  conversations,
  focusable,
  id,
  ids,
  maxSelected,
  picker,
} from './element-fields.ts';
import {
  datepicker,
  datetimepicker,
  fileInput,
  numberInput,
  plainTextInput,
  richTextInput,
  shortInput,
  timepicker,
} from './inputs.ts';
import {
  boolean,
  both,
  byType,
  type Check,
  complain,
  integer,
  list,
  oneOf,
  only,
  type Rule,
  shape,
  string,
} from './rule.ts';
import {
  actionId,
  anyText,
  optionGroup,
  overflowOption,
  plain,
  plainOption,
  richOption,
  url,
} from './text.ts';

const button: Rule = shape(
  { text: plain(75) },
  {
    ...actionable,
    value: string({ max: 2000 }),
    url,
    style: oneOf('primary', 'danger'),
    accessibility_label: string({ max: 75 }),
  },
);

const source = {
  options: list(plainOption, { max: 100 }),
  option_groups: list(optionGroup, { max: 100 }),
};

/** Elements with an initial choice must offer it, word for word. */
function offered(rule: Rule): Rule {
  return both(rule, (element, at, check) => {
    const options = optionsOf(element);
    const single = element['initial_option'];
    if (single !== undefined) mustOffer(options, single, `${at}/initial_option`, check);
    for (const [index, chosen] of asList(element['initial_options']).entries()) {
      mustOffer(options, chosen, `${at}/initial_options/${index}`, check);
    }
  });
}

function mustOffer(options: readonly unknown[], chosen: unknown, at: string, check: Check): void {
  const value = asObject(chosen)?.['value'];
  if (options.some((option) => asObject(option)?.['value'] === value)) return;
  complain(check, 'initial option is not one of the options', at);
}

/** The options of a select, in groups or not. */
export function optionsOf(element: Json): readonly unknown[] {
  const groups = asList(element['option_groups']);
  return [
    ...asList(element['options']),
    ...groups.flatMap((group) => asList(asObject(group)?.['options'])),
  ];
}

function select(optional: Readonly<Record<string, Rule>>): Rule {
  return both(offered(shape({}, { ...picker, ...source, ...optional })), (element, at, check) => {
    const hasOptions = element['options'] !== undefined;
    if (hasOptions === (element['option_groups'] !== undefined)) {
      complain(check, 'must define either `options` or `option_groups`', at);
    }
  });
}

const selects: Readonly<Record<string, Rule>> = {
  static_select: select({ initial_option: plainOption }),
  external_select: shape(
    {},
    { ...picker, initial_option: plainOption, min_query_length: integer(0, 100) },
  ),
  users_select: shape({}, { ...picker, initial_user: id }),
  conversations_select: shape(
    {},
    { ...picker, ...conversations, initial_conversation: id, response_url_enabled: boolean },
  ),
  channels_select: shape({}, { ...picker, initial_channel: id, response_url_enabled: boolean }),
};

const multiSelects: Readonly<Record<string, Rule>> = {
  multi_static_select: select({
    initial_options: list(plainOption, { max: 100 }),
    ...maxSelected,
  }),
  multi_external_select: shape(
    {},
    {
      ...picker,
      ...maxSelected,
      initial_options: list(plainOption, { max: 100 }),
      min_query_length: integer(0, 100),
    },
  ),
  multi_users_select: shape({}, { ...picker, ...maxSelected, initial_users: ids }),
  multi_conversations_select: shape(
    {},
    { ...picker, ...maxSelected, ...conversations, initial_conversations: ids },
  ),
  multi_channels_select: shape({}, { ...picker, ...maxSelected, initial_channels: ids }),
};

const choices: Readonly<Record<string, Rule>> = {
  radio_buttons: offered(
    shape({ options: list(richOption, { max: 10 }) }, { ...focusable, initial_option: richOption }),
  ),
  checkboxes: offered(
    shape(
      { options: list(richOption, { max: 10 }) },
      { ...focusable, initial_options: list(richOption, { max: 10 }) },
    ),
  ),
};

const overflow = shape({ options: list(overflowOption, { max: 5 }) }, actionable);

export const image: Rule = both(
  shape(
    { alt_text: string({ max: 2000 }) },
    {
      image_url: string({ max: 3000, form: /^https?:\S+$/ }),
      slack_file: shape({}, { id, url: string({ max: 3000 }) }),
    },
  ),
  (element, at, check) => {
    if ((element['image_url'] === undefined) === (element['slack_file'] === undefined)) {
      complain(check, 'must define either `image_url` or `slack_file`', at);
    }
  },
);

export const actionsElement: Rule = byType({
  button,
  overflow,
  datepicker,
  timepicker,
  datetimepicker,
  rich_text_input: richTextInput,
  ...choices,
  ...selects,
  ...multiSelects,
});

export const accessory: Rule = byType({
  button,
  overflow,
  datepicker,
  timepicker,
  image,
  ...choices,
  ...selects,
  ...multiSelects,
});

export const inputElement: Rule = byType({
  plain_text_input: plainTextInput,
  email_text_input: only(['modal'], shortInput),
  url_text_input: only(['modal'], shortInput),
  number_input: only(['modal'], numberInput),
  rich_text_input: richTextInput,
  file_input: only(['modal'], fileInput),
  datepicker,
  timepicker,
  datetimepicker,
  ...choices,
  ...selects,
  ...multiSelects,
});

export const contextElement: Rule = byType({
  image,
  plain_text: anyText(),
  mrkdwn: anyText(),
});

const feedbackButton = shape(
  { text: plain(75), value: string({ max: 2000 }) },
  { accessibility_label: string({ max: 75 }) },
);

export const contextAction: Rule = byType({
  feedback_buttons: shape(
    { positive_button: feedbackButton, negative_button: feedbackButton },
    { action_id: actionId },
  ),
  icon_button: shape(
    { icon: string({ max: 100 }), text: plain(75) },
    {
      ...actionable,
      value: string({ max: 2000 }),
      accessibility_label: string({ max: 75 }),
      visible_to_user_ids: ids,
    },
  ),
});

export const cardButton: Rule = byType({ button });
