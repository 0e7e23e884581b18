/** A person who has never seen it gets from the printed address to a recovered shop, in a real browser. */

import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { aBrowser, aSandbox, hasBrowser, screenshot } from './support.ts';

const LONG = 480_000;
const SOON = { timeout: 30_000 };
const ANSWERS = [
  '5% or more',
  'No',
  'No',
  'Up, at normal speed',
  'No, people are blocked',
  'Longer',
];

describe.runIf(hasBrowser())('the sandbox in the browser', () => {
  it('leads from a broken shop to a recovered one and its post-mortem', {
    timeout: LONG,
  }, async (test) => {
    const url = await aSandbox(test);
    const browser = await aBrowser(test);
    const page = await browser.newPage({ viewport: { width: 1180, height: 740 } });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error') complaints.push(line.text());
    });

    await page.goto(url);
    await page.getByText('Customers cannot pay', { exact: true }).waitFor(SOON);
    expect(page.url()).not.toContain('token');
    await expectAccessible(page);

    await declare(page);
    await assess(page);
    await expectAccessible(page);
    await decide(page);
    await rollBack(page);
    await page.getByText('Customers can pay', { exact: true }).waitFor(SOON);
    const timeline = await resolveAndExport(page);

    expect(timeline).toContain('INC-0001');
    expect(timeline).toContain('2.3.1');
    await expectAccessible(page);
    await screenshot(page, 'sandbox-resolved');
    expect(complaints).toEqual([]);
  });

  it('leads whoever does only what its yellow line says', { timeout: LONG }, async (test) => {
    const url = await aSandbox(test);
    const browser = await aBrowser(test);
    const page = await browser.newPage({ viewport: { width: 1180, height: 740 } });
    await page.goto(url);
    const recovered = page.getByText('Customers can pay', { exact: true });

    for (let turn = 0; turn < MOST_TURNS && !(await recovered.isVisible()); turn += 1) {
      await doWhatItSays(page);
    }

    expect(await recovered.isVisible()).toBe(true);
  });
});

const MOST_TURNS = 40;
/** The longest turn is a run of the rollback, in which nobody is asked anything. */
const A_TURN = { timeout: 90_000 };

/** Takes the hint as it stands, and waits until there is another one. */
async function doWhatItSays(page: Page): Promise<void> {
  const hint = page.locator('.strip.hint');
  const done = page.getByText('Customers can pay', { exact: true });
  await hint.or(done).first().waitFor(SOON);
  if (await done.isVisible()) return;
  const before = await standing(page);
  const [words] = before;
  const named = /press “(.+?)”/i.exec(words)?.[1];
  const question = /Answer the question/.test(words) ? Number(before[1]) : undefined;
  const offered = hint.getByRole('button');
  const next =
    question !== undefined
      ? button(page, ANSWERS[question - 1] ?? '')
      : named !== undefined
        ? button(page, named)
        : offered;
  const isThere = next !== offered || (await offered.isVisible());
  // What was read may be drawn anew meanwhile: then it is read again.
  if (isThere && !(await isPressed(next))) return;
  await expect
    .poll(async () => {
      // A form is filled in already, and whoever is asked is sure. It may close while it is pressed once more.
      const goOn = page.locator('dialog .button.filled').last();
      if (await goOn.isVisible()) await goOn.click({ timeout: 1_000 }).catch(() => undefined);
      return (await done.isVisible()) || String(await standing(page)) !== String(before);
    }, A_TURN)
    .toBe(true);
}

async function isPressed(target: Locator): Promise<boolean> {
  return target.click({ timeout: 5_000 }).then(
    () => true,
    () => false,
  );
}

/** What the line says, the number of the question that is asked, and who one is. */
async function standing(page: Page): Promise<readonly [string, string, string]> {
  return page.evaluate(`[
    document.querySelector('.strip.hint p')?.textContent ?? '',
    /\\((\\d) of 6\\)/.exec(document.querySelector('.messages')?.textContent ?? '')?.[1] ?? '',
    document.querySelector('.people [aria-current]')?.textContent ?? '',
  ]`);
}

async function declare(page: Page): Promise<void> {
  const composer = page.getByLabel('Message #incidents');
  await composer.fill('/inc');
  await page.getByRole('option', { name: /\/incident/ }).waitFor();
  await composer.press('Tab');
  await composer.pressSequentially('checkout is failing');
  await composer.press('Enter');

  const dialog = page.getByRole('dialog', { name: 'Declare an incident' });
  await dialog.waitFor(SOON);
  await expectAccessible(page);
  const what = dialog.getByLabel('What do you see?');
  await what.fill('');
  await what.press('Enter');
  await dialog.getByText('Please complete this required field.').waitFor();
  await what.fill('Checkout is failing');
  await dialog.getByLabel('What else is known?').fill('Since the release at noon.');
  await screenshot(page, 'sandbox-declare');
  await what.press('Enter');
  await page.getByRole('button', { name: 'Go there' }).click(SOON);
}

async function assess(page: Page): Promise<void> {
  for (const [index, answer] of ANSWERS.entries()) {
    await page.getByText(`(${index + 1} of ${ANSWERS.length})`).waitFor(SOON);
    if (index === 2) await screenshot(page, 'sandbox-assess');
    await button(page, answer).click(SOON);
  }
  await page.getByText(/SEV2/).first().waitFor(SOON);
}

async function decide(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Be Ben' }).click(SOON);
  await page.getByRole('link', { name: /^Ben/ }).waitFor();
  await button(page, 'Take command').click(SOON);
  await button(page, 'Confirm rollback').click(SOON);
  await page.getByRole('link', { name: /^Ana/ }).click();
}

async function rollBack(page: Page): Promise<void> {
  const composer = page.getByLabel(/^Message #inc-0001/);
  await composer.fill('/rollback');
  await composer.press('Enter');
  await button(page, 'Request approval').click(SOON);
  await page.getByRole('button', { name: 'Be Ben' }).click(SOON);
  await screenshot(page, 'sandbox-plan');
  await button(page, 'Approve').click(SOON);
  const sure = page.getByRole('dialog');
  await sure.waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await sure.waitFor({ state: 'detached' });
  await button(page, 'Approve').click(SOON);
  await sure.getByRole('button', { name: /Approve/ }).click();
}

async function resolveAndExport(page: Page): Promise<string> {
  await page
    .getByText(/recovered/i)
    .first()
    .waitFor(SOON);
  await page.getByText(/When you are sure, press “Resolve…”/).waitFor(SOON);
  await screenshot(page, 'sandbox-recovered');
  await button(page, 'Resolve…').click(SOON);
  const dialog = page.getByRole('dialog', { name: 'Resolve the incident' });
  await dialog.getByLabel('Why is it over?').fill('The checkout works again.');
  await dialog.getByRole('button', { name: 'Resolve', exact: true }).click();
  await button(page, 'Export post-mortem').click(SOON);
  const file = page.getByRole('link', { name: /^Download .*\.md/ });
  await file.waitFor(SOON);
  const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
  return readFileSync(await download.path(), 'utf8');
}

/** The newest button of a message with that on it; screen readers hear more than what is on it. */
function button(page: Page, label: string): Locator {
  return page.locator('.messages button').getByText(label, { exact: true }).last();
}
