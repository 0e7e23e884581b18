import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { retryReads } from '../retry-reads.ts';
import { answerError, noAnswerError, unreadableError } from './failures.ts';
import type { JobSource, Jobs } from './jobs.ts';
import { isGuarded, OWNER } from './jobs.ts';
import type { JobEndpoint } from './schema.ts';

const TIMEOUT_MS = 15_000;
/** Lists of recipients are long; an endless answer is none. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const id = z.union([z.string().min(1), z.number()]).transform(String);

/** What `GET url` answers. */
const Shown = z.object({
  paused: z.object({ by: z.string().min(1) }).nullish(),
  reschedules: z.boolean().nullish(),
  running: z.array(z.object({ id, name: z.string(), startedAt: time.nullish() })),
  interrupted: z
    .array(
      z.object({
        id,
        name: z.string(),
        served: z.array(z.string()),
        total: z.int().nonnegative().nullish(),
      }),
    )
    .nullish(),
});

/** Which jobs to put back into the queue, each but for the recipients it has served, and not before a time (ISO 8601, UTC). */
interface Requeue {
  readonly id: string;
  readonly except: readonly string[];
  readonly notBefore?: string;
}

/** The app's endpoint for its jobs. */
export interface Endpoint extends JobSource {
  /** The address without a query, for people. */
  readonly where: string;
  /** Pauses the queue. Sent once. @throws OutsideError, `ambiguous` when nobody knows whether it was done. */
  pause(timeoutMs: number, signal: AbortSignal, key: string): Promise<void>;
  /** Resumes the queue and re-queues jobs, in one request. @throws as `pause`. */
  resume(
    requeue: readonly Requeue[],
    key: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<void>;
}

/** @param patterns the jobs that are guarded; of the others nothing is told. */
export function createEndpoint(settings: JobEndpoint, patterns: readonly string[]): Endpoint {
  const { token } = settings;
  const secrets = token === undefined ? [] : [token];
  const base = new URL(settings.url);
  const where = `${base.host}${base.pathname}`;

  function addressOf(action: 'pause' | 'resume' | undefined): URL {
    const address = new URL(base);
    if (action) address.pathname = `${base.pathname.replace(/\/+$/, '')}/${action}`;
    return address;
  }

  async function send(
    what: { asked: 'read' | 'change'; attempted: string; on: string },
    address: URL,
    request: { method: string; headers?: Record<string, string>; body?: string },
    o: { timeoutMs: number; signal: AbortSignal },
  ): Promise<string> {
    o.signal.throwIfAborted();
    const timeout = AbortSignal.timeout(o.timeoutMs);
    try {
      const response = await fetch(address, {
        ...request,
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          'user-agent': 'backstop',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...request.headers,
        },
        signal: AbortSignal.any([o.signal, timeout]),
      });
      const body = await readBody(response, what);
      if (response.ok) return body;
      const retryAfter = response.headers.get('retry-after');
      throw answerError(what, { status: response.status, body, retryAfter }, secrets);
    } catch (error) {
      if (error instanceof OutsideError) throw error;
      if (o.signal.aborted && what.asked === 'read') throw o.signal.reason;
      const gaveUp = o.signal.aborted ? 'aborted' : timeout.aborted ? 'timed-out' : undefined;
      throw noAnswerError(what, error, gaveUp, secrets);
    }
  }

  async function change(
    attempted: string,
    action: 'pause' | 'resume',
    body: Readonly<Record<string, unknown>>,
    o: { key: string; timeoutMs: number; signal: AbortSignal },
  ): Promise<void> {
    const what = { asked: 'change', attempted, on: where } as const;
    await send(
      what,
      addressOf(action),
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': o.key },
        body: JSON.stringify({ by: OWNER, ...body }),
      },
      { timeoutMs: Math.min(TIMEOUT_MS, o.timeoutMs), signal: o.signal },
    );
  }

  return {
    where,
    async read(signal) {
      const what = { asked: 'read', attempted: 'read the jobs', on: where } as const;
      const o = { timeoutMs: TIMEOUT_MS, signal };
      return retryReads(async () => {
        const body = await send(what, addressOf(undefined), { method: 'GET' }, o);
        return guarded(parsed(body, what), patterns);
      }, signal);
    },
    pause: (timeoutMs, signal, key) =>
      change('pause the queue', 'pause', {}, { key, timeoutMs, signal }),
    resume: (requeue, key, timeoutMs, signal) =>
      change('resume the queue', 'resume', { requeue }, { key, timeoutMs, signal }),
  };
}

async function readBody(
  response: Response,
  what: Parameters<typeof unreadableError>[0],
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest of the answer.
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw unreadableError(what, 'more than 16 MB');
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(body: string, what: Parameters<typeof unreadableError>[0]): z.infer<typeof Shown> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw unreadableError(what, 'it is not JSON');
  }
  const found = Shown.safeParse(json);
  if (found.success) return found.data;
  // Paths only: the values may be addresses of people.
  const paths = found.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw unreadableError(what, `unexpected ${paths || 'answer'}`);
}

function guarded(shown: z.infer<typeof Shown>, patterns: readonly string[]): Jobs {
  const isOurs = ({ name }: { readonly name: string }) => isGuarded(name, patterns);
  return {
    pausedBy: shown.paused?.by,
    reschedules: shown.reschedules === true,
    running: shown.running
      .filter(isOurs)
      .map((job) => ({ id: job.id, name: job.name, startedAt: job.startedAt ?? undefined })),
    interrupted: (shown.interrupted ?? [])
      .filter(isOurs)
      .map((job) => ({ ...job, total: job.total ?? undefined })),
  };
}
