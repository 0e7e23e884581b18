/** Publishing one notice: the first of a thread opens an incident on the page, the others update it. */

import type { Notice } from '../../component.ts';
import {
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { checked, fail, pass } from '../checks.ts';
import { NoticeInput } from '../notice-input.ts';
import type { OwnIncident, Page } from './page.ts';
import type { StatuspageSettings } from './schema.ts';

/** How long after a lost answer Statuspage may still act on a request. */
const QUIET_MS = 10_000;
const LIMIT_MS = 120_000;

/**
 * The mark that Backstop leaves with an incident counts its notices, so a lost answer is judged by looking. Somebody who
 * changes the incident on the page by hand leaves the mark as it is, and is told apart by the status.
 */
export function publishOperation(page: Page, settings: StatuspageSettings): Operation {
  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const notice = NoticeInput.parse(input);
    const found = await page.find(notice.thread, signal);
    return {
      fingerprint: printOf(found),
      expected: `notice ${notice.number}`,
      moving: false,
      note: found ? `notice ${found.number}, ${found.status}` : 'no notice of this incident',
    };
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: 2_000,
    pollMs: 1_000,
    title: () => 'Publish a notice on the status page',
    async describe(input, signal) {
      const notice = NoticeInput.parse(input);
      const found = await page.find(notice.thread, signal);
      const from = found ? found.status : 'nothing';
      return [{ what: `status page (${page.title})`, from, to: `${notice.state}: ${notice.text}` }];
    },
    preflight: async (_input, signal) => [await componentsCheck(page, settings, signal)],
    observe,
    async submit(input, _intent, signal) {
      const notice = NoticeInput.parse(input);
      const found = await page.find(notice.thread, signal);
      if (found) await page.update(found.id, notice, signal);
      else await page.open(notice, signal);
      return { number: notice.number };
    },
    poll: async (_handle, signal) => {
      signal.throwIfAborted();
      return { state: 'succeeded' };
    },
    recover: async (input, intent, _handle, signal) =>
      recoverByLooking(await observe(input, signal), intent),
    manual: (input) => byHand(NoticeInput.parse(input), page),
  };
}

function printOf(found: OwnIncident | undefined): string {
  if (!found) return 'none';
  const changed = found.status === found.state ? '' : `, then ${found.status} by hand`;
  return `notice ${found.number}${changed}`;
}

async function componentsCheck(
  page: Page,
  { components }: StatuspageSettings,
  signal: AbortSignal,
): Promise<Check> {
  const name = page.title;
  return checked(name, true, async () => {
    const known = new Set((await page.components(signal)).map(({ id }) => id));
    const missing = components.filter((id) => !known.has(id));
    return missing.length === 0
      ? pass(name, 'the page can be read')
      : fail(name, `no component ${missing.join(', ')}`);
  });
}

function byHand({ title, text, state }: Notice, page: Page): string {
  const what =
    state === 'resolved' ? 'set the incident to Resolved' : `set the status to ${state} and post`;
  return `On manage.statuspage.io open ${page.title}, find the incident “${title}” (or create it), ${what} with this text: ${text}`;
}
