/** Composition objects: text, options, confirm dialogs (docs.slack.dev/reference/block-kit/composition-objects). */
import { boolean, byType, list, oneOf, type Rule, shape, string } from './rule.ts';

const MAX_TEXT = 3000;
const MAX_OPTION = 75;

/** A plain_text object. */
export function plain(max = MAX_TEXT): Rule {
  return byType({ plain_text: shape({ text: string({ max }) }, { emoji: boolean }) });
}

/** A plain_text or mrkdwn object. */
export function anyText(max = MAX_TEXT): Rule {
  return byType({
    plain_text: shape({ text: string({ max }) }, { emoji: boolean }),
    mrkdwn: shape({ text: string({ max }) }, { verbatim: boolean }),
  });
}

/** A mrkdwn object. */
export function mrkdwn(max = MAX_TEXT): Rule {
  return byType({ mrkdwn: shape({ text: string({ max }) }, { verbatim: boolean }) });
}

export const url: Rule = string({ max: 3000, form: /^(https?|mailto|tel|slack):\S+$/ });
export const blockId: Rule = string({ max: 255 });
export const actionId: Rule = string({ max: 255 });

export const confirm: Rule = shape(
  { text: anyText(300) },
  { title: plain(100), confirm: plain(30), deny: plain(30), style: oneOf('primary', 'danger') },
);

/** The value limit is the stricter one of the two that Slack's own SDKs state (75 and 150). */
const optionValue: Rule = string({ max: MAX_OPTION });

export const plainOption: Rule = shape(
  { text: plain(MAX_OPTION), value: optionValue },
  { description: plain(MAX_OPTION) },
);

/** Radio buttons and checkboxes may use mrkdwn. */
export const richOption: Rule = shape(
  { text: anyText(MAX_OPTION), value: optionValue },
  { description: anyText(MAX_OPTION) },
);

export const overflowOption: Rule = shape(
  { text: plain(MAX_OPTION) },
  { value: optionValue, description: plain(MAX_OPTION), url },
);

export const optionGroup: Rule = shape({
  label: plain(MAX_OPTION),
  options: list(plainOption, { max: 100 }),
});
