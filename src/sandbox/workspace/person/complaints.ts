/** What Slack's own client refuses to submit. */
import { valueField } from '../input-values.ts';
import { asText, type Json } from '../json.ts';
import type { Page } from '../render/page.ts';
import { type ViewRecord, valueKey } from '../view-record.ts';
import { type Control, controlsOf } from './controls.ts';

/** Why Slack's client would not send the modal: an empty required input, or a text it would mark as wrong. */
export function complaintsOf(view: ViewRecord, page: Page): readonly string[] {
  return controlsOf({ view }, view.body.blocks, page)
    .filter((control) => control.isInput)
    .flatMap((control) => complaint(control, valueIn(view, control)) ?? []);
}

function valueIn(view: ViewRecord, { block, element }: Control): unknown {
  const key = valueKey(String(block['block_id']), String(element['action_id']));
  return view.values.get(key)?.[valueField(asText(element['type']) ?? '') ?? ''];
}

function complaint({ block, element, label }: Control, value: unknown): string | undefined {
  if (isEmpty(value)) {
    return block['optional'] === true ? undefined : `"${label}" is empty, and it is required`;
  }
  if (typeof value !== 'string') return undefined;
  const shortest = Number(element['min_length'] ?? 0);
  const longest = Number(element['max_length'] ?? 3000);
  if (value.length < shortest) return `"${label}" needs at least ${shortest} characters`;
  if (value.length > longest) return `"${label}" takes at most ${longest} characters`;
  return wrongForm(element, label, value);
}

function isEmpty(value: unknown): boolean {
  const isNothing = value === undefined || value === null || value === '';
  return isNothing || (Array.isArray(value) && value.length === 0);
}

function wrongForm(element: Json, label: string, value: string): string | undefined {
  switch (element['type']) {
    case 'number_input':
      return wrongNumber(element, label, value);
    case 'email_text_input':
      return /^\S+@\S+\.\S+$/.test(value) ? undefined : `"${label}" takes an e-mail address`;
    case 'url_text_input':
      return URL.canParse(value) ? undefined : `"${label}" takes an address such as https://…`;
    default:
      return undefined;
  }
}

function wrongNumber(element: Json, label: string, value: string): string | undefined {
  const number = Number(value);
  const isWhole = element['is_decimal_allowed'] === true || Number.isInteger(number);
  const least = Number(element['min_value'] ?? Number.NEGATIVE_INFINITY);
  const most = Number(element['max_value'] ?? Number.POSITIVE_INFINITY);
  const fits = isWhole && number >= least && number <= most;
  return fits ? undefined : `"${label}" does not take the number ${value}`;
}
