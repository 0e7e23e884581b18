/** Prints an HTML page to a PDF by a Chromium or Chrome that is installed: none comes with Backstop. */

import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { messageOf, Refusal } from '../errors.ts';
import { withMark } from '../journal/exports/pdf-mark.ts';
import { sealOfPage } from '../journal/exports/seal.ts';

const PRINT_LIMIT_MS = 60_000;

/** What browsers that print are called. */
const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'chromium.exe',
  'chrome.exe',
  'msedge.exe',
];

/** Where they lie that are not in the path. */
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * Writes the page as a PDF, with the page's seal behind it. The browser gets a profile of its own, which goes afterwards, and no network.
 * @param browser its name or path, where one was named.
 * @throws Refusal with the next step when there is no browser, or it does not print.
 */
export async function printPdf(page: string, file: string, browser?: string): Promise<void> {
  const command = findBrowser(browser);
  const folder = mkdtempSync(join(tmpdir(), 'backstop-pdf-'));
  const source = join(folder, 'page.html');
  const printed = resolve(file);
  try {
    writeFileSync(source, page, { mode: 0o600 });
    rmSync(printed, { force: true });
    await promisify(execFile)(command, [...flags(folder, printed), pathToFileURL(source).href], {
      timeout: PRINT_LIMIT_MS,
    });
    if (!existsSync(printed)) throw new Error('it ended without having written the file');
    writeFileSync(printed, withMark(readFileSync(printed), sealOfPage(page)));
  } catch (error) {
    const first = messageOf(error).split('\n')[0] ?? '';
    throw new Refusal(
      'not-possible',
      `${command} could not print ${file} (${first.slice(0, 200)}). Name another browser with --browser, or export with --format html and print it from a browser.`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function flags(folder: string, printed: string): readonly string[] {
  return [
    '--headless',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--host-resolver-rules=MAP * ~NOTFOUND',
    `--user-data-dir=${join(folder, 'profile')}`,
    '--no-pdf-header-footer',
    `--print-to-pdf=${printed}`,
    // As root, such as in a container, Chromium starts only without its sandbox; the page lets no script run but ours.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}

/** @throws Refusal when there is none. */
function findBrowser(named: string | undefined): string {
  const wanted = named === undefined ? NAMES : [named];
  // oxlint-disable-next-line node/no-process-env -- programs are found by it
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const candidates = [
    ...(named !== undefined && /[\\/]/.test(named) ? [resolve(named)] : []),
    ...wanted.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...(named === undefined ? PLACES : []),
  ];
  const found = candidates.find(isExecutable);
  if (found) return found;
  throw new Refusal(
    'not-possible',
    named === undefined
      ? 'There is no Chromium or Chrome here to print a PDF. Install one (Debian: apt-get install chromium), name it with --browser PATH, or export with --format html and print it from any browser.'
      : `There is no browser ${named} that can be run. Give its full path with --browser, or export with --format html and print it from any browser.`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
