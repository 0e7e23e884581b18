/** The golden exports, read by programs that know nothing of Backstop. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'csv-parse/sync';
import { HtmlValidate } from 'html-validate';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { chromium } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { printPdf } from '../../../src/cli/pdf.ts';
import { writeCanvas } from '../../../src/journal/exports/canvas.ts';
import { postmortemFrom } from '../../../src/journal/exports/documents.ts';
import { writeInsights } from '../../../src/journal/exports/insights.ts';
import { writeJson } from '../../../src/journal/exports/json.ts';
import { insightsOf } from '../../../src/postmortem/insights.ts';
import { type Postmortem, postmortemOf } from '../../../src/postmortem/postmortem.ts';
import { MINUTE, names } from '../../support/an-incident.ts';
import { GOLDEN_STORIES } from '../../support/an-incident-told.ts';
import { golden } from '../../support/golden.ts';
import { PATIENT } from '../../support/patient.ts';
import { importedStory, RECORDED_STORIES } from '../../support/recorded-stories.ts';

const CHROMIUM = '/usr/bin/chromium';
const PDFTOTEXT = '/usr/bin/pdftotext';

/** What every post-mortem has to have, in this order. */
const SECTIONS = [
  'Summary',
  'Impact',
  'Detection',
  'How long it took',
  'Response and decisions',
  'What was done',
  'Root cause',
  'Contributing factors',
  'What went well',
  'What went badly',
  'Where we were lucky',
  'Lessons',
  'Follow-ups',
  'Prevention checklist',
  'Timeline',
];

/** The documents that golden files were made of, by the name of these: stories as they were told, and as they were played. */
const DOCUMENTS: Readonly<Record<string, Postmortem>> = Object.fromEntries([
  ...Object.keys(GOLDEN_STORIES).map((name) => [name, documentOf(name)]),
  ...(await Promise.all(
    RECORDED_STORIES.map(async (name) => {
      const { journal, incident, options } = await importedStory(name);
      const document = postmortemFrom(journal, incident, options);
      await journal.close();
      return [`played-${name}`, document];
    }),
  )),
]);

function documentOf(name: string): Postmortem {
  const story = GOLDEN_STORIES[name]?.();
  if (!story) throw new Error(`There is no story ${name}`);
  const generatedAt = story.now() + 10 * MINUTE;
  const options = { names, zone: 'Europe/Berlin', serviceTitle: 'Checkout', generatedAt };
  return postmortemOf(story.incident(), story.events, options);
}

function rendered(markdown: string): string {
  return micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] });
}

const headings = (html: string) => [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title);
const count = (text: string, what: RegExp) => text.match(what)?.length ?? 0;

/** What a validator has against a page. */
async function faultsOf(page: string): Promise<readonly string[]> {
  const report = await new HtmlValidate({
    root: true,
    extends: ['html-validate:standard', 'html-validate:a11y', 'html-validate:document'],
    rules: { 'require-sri': 'off', 'long-title': 'off', 'no-trailing-whitespace': 'off' },
  }).validateString(page);
  const found = report.results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`),
  );
  return [...new Set(found)];
}

const browser = existsSync(CHROMIUM)
  ? await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  : undefined;
afterAll(() => browser?.close());

describe.each(Object.entries(DOCUMENTS))('%s', PATIENT, (story, told) => {
  it('is Markdown whose sections and tables a parser finds', () => {
    const html = rendered(golden(`${story}.md`));

    expect(headings(html)).toEqual(expect.arrayContaining(SECTIONS));
    const inOrder = headings(html).filter((title) => SECTIONS.includes(title ?? ''));
    expect(inOrder).toEqual(SECTIONS);
    const timeline = html.slice(html.indexOf('<h2>Timeline</h2>'));
    expect(count(timeline, /<tr>/g)).toBe(told.timeline.length + 1);
    expect(count(html, /type="checkbox"/g)).toBe(
      told.prevention.reduce((sum, { items }) => sum + items.length, 0),
    );
    expect(html).not.toMatch(/<(script|img|iframe)/);
  });

  it('is CSV whose every row a parser reads into the same columns', () => {
    const rows = parse(golden(`${story}.csv`), { bom: true, columns: true }) as readonly Record<
      string,
      string
    >[];

    expect(rows.map(({ entry }) => Number(entry))).toEqual(told.timeline.map(({ seq }) => seq));
    expect(rows.map(({ utc }) => utc)).toEqual(told.timeline.map(({ at }) => at));
    expect(rows.map(({ who }) => who)).toEqual(told.timeline.map(({ who }) => who));
  });

  it('is JSON that the published schema finds valid', () => {
    const schema: object = JSON.parse(
      readFileSync(new URL('../../../docs/postmortem.schema.json', import.meta.url), 'utf8'),
    );
    const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(schema);
    for (const text of [golden(`${story}.json`), writeJson(told)]) {
      expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  it('is HTML that a validator has nothing against', async () => {
    expect(await faultsOf(golden(`${story}.html`))).toEqual([]);
  });

  it('is an issue and a canvas that a parser reads', () => {
    const issue = rendered(golden(`${story}.github-issue.md`));
    expect(count(issue, /type="checkbox"/g)).toBe(told.followUps.length);
    expect(headings(issue)).toEqual(['Summary', 'Follow-ups']);
    const isPlayed = story.startsWith('played-');
    const canvas = rendered(
      isPlayed ? golden(`${story}.canvas.md`) : writeCanvas(told, 'C0FFEE').markdown,
    );
    expect(headings(canvas).filter((title) => SECTIONS.includes(title ?? ''))).toEqual(SECTIONS);
    for (const [table] of canvas.matchAll(/<table>.*?<\/table>/gs)) {
      expect(count(table, /<t[hd][ >]/g)).toBeLessThanOrEqual(300);
    }
    expect(count(canvas, /<h1>/g)).toBe(1);
  });

  it.runIf(browser)('reads on a phone and on a desk', async () => {
    if (!browser) return;
    for (const width of [390, 1280]) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      await page.setContent(golden(`${story}.html`));
      const size = (await page.evaluate('document.documentElement.scrollWidth')) as number;
      expect(size, `nothing is wider than ${width} pixels`).toBeLessThanOrEqual(width);
      expect(await page.locator('h2').allInnerTexts()).toEqual(expect.arrayContaining(SECTIONS));
      expect(await page.locator('#timeline tbody tr').count()).toBe(told.timeline.length);
      await page.close();
    }
  });

  it.runIf(existsSync(CHROMIUM) && existsSync(PDFTOTEXT))(
    'is a PDF whose text can be taken out',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'backstop-pdf-'));
      try {
        const file = join(folder, 'told.pdf');
        await printPdf(golden(`${story}.html`), file, CHROMIUM);
        const text = execFileSync(PDFTOTEXT, ['-layout', file, '-'])
          .toString()
          .replaceAll(/\s+/g, ' ');
        for (const title of SECTIONS) expect(text).toContain(title);
        for (const sentence of told.summary) {
          expect(text).toContain(sentence.replaceAll(/\s+/g, ' ').slice(0, 40));
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

describe('the insights over all these stories', PATIENT, () => {
  const stories = Object.entries(GOLDEN_STORIES).map(([name, make]) => ({ name, story: make() }));
  const insights = insightsOf(
    stories.map(({ name, story }) => ({ ...story.incident(), stream: name })),
    ({ stream }) => stories.find(({ name }) => name === stream)?.story.events ?? [],
    Date.UTC(2026, 10, 22),
  );
  const titles = [
    'How long it took',
    'Rollbacks',
    'Quick fixes',
    'Restore points',
    'Deployments before incidents',
    'The incidents',
  ];

  it('are Markdown and CSV that parsers read', () => {
    const html = rendered(writeInsights(insights, 'md'));
    expect(headings(html)).toEqual(titles);
    const last = html.slice(html.indexOf('<h2>The incidents'));
    expect(count(last, /<tr>/g)).toBe(insights.rows.length + 1);
    const rows: unknown = parse(writeInsights(insights, 'csv'), { bom: true, columns: true });
    expect(rows).toMatchObject(insights.rows.map(({ id, service }) => ({ incident: id, service })));
  });

  it('are HTML that a validator has nothing against', async () => {
    expect(await faultsOf(writeInsights(insights, 'html'))).toEqual([]);
  });

  it.runIf(browser)('read on a phone and on a desk', async () => {
    if (!browser) return;
    for (const width of [390, 1280]) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      await page.setContent(writeInsights(insights, 'html'));
      const size = (await page.evaluate('document.documentElement.scrollWidth')) as number;
      expect(size, `nothing is wider than ${width} pixels`).toBeLessThanOrEqual(width);
      expect(await page.locator('h2').allInnerTexts()).toEqual(titles);
      await page.close();
    }
  });
});
