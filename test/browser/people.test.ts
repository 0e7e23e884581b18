/** What several people see, each in their own window: who is called, who answers whom, and what stands in front of whom. */

import { describe, expect, it } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { aGallery } from './gallery.ts';
import { aBrowser, aQuietSandbox, hasBrowser } from './support.ts';

const PATIENT = { timeout: 120_000 };
const SOON = { timeout: 30_000 };

/** What calls somebody stays until it is read. */
const CALM = { reducedMotion: 'reduce' } as const;

const FOCUSED =
  "document.activeElement === document.body ? '' : document.activeElement.textContent";

const plain = (text: string) => ({ type: 'plain_text', text });

const modal = (title: string) => ({
  type: 'modal',
  title: plain(title),
  submit: plain('Send'),
  blocks: [
    {
      type: 'input',
      block_id: 'words',
      label: plain(`Words of ${title}`),
      element: { type: 'plain_text_input', action_id: 'words' },
    },
  ],
});

describe.runIf(hasBrowser())('several people', PATIENT, () => {
  it('are told of what calls them elsewhere, and led there', async (test) => {
    const { page, says, id } = await aGallery(test, CALM);
    await page.getByRole('button', { name: 'general', exact: true }).click(SOON);
    await page.getByLabel('Message #general').waitFor();

    says({ text: 'Nobody in particular' });
    says({ text: `<@${id('ana')}>: your *approval* is needed` });

    const card = page.getByRole('button', { name: /Backstop in #incidents.*@Ana: your approval/ });
    await card.waitFor(SOON);
    await expect.poll(() => page.title()).toMatch(/^\(1\) #general/);
    expect(await page.locator('.notification').count()).toBe(1);
    await expectAccessible(page);
    await page.getByRole('button', { name: /incidents 2 unread, and you are mentioned/ }).waitFor();
    await card.click();
    await page.getByLabel('Message #incidents').waitFor();
    await expect.poll(() => page.title()).toMatch(/^#incidents/);
    expect(await page.locator('.notification').count()).toBe(0);
  });

  it('have windows of their own', async (test) => {
    const { page, hears } = await aGallery(test);
    const [other] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'Open a window as Ben' }).click(SOON),
    ]);
    await other.getByLabel('Message #incidents').waitFor(SOON);

    hears('dee', 'Hello');

    for (const each of [page, other])
      await each.locator('.messages').getByText('Hello').waitFor(SOON);
    await expect
      .poll(() => other.locator('.people [aria-current]').textContent())
      .toMatch(/^B?Ben/);
    await expect.poll(() => page.locator('.people [aria-current]').textContent()).toMatch(/^A?Ana/);
  });

  it('are who they were at once, also when they were nobody else for long', async (test) => {
    const { page, hears } = await aGallery(test);
    await page.getByLabel('Message #incidents').waitFor(SOON);
    // Nothing of what Ben sees ever comes.
    await page.route('**/stream?as=ben', () => undefined);

    await page.getByRole('link', { name: /^Ben/ }).click();
    await page.waitForURL(/as=ben/);
    await page.getByRole('link', { name: /^Ana/ }).click();
    await page.waitForURL(/as=ana/);
    hears('dee', 'Hello');

    await page.locator('.messages').getByText('Hello').waitFor(SOON);
  });

  it('answer in threads, which are news to those who are called there', async (test) => {
    const { page, hears, id } = await aGallery(test, CALM);
    const parent = hears('dee', 'Is it the database?');
    await page.locator('.messages').getByText('Is it the database?').waitFor(SOON);
    await page.getByRole('button', { name: 'general', exact: true }).click();

    hears('cleo', 'No', { thread_ts: parent.ts });
    hears('cleo', `<@${id('ana')}> knows`, { thread_ts: parent.ts });

    await page
      .getByRole('button', { name: /incidents 1 unread, and you are mentioned/ })
      .waitFor(SOON);
    await page.getByRole('button', { name: /Cleo in #incidents/ }).click();
    const thread = page.getByRole('region', { name: 'Replies' });
    await thread.getByText('knows').waitFor();
    await expectAccessible(page);
    await page.getByLabel('Reply in the thread').fill('I do');
    await page.keyboard.press('Enter');
    await thread.getByText('I do').waitFor();
    await page.getByRole('button', { name: '3 replies' }).waitFor();
    await page.getByRole('button', { name: 'Close the thread' }).click();
    await page.getByRole('region', { name: 'The shop' }).waitFor();
  });

  it('are called in a thread until they look into it, whatever else they read', async (test) => {
    const { page, hears, id } = await aGallery(test, CALM);
    const parent = hears('dee', 'Is it the database?');
    await page.locator('.messages').getByText('Is it the database?').waitFor(SOON);
    hears('cleo', `<@${id('ana')}> knows`, { thread_ts: parent.ts });
    const card = page.getByRole('button', { name: /Cleo in #incidents/ });
    await card.waitFor(SOON);

    hears('dee', 'Or the network?');
    await page.locator('.messages').getByText('Or the network?').waitFor();
    await expect.poll(() => page.title(), SOON).toMatch(/^#incidents/);

    await card.click();
    await page.getByRole('region', { name: 'Replies' }).getByText('knows').waitFor();
    await page.getByRole('button', { name: 'Close the thread' }).click();
    await page.getByRole('region', { name: 'The shop' }).waitFor();
    expect(await page.locator('.notification').count()).toBe(0);
  });

  it('keep the focus where they moved it when a thread goes away', async (test) => {
    const { page, hears } = await aGallery(test);
    const parent = hears('dee', 'Is it the database?');
    hears('cleo', 'No', { thread_ts: parent.ts });
    const replies = page.getByRole('button', { name: '1 reply' });
    await replies.click(SOON);
    const close = page.getByRole('button', { name: 'Close the thread' });
    await close.click();
    await close.waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(FOCUSED), SOON).toMatch(/1 reply/);

    await replies.click();
    await close.waitFor();
    await page.getByRole('link', { name: /^Ben/ }).click();
    await close.waitFor({ state: 'detached' });

    await expect.poll(() => page.evaluate(FOCUSED), SOON).toMatch(/Ben/);
  });

  it('react by pressing what others reacted with', async (test) => {
    const { page, hears } = await aGallery(test);
    hears('ben', 'Look');
    await page.locator('.messages').getByText('Look', { exact: true }).hover(SOON);
    await page.getByRole('button', { name: 'More for this message' }).click();
    await page.getByRole('menuitem', { name: /:eyes:/ }).click();

    const mine = page.getByRole('button', { name: 'eyes, 1: Ana', pressed: true });
    await mine.waitFor();
    await expectAccessible(page);
    await mine.click();

    await mine.waitFor({ state: 'detached' });
  });

  it('leave modals that stand on each other one by one, or all at once', async (test) => {
    const { page, opens, complains } = await aGallery(test);
    await page.getByLabel('Message #incidents').waitFor(SOON);
    opens('ana', modal('One'));
    await page.getByRole('dialog', { name: 'One' }).waitFor(SOON);
    opens('ana', modal('Two'));
    const two = page.getByRole('dialog', { name: 'Two' });
    await two.waitFor();

    complains('ana', { words: 'That is not it.' });
    await two.getByText('That is not it.').waitFor();
    const field = two.getByLabel('Words of Two');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await page.keyboard.press('Escape');
    await two.waitFor({ state: 'detached' });
    const one = page.getByRole('dialog', { name: 'One' });
    await one.getByLabel('Words of One').fill('Kept');

    opens('ana', modal('Three'));
    const three = page.getByRole('dialog', { name: 'Three' });
    await three.getByRole('button', { name: 'Close', exact: true }).first().click();
    await three.waitFor({ state: 'detached' });
    await one.waitFor({ state: 'detached' });
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('are told that the sandbox is gone, or lets their page in no more', async (test) => {
    const sandbox = await aQuietSandbox(test);
    const browser = await aBrowser(test);
    const page = await browser.newPage();
    await page.goto(sandbox.url);
    await page.getByLabel('Message #incidents').waitFor(SOON);

    // What the next sandbox at the same address would not know either.
    await page.context().clearCookies();
    await page.getByRole('link', { name: /^Ben/ }).click();
    await page.getByText('This sandbox has ended').first().waitFor(SOON);

    await page.goto(sandbox.url);
    await page.getByLabel('Message #incidents').waitFor(SOON);
    await sandbox.close();
    await page.getByText('The sandbox does not answer').first().waitFor(SOON);
  });
});
