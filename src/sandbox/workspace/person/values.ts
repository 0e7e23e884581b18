/** What a person puts into an input, in the shape of Slack's `state.values`. */
import { valueField } from '../input-values.ts';
import { suggest } from '../interaction.ts';
import { asText, type Json } from '../json.ts';
import type { Page } from '../render/page.ts';
import type { Slack } from '../slack.ts';
import type { InputValue } from '../view-record.ts';
import { type Control, findOption, labelsOf, ownOptions, reported } from './controls.ts';

/** Text typed into an input. Throws when the control takes none. */
export function typedValue(control: Control, text: string): InputValue {
  const type = asText(control.element['type']) ?? '';
  if (type === 'rich_text_input') return richText(text);
  if (valueField(type) !== 'value') {
    throw new Error(`"${control.label}" is a ${type}, which nobody can type into. Use pick.`);
  }
  return { type, value: text === '' ? null : text };
}

function richText(text: string): InputValue {
  const section = { type: 'rich_text_section', elements: [{ type: 'text', text }] };
  const value = text === '' ? null : { type: 'rich_text', elements: [section] };
  return { type: 'rich_text_input', rich_text_value: value };
}

/**
 * The choice of options, people or channels by their names, of a date as `2026-11-21`, of a time as `09:30` or of both
 * as an ISO string. `typed` is what is typed into an external select to find the option, its label when not given.
 * Throws with what is offered when there is no such option.
 */
export async function chosenValue(
  slack: Slack,
  user: string,
  control: Control,
  labels: readonly string[],
  page: Page,
  typed?: string,
): Promise<InputValue> {
  const type = asText(control.element['type']) ?? '';
  const field = valueField(type);
  if (field === undefined || field === 'value') {
    throw new Error(`"${control.label}" is a ${type}, which has nothing to choose. Use fill.`);
  }
  const picked: unknown[] = [];
  for (const label of labels) picked.push(await pickOne(slack, user, control, label, page, typed));
  return { type, [field]: field.endsWith('s') ? picked : (picked[0] ?? null) };
}

async function pickOne(
  slack: Slack,
  user: string,
  control: Control,
  label: string,
  page: Page,
  typed: string | undefined,
): Promise<unknown> {
  const { element } = control;
  const type = asText(element['type']) ?? '';
  if (type.endsWith('users_select')) return userNamed(slack, label);
  if (type.endsWith('channels_select') || type.endsWith('conversations_select')) {
    return channelNamed(slack, label);
  }
  if (type === 'datetimepicker') return Math.floor(Date.parse(label) / 1000);
  if (type === 'datepicker' || type === 'timepicker') return label;
  const options = type.endsWith('external_select')
    ? await suggested(slack, user, control, typed ?? queryFor(element, label))
    : ownOptions(element);
  const option = findOption(options, label, page);
  if (!option) {
    throw new Error(
      `"${control.label}" does not offer "${label}". It offers: ${labelsOf(options, page)}.`,
    );
  }
  return reported(option);
}

function queryFor(element: Json, label: string): string {
  return element['min_query_length'] === 0 ? '' : label;
}

async function suggested(
  slack: Slack,
  user: string,
  control: Control,
  value: string,
): Promise<readonly Json[]> {
  const input = {
    block_id: asText(control.block['block_id']) ?? '',
    action_id: asText(control.element['action_id']) ?? '',
    value,
  };
  const { ack, options, groups } = await suggest(slack, user, control.source, input);
  if (ack.status !== 'ok') {
    throw new Error(`"${control.label}" could not load its options: ${ack.detail ?? ack.status}.`);
  }
  return [...options, ...groups.flatMap((group) => ownOptions(group))];
}

function userNamed(slack: Slack, label: string): string {
  const name = label.replace(/^@/, '');
  const users = [...slack.state.users.values()];
  const user = users.find((entry) => [entry.realName, entry.name, entry.id].includes(name));
  if (!user) throw new Error(`There is nobody called "${label}" in the workspace.`);
  return user.id;
}

function channelNamed(slack: Slack, label: string): string {
  const name = label.replace(/^#/, '');
  const channel = [...slack.state.channels.values()].find((entry) => entry.name === name);
  if (!channel) throw new Error(`There is no channel called "${label}" in the workspace.`);
  return channel.id;
}

/** What a person types as Slack sends it: entities escaped, `@name` and `#channel` linked. */
export function typedText(slack: Slack, text: string): string {
  const { users, channels } = slack.state;
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped
    .replaceAll(/(?<!\w)@(here|channel|everyone)\b/g, '<!$1>')
    .replaceAll(/(?<![\w<])@([\w.-]*\w)/g, (as, name: string) => {
      const user = [...users.values()].find((entry) => [entry.name, entry.realName].includes(name));
      return user ? `<@${user.id}>` : as;
    })
    .replaceAll(/(?<![\w<&])#([\w-]+)/g, (as, name: string) => {
      const channel = [...channels.values()].find((entry) => entry.name === name);
      return channel ? `<#${channel.id}|${name}>` : as;
    });
}
