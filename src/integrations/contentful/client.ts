import { AsyncLocalStorage } from 'node:async_hooks';
import { createClient, type PlainClientAPI } from 'contentful-management';
import { z } from 'zod';
import { retryReads } from '../retry-reads.ts';
import { type Answer, contentfulError } from './errors.ts';
import type { ContentfulConnection, ContentfulEnvironmentSettings } from './schema.ts';

const READ_TIMEOUT_MS = 30_000;
const CHANGE_TIMEOUT_MS = 25_000;

/** One space of Contentful, as this integration speaks to it. */
export interface Contentful {
  readonly space: string;
  readonly alias: string;
  /** How the ids of Backstop's own environments begin. */
  readonly prefix: string;
  /** For messages: `space abc123`. */
  readonly on: string;
  /**
   * A read, repeated when it fails for a passing reason; 30 s for each try. The answer is not checked yet.
   * @throws OutsideError; the signal's reason when it was aborted.
   */
  read(
    attempted: string,
    call: (client: PlainClientAPI) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<unknown>;
  /**
   * A change, sent once.
   * @throws OutsideError, `ambiguous` when nobody knows whether it was done, also after an abort once it was sent, and
   *   `busy` when the version it was conditional on is not the current one; the signal's reason when it was aborted before.
   */
  change(
    attempted: string,
    call: (client: PlainClientAPI) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<unknown>;
}

/** One call on its way: what cuts it off, and what came back. The SDK has no place for either. */
interface Passage {
  readonly signal: AbortSignal;
  answer?: Answer;
}

/** A client with every retry of the SDK switched off: by itself it sends a change again on a 500 or a cut connection. */
export function createContentfulClient(
  connection: ContentfulConnection,
  settings: ContentfulEnvironmentSettings,
): Contentful {
  const passages = new AsyncLocalStorage<Passage>();
  const client = connect(connection, settings.space, passages);
  const on = `space ${settings.space}`;

  async function attempt(
    what: { readonly asked: 'read' | 'change'; readonly attempted: string },
    call: (client: PlainClientAPI) => Promise<unknown>,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<unknown> {
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    const passage: Passage = { signal: AbortSignal.any([signal, timeout]) };
    try {
      return await passages.run(passage, () => call(client));
    } catch (error) {
      if (signal.aborted && what.asked === 'read') throw signal.reason;
      const gaveUp = signal.aborted ? 'aborted' : timeout.aborted ? 'timed-out' : undefined;
      const seen = { answer: passage.answer, gaveUp, secrets: [connection.token] } as const;
      throw contentfulError({ ...what, on }, error, seen);
    }
  }

  return {
    space: settings.space,
    alias: settings.alias,
    prefix: settings.environmentPrefix,
    on,
    read: (attempted, call, signal) =>
      retryReads(
        () => attempt({ asked: 'read', attempted }, call, READ_TIMEOUT_MS, signal),
        signal,
      ),
    change: (attempted, call, signal) =>
      attempt({ asked: 'change', attempted }, call, CHANGE_TIMEOUT_MS, signal),
  };
}

function connect(
  connection: ContentfulConnection,
  spaceId: string,
  passages: AsyncLocalStorage<Passage>,
): PlainClientAPI {
  return createClient(
    {
      accessToken: connection.token,
      // Not `host`: what the SDK cannot read there it silently replaces by its own address.
      baseURL: `${connection.baseUrl.replace(/\/+$/, '')}/spaces/`,
      retryOnError: false,
      application: 'backstop',
      // The SDK would print failed requests.
      logHandler: () => undefined,
      onBeforeRequest(config) {
        const signal = passages.getStore()?.signal;
        if (signal) config.signal = signal;
        return config;
      },
      responseLogger(response) {
        const passage = passages.getStore();
        const answer = answerIn(response);
        if (passage && answer) passage.answer = answer;
      },
    },
    { defaults: { spaceId } },
  );
}

const Response = z.object({
  status: z.number(),
  // An instance of axios's own class, which is no plain object.
  headers: z.custom<object>((value) => typeof value === 'object' && value !== null),
  data: z.unknown(),
});

/** What came over the wire, of a response or of the failure that carries one. */
function answerIn(seen: unknown): Answer | undefined {
  const carrier = z.object({ response: Response }).transform(({ response }) => response);
  const parsed = z.union([carrier, Response]).safeParse(seen);
  if (!parsed.success) return undefined;
  const { status, headers, data } = parsed.data;
  const header = (name: string): string | undefined => {
    const value: unknown = Reflect.get(headers, name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  return {
    status,
    body: status >= 400 ? data : undefined,
    requestId: header('x-contentful-request-id'),
    reset: header('x-contentful-ratelimit-reset') ?? header('retry-after'),
  };
}
