import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../../src/sandbox/workspace/block-rules/blocks.ts';
import type { Surface } from '../../../src/sandbox/workspace/block-rules/rule.ts';
import { checkView } from '../../../src/sandbox/workspace/block-rules/views.ts';

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) });
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const option = (index: number) => ({ text: plain(3), value: `v${index}` });
const actions = (element: object) => ({ type: 'actions', elements: [element] });
const button = (extra: object = {}) => ({ type: 'button', text: plain(2), ...extra });
const select = (options: object[]) => actions({ type: 'static_select', options });
const checkboxes = (options: object[]) => actions({ type: 'checkboxes', options });
const overflow = (count: number) => actions({ type: 'overflow', options: times(count, option) });

/** Each pair: the most Slack takes, and one step over it (docs.slack.dev/reference/block-kit). */
const LIMITS: [string, unknown[], unknown[]][] = [
  [
    'blocks of a message',
    times(50, () => ({ type: 'divider' })),
    times(51, () => ({ type: 'divider' })),
  ],
  ['header text', [{ type: 'header', text: plain(150) }], [{ type: 'header', text: plain(151) }]],
  [
    'section text',
    [{ type: 'section', text: mrkdwn(3000) }],
    [{ type: 'section', text: mrkdwn(3001) }],
  ],
  [
    'section text at least',
    [{ type: 'section', text: mrkdwn(1) }],
    [{ type: 'section', text: mrkdwn(0) }],
  ],
  [
    'section fields',
    [{ type: 'section', fields: times(10, () => mrkdwn(2000)) }],
    [{ type: 'section', fields: times(11, () => mrkdwn(1)) }],
  ],
  [
    'field text',
    [{ type: 'section', fields: [mrkdwn(2000)] }],
    [{ type: 'section', fields: [mrkdwn(2001)] }],
  ],
  [
    'context elements',
    [{ type: 'context', elements: times(10, () => mrkdwn(9)) }],
    [{ type: 'context', elements: times(11, () => mrkdwn(9)) }],
  ],
  [
    'actions elements',
    [{ type: 'actions', elements: times(25, () => button()) }],
    [{ type: 'actions', elements: times(26, () => button()) }],
  ],
  ['button text', [actions(button({ text: plain(75) }))], [actions(button({ text: plain(76) }))]],
  [
    'button value',
    [actions(button({ value: 'x'.repeat(2000) }))],
    [actions(button({ value: 'x'.repeat(2001) }))],
  ],
  [
    'action_id',
    [actions(button({ action_id: 'x'.repeat(255) }))],
    [actions(button({ action_id: 'x'.repeat(256) }))],
  ],
  ['select options', [select(times(100, option))], [select(times(101, option))]],
  ['checkboxes options', [checkboxes(times(10, option))], [checkboxes(times(11, option))]],
  ['overflow options', [overflow(5)], [overflow(6)]],
  [
    'confirm text',
    [actions(button({ confirm: { text: plain(300) } }))],
    [actions(button({ confirm: { text: plain(301) } }))],
  ],
  [
    'markdown in all blocks together',
    times(2, () => ({ type: 'markdown', text: 'x'.repeat(6000) })),
    times(2, () => ({ type: 'markdown', text: 'x'.repeat(6001) })),
  ],
];

describe('the limits of messages', () => {
  it.each(LIMITS)('%s: takes the most and refuses one more', (_, most, over) => {
    expect(checkBlocks(most, 'message')).toEqual([]);
    expect(checkBlocks(over, 'message')).not.toEqual([]);
  });
});

const REFUSED: [string, unknown, Surface, string][] = [
  [
    'an unknown block',
    { type: 'banner' },
    'message',
    'unsupported type: banner [json-pointer:/blocks/0/type]',
  ],
  [
    'a field nobody knows',
    { type: 'divider', colour: 'red' },
    'message',
    'invalid additional property: colour [json-pointer:/blocks/0]',
  ],
  [
    'an alert in a message',
    { type: 'alert', text: plain(5) },
    'message',
    'unsupported type: alert [json-pointer:/blocks/0/type]',
  ],
  [
    'markdown in a modal',
    { type: 'markdown', text: 'x' },
    'modal',
    'unsupported type: markdown [json-pointer:/blocks/0/type]',
  ],
  [
    'a section without words',
    { type: 'section' },
    'home',
    'must define either `text` or `fields` [json-pointer:/blocks/0]',
  ],
  [
    'mrkdwn in a header',
    { type: 'header', text: mrkdwn(5) },
    'message',
    'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  ],
  [
    'an unknown button style',
    actions(button({ style: 'green' })),
    'message',
    'must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]',
  ],
];

describe('what blocks cannot be', () => {
  it.each(REFUSED)('%s', (_, block, surface, problem) => {
    expect(checkBlocks([block], surface)).toEqual([problem]);
  });

  it('two blocks with one block_id', () => {
    const twice = times(2, () => ({ type: 'divider', block_id: 'same' }));

    expect(checkBlocks(twice, 'message')).toEqual([
      '`block_id` already exists: same [json-pointer:/blocks/1/block_id]',
    ]);
  });
});

describe('views', () => {
  const input = { type: 'input', label: plain(5), element: { type: 'plain_text_input' } };
  const modal = { type: 'modal', title: plain(24), submit: plain(24), blocks: [input] };

  it('takes a modal at its limits', () => {
    expect(checkView({ ...modal, private_metadata: 'x'.repeat(3000) }, 'modal')).toEqual([]);
  });

  it.each([
    ['title', { title: plain(25) }],
    ['private_metadata', { private_metadata: 'x'.repeat(3001) }],
    ['submit', { submit: undefined }],
    ['blocks', { blocks: times(101, () => ({ type: 'divider' })) }],
    ['type', { type: 'home' }],
  ])('refuses a modal for its %s', (field, change) => {
    const [first] = checkView({ ...modal, ...change }, 'modal');

    expect(first).toContain(`/view/${field}`);
  });
});
