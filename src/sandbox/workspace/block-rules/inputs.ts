/** Elements a person types or picks a date in. */
import { focusable, picker, typed } from './element-fields.ts';
import { richText } from './rich-text.ts';
import { boolean, integer, list, shape, string } from './rule.ts';
import { actionId } from './text.ts';

export const datepicker = shape(
  {},
  { ...picker, initial_date: string({ max: 10, form: /^\d{4}-\d{2}-\d{2}$/ }) },
);
export const timepicker = shape(
  {},
  {
    ...picker,
    initial_time: string({ max: 5, form: /^\d{2}:\d{2}$/ }),
    timezone: string({ max: 100 }),
  },
);
export const datetimepicker = shape(
  {},
  { ...focusable, initial_date_time: integer(1_000_000_000, 9_999_999_999) },
);
const MAX_INPUT = 3000;
export const plainTextInput = shape(
  {},
  {
    ...typed,
    initial_value: string({ max: MAX_INPUT, min: 0 }),
    multiline: boolean,
    min_length: integer(0, MAX_INPUT),
    max_length: integer(1, MAX_INPUT),
  },
);
export const shortInput = shape(
  {},
  { ...typed, initial_value: string({ max: MAX_INPUT, min: 0 }) },
);
export const numberInput = shape(
  { is_decimal_allowed: boolean },
  {
    ...typed,
    initial_value: string({ max: 100 }),
    min_value: string({ max: 100 }),
    max_value: string({ max: 100 }),
  },
);
export const richTextInput = shape(
  {},
  { ...typed, initial_value: richText, min_lines: integer(1, 100), max_lines: integer(1, 100) },
);
export const fileInput = shape(
  {},
  {
    action_id: actionId,
    filetypes: list(string({ max: 100 }), { max: 100 }),
    max_files: integer(1, 10),
  },
);
