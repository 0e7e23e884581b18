/** Blocks that not every surface shows: table, alert, plan, card and their kin. */
import { cardButton, contextAction, image } from './elements.ts';
import { richText } from './rich-text.ts';
import { boolean, byType, integer, list, oneOf, only, type Rule, shape, string } from './rule.ts';
import { anyText, blockId, mrkdwn, url } from './text.ts';

const base = { block_id: blockId };
const cell = byType({
  raw_text: shape({ text: string({ max: 10_000 }) }),
  raw_number: (value, at, check) =>
    shape({ text: string({ max: 100 }), value: finite })(value, at, check),
  rich_text: richText,
});

const finite: Rule = (value, at, check) => {
  if (!Number.isFinite(value)) check.problems.push(`must be a number [json-pointer:${at}]`);
};

const table = shape(
  { rows: list(list(cell, { max: 20 }), { max: 100 }) },
  {
    ...base,
    column_settings: list(
      shape({}, { align: oneOf('left', 'center', 'right'), is_wrapped: boolean }),
      { max: 20 },
    ),
  },
);

const dataTable = shape(
  { rows: list(list(cell, { max: 20 }), { max: 101, min: 2 }), caption: string({ max: 2000 }) },
  { ...base, page_size: integer(1, 100), row_header_column_index: integer(0, 19) },
);

const status = oneOf('pending', 'in_progress', 'complete', 'error');
const taskCard = shape(
  { task_id: string({ max: 255 }), title: string({ max: 3000 }), status },
  {
    ...base,
    details: richText,
    output: richText,
    sources: list(byType({ url: shape({ url, text: string({ max: 3000 }) }) }), { max: 100 }),
  },
);

const plan = shape(
  { title: string({ max: 3000 }) },
  { ...base, tasks: list(byType({ task_card: taskCard }), { max: 100, min: 0 }) },
);

const card = shape(
  {},
  {
    ...base,
    hero_image: image,
    icon: image,
    title: mrkdwn(150),
    subtitle: mrkdwn(150),
    body: mrkdwn(200),
    actions: list(cardButton, { max: 3 }),
  },
);

export const newerBlocks: Readonly<Record<string, Rule>> = {
  alert: only(
    ['modal'],
    shape(
      { text: anyText(200) },
      { ...base, level: oneOf('default', 'info', 'warning', 'error', 'success') },
    ),
  ),
  card: only(['message'], card),
  carousel: only(['message'], shape({ elements: list(byType({ card }), { max: 10 }) }, base)),
  context_actions: only(['message'], shape({ elements: list(contextAction, { max: 5 }) }, base)),
  data_table: only(['message'], dataTable),
  plan: only(['message'], plan),
  table: only(['message'], table),
  task_card: only(['message'], taskCard),
};
