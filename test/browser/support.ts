/** The built sandbox with its page, and a real browser in front of it. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { inject, type TestContext } from 'vitest';
import { type BrowserSandbox, openSandbox } from '../../src/sandbox/browser/server.ts';
import { MANIFEST } from '../support/a-bot.ts';
import { startBackstop } from '../support/command-line.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** The browser of Debian. */
export const CHROMIUM = '/usr/bin/chromium';

/** Chromium needs its flags to stay away from the network, and as root to start at all. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether the end-to-end tests can run here; says so when they cannot. */
export function hasBrowser(): boolean {
  if (existsSync(CHROMIUM)) return true;
  process.stdout.write(
    `The tests in the browser are skipped: there is no ${CHROMIUM}. On Debian: apt-get install chromium\n`,
  );
  return false;
}

type Test = Pick<TestContext, 'onTestFinished'>;

/** A sandbox in a process of its own; the result is the address it printed. */
export async function aSandbox({ onTestFinished }: Test): Promise<string> {
  const running = startBackstop(['sandbox', '--port', '0']);
  let said = '';
  const url = new Promise<string>((found) => {
    running.process.stdout?.on('data', (data: Buffer) => {
      said += data.toString();
      const address = /http:\S+/.exec(said)?.[0];
      if (address !== undefined) found(address);
    });
  });
  onTestFinished(async () => {
    running.process.kill('SIGTERM');
    await running.ended;
  });
  const ended = running.ended.then(({ stderr }) => {
    throw new Error(`The sandbox ended before it said its address:\n${stderr}`);
  });
  return Promise.race([url, ended]);
}

/** A sandbox in this process, with an app that is there and does nothing: what it would show is put there by the test. */
export async function aQuietSandbox({ onTestFinished }: Test): Promise<BrowserSandbox> {
  const sandbox = await openSandbox({
    page: join(dirname(inject('backstop')), 'sandbox/page'),
    manifest: MANIFEST,
    storyStart: Date.now(),
    startBot: async () => ({ stop: async () => undefined, kill: async () => undefined }),
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await sandbox.close();
  };
  onTestFinished(close);
  return { ...sandbox, close };
}

/** A browser with no cookies and no history. */
export async function aBrowser({ onTestFinished }: Test): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'backstop-chromium-'));
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: FLAGS,
    downloadsPath: profile,
  });
  onTestFinished(async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  });
  return browser;
}

/** Writes what the page shows into the README's folder, when it is asked for. */
export async function screenshot(page: Page, name: string): Promise<void> {
  // oxlint-disable-next-line node/no-process-env -- a switch for whoever runs the tests
  if (process.env['UPDATE_SCREENSHOTS'] !== '1') return;
  await page.screenshot({ path: join(ROOT, 'docs/images', `${name}.png`), animations: 'disabled' });
}
