import { describe, expect, it } from 'vitest';
import type { Block, Message } from '../../../src/sandbox/workspace/model.ts';
import {
  messageWords,
  renderConfirm,
  renderMessage,
} from '../../../src/sandbox/workspace/render/message.ts';
import type { Names } from '../../../src/sandbox/workspace/render/names.ts';
import { renderView } from '../../../src/sandbox/workspace/render/view.ts';
import { type InputValue, valueKey } from '../../../src/sandbox/workspace/view-record.ts';

const KNOWN: Readonly<Record<string, string>> = { U1: 'Ana', C1: 'incidents', S1: 'shop-oncall' };
const name = (id: string): string => KNOWN[id] ?? id;
const names: Names = { user: name, channel: name, group: name };
const NOW = Date.UTC(2026, 10, 21, 9, 17, 5);
const AT = NOW / 1000 - 180;

function aMessage(fields: Partial<Message>): Message {
  return { type: 'message', ts: '1.000001', text: '', ...fields };
}

function shown(text: string): string {
  return renderMessage(aMessage({ text }), names, { indent: 0, now: NOW });
}

function blocks(...list: readonly Record<string, unknown>[]): string {
  return renderMessage(aMessage({ blocks: list as Block[] }), names, { indent: 0, now: NOW });
}

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const button = (text: string) => ({ type: 'button', action_id: text, text: plain(text) });

describe('mrkdwn', () => {
  it.each([
    ['<@U1> in <#C1>', '@Ana in #incidents'],
    ['<@U9|cleo> <#C9|war-room> <@U8>', '@cleo #war-room @U8'],
    ['<!subteam^S1> <!here> <!channel>', '@shop-oncall @here @channel'],
    ['<https://example.com/a_b_c|the *graph*>', 'the graph (https://example.com/a_b_c)'],
    ['<https://example.com?a=1&amp;b=2>', 'https://example.com?a=1&b=2'],
    ['<mailto:ana@example.com|ana@example.com>', 'ana@example.com'],
    ['a &lt;b&gt; &amp;amp; c', 'a <b> &amp; c'],
    ['*bold*, _slanted_ and ~struck~', 'bold, slanted and ~struck~'],
    ['*Status:* *<@U1>*', 'Status: @Ana'],
    ['2*3*4 and snake_case_name', '2*3*4 and snake_case_name'],
    ['`*not bold* &lt;@U1&gt;`', '`*not bold* <@U1>`'],
    [':red_circle: :unknown_thing: 10:30:45', '🔴 :unknown_thing: 10:30:45'],
    ['a < b and <', 'a < b and <'],
  ])('reads %s', (source, expected) => {
    expect(shown(source)).toBe(expected);
  });

  it.each([
    ['{time}', '09:14 UTC'],
    ['{date_num} {time_secs}', '2026-11-21 09:14:05 UTC'],
    ['{date} at {time}', 'November 21st, 2026 at 09:14 UTC'],
    ['{date_short_pretty} {time}', 'today 09:14 UTC'],
    ['{date_long}', 'Saturday, November 21st, 2026'],
    ['{ago}', '3 minutes ago'],
    ['{unheard_of}', 'the fallback'],
  ])('reads the date format %s in UTC', (format, expected) => {
    expect(shown(`<!date^${AT}^${format}|the fallback>`)).toBe(expected);
  });

  it('falls back when "ago" has nothing to count from', () => {
    const message = aMessage({ text: `<!date^${AT}^{ago}|a while ago>` });

    expect(renderMessage(message, names, { indent: 0 })).toBe('a while ago');
  });

  it('sets code blocks in and leaves their text alone', () => {
    expect(shown('Run\n```\nif a &lt; b:\n  *x*\n```')).toBe('Run\n    if a < b:\n      *x*');
  });
});

describe('blocks', () => {
  it('shows a card with all it is made of', () => {
    const card = blocks(
      { type: 'header', text: plain('INC-0001 Checkout is failing') },
      {
        type: 'section',
        fields: ['*Status*\nInvestigating', '*Severity*\nSEV2', '*Commander*\n<@U1>'].map(mrkdwn),
      },
      { type: 'divider' },
      { type: 'section', text: mrkdwn('How many users?'), accessory: button('All of them') },
      {
        type: 'actions',
        elements: [
          button('Approve'),
          { ...button('Graph'), url: 'https://example.com' },
          { type: 'static_select', action_id: 's', placeholder: plain('Choose…'), options: [] },
          {
            type: 'static_select',
            action_id: 't',
            initial_option: { text: plain('SEV1'), value: '1' },
          },
          {
            type: 'overflow',
            action_id: 'o',
            options: ['Resolve…', 'Export'].map((text) => ({ text: plain(text), value: text })),
          },
        ],
      },
      {
        type: 'context',
        elements: [
          mrkdwn('opened by <@U1>'),
          plain('v2'),
          { type: 'image', alt_text: 'logo', image_url: 'https://e.com/l' },
        ],
      },
      {
        type: 'image',
        alt_text: 'error rate',
        title: plain('Errors'),
        image_url: 'https://e.com/i',
      },
    );

    expect(card).toBe(
      [
        '== INC-0001 Checkout is failing ==',
        'Status           Severity',
        'Investigating    SEV2',
        'Commander',
        '@Ana',
        '─'.repeat(40),
        'How many users?  [ All of them ]',
        '[ Approve ]  [ Graph ↗ ]  ( Choose… ▾ )  ( SEV1 ▾ )  ( ⋯ Resolve… | Export )',
        '· opened by @Ana · v2 · [logo]',
        'Errors',
        '[error rate]',
      ].join('\n'),
    );
  });

  it('reads rich text', () => {
    const text = blocks({
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: 'Ask ' },
            { type: 'user', user_id: 'U1' },
            { type: 'text', text: ' or ', style: { bold: true } },
            { type: 'usergroup', usergroup_id: 'S1' },
            { type: 'text', text: 'x', style: { code: true } },
            { type: 'link', url: 'https://e.com', text: 'docs' },
            { type: 'date', timestamp: AT, format: ' {time}', fallback: 'then' },
          ],
        },
        {
          type: 'rich_text_list',
          style: 'bullet',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] }],
        },
        {
          type: 'rich_text_list',
          style: 'ordered',
          indent: 1,
          offset: 2,
          elements: [{ type: 'rich_text_section', elements: [{ type: 'emoji', name: 'eyes' }] }],
        },
        { type: 'rich_text_quote', elements: [{ type: 'text', text: 'a\nb' }] },
        { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'npm ci' }] },
      ],
    });

    expect(text).toBe(
      [
        'Ask @Ana or @shop-oncall`x`docs (https://e.com) 09:14 UTC',
        '• one',
        '  3. 👀',
        '> a',
        '> b',
        '    npm ci',
      ].join('\n'),
    );
  });

  it('shows markdown, tables, task cards, alerts and blocks it has no form for', () => {
    const text = blocks(
      { type: 'markdown', text: '# Title\n**bold** [link](https://e.com)\n- item' },
      {
        type: 'table',
        rows: [
          [
            { type: 'raw_text', text: 'Step' },
            { type: 'raw_text', text: 'State' },
          ],
          [
            { type: 'raw_text', text: 'swap-slot' },
            { type: 'raw_text', text: 'done' },
          ],
        ],
      },
      { type: 'task_card', task_id: 't', title: 'Swap', status: 'in_progress' },
      { type: 'alert', level: 'warning', text: mrkdwn('*Data* at risk') },
      { type: 'mystery' },
    );

    expect(text).toBe(
      [
        '== Title ==',
        'bold link (https://e.com)',
        '• item',
        'Step       State',
        'swap-slot  done',
        '[…] Swap',
        '! Warning: Data at risk',
        '[mystery block]',
      ].join('\n'),
    );
  });
});

describe('a message', () => {
  it('shows its blocks in place of its text, then attachments, files and reactions', () => {
    const text = renderMessage(
      aMessage({
        text: 'only for the notification',
        blocks: [{ type: 'section', text: mrkdwn('the card') }],
        attachments: [
          {
            color: '#a30200',
            title: 'Graph',
            title_link: 'https://e.com',
            text: '*up*',
            footer: 'now',
          },
          { color: '#a30200', blocks: [{ type: 'actions', elements: [button('Open')] }] },
        ],
        files: [{ name: 'postmortem.md', title: 'Post-mortem' }],
        reactions: [{ name: 'eyes', users: ['U1'], count: 1 }],
      }),
      names,
    );

    expect(text).toBe(
      [
        '  the card',
        '  ▎ Graph (https://e.com)',
        '  ▎ up',
        '  ▎ · now',
        '  ▎ [ Open ]',
        '  [file postmortem.md: Post-mortem]',
        '  👀 Ana',
      ].join('\n'),
    );
  });

  it('keeps every line within 100 columns and sets continued lines in behind their bullet', () => {
    const long = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ');
    const field = mrkdwn(`*Why*\n${long}`);

    const text = renderMessage(
      aMessage({
        blocks: [
          {
            type: 'section',
            text: mrkdwn(`• ${long}\n${'x'.repeat(10_000)}`),
            fields: [field, field],
          },
          {
            type: 'actions',
            elements: Array.from({ length: 20 }, (_, i) => button(`Button ${i}`)),
          },
        ],
      }),
      names,
    );

    const lines = text.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines[0]).toMatch(/^ {2}• word0 /);
    expect(lines[1]).toMatch(/^ {4}word/);
  });

  it('never breaks an address', () => {
    const url = `https://example.com/${'x'.repeat(200)}`;

    expect(shown(`see <${url}>`)).toBe(`see\n${url}`);
  });

  it('is one unbroken line a line for a search', () => {
    const long = `${'word '.repeat(60)}end`;

    expect(messageWords(aMessage({ text: long }), names)).toBe(long);
  });
});

it('shows a confirm dialog with both answers', () => {
  const confirm = {
    title: plain('Roll back?'),
    text: mrkdwn('*checkout*'),
    confirm: plain('Roll back'),
  };

  expect(renderConfirm(confirm, names, { indent: 0 })).toBe(
    'Roll back?\ncheckout\n[ Cancel ]  [ Roll back ]',
  );
});

describe('a view', () => {
  const body = {
    callbackId: '',
    privateMetadata: '',
    externalId: '',
    title: plain('Declare an incident'),
    submit: plain('Declare'),
    close: null,
    clearOnClose: false,
    notifyOnClose: false,
    blocks: [
      {
        type: 'input',
        block_id: 'what',
        label: plain('What do you see?'),
        hint: plain('One sentence'),
        element: { type: 'plain_text_input', action_id: 'a', placeholder: plain('errors at…') },
      },
      {
        type: 'input',
        block_id: 'service',
        label: plain('Service'),
        optional: true,
        element: { type: 'static_select', action_id: 'a', placeholder: plain('Choose…') },
      },
      {
        type: 'input',
        block_id: 'data',
        label: plain('Data at risk?'),
        element: {
          type: 'radio_buttons',
          action_id: 'a',
          options: ['Yes', 'No'].map((text) => ({ text: plain(text), value: text })),
        },
      },
    ],
  };

  it('is a frame with its title, inputs, hints and buttons', () => {
    const view = { type: 'modal', body, values: new Map() } as const;

    expect(renderView(view, names, {}, { indent: 0 })).toBe(
      [
        '┌ Declare an incident',
        '│ What do you see?',
        '│   │ (errors at…)',
        '│   · One sentence',
        '│ Service (optional)',
        '│   ( Choose… ▾ )',
        '│ Data at risk?',
        '│   ( ) Yes  ( ) No',
        '└ [ Cancel ]  [ Declare ]',
      ].join('\n'),
    );
  });

  it('shows what was filled in and what was wrong with it', () => {
    const values = new Map<string, InputValue>([
      [valueKey('what', 'a'), { type: 'plain_text_input', value: 'it\nbroke' }],
      [
        valueKey('service', 'a'),
        { type: 'static_select', selected_option: { text: plain('checkout'), value: 'c' } },
      ],
      [
        valueKey('data', 'a'),
        { type: 'radio_buttons', selected_option: { text: plain('No'), value: 'No' } },
      ],
    ]);
    const view = { type: 'modal', body, values } as const;

    const text = renderView(view, names, { errors: { what: 'Too short' } }, { indent: 0 });

    expect(text).toBe(
      [
        '┌ Declare an incident',
        '│ What do you see?',
        '│   │ it',
        '│   │ broke',
        '│   · One sentence',
        '│   ✗ Too short',
        '│ Service (optional)',
        '│   ( checkout ▾ )',
        '│ Data at risk?',
        '│   ( ) Yes  (•) No',
        '└ [ Cancel ]  [ Declare ]',
      ].join('\n'),
    );
  });

  it('has no frame on the home tab', () => {
    const home = { ...body, blocks: [{ type: 'section', text: mrkdwn('*No incidents*') }] };
    const view = { type: 'home', body: home, values: new Map() } as const;

    expect(renderView(view, names)).toBe('  No incidents');
  });
});
