/** Modals and home tabs (docs.slack.dev/reference/views). */
import { asObject, asObjects } from '../json.ts';
import { checkBlocks } from './blocks.ts';
import { boolean, type Check, complain, oneOf, type Rule, shape, string } from './rule.ts';
import { plain } from './text.ts';

const MAX_VIEW_BYTES = 250_000;
const anything: Rule = () => undefined;

const common = {
  private_metadata: string({ max: 3000, min: 0 }),
  callback_id: string({ max: 255, min: 0 }),
  external_id: string({ max: 255, min: 0 }),
};

const modal = shape(
  { type: oneOf('modal'), title: plain(24), blocks: anything },
  {
    ...common,
    submit: plain(24),
    close: plain(24),
    clear_on_close: boolean,
    notify_on_close: boolean,
    submit_disabled: boolean,
  },
);

const home = shape({ type: oneOf('home'), blocks: anything }, common);

/** Complaints about a view with pointers under `/view`; none when Slack would take it. */
export function checkView(view: unknown, expected: 'modal' | 'home'): readonly string[] {
  const check: Check = { surface: expected, problems: [] };
  (expected === 'modal' ? modal : home)(view, '/view', check);
  const object = asObject(view);
  if (!object || object['blocks'] === undefined) return check.problems;
  const inputs = asObjects(object['blocks']).some((block) => block['type'] === 'input');
  if (expected === 'modal' && inputs && object['submit'] === undefined) {
    complain(check, 'must define `submit` to use an `input` block in modals', '/view/submit');
  }
  return [...check.problems, ...checkBlocks(object['blocks'], expected, '/view/blocks')];
}

/** Whether the view is over the 250 KB that views.* accept. */
export function isTooLarge(view: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(view) ?? '') > MAX_VIEW_BYTES;
}
