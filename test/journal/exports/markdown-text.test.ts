import { describe, expect, it } from 'vitest';
import { code, esc, link, quote, table } from '../../../src/journal/exports/markdown-text.ts';

describe('text that people wrote', () => {
  it.each([
    ['ordinary text, 2.4.0 (beta), snake_case & 5% - done!'],
    ['Ana’s “quoted” words: fine'],
    ['#218 and C#'],
  ])('stays readable: %s', (text) => {
    expect(esc(text)).toBe(text);
  });

  it.each([
    ['a | b', 'a \\| b'],
    ['two\r\n  lines\tof text ', 'two lines of text'],
    [
      '**bold** _slanted_ ~~gone~~ `code`',
      '\\*\\*bold\\*\\* \\_slanted\\_ \\~\\~gone\\~\\~ \\`code\\`',
    ],
    ['[x](javascript:alert(1))', '\\[x\\](javascript:alert(1))'],
    ['![x](https://a.test/p.png)', '!\\[x\\](https\\://a.test/p.png)'],
    ['<img src=x onerror=y>', '\\<img src=x onerror=y\\>'],
    ['see https://a.test and www.b.test', 'see https\\://a.test and www\\.b.test'],
    ['&lt; &#60; & co', '\\&lt; \\&#60; & co'],
    ['C:\\temp', 'C:\\\\temp'],
    ['costs $5 and $6', 'costs \\$5 and \\$6'],
    ['# no heading', '\\# no heading'],
    ['not closed #', 'not closed \\#'],
    ['- no list', '\\- no list'],
    ['1. no list', '1\\. no list'],
    ['--- no rule', '\\--- no rule'],
    ['=== no heading', '\\=== no heading'],
    ['> no quote', '\\> no quote'],
  ])('is shown as it is: %s', (text, escaped) => {
    expect(esc(text)).toBe(escaped);
  });

  it('keeps its lines in a quotation', () => {
    expect(quote('one\ntwo\n\n# three')).toBe('> one\\\n> two\n>\n> \\# three');
  });
});

describe('a link', () => {
  it('goes to an address of the web', () => {
    expect(link('#218', 'https://github.com/acme/checkout/pull/218')).toBe(
      '[#218](https://github.com/acme/checkout/pull/218)',
    );
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'not an address', ''])(
    'is only its text for %j',
    (address) => {
      expect(link('#2 [x]', address)).toBe('#2 \\[x\\]');
    },
  );

  it('cannot be ended early by its address', () => {
    expect(link('x', 'https://a.test/) [y](https://b.test')).toBe(
      '[x](https://a.test/%29%20[y]%28https://b.test)',
    );
  });
});

it('makes a code span of a plain name only', () => {
  expect(code('hotfix/inc-0001')).toBe('`hotfix/inc-0001`');
  expect(code('a`b|c')).toBe('a\\`b\\|c');
});

it('makes no table of no rows', () => {
  expect(table(['A'], [])).toBe('');
});
