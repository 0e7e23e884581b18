/** Fields that several block elements share. */
import { boolean, integer, list, oneOf, type Rule, shape, string } from './rule.ts';
import { actionId, confirm, plain } from './text.ts';

export const actionable = { action_id: actionId, confirm };
export const focusable = { ...actionable, focus_on_load: boolean };
const placeholder = plain(150);
export const picker = { ...focusable, placeholder };
export const typed = {
  action_id: actionId,
  focus_on_load: boolean,
  placeholder,
  dispatch_action_config: shape(
    {},
    { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { max: 2 }) },
  ),
};
export const id: Rule = string({ max: 30, form: /^[A-Z0-9]+$/ });
export const ids: Rule = list(id, { max: 100 });
export const maxSelected = { max_selected_items: integer(1, 100) };
const conversationFilter = shape(
  {},
  {
    include: list(oneOf('im', 'mpim', 'private', 'public'), { max: 4 }),
    exclude_external_shared_channels: boolean,
    exclude_bot_users: boolean,
  },
);
export const conversations = {
  default_to_current_conversation: boolean,
  filter: conversationFilter,
};
