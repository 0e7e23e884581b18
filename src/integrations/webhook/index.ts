/** An address of your own that takes notices as JSON: a home-made status page, a mail service, a chat of partners. */

import type { Component } from '../../component.ts';
import type { OutsideErrorKind } from '../../errors.ts';
import type { Operation } from '../../operation.ts';
import { finding, passed, warned } from '../finding.ts';
import type { Ingredients } from '../index.ts';
import { createJsonClient } from '../json-client.ts';
import { NoticeInput } from '../notice-input.ts';
import type { WebhookSettings } from './schema.ts';

const QUIET_MS = 30_000;
const LIMIT_MS = 120_000;

/** @param from settings as `WebhookSettings` parsed them. */
export function createWebhook({ id, settings: given }: Ingredients): Component {
  const settings = given as WebhookSettings;
  const { host, pathname } = new URL(settings.url);
  const where = `${host}${pathname}`;
  return {
    id,
    kind: 'webhook',
    title: `webhook ${where}`,
    operations: { publish: publishOperation(settings, where) },
    announce: {
      publish: (notice) => ({ operation: 'publish', input: { ...notice } }),
      addressOf: async () => undefined,
    },
    // A request to try it would be taken for a notice.
    doctor: async (signal) => [
      await finding(`webhook ${where}`, 'warn', async () => {
        signal.throwIfAborted();
        return settings.dedupes
          ? passed('a lost answer is sent again, with the same Idempotency-Key')
          : warned(
              'a lost answer waits for a person, who says whether it arrived',
              'Let the receiver act once on each Idempotency-Key, and set dedupes: true.',
            );
      }),
    ],
  };
}

/**
 * Nothing can be looked at: where the receiver tells repetitions by their key, a lost request is sent again with the
 * same one; elsewhere a person has to say whether it arrived.
 */
function publishOperation(settings: WebhookSettings, where: string): Operation {
  const { token, dedupes } = settings;
  const client = createJsonClient({
    system: 'The webhook',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    secrets: token === undefined ? [] : [token],
    next,
  });
  return {
    effect: 'append',
    guarantee: dedupes ? 'keyed' : 'blind',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: 1_000,
    pollMs: 1_000,
    title: () => `Send a notice to ${where}`,
    async describe(input) {
      const { state, text } = NoticeInput.parse(input);
      return [{ what: `webhook ${where}`, from: 'not sent', to: `${state}: ${text}` }];
    },
    preflight: async () => [],
    async observe(input, signal) {
      signal.throwIfAborted();
      const { thread, number } = NoticeInput.parse(input);
      const expected = `notice ${number} of ${thread} sent`;
      return { fingerprint: 'not to be seen', expected, moving: false, note: 'nothing to look at' };
    },
    async submit(input, _intent, signal) {
      const notice = NoticeInput.parse(input);
      await client.change(
        {
          attempted: 'send a notice',
          on: where,
          address: new URL(settings.url),
          method: 'POST',
          // The same for each attempt at the same notice.
          headers: { 'idempotency-key': `${notice.thread}/${notice.number}` },
          body: notice,
        },
        signal,
      );
      return { number: notice.number };
    },
    async poll(_handle, signal) {
      signal.throwIfAborted();
      return { state: 'succeeded' };
    },
    async recover(_input, _intent, handle, signal) {
      signal.throwIfAborted();
      if (handle !== undefined) return { state: 'done' };
      return dedupes
        ? { state: 'not-started' }
        : { state: 'unknown', reason: `Nobody can tell whether it arrived at ${where}.` };
    },
    manual(input) {
      const { title, text, state } = NoticeInput.parse(input);
      return `Ask those who run ${where} whether the notice “${title}” (${state}) arrived; if not, publish this text by hand: ${text}`;
    },
  };
}

function next(kind: OutsideErrorKind): string {
  if (kind === 'credentials' || kind === 'permission') return 'Check the token in backstop.yaml.';
  if (kind === 'not-found') return 'Check the address in backstop.yaml.';
  return 'Ask those who run the receiver whether it arrived.';
}
