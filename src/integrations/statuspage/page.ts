/** One page of Statuspage: the incidents on it, as far as they are Backstop's. */

import { z } from 'zod';
import type { Notice, NoticeImpact } from '../../component.ts';
import { OutsideError, type OutsideErrorKind } from '../../errors.ts';
import { createJsonClient } from '../json-client.ts';
import type { StatuspageConnection, StatuspageSettings } from './schema.ts';

/** How many incidents a look goes back; Statuspage gives no more at once. */
const LOOK_BACK = 100;

/** What Backstop keeps with each incident of its own, to find it again. */
const Mark = z.object({
  backstop: z.object({ thread: z.string(), number: z.number().int(), state: z.string() }),
});

const Shown = z.object({
  id: z.string().min(1),
  status: z.string(),
  shortlink: z.string().nullish(),
  metadata: z.unknown(),
});

const Named = z.object({ id: z.string(), name: z.string() });

/** An incident on the page that Backstop opened. */
export interface OwnIncident {
  readonly id: string;
  /** As the page says now: somebody may have changed it by hand. */
  readonly status: string;
  readonly link: string | undefined;
  /** The last notice that Backstop published on it. */
  readonly number: number;
  readonly state: string;
}

export interface Page {
  /** For people: `page kctbh9vrtdwd`. */
  readonly title: string;
  name(signal: AbortSignal): Promise<string>;
  components(signal: AbortSignal): Promise<readonly { id: string; name: string }[]>;
  /** @throws OutsideError */
  find(thread: string, signal: AbortSignal): Promise<OwnIncident | undefined>;
  /** One request. @throws OutsideError, see `JsonClient.change`. */
  open(notice: Notice, signal: AbortSignal): Promise<void>;
  /** One request. @throws as `open`. */
  update(id: string, notice: Notice, signal: AbortSignal): Promise<void>;
}

/** What a component of the page shows meanwhile, by impact. */
const COMPONENT_STATES: Readonly<Record<NoticeImpact, string>> = {
  minor: 'degraded_performance',
  major: 'partial_outage',
  critical: 'major_outage',
};

export function createPage(connection: StatuspageConnection, settings: StatuspageSettings): Page {
  const base = connection.baseUrl.replace(/\/+$/, '');
  const title = `page ${settings.page}`;
  const client = createJsonClient({
    system: 'Statuspage',
    headers: { authorization: `OAuth ${connection.apiKey}` },
    secrets: [connection.apiKey],
    next,
  });
  const to = (path: string, attempted: string) => ({
    attempted,
    on: title,
    address: new URL(`${base}/pages/${settings.page}${path}`),
  });

  function checked<T>(schema: z.ZodType<T>, answer: unknown, attempted: string): T {
    const found = schema.safeParse(answer);
    if (found.success) return found.data;
    const paths = found.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new OutsideError({
      kind: 'malformed',
      system: 'Statuspage',
      attempted,
      on: title,
      answer: `unexpected ${paths || 'answer'}`,
      next: next('malformed'),
    });
  }

  return {
    title,
    async name(signal) {
      const what = to('', 'read the page');
      return checked(Named, await client.read(what, signal), what.attempted).name;
    },
    async components(signal) {
      const what = to('/components?per_page=100', 'list the components');
      return checked(z.array(Named), await client.read(what, signal), what.attempted);
    },
    async find(thread, signal) {
      const what = to(`/incidents?limit=${LOOK_BACK}`, 'look for the incident');
      const incidents = checked(z.array(Shown), await client.read(what, signal), what.attempted);
      for (const { id, status, shortlink, metadata } of incidents) {
        const mark = Mark.safeParse(metadata).data?.backstop;
        if (mark?.thread !== thread) continue;
        return { id, status, link: shortlink ?? undefined, ...mark };
      }
      return undefined;
    },
    async open(notice, signal) {
      const { text, title: name, state, impact } = notice;
      const incident = {
        name,
        body: text,
        status: state,
        impact_override: impact,
        ...marked(notice, settings),
      };
      const what = to('/incidents', 'publish a notice');
      await client.change({ ...what, method: 'POST', body: { incident } }, signal);
    },
    async update(id, notice, signal) {
      const { text, state, impact } = notice;
      const incident = {
        body: text,
        status: state,
        impact_override: impact,
        ...marked(notice, settings),
      };
      const what = to(`/incidents/${encodeURIComponent(id)}`, 'publish a notice');
      await client.change({ ...what, method: 'PATCH', body: { incident } }, signal);
    },
  };
}

/** The mark by which it is found again, and what the components show; resolving does not put those back by itself. */
function marked(notice: Notice, { components, notify }: StatuspageSettings) {
  const { thread, number, state, impact } = notice;
  const shows = state === 'resolved' ? 'operational' : COMPONENT_STATES[impact];
  return {
    metadata: { backstop: { thread, number, state } },
    deliver_notifications: notify,
    ...(components.length === 0
      ? {}
      : {
          component_ids: components,
          components: Object.fromEntries(components.map((id) => [id, shows])),
        }),
  };
}

function next(kind: OutsideErrorKind): string {
  switch (kind) {
    case 'credentials':
    case 'permission':
      return 'Put a valid API key into the configuration (statuspage.apiKey; Statuspage, "API info").';
    case 'not-found':
      return 'Check the id of the page in backstop.yaml (Statuspage, "API info").';
    case 'rejected':
      return 'Check the ids of the components in backstop.yaml, or publish it on the page by hand.';
    case 'throttled':
    case 'busy':
      return 'Statuspage takes one request a second; try again in a minute.';
    case 'unavailable':
    case 'ambiguous':
    case 'malformed':
      return 'Look at the page, and at metastatuspage.com, before it is tried again.';
  }
}
