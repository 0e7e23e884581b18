/** response_url (docs.slack.dev/interactivity/handling-user-interaction): five uses within 30 minutes. */
import { randomBytes } from 'node:crypto';
import type { Json } from './json.ts';
import { SlackError } from './model.ts';
import { applyReply } from './replies.ts';
import type { ResponseTarget, Slack } from './slack.ts';

const MAX_USES = 5;
const LIFETIME_MS = 30 * 60_000;

export interface ResponseUrls {
  /** The path of a new URL for the target. */
  open(target: ResponseTarget): string;
  /** Uses it once. Throws used_url, also for one that never was, expired_url, and what the message is refused for. */
  use(slack: Slack, id: string, body: Json): void;
}

/** No URLs yet; `now` in milliseconds. */
export function createResponseUrls(now: () => number): ResponseUrls {
  const urls = new Map<
    string,
    { readonly target: ResponseTarget; readonly at: number; uses: number }
  >();
  return {
    open: (target) => {
      const id = randomBytes(12).toString('hex');
      urls.set(id, { target, at: now(), uses: 0 });
      return `/response/${id}`;
    },
    use: (slack, id, body) => {
      const url = urls.get(id);
      if (!url || url.uses >= MAX_USES) throw new SlackError('used_url');
      if (now() - url.at > LIFETIME_MS) throw new SlackError('expired_url');
      url.uses += 1;
      applyReply(slack, url.target, body);
    },
  };
}
