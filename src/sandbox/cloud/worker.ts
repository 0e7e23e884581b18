/**
 * A background worker that sends mails, as the app itself shows it:
 * - `GET /internal/jobs`: whether the queue is paused and by whom, the jobs that run, those that were interrupted with the
 *   recipients already served.
 * - `POST /internal/jobs/pause` and `/resume`: with an `Idempotency-Key`; resume may re-queue interrupted jobs, each but for
 *   the recipients in `except`, and not before `notBefore`.
 * - `GET /mails`: every mail that was sent, in order.
 */
import type { Agenda } from './agenda.ts';
import type { Exchange } from './exchange.ts';
import { createFaults, type Faults } from './faults.ts';
import { type Answer, type Call, type Route, serve } from './http.ts';

interface Mail {
  readonly to: string;
  readonly job: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

interface MailJob {
  readonly id: string;
  readonly name: string;
  readonly recipients: readonly string[];
  readonly startedAt: number;
  readonly served: string[];
  interruptedAt: number | undefined;
}

export interface Worker {
  /** Without a slash at the end. */
  readonly url: string;
  /** The bearer token that the endpoints under `/internal` take. */
  readonly token: string;
  readonly faults: Faults;
  readonly requests: readonly Exchange[];
  /** How long one mail takes, in milliseconds of the cloud's clock. */
  mailMs: number;
  /** Whether it can re-queue a job for later. */
  reschedules: boolean;
  /** Starts a job that mails its recipients one after the other, unless the queue is paused. */
  startMailJob(job: {
    readonly id: string;
    readonly name?: string;
    readonly recipients: readonly string[];
  }): void;
  /** The worker is recreated: what it was doing is interrupted where it stands. */
  restart(): void;
  /** Somebody pauses the queue by hand, or lets it go on. */
  pauseBy(who: string | undefined): void;
  readonly pausedBy: string | undefined;
  /** The jobs that run now, and how many of their recipients were served. */
  readonly running: readonly {
    readonly name: string;
    readonly startedAt: number;
    readonly served: number;
    readonly of: number;
  }[];
  readonly mails: readonly Mail[];
  readonly close: () => Promise<void>;
}

const JOBS = '/internal/jobs';

/** Serves a worker with nothing to do; every request is written to `log`. */
export async function createWorker(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
  readonly port?: number | undefined;
}): Promise<Worker> {
  const { agenda } = o;
  const token = 'sandbox-worker-token';
  const mails: Mail[] = [];
  const seenKeys = new Set<string>();
  let running: MailJob[] = [];
  let interrupted: MailJob[] = [];
  let paused: { readonly by: string; readonly since: number } | undefined;

  function start(job: MailJob): void {
    running.push(job);
    mailNext(job);
  }

  function mailNext(job: MailJob): void {
    agenda.later(Math.max(1, worker.mailMs), () => {
      if (!running.includes(job)) return;
      const to = job.recipients.find((one) => !job.served.includes(one));
      if (to !== undefined) {
        job.served.push(to);
        mails.push({ to, job: job.id, at: new Date(agenda.now()).toISOString() });
      }
      if (job.served.length < job.recipients.length) mailNext(job);
      else running = running.filter((one) => one !== job);
    });
  }

  function pause(call: Call): Answer {
    const by = textOf(call.body, 'by');
    if (by === undefined) return { status: 400, body: { error: 'by is missing' } };
    if (paused && paused.by !== by) {
      return { status: 409, body: { error: `The queue is paused by ${paused.by}.` } };
    }
    paused ??= { by, since: agenda.now() };
    return { status: 200, body: shown() };
  }

  function resume(call: Call): Answer {
    const key = call.headers['idempotency-key'];
    if (typeof key !== 'string') {
      return { status: 400, body: { error: 'Idempotency-Key is missing' } };
    }
    if (seenKeys.has(key)) return { status: 200, body: shown() };
    if (paused && paused.by !== textOf(call.body, 'by')) {
      return { status: 409, body: { error: `The queue is paused by ${paused.by}.` } };
    }
    seenKeys.add(key);
    paused = undefined;
    const { requeue = [] } = (call.body ?? {}) as {
      requeue?: readonly { id: string; except?: readonly string[]; notBefore?: string }[];
    };
    for (const { id, except = [], notBefore } of requeue) {
      const job = interrupted.find((one) => one.id === id);
      if (!job) continue;
      interrupted = interrupted.filter((one) => one !== job);
      // A worker that is given no list knows nothing of what it did before, and begins with the first recipient.
      const recipients = job.recipients.filter((one) => !except.includes(one));
      const again = () =>
        start({
          ...job,
          recipients,
          served: [],
          startedAt: agenda.now(),
          interruptedAt: undefined,
        });
      if (recipients.length === 0) continue;
      const waitMs = notBefore === undefined ? 0 : Date.parse(notBefore) - agenda.now();
      if (waitMs > 0) agenda.later(waitMs, again);
      else again();
    }
    return { status: 200, body: shown() };
  }

  function shown() {
    return {
      reschedules: worker.reschedules,
      paused: paused ? { by: paused.by, since: new Date(paused.since).toISOString() } : null,
      running: running.map((job) => ({
        id: job.id,
        name: job.name,
        queue: 'mailers',
        startedAt: new Date(job.startedAt).toISOString(),
        progress: `${job.served.length} of ${job.recipients.length}`,
      })),
      interrupted: interrupted.map((job) => ({
        id: job.id,
        name: job.name,
        interruptedAt: new Date(job.interruptedAt ?? 0).toISOString(),
        total: job.recipients.length,
        served: job.served,
      })),
    };
  }

  const routes: readonly Route[] = [
    { call: 'GET jobs', path: JOBS, handle: () => ({ status: 200, body: shown() }) },
    { call: 'POST pause', path: `${JOBS}/pause`, mutates: 'now', handle: pause },
    { call: 'POST resume', path: `${JOBS}/resume`, mutates: 'now', handle: resume },
    { call: 'GET mails', path: '/mails', handle: () => ({ status: 200, body: { mails } }) },
  ];
  const faults = createFaults(routes.map((route) => route.call));
  const service = await serve({
    name: 'worker',
    routes,
    faults,
    agenda,
    log: o.log,
    port: o.port,
    guard: (call) =>
      call.path.startsWith('/internal') && call.headers.authorization !== `Bearer ${token}`
        ? { status: 401, body: { error: 'unauthorized' } }
        : undefined,
    notFound: () => ({ status: 404, body: { error: 'not found' } }),
  });

  const worker: Worker = {
    url: service.url,
    token,
    faults,
    get requests() {
      agenda.settle();
      return o.log.filter((one) => one.service === 'worker');
    },
    mailMs: 1_000,
    reschedules: true,
    startMailJob({ id, name = 'NewsletterMailJob', recipients }) {
      agenda.settle();
      if (paused) return;
      start({
        id,
        name,
        recipients,
        startedAt: agenda.now(),
        served: [],
        interruptedAt: undefined,
      });
    },
    restart() {
      agenda.settle();
      const at = agenda.now();
      interrupted = [...interrupted, ...running.map((job) => ({ ...job, interruptedAt: at }))];
      running = [];
    },
    pauseBy(who) {
      agenda.settle();
      paused = who === undefined ? undefined : { by: who, since: agenda.now() };
    },
    get pausedBy() {
      return paused?.by;
    },
    get running() {
      agenda.settle();
      return running.map(({ name, startedAt, served, recipients }) => ({
        name,
        startedAt,
        served: served.length,
        of: recipients.length,
      }));
    },
    get mails() {
      agenda.settle();
      return mails;
    },
    close: service.close,
  };
  return worker;
}

function textOf(body: unknown, name: string): string | undefined {
  const value = (body as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === 'string' ? value : undefined;
}
