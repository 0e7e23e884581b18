/** A small client for an API of JSON over HTTP: one request a call, with a limit, and every failure in one shape. */

import { OutsideError, type OutsideErrorKind } from '../errors.ts';
import { type Asked, kindOfNoAnswer, kindOfStatus, retryAfterMs } from './failure.ts';
import { codeOf, plainCause, redact } from './redact.ts';
import { retryReads } from './retry-reads.ts';

const TIMEOUT_MS = 15_000;
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** Atlassian's own status for too many requests. */
const ENHANCE_YOUR_CALM = 420;

export interface JsonClientOptions {
  /** For errors: `Statuspage`. */
  readonly system: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  /** What a person can do about a failure of that kind, one sentence. */
  readonly next: (kind: OutsideErrorKind) => string;
}

export interface JsonRequest {
  /** Imperative, for errors: `read the page`. */
  readonly attempted: string;
  readonly on: string;
  readonly address: URL;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface JsonClient {
  /** A read, repeated when it fails for a passing reason. @throws OutsideError; the signal's reason when it was aborted. */
  read(request: JsonRequest, signal: AbortSignal): Promise<unknown>;
  /**
   * A change, sent once. Resolves with the answer's JSON, undefined when it has none.
   * @throws OutsideError, `ambiguous` when nobody knows whether it was done; the signal's reason when it was aborted before.
   */
  change(
    request: JsonRequest & { readonly method: 'POST' | 'PATCH'; readonly body: unknown },
    signal: AbortSignal,
  ): Promise<unknown>;
}

/** A client without redirects and retries of its own; reads are repeated by `retryReads`. */
export function createJsonClient(options: JsonClientOptions): JsonClient {
  const { system, secrets, next } = options;

  function failure(
    { attempted, on }: JsonRequest,
    kind: OutsideErrorKind,
    said: Partial<OutsideError['detail']>,
  ): OutsideError {
    return new OutsideError({ kind, system, attempted, on, next: next(kind), ...said });
  }

  async function send(
    asked: Asked,
    request: JsonRequest & { readonly method: string; readonly body?: unknown },
    signal: AbortSignal,
  ): Promise<string> {
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await fetch(request.address, {
        method: request.method,
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          'user-agent': 'backstop',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...options.headers,
          ...request.headers,
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal: AbortSignal.any([signal, timeout]),
      });
      const body = await bodyOf(response);
      if (body === undefined) throw unreadable(request, asked, 'more than 8 MB');
      if (response.ok) return body;
      const { status } = response;
      const kind = kindOfStatus(status === ENHANCE_YOUR_CALM ? 429 : status, asked);
      const words = body.replace(/<[^>]*>/g, ' ').trim();
      throw failure(request, kind, {
        status,
        answer: words === '' ? undefined : redact(words, secrets),
        retryAfterMs: retryAfterMs(response.headers.get('retry-after') ?? undefined, Date.now()),
      });
    } catch (error) {
      if (error instanceof OutsideError) throw error;
      if (signal.aborted && asked === 'read') throw signal.reason;
      const code = codeOf(error);
      const cause = plainCause(error, secrets);
      const gaveUp = signal.aborted
        ? 'not waited for to the end'
        : timeout.aborted
          ? 'no answer in time'
          : undefined;
      throw failure(request, kindOfNoAnswer(code, asked), {
        code: gaveUp ? undefined : code,
        answer: gaveUp ?? cause.message,
        cause,
      });
    }
  }

  function unreadable(request: JsonRequest, asked: Asked, found: string): OutsideError {
    return failure(request, asked === 'change' ? 'ambiguous' : 'malformed', { answer: found });
  }

  function parsed(body: string, request: JsonRequest, asked: Asked): unknown {
    try {
      return JSON.parse(body);
    } catch {
      throw unreadable(request, asked, 'it is not JSON');
    }
  }

  return {
    read: (request, signal) =>
      retryReads(async () => {
        const body = await send('read', { ...request, method: 'GET' }, signal);
        return parsed(body, request, 'read');
      }, signal),
    async change(request, signal) {
      const body = await send('change', request, signal);
      try {
        return JSON.parse(body);
      } catch {
        // It was accepted; whoever needs more looks.
        return undefined;
      }
    },
  };
}

/** Undefined when it is longer than anybody should send. */
async function bodyOf(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest of the answer.
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}
