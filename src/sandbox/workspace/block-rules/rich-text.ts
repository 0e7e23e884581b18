/** rich_text blocks (docs.slack.dev/reference/block-kit/blocks/rich-text-block). */
import { boolean, byType, integer, list, oneOf, type Rule, shape, string } from './rule.ts';
import { blockId } from './text.ts';

const MAX_ITEMS = 1000;
const style = shape(
  {},
  { bold: boolean, code: boolean, italic: boolean, strike: boolean, underline: boolean },
);
const words = string({ max: 12_000 });
const styled = { style };

const text = shape({ text: words }, styled);
const link = shape({ url: string({ max: 3000 }) }, { ...styled, text: words, unsafe: boolean });

const inline = byType({
  text,
  link,
  broadcast: shape({ range: oneOf('here', 'channel', 'everyone') }, styled),
  channel: shape({ channel_id: words }, styled),
  color: shape({ value: words }, styled),
  date: shape(
    { timestamp: integer(0, 99_999_999_999), format: words },
    { ...styled, url: words, fallback: words },
  ),
  emoji: shape({ name: words }, { ...styled, unicode: words, url: words }),
  team: shape({ team_id: words }, styled),
  user: shape({ user_id: words }, styled),
  usergroup: shape({ usergroup_id: words }, styled),
});

const border = integer(0, 1);
const section = shape({ elements: list(inline, { max: MAX_ITEMS, min: 0 }) });

export const richText: Rule = shape(
  {
    elements: list(
      byType({
        rich_text_section: section,
        rich_text_list: shape(
          {
            style: oneOf('bullet', 'ordered'),
            elements: list(byType({ rich_text_section: section }), { max: MAX_ITEMS }),
          },
          { indent: integer(0, 8), offset: integer(0, 10_000), border },
        ),
        rich_text_quote: shape({ elements: list(inline, { max: MAX_ITEMS }) }, { border }),
        rich_text_preformatted: shape(
          { elements: list(byType({ text, link }), { max: MAX_ITEMS }) },
          { border, language: words },
        ),
      }),
      { max: MAX_ITEMS, min: 0 },
    ),
  },
  { block_id: blockId },
);
