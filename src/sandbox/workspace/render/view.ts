/** Modals and home tabs as a person sees them, in plain text. */
import { type InputValue, type ViewRecord, valueKey } from '../view-record.ts';
import { blockLines } from './blocks.ts';
import { textOf } from './elements.ts';
import type { Names } from './names.ts';
import { type Layout, narrower, type Page, pageOf, prefixed, printed } from './page.ts';

export interface Filled {
  /** By `valueKey`; the view's own when not given. */
  readonly values?: ReadonlyMap<string, InputValue>;
  /** Slack's complaints under inputs, by block_id. */
  readonly errors?: Readonly<Record<string, string>>;
}

type Shown = Pick<ViewRecord, 'type' | 'body' | 'values'>;

/** A modal in a frame with its title and its two buttons, or a home tab, with what its inputs hold. */
export function renderView(
  view: Shown,
  names: Names,
  filled: Filled = {},
  layout: Layout = {},
): string {
  const page = filledPage(view, pageOf(names, layout), filled);
  return printed(
    view.type === 'home' ? blockLines(view.body.blocks, page) : modalLines(view, page),
    layout,
  );
}

/** The same on an endless page with no frame: for looking for words in it. */
export function viewWords(view: Shown, names: Names, filled: Filled = {}, now?: number): string {
  const page = filledPage(view, { names, width: Number.POSITIVE_INFINITY, now }, filled);
  return [textOf(view.body.title, page), ...blockLines(view.body.blocks, page)].join('\n');
}

function filledPage(view: Shown, page: Page, filled: Filled): Page {
  const values = filled.values ?? view.values;
  return {
    ...page,
    inputOf: (blockId, actionId) => values.get(valueKey(blockId, actionId)),
    errorOf: (blockId) => filled.errors?.[blockId],
  };
}

function modalLines(view: Shown, page: Page): readonly string[] {
  const close = textOf(view.body.close, page) || (view.body.submit ? 'Cancel' : 'Close');
  const submit = textOf(view.body.submit, page);
  const buttons = submit === '' ? `[ ${close} ]` : `[ ${close} ]  [ ${submit} ]`;
  return [
    `┌ ${textOf(view.body.title, page)}`,
    ...prefixed(blockLines(view.body.blocks, narrower(page, 2)), '│ '),
    `└ ${buttons}`,
  ];
}
