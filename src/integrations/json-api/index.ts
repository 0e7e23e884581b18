/** JSON over HTTPS for systems whose SDK is none or too much: reads are repeated, a change is sent once, and failures have one shape. */

import type { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { retryReads } from '../retry-reads.ts';
import {
  type Attempt,
  answerError,
  noAnswerError,
  type Speech,
  unreadableError,
} from './failures.ts';

const TIMEOUT_MS = 15_000;
const MAX_BODY_BYTES = 8 * 1024 * 1024;

interface Words {
  /** In the imperative: `read the flag`. */
  readonly attempted: string;
  readonly on: string;
}

interface Read extends Words {
  /** Below the base address, with its query, or a whole address. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Posted as a form: so tokens are asked for, and nothing is changed by it. */
  readonly form?: Readonly<Record<string, string>>;
}

interface Change extends Read {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
}

/** What came with an answer. */
export interface Answered<T> {
  readonly body: T;
  readonly header: (name: string) => string | undefined;
}

export interface JsonApi {
  /** Reads, up to four times. @throws OutsideError `malformed` when the answer is not of that form. */
  read<T>(request: Read, form: z.ZodType<T>, signal: AbortSignal): Promise<Answered<T>>;
  /**
   * Sends a change once. The answer's JSON, or undefined where it has none: a success status says that it was done.
   * @throws OutsideError, `ambiguous` when nobody knows whether it was done
   */
  change(request: Change, signal: AbortSignal): Promise<unknown>;
}

/** As the global `fetch`, as far as it is used here. */
export type Fetch = (address: string, request: RequestInit) => Promise<Response>;

/**
 * @param headers of every request, the credentials among them.
 * @param send in place of the global `fetch`, for systems with certificates of their own.
 */
export function createJsonApi(
  baseUrl: string,
  headers: Readonly<Record<string, string>>,
  speech: Speech,
  ask: Fetch = fetch,
): JsonApi {
  const base = baseUrl.replace(/\/+$/, '');

  async function send(
    what: Attempt,
    request: Read & Partial<Change>,
    signal: AbortSignal,
  ): Promise<{ readonly response: Response; readonly text: string }> {
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const sent = contentOf(request);
    try {
      const response = await ask(
        /^https?:/.test(request.path) ? request.path : base + request.path,
        {
          method: request.method ?? (request.form ? 'POST' : 'GET'),
          redirect: 'manual',
          headers: {
            accept: 'application/json',
            'user-agent': 'backstop',
            ...(sent ? { 'content-type': sent.type } : {}),
            ...headers,
            ...request.headers,
          },
          ...(sent ? { body: sent.body } : {}),
          signal: AbortSignal.any([signal, timeout]),
        },
      );
      const text = await readBody(response);
      if (response.ok) return { response, text };
      throw answerError(
        what,
        {
          status: response.status,
          body: jsonOr(text),
          retryAfter: response.headers.get('retry-after') ?? undefined,
          requestId: response.headers.get('x-request-id') ?? undefined,
        },
        speech,
      );
    } catch (error) {
      if (error instanceof OutsideError) throw error;
      if (signal.aborted && what.asked === 'read') throw signal.reason;
      const gaveUp = signal.aborted ? 'aborted' : timeout.aborted ? 'timed-out' : undefined;
      throw noAnswerError(what, error, gaveUp, speech);
    }
  }

  return {
    read(request, form, signal) {
      const what: Attempt = { asked: 'read', attempted: request.attempted, on: request.on };
      return retryReads(async () => {
        const { response, text } = await send(what, request, signal);
        let json: unknown;
        try {
          json = JSON.parse(text);
        } catch {
          throw unreadableError(what, 'it is not JSON', speech);
        }
        const found = form.safeParse(json);
        if (!found.success) {
          // Paths only: values may be secret.
          const paths = found.error.issues.map((issue) => issue.path.join('.')).join(', ');
          throw unreadableError(what, `unexpected ${paths || 'answer'}`, speech);
        }
        return { body: found.data, header: (name) => response.headers.get(name) ?? undefined };
      }, signal);
    },
    async change(request, signal) {
      const what: Attempt = { asked: 'change', attempted: request.attempted, on: request.on };
      const { text } = await send(what, request, signal);
      return jsonOr(text);
    },
  };
}

function contentOf({ form, body }: Pick<Read & Partial<Change>, 'form' | 'body'>) {
  if (form) {
    const type = 'application/x-www-form-urlencoded';
    return { type, body: new URLSearchParams(form).toString() };
  }
  return body === undefined ? undefined : { type: 'application/json', body: JSON.stringify(body) };
}

function jsonOr(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The text of an answer. @throws Error when it is longer than anybody should send. */
export async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest of the answer.
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw new Error('The answer is longer than 8 MB.');
  }
  return Buffer.concat(chunks).toString('utf8');
}
