import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, it, type TestContext } from 'vitest';
import { writeHtml } from '../../src/journal/exports/html.ts';
import { postmortemOf } from '../../src/postmortem/postmortem.ts';
import { MINUTE, names } from '../support/an-incident.ts';
import { STORIES } from '../support/an-incident-told.ts';
import { aFolderFor } from '../support/command-line.ts';
import { aBrowser, hasBrowser } from './support.ts';

type Looks = Parameters<Awaited<ReturnType<typeof aBrowser>>['newPage']>[0];

/** The story's export as a browser shows it; `wrong` collects what the page and its policy complain about. */
async function shown(test: TestContext, name: string, looks: Looks = {}) {
  const story = STORIES[name]?.();
  if (!story) throw new Error(`There is no story ${name}`);
  const generatedAt = story.now() + 10 * MINUTE;
  const options = { names, zone: 'Europe/Berlin', serviceTitle: 'Checkout', generatedAt };
  const file = join(aFolderFor(test), 'told.html');
  writeFileSync(file, writeHtml(postmortemOf(story.incident(), story.events, options)));
  const browser = await aBrowser(test);
  const page = await browser.newPage(looks);
  const wrong: string[] = [];
  page.on('console', (message) => wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(String(error)));
  await page.goto(pathToFileURL(file).href);
  return { page, wrong };
}

function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
}

describe.runIf(hasBrowser())('the HTML export in a browser', () => {
  it('fits a phone, and its policy stops nothing of its own', async (test) => {
    for (const name of Object.keys(STORIES)) {
      const phone = await shown(test, name, {
        viewport: { width: 360, height: 740 },
        isMobile: true,
      });
      expect(await overflow(phone.page), name).toBeLessThanOrEqual(0);
      expect(phone.wrong).toEqual([]);
    }
  }, 60_000);

  it('tells what the pointer is at, and zooms its time axis', async (test) => {
    const { page, wrong } = await shown(test, 'still-broken');
    const says = page.locator('#chart-tools output');
    await page.locator('g[data-tip] .band').first().hover();
    expect(await says.textContent()).toMatch(/^SEV1, 14:02:21 to 14:33:56 UTC/);

    const run = page.locator('.bar.run').nth(2);
    const width = async () => Number(await run.getAttribute('width'));
    const before = await width();
    await page.click('button[value=in]');
    await page.click('button[value=earlier]');
    expect(await width()).toBeGreaterThan(before);
    await page.click('button[value=all]');
    expect(await width()).toBeCloseTo(before, 0);
    expect(wrong).toEqual([]);
  });

  it('begins with what happened, and shows what was watched on request', async (test) => {
    const { page, wrong } = await shown(test, 'rolled-back');
    const width = async (what: string) =>
      Number(await page.locator(what).first().getAttribute('width'));
    const before = await width('.bar.run');

    await page.click('button[value=all]');
    expect(await width('.bar.run')).toBeLessThan(before / 2);
    expect(await page.getByText('Monitoring', { exact: true }).first().isVisible()).toBe(true);
    await page.click('button[value=in]');
    expect(await width('.bar.run')).toBeLessThan(before);
    expect(wrong).toEqual([]);
  });

  it('is whole without a script', async (test) => {
    const { page } = await shown(test, 'rolled-back', { javaScriptEnabled: false });

    expect(await page.locator('.bar.run').count()).toBe(1);
    expect(await page.locator('#chart-tools').isVisible()).toBe(false);
    await page.locator('summary').click();
    expect(await page.getByText('Severity: SEV1').isVisible()).toBe(true);
  });
});
