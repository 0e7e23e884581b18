/** What must hold besides: small windows, dark rooms, keyboards, reloads, dead bots, and long conversations. */

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { aBrowser, aSandbox, hasBrowser, screenshot } from './support.ts';

const PATIENT = { timeout: 120_000 };
const SOON = { timeout: 30_000 };
const MANY = 400;

/** The focus may leave a dialog for the browser's own controls, but not for the page behind. */
const STAYS_INSIDE =
  "document.activeElement === document.body || document.activeElement.closest('dialog') !== null";
const PERSON = "document.querySelector('.people [aria-current]').textContent";
const FOCUSED = "document.activeElement.getAttribute('aria-label')";
/** Collects what of the conversation is drawn anew from here on. */
const WATCH_DRAWING = `
  window.drawn = [];
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const nodes = addedNodes.length > 0 ? [...addedNodes] : [target];
      window.drawn.push(...nodes.map((node) => node.querySelector?.('.text')?.textContent ?? node.textContent));
    }
  }).observe(document.querySelector('.messages ol'), { subtree: true, childList: true, characterData: true, attributes: true });
`;
/** Whether something that is pinned can be seen. */
const PIN_IN_SIGHT = `(() => {
  const { top, bottom } = document.querySelector('.messages').getBoundingClientRect();
  const places = [...document.querySelectorAll('.messages .pinned')].map((pin) => pin.getBoundingClientRect().top);
  return places.some((place) => place >= top - 1 && place < bottom);
})()`;
const WIDER = 'document.documentElement.scrollWidth > window.innerWidth';

describe.runIf(hasBrowser())('the page', PATIENT, () => {
  it('fits a phone in a dark room', async (test) => {
    const url = await aSandbox(test);
    const browser = await aBrowser(test);
    const page = await browser.newPage({
      viewport: { width: 390, height: 780 },
      colorScheme: 'dark',
      hasTouch: true,
    });

    await page.goto(url);
    await page.getByRole('button', { name: 'Declare an incident' }).click(SOON);
    const dialog = page.getByRole('dialog', { name: 'Declare an incident' });
    await dialog.waitFor(SOON);
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Declare', exact: true }).click();
    await page.getByRole('button', { name: 'Go there' }).click(SOON);
    await page.getByText('(1 of 6)').waitFor(SOON);
    await expectAccessible(page);
    await screenshot(page, 'sandbox-phone');

    expect(await isWiderThanItsWindow(page)).toBe(false);
    for (const pane of ['World', 'Channels']) {
      await page.getByRole('button', { name: pane, exact: true }).click();
      await expectAccessible(page);
      expect(await isWiderThanItsWindow(page)).toBe(false);
    }
  });

  it('shows the systems beside the shop, and an export job that a rollback waits for', async (test) => {
    const url = await aSandbox(test);
    const browser = await aBrowser(test);
    const page = await browser.newPage({ viewport: { width: 1400, height: 1200 } });
    await page.goto(url);

    await page
      .getByRole('button', { name: 'Start over: with content, jobs and flags' })
      .click(SOON);
    await page.getByRole('button', { name: 'Start an export job' }).click(SOON);

    const jobs = page.getByRole('region', { name: 'Worker and jobs' });
    await jobs.getByText(/of 30 sent/).waitFor(SOON);
    await page.getByRole('region', { name: 'Content' }).getByText('restore point').waitFor();
    await page.getByRole('region', { name: 'Flags' }).getByText('new-checkout').waitFor();
    await page.getByRole('button', { name: 'Kill the bot' }).waitFor(SOON);
    await expectAccessible(page);
    await screenshot(page, 'sandbox-systems');
  });

  it('can be used by keyboard alone', async (test) => {
    const url = await aSandbox(test);
    const browser = await aBrowser(test);
    const page = await browser.newPage();
    await page.goto(url);
    const composer = page.getByLabel('Message #incidents');
    await composer.focus();
    await page.keyboard.type('/inc');
    await page.getByRole('option', { name: /\/incident/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('it burns');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Declare an incident' });
    await dialog.waitFor(SOON);

    for (let stop = 0; stop < 12; stop += 1) {
      await page.keyboard.press('Tab');
      const where = await page.evaluate(STAYS_INSIDE);
      expect(where).toBe(true);
    }
    await dialog.getByRole('button', { name: /Service/ }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('check');
    await page.getByRole('option', { name: 'Checkout' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(true);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(FOCUSED), SOON).toMatch(/^Search/);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Escape');
    await page.getByRole('option', { name: 'Checkout' }).waitFor({ state: 'detached' });
    expect(await dialog.isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(FOCUSED), SOON).toBe('Message #incidents');
  });

  it('keeps a half-filled form over a reload, and lives on when the bot is killed', async (test) => {
    const url = await aSandbox(test);
    const browser = await aBrowser(test);
    const page = await browser.newPage();
    await page.goto(url);
    await page.getByRole('button', { name: 'Declare an incident' }).click(SOON);
    await page.getByLabel('What else is known?').fill('Only cards are affected.');
    await page.waitForResponse((response) => response.url().includes('/act'));

    await page.reload();
    const known = page.getByLabel('What else is known?');
    await known.waitFor(SOON);
    expect(await known.inputValue()).toBe('Only cards are affected.');
    await page.getByRole('button', { name: 'Declare', exact: true }).click();
    await page.getByRole('button', { name: 'Go there' }).click(SOON);
    await page.getByText('(1 of 6)').waitFor(SOON);

    await page.getByRole('button', { name: 'Kill the bot' }).click();
    await page.getByText('The bot is not running').waitFor(SOON);
    await page.locator('.messages button').getByText('5% or more').click();
    await page.getByText('the app is not connected').waitFor(SOON);
    await page.getByRole('button', { name: 'Start the bot again' }).click();
    await page.getByRole('button', { name: 'Kill the bot' }).waitFor(SOON);
    await page.locator('.messages button').getByText('5% or more').click();
    await page.getByText('(2 of 6)').waitFor(SOON);
  });

  it('shows a story to its end, and whose turn it is', async (test) => {
    const url = await aSandbox(test);
    const browser = await aBrowser(test);
    const page = await browser.newPage();
    await page.goto(url);
    await page.getByLabel('Story', { exact: true }).selectOption('declined');
    await page.getByLabel('Pace', { exact: true }).selectOption('fast');

    await page.getByRole('button', { name: 'Play' }).click(SOON);

    await page
      .getByText(/Ana (types|presses|fills in)/)
      .first()
      .waitFor(SOON);
    await page.getByText('Ended: nothing was changed').waitFor(SOON);
    await page.getByText('The payment provider is down').first().waitFor(SOON);
    // Whatever the day on which it is told, it happens today.
    await page.locator('.line.day').getByText('Today').waitFor(SOON);
    await page.getByRole('button', { name: 'Try it yourself' }).waitFor(SOON);
  });

  it('lets who watches a story be somebody else, also in another window and over a reload', async (test) => {
    const url = await aSandbox(test);
    const browser = await aBrowser(test);
    const page = await browser.newPage();
    await page.goto(url);
    await page.getByLabel('Story', { exact: true }).selectOption('declined');
    await page.getByLabel('Pace', { exact: true }).selectOption('step');
    await page.getByRole('button', { name: 'Play' }).click(SOON);
    await page.getByText('Ana types /incident').waitFor(SOON);
    expect(await page.evaluate(PERSON)).toMatch(/Ana/);

    const [other] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'Open a window as Ben' }).click(),
    ]);
    await other.getByRole('button', { name: 'Be whoever acts' }).waitFor(SOON);
    expect(await other.evaluate(PERSON)).toMatch(/Ben/);

    await page.getByRole('link', { name: /^Cleo/ }).click();
    await expect.poll(() => page.evaluate(PERSON), SOON).toMatch(/Cleo/);
    await page.getByRole('button', { name: 'Be whoever acts' }).waitFor(SOON);
    await page.reload();
    await page.getByRole('button', { name: 'Be whoever acts' }).click(SOON);
    await expect.poll(() => page.evaluate(PERSON), SOON).toMatch(/Ana/);
  });

  it('asks for a person and a time, and shows the canvas of a channel', async (test) => {
    const url = await aSandbox(test);
    const browser = await aBrowser(test);
    const page = await browser.newPage({ viewport: { width: 1180, height: 740 } });
    const complaints: string[] = [];
    page.on('console', (line) => {
      if (line.type() === 'error') complaints.push(line.text());
    });
    await page.goto(url);
    await page.getByRole('button', { name: 'Declare an incident' }).click(SOON);
    await page.getByRole('button', { name: 'Declare', exact: true }).click(SOON);
    await page.getByRole('button', { name: 'Go there' }).click(SOON);
    await page.getByText('(1 of 6)').waitFor(SOON);

    await page
      .getByRole('button', { name: /^More: updates/ })
      .last()
      .click();
    await page.getByRole('button', { name: 'Add a task…' }).click(SOON);
    const dialog = page.getByRole('dialog', { name: 'Add a task' });
    await dialog.waitFor(SOON);
    await dialog.getByLabel('What is to be done?').fill('Call the payment provider');
    await dialog.getByRole('button', { name: /Who does it/ }).click();
    await page.getByRole('option', { name: 'Dee' }).click();
    await dialog.getByRole('button', { name: /Who does it/ }).click();
    await dialog.getByRole('button', { name: 'Clear selection' }).click();
    await dialog.getByRole('button', { name: /Who does it/ }).click();
    await page.getByRole('option', { name: 'Cleo' }).click();
    await dialog.getByLabel(/By when/).fill('2030-01-02T18:30');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page
      .locator('.messages')
      .getByText(/Call the payment provider/)
      .last()
      .waitFor(SOON);
    expect(await page.locator('.messages').innerText()).toMatch(/Call the payment provider.*Cleo/s);

    await say(page, '/postmortem --format canvas');
    await page.getByRole('button', { name: 'Canvas' }).click(SOON);
    const canvas = page.frameLocator('iframe[title^="Canvas"]');
    await canvas.getByRole('heading', { level: 1, name: /INC-0001/ }).waitFor(SOON);
    await canvas
      .getByRole('row', { name: /Declared/ })
      .first()
      .waitFor();
    await expectAccessible(page);
    await screenshot(page, 'sandbox-canvas');

    await page.getByRole('button', { name: /pinned/ }).click();
    await page.locator('.channel-head .popup button').first().click();
    await page.locator('.canvas-frame').waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(PIN_IN_SIGHT), SOON).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('draws one new message alone, below hundreds of others', async (test) => {
    const url = await aSandbox(test);
    const browser = await aBrowser(test);
    const page = await browser.newPage();
    await page.goto(url);
    await page.getByRole('button', { name: 'incidents', exact: true }).click(SOON);
    await page.waitForURL(/in=C/);
    await fill(page, new URL(page.url()).searchParams.get('in') ?? '');
    await page.getByText(`Line ${MANY}`, { exact: true }).waitFor(SOON);

    await page.evaluate(WATCH_DRAWING);
    await page.getByLabel('Message #incidents').fill('The last one');
    await page.keyboard.press('Enter');
    await page.locator('.messages').getByText('The last one').waitFor();

    expect(await page.evaluate('window.drawn')).toEqual(['The last one']);
    expect(await page.locator('.messages .message').count()).toBe(MANY + 1);
  });
});

/** Says many things, as fast as the server takes them. */
async function fill(page: Page, channel: string): Promise<void> {
  await page.evaluate(
    async ({ many, id }) => {
      for (let line = 1; line <= many; line += 1) {
        await fetch('/act?as=ben', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ act: 'say', channel: id, text: `Line ${line}` }),
        });
      }
    },
    { many: MANY, id: channel },
  );
}

/** Says it where one is, as soon as it can be said. */
async function say(page: Page, text: string): Promise<void> {
  const composer = page.getByLabel(/^Message #inc/);
  await composer.fill(text);
  await composer.press('Enter');
}

function isWiderThanItsWindow(page: Page): Promise<boolean> {
  return page.evaluate(WIDER);
}
