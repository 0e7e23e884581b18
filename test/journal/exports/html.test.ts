import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeHtml } from '../../../src/journal/exports/html.ts';
import { HTML, html } from '../../../src/journal/exports/html-text.ts';
import { postmortemOf } from '../../../src/postmortem/postmortem.ts';
import { anyStory } from '../../support/a-random-incident.ts';
import { aStory, MINUTE, names, type Story } from '../../support/an-incident.ts';
import {
  aPrintedIncident,
  aRolledBackIncident,
  GOLDEN_STORIES,
} from '../../support/an-incident-told.ts';
import { golden } from '../../support/golden.ts';

function exported(story: Story): string {
  const generatedAt = story.now() + 10 * MINUTE;
  const options = { names, zone: 'Europe/Berlin', serviceTitle: 'Checkout', generatedAt };
  return writeHtml(postmortemOf(story.incident(), story.events, options));
}

const VOID = ['meta', 'br', 'rect', 'line', 'circle', 'path', 'polyline'];
const KNOWN = [
  'html head meta title style body script header main footer nav section h1 h2 h3 p ul',
  'li dl dt dd a b em strong span code blockquote br div table thead tbody tr th td',
  'figure figcaption details summary button output svg desc defs clipPath g rect line',
  'circle path polyline text',
].flatMap((names) => names.split(' '));

/** Walks through the tags: each is known, closed in its order, and has quoted attributes that run nothing. */
function check(page: string): void {
  const open: string[] = [];
  const body = page
    .replace(/<style>[^]*?<\/style>/, '')
    .replace(/<script>[^]*?<\/script>/, '')
    .replace('<!doctype html>', '');
  for (const [tag] of body.matchAll(/<[^>]*>?/g)) {
    const [, slash, name = '', attributes = ''] =
      /^<(\/?)([a-zA-Z0-9]+)((?: [a-zA-Z][a-zA-Z0-9-]*(?:="[^"<]*")?)*)\/?>$/.exec(tag) ?? [];
    if (!KNOWN.includes(name)) throw new Error(`The page has a strange tag: ${tag}`);
    const runs = / on\w+=| style=/i.test(attributes.replaceAll(/"[^"]*"/g, ''));
    if (runs || / href="(?!#|https?:)/.test(attributes)) throw new Error(`This runs: ${tag}`);
    if (slash && open.pop() !== name) throw new Error(`This closes what is not open: ${tag}`);
    if (slash) continue;
    if (!VOID.includes(name)) open.push(name);
  }
  expect(open).toEqual([]);
}

describe('the HTML export', () => {
  it.each(Object.keys(GOLDEN_STORIES))('tells the story %s as its golden file does', (name) => {
    const story = GOLDEN_STORIES[name]?.();
    if (!story) throw new Error(`There is no story ${name}`);

    const page = exported(story);

    expect(page).toBe(golden(`${name}.html`, page));
    check(page);
  });

  it('folds away what a command printed, whole and with nothing of it at work', () => {
    const page = exported(aPrintedIncident());
    const [, summary, text] =
      /<details><summary>(What “[^<]*)<\/summary>([^]*?)<\/details>/.exec(page) ?? [];

    expect(summary).toBe(
      'What “Swap staging into production” printed: 5003 lines, 5000 of them left out',
    );
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;<br>');
    expect(text).toContain('\u00a0\u00a0indented');
    check(page);
  });

  it('keeps its form whatever people wrote', () => {
    const property = fc.property(anyStory, (story) => {
      const page = exported(story);

      check(page);
      expect(page.match(/<script/g)).toHaveLength(1);
      const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('lets nothing run, look or load but what it brings itself', () => {
    const page = exported(aRolledBackIncident());
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const inline = (tag: string): string =>
      new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1] ?? '';
    const hash = (text: string): string =>
      `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${hash(inline('style'))}`,
      `script-src ${hash(inline('script'))}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(page).not.toMatch(/<(link|img|iframe|object)|@import|url\((?!#(plot|marks)\))/i);
  });

  it('draws the chart and tells the same in a table', () => {
    const page = exported(aRolledBackIncident());

    expect(page.match(/class="band sev1"/g)).toHaveLength(1);
    expect(page.match(/class="bar run good"/g)).toHaveLength(1);
    expect(page.match(/class="bar step good"/g)).toHaveLength(1);
    expect(page.match(/<polyline/g)).toHaveLength(1);
    expect(page).toContain('<td data-label="What">Severity: SEV1</td>');
    expect(page).toContain('<td data-label="What">Decided to roll back (Ben Okafor)</td>');
    expect(page).toContain('<td data-label="Probe">Health: response (ms)</td>');
  });

  it('can be written of an incident that was only declared', () => {
    check(exported(aStory()));
  });
});

describe('text in HTML', () => {
  it('is shown as it is', () => {
    expect(html(`<img src=x onerror="y"> & 'z'\u0000\u202e`)).toBe(
      '&lt;img src=x onerror=&quot;y&quot;&gt; &amp; &#39;z&#39;',
    );
  });

  it('becomes a link only to an address of the web', () => {
    expect(HTML.link('<x>', 'https://a.test/"><b>')).toBe(
      '<a href="https://a.test/%22%3E%3Cb%3E" rel="noreferrer noopener">&lt;x&gt;</a>',
    );
    expect(HTML.link('x', 'javascript:alert(1)')).toBe('x');
  });
});
