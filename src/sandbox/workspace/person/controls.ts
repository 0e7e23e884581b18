/** The things a person can press, choose from or type into, and how they find them: by what is written on them. */
import { interactiveElements } from '../block-rules/blocks.ts';
import { optionsOf } from '../block-rules/elements.ts';
import { valueField } from '../input-values.ts';
import type { Source } from '../interaction.ts';
import { asObjects, asText, type Json } from '../json.ts';
import { textOf } from '../render/elements.ts';
import type { Page } from '../render/page.ts';

export interface Control {
  readonly source: Source;
  readonly block: Json;
  readonly element: Json;
  /** What a person would call it. */
  readonly label: string;
  /** An input block; it tells the app of a change only with `dispatch_action`. */
  readonly isInput: boolean;
}

/** The controls of some blocks, in the order they are shown. */
export function controlsOf(
  source: Source,
  blocks: readonly Json[],
  page: Page,
): readonly Control[] {
  return blocks.flatMap((block) =>
    interactiveElements(block).map(({ element }) => {
      const isInput = block['type'] === 'input';
      const own = textOf(isInput ? block['label'] : element['text'], page);
      const label = own || textOf(element['placeholder'], page) || textOf(block['text'], page);
      return { source, block, element, label, isInput };
    }),
  );
}

/** Whether the control is a button with that label or action id. */
export function isButton(control: Control, label: string): boolean {
  const { element } = control;
  if (element['type'] !== 'button' && element['type'] !== 'icon_button') return false;
  return same(control.label, label) || element['action_id'] === label;
}

/** The option of an overflow menu with that label. */
export function overflowOption(control: Control, label: string, page: Page): Json | undefined {
  if (control.element['type'] !== 'overflow') return undefined;
  return asObjects(control.element['options']).find((option) =>
    same(textOf(option['text'], page), label),
  );
}

/** Whether the control keeps a value and goes by that label, placeholder, section text or action id. */
export function isField(control: Control, label: string, page: Page): boolean {
  const { element, block } = control;
  if (valueField(asText(element['type']) ?? '') === undefined) return false;
  const names = [
    control.label,
    textOf(element['placeholder'], page),
    asText(element['action_id']) ?? '',
    block['type'] === 'section' ? textOf(block['text'], page) : '',
  ];
  return names.some((name) => same(name, label));
}

/** The element's entry of a block_actions payload, without what was chosen. */
export function actionOf(control: Control): Json & {
  readonly type: string;
  readonly action_id: string;
  readonly block_id: string;
} {
  const { element, block } = control;
  const kept = ['text', 'value', 'style', 'confirm', 'placeholder'].flatMap((key) =>
    element[key] === undefined ? [] : [[key, element[key]] as const],
  );
  return {
    type: asText(element['type']) ?? '',
    action_id: asText(element['action_id']) ?? '',
    block_id: asText(block['block_id']) ?? '',
    ...Object.fromEntries(kept),
  };
}

/** An option as Slack reports it when it is chosen: its text and value. */
export function reported(option: Json): Json {
  const { text, value } = option;
  return { text, ...(value === undefined ? {} : { value }) };
}

/** The option with that text or value. */
export function findOption(options: readonly Json[], label: string, page: Page): Json | undefined {
  return (
    options.find((option) => same(textOf(option['text'], page), label)) ??
    options.find((option) => option['value'] === label)
  );
}

/** Whether every option is among the control's own; a control that looks them up elsewhere may offer anything. */
export function offers(control: Control, labels: readonly string[], page: Page): boolean {
  const options = ownOptions(control.element);
  return options.length === 0 || labels.every((label) => findOption(options, label, page));
}

/** The options an element offers by itself, in groups or not. */
export function ownOptions(element: Json): readonly Json[] {
  return asObjects(optionsOf(element));
}

/** The labels of options, for the message of a failure. */
export function labelsOf(options: readonly Json[], page: Page): string {
  const labels = options.map((option) => `"${textOf(option['text'], page)}"`);
  return labels.length > 0 ? labels.join(', ') : 'none';
}

function same(text: string, label: string): boolean {
  return label !== '' && text.trim() === label.trim();
}
