/** What an app shows, as the page draws it: every kind of block and element that the bot uses, and Slack's marks in text. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { aGallery } from './gallery.ts';
import { hasBrowser } from './support.ts';

const PATIENT = { timeout: 120_000 };
const SOON = { timeout: 30_000 };
const SOURCE = resolve(import.meta.dirname, '../../src');

/** Everything that Slack calls a block or an element of one (docs.slack.dev/reference/block-kit). */
const KINDS = new Set(
  `actions context context_actions divider file header image input markdown rich_text section table video
  button checkboxes datepicker datetimepicker email_text_input external_select feedback_buttons file_input icon_button
  multi_channels_select multi_conversations_select multi_external_select multi_static_select multi_users_select
  number_input overflow plain_text_input radio_buttons rich_text_input static_select channels_select
  conversations_select timepicker url_text_input users_select workflow_button`.split(/\s+/),
);

/** Of what the bot builds its messages, home tabs and modals. */
function kindsOfTheBot(): readonly string[] {
  const files = ['blocks', 'commands', 'slack'].flatMap((folder) =>
    readdirSync(join(SOURCE, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(SOURCE, folder, name), 'utf8')),
  );
  const named = files.flatMap((text) =>
    [...text.matchAll(/type: '(\w+)'/g)].map(([, t]) => t ?? ''),
  );
  // What is posted to a canvas is its document, no block.
  const kinds = new Set(named.filter((kind) => KINDS.has(kind) && kind !== 'markdown'));
  return [...kinds].sort();
}

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true });
const option = (text: string) => ({ text: plain(text), value: text.toLowerCase() });
const button = (text: string) => ({
  type: 'button',
  action_id: text,
  text: plain(text),
  value: '1',
});

const CONFIRM = {
  title: plain('Really?'),
  text: plain('It touches production.'),
  confirm: plain('Do it'),
  deny: plain('Not now'),
};

const MESSAGE_BLOCKS = [
  { type: 'header', text: plain('A header :package:') },
  { type: 'section', text: mrkdwn('A section'), accessory: button('Beside it') },
  { type: 'section', fields: [mrkdwn('*One*'), mrkdwn('*Two*')] },
  { type: 'context', elements: [mrkdwn('Small print')] },
  { type: 'divider' },
  {
    type: 'actions',
    elements: [
      { ...button('Ask first'), style: 'danger', confirm: CONFIRM },
      {
        type: 'static_select',
        action_id: 'choice',
        placeholder: plain('Choose one'),
        options: [option('Alpha'), option('Beta'), option('Gamma')],
      },
      { type: 'overflow', action_id: 'more', options: [option('First'), option('Second')] },
    ],
  },
];

const input = (block_id: string, label: string, element: object) => ({
  type: 'input',
  block_id,
  label: plain(label),
  element: { action_id: block_id, ...element },
});

const MODAL_BLOCKS = [
  input('words', 'In words', { type: 'plain_text_input', multiline: true }),
  input('one', 'One of them', {
    type: 'static_select',
    options: [option('Alpha'), option('Beta')],
  }),
  input('who', 'Who', { type: 'users_select' }),
  input('when', 'When', { type: 'datetimepicker' }),
  input('which', 'Which', { type: 'checkboxes', options: [option('Alpha'), option('Beta')] }),
  input('either', 'Either', { type: 'radio_buttons', options: [option('Alpha'), option('Beta')] }),
];

const modal = (title: string, blocks: readonly object[]) => ({
  type: 'modal',
  title: plain(title),
  submit: plain('Send'),
  close: plain('Back'),
  blocks,
});

function kindsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(kindsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { type } = value as { readonly type?: unknown };
  return [...(typeof type === 'string' ? [type] : []), ...Object.values(value).flatMap(kindsIn)];
}

/** What Slack makes of a text, and what it would be in HTML. */
const MARKS: readonly (readonly [string, string])[] = [
  ['*bold* _it_ ~no~', '<strong>bold</strong> <em>it</em> <s>no</s>'],
  ['*_both_*', '<strong><em>both</em></strong>'],
  ['snake_case_name, 2*3*4 and a~b~c', 'snake_case_name, 2*3*4 and a~b~c'],
  ['`a *b* &lt;c&gt;`', '<code>a *b* &lt;c&gt;</code>'],
  ['&lt;b&gt; &amp;amp;', '&lt;b&gt; &amp;amp;'],
  ['a &gt; b', 'a &gt; b'],
  [':package: :leftwards_arrow_with_hook: :no_such_thing:', '📦 ↩ :no_such_thing:'],
  [
    '<https://a.example/|`abc`>',
    '<a href="https://a.example/" target="_blank" rel="noreferrer"><code>abc</code></a>',
  ],
  [
    '`<https://a.example/|abc>`',
    '<code><a href="https://a.example/" target="_blank" rel="noreferrer">abc</a></code>',
  ],
  [
    'See https://a.example/b_c_d?e=1&amp;f, or not.',
    'See <a href="https://a.example/b_c_d?e=1&amp;f" target="_blank" rel="noreferrer">https://a.example/b_c_d?e=1&amp;f</a>, or not.',
  ],
  ['<javascript:alert(1)|Press>', 'Press'],
  ['<!here> look', '<span class="mention me">@here</span> look'],
];

const DRAWN = `[...document.querySelectorAll('.messages .text')].map(({ innerHTML }) => innerHTML)`;

/** What of an open menu cannot be pressed: cut off, covered, or beyond the window. */
const OUT_OF_REACH = `[...document.querySelectorAll('[role=menuitem], [role=option]')].filter((one) => {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return left < 0 || right > window.innerWidth || at === null || !one.contains(at);
}).map(({ textContent }) => textContent)`;

describe.runIf(hasBrowser())('what the app shows', PATIENT, () => {
  it('is drawn, of whatever kinds of blocks and elements the bot builds it', async (test) => {
    const { page, says, opens } = await aGallery(test);
    const samples = new Set(kindsIn([MESSAGE_BLOCKS, MODAL_BLOCKS]));
    const used = kindsOfTheBot();
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((kind) => !samples.has(kind))).toEqual([]);

    says({ text: 'All of them', blocks: MESSAGE_BLOCKS });

    const message = page.locator('.messages .message');
    await message.getByRole('heading', { name: 'A header 📦' }).waitFor(SOON);
    for (const words of ['A section', 'Two', 'Small print'])
      await message.getByText(words).waitFor();
    for (const name of ['Beside it', 'Ask first', 'Choose one', 'More actions']) {
      await message.getByRole('button', { name }).waitFor();
    }
    expect(await page.locator('.unknown').count()).toBe(0);
    await expectAccessible(page);

    opens('ana', modal('A form', MODAL_BLOCKS));
    const dialog = page.getByRole('dialog', { name: 'A form' });
    await dialog.getByRole('textbox', { name: 'In words' }).waitFor(SOON);
    for (const name of [/^One of them/, /^Who/])
      await dialog.getByRole('button', { name }).waitFor();
    await dialog.getByLabel('When').waitFor();
    for (const name of ['Which', 'Either']) await dialog.getByRole('group', { name }).waitFor();
    expect(await page.locator('.unknown').count()).toBe(0);
    await expectAccessible(page);
  });

  it('has the marks that Slack knows, and no others', async (test) => {
    const { page, hears } = await aGallery(test);

    for (const [text] of MARKS) hears('ben', text);
    const last = hears('ben', '&gt; said\n&gt; again\nanswered\n&gt;&gt;&gt; all\nof the rest');
    const fence = hears('cleo', 'Before\n```\n*a* &lt;b&gt;\n```\nafter');

    await page.locator(`[data-ts="${fence.ts}"]`).waitFor(SOON);
    const drawn = await page.evaluate<readonly string[]>(DRAWN);
    expect(drawn.slice(0, MARKS.length)).toEqual(MARKS.map(([, html]) => `<span>${html}</span>`));
    const quotes = page.locator(`[data-ts="${last.ts}"] blockquote`);
    expect(await quotes.allTextContents()).toEqual(['said\nagain', 'all\nof the rest']);
    expect(await page.locator(`[data-ts="${fence.ts}"] pre`).textContent()).toBe('*a* <b>');
  });

  it('links dates to addresses alone', async (test) => {
    const { page, hears } = await aGallery(test);
    const date = (link: string) => `<!date^1000000000^{date_num}^${link}|then>`;

    const safe = hears('ben', date('https://acme.example/'));
    const script = hears('ben', date('javascript:alert(1)'));

    await page.locator(`[data-ts="${safe.ts}"] a time`).waitFor(SOON);
    await page.locator(`[data-ts="${script.ts}"] time`).waitFor(SOON);
    expect(await page.locator(`[data-ts="${script.ts}"] a time`).count()).toBe(0);
  });

  it('opens menus and lists that nothing cuts off, on a phone too', async (test) => {
    const looks = { viewport: { width: 390, height: 640 }, hasTouch: true };
    const { page, says, hears } = await aGallery(test, looks);
    for (let line = 1; line <= 20; line += 1) hears('ben', `Line ${line}`);
    says({ text: 'Choose', blocks: [MESSAGE_BLOCKS[5] ?? {}] });
    const last = hears('ben', 'One short line');
    await page.locator(`[data-ts="${last.ts}"]`).waitFor(SOON);

    for (const [opener, item] of [
      [page.getByRole('button', { name: 'More for this message' }).last(), 'menuitem'],
      [page.getByRole('button', { name: 'More actions' }), 'menuitem'],
      [page.getByRole('button', { name: 'Choose one' }), 'option'],
      [page.getByRole('button', { name: 'Shortcuts' }), 'menuitem'],
    ] as const) {
      await opener.click();
      const items = page.getByRole(item);
      await items.first().waitFor();
      expect(await page.evaluate(OUT_OF_REACH)).toEqual([]);
      await page.keyboard.press('Escape');
      await items.first().waitFor({ state: 'detached' });
    }
  });
});
