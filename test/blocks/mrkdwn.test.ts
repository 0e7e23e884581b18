import { describe, expect, it } from 'vitest';
import {
  at,
  clip,
  code,
  duration,
  fence,
  line,
  linesThatFit,
  link,
  listed,
  mention,
  onDay,
  ours,
  prose,
  quote,
  who,
} from '../../src/blocks/mrkdwn.ts';

const NOON = Date.UTC(2026, 10, 21, 12, 4, 30);

describe('somebody’s words', () => {
  it('notify nobody and hide no link', () => {
    expect(line('<!channel> <@U1> <https://a.example|safe> a & b')).toBe(
      '&lt;!channel&gt; &lt;@U1&gt; &lt;https://a.example|safe&gt; a &amp; b',
    );
  });

  it('read as they stand, with nothing unseen in them', () => {
    const turned = '2.3.1\u202e gnihtyreve eteled\u202c\u2066\u2069\u200b\u0007';

    expect(line(turned)).toBe('2.3.1 gnihtyreve eteled');
    expect(clip(turned, 100)).toBe('2.3.1 gnihtyreve eteled');
    expect(prose(turned, 100)).toBe('2.3.1 gnihtyreve eteled');
    // A family is joined by something unseen, and stays one.
    expect(line('👩‍👧')).toBe('👩‍👧');
  });

  it('stay on one line where there is only one', () => {
    expect(line('  a\n b\t c ')).toBe('a b c');
  });

  it('are cut between characters, never inside of one', () => {
    expect(clip('🦊🦊🦊', 5)).toBe('🦊🦊…');
    expect(clip('🦊🦊', 4)).toBe('🦊🦊');
    expect(line('&&&&', 12)).toBe('&amp;&amp;…');
  });

  it('keep their web addresses as links, with nothing else in them', () => {
    expect(prose('see https://a.example/?x=1&y=2.', 100)).toBe(
      'see <https://a.example/?x=1&amp;y=2>.',
    );
    expect(prose('<https://a.example|safe>', 100)).toBe('&lt;<https://a.example>|safe&gt;');
  });

  it('do not become a link to half an address', () => {
    expect(prose('https://a.example/long/path', 20)).toBe('https://a.example/l…');
  });

  it('are quoted line by line', () => {
    expect(quote('a\n> b')).toBe('> a\n> &gt; b');
  });

  it('cannot leave the code they stand in', () => {
    expect(code('a`b')).toBe("`a'b`");
    expect(fence('rm\n```\n<!here>')).toBe("```\nrm\n'''\n&lt;!here&gt;\n```");
  });

  it('label a link, and only one of the web', () => {
    expect(link('https://a.example/1', '#1 <x>|y')).toBe('<https://a.example/1|#1 &lt;x&gt;/y>');
    expect(link('javascript:alert(1)', '#1')).toBe('#1');
    expect(link('https://a.example/>x', '#1')).toBe('#1');
  });
});

describe('ours', () => {
  it('keeps the mentions and times of our own sentences and nothing that was smuggled in', () => {
    const text = `Only <@U0BEN>, <!subteam^S1> can, until ${at(NOON)}: <!channel> <https://x|y>`;

    expect(ours(text, 500)).toBe(
      `Only <@U0BEN>, <!subteam^S1> can, until ${at(NOON)}: &lt;!channel&gt; &lt;https://x|y&gt;`,
    );
  });

  it('is cut before a mention rather than inside of it', () => {
    expect(ours('Ask <@U0BENEDICT>', 10)).toBe('Ask…');
  });
});

describe('times', () => {
  it('are shown in the reader’s zone and name UTC where they cannot be', () => {
    expect(at(NOON)).toBe('<!date^1795262670^{time}|12:04 UTC>');
    expect(onDay(NOON)).toBe('<!date^1795262670^{date_short_pretty} {time}|2026-11-21 12:04 UTC>');
  });

  it.each([
    [0, 'under 1 s'],
    [45_000, '45 s'],
    [200_000, '3 min 20 s'],
    [180_000, '3 min'],
    [3_600_000, '1 h'],
    [5_445_000, '1 h 30 min'],
    [90_000_000, '1 d 1 h'],
  ])('say %i ms as %s', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });
});

describe('lists', () => {
  it('read as a sentence', () => {
    expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
  });

  it('say how many lines did not fit', () => {
    expect(linesThatFit(['first line', 'second one', 'third line'], 24)).toBe(
      'first line\nand 2 more',
    );
    expect(linesThatFit(['aaaa', 'bbbb'], 9)).toBe('aaaa\nbbbb');
  });
});

describe('people', () => {
  it('are named without being notified where their name is known', () => {
    expect(who({ kind: 'person', id: 'U1', name: 'Ana <x>' })).toBe('Ana &lt;x&gt;');
    expect(who({ kind: 'person', id: 'U1' })).toBe('<@U1>');
    expect(who({ kind: 'backstop' })).toBe('Backstop');
  });

  it('and their groups are notified when they are asked', () => {
    expect([mention('U1'), mention('S1')]).toEqual(['<@U1>', '<!subteam^S1>']);
  });
});
