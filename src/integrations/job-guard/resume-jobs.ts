import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type {
  Change,
  Check,
  Handle,
  Json,
  Observation,
  Operation,
  Progress,
  Recovery,
} from '../../operation.ts';
import { pass, warn } from '../checks.ts';
import type { Guard } from './guard.ts';
import { interruptedWords, type Jobs, momentOf, OWNER } from './jobs.ts';
import { outsideWorkingHours, workingHoursWords } from './working-hours.ts';

export const DRAIN_JOBS = 'drain-jobs';
export const RESUME_JOBS = 'resume-jobs';

const LIMIT_MS = 10 * 60_000;
const USUAL_MS = 5_000;
/** Which jobs were put back, and whom each had served only by number: a handle is kept in the journal. */
const ResumeHandle = z.object({ sent: z.boolean(), requeued: z.string().optional() });

const HELD = 'held';
const RELEASED = 'released';

/**
 * Resumes the queue and, in the same request, puts interrupted jobs back into it, each with the recipients it has served
 * already, so that nobody is mailed twice. The list comes from the app and goes back to it; it is kept nowhere.
 */
export function createResumeJobs(guard: Guard): Operation {
  const { settings, endpoint, queues } = guard;
  const quietMs = settings.quietSeconds * 1000;
  const isAsked = (jobs: Jobs) => jobs.pausedBy === undefined && jobs.interrupted.length === 0;
  const isReleased = (jobs: Jobs) => isAsked(jobs) && jobs.stillClosed === undefined;
  const isForeign = (jobs: Jobs) => jobs.pausedBy !== undefined && jobs.pausedBy !== OWNER;

  return {
    effect: 'set',
    // The app answers a key it has seen without doing it again, and has no interrupted job left to re-queue.
    guarantee: 'keyed',
    quietMs,
    limitMs: Math.max(LIMIT_MS, quietMs * 2),
    usualMs: USUAL_MS,
    pollMs: settings.pollSeconds * 1000,
    title: () => `Resume ${guard.title}`,

    async describe(input, signal): Promise<readonly Change[]> {
      requireEmpty(input);
      const { interrupted, reschedules } = await guard.read(signal);
      const { workingHours } = settings;
      const later =
        workingHours && reschedules
          ? `, to go on outside working hours (${workingHoursWords(workingHours)})`
          : '';
      const queue: Change = { what: 'job queue', from: 'held', to: 'takes jobs' };
      const again: Change = {
        what: 'interrupted jobs',
        from: interrupted.length === 0 ? 'none now' : interruptedWords(interrupted),
        to: `in the queue again, without the recipients they have served${later}`,
      };
      if (endpoint) return [queue, again];
      return queues ? [queue] : [];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      requireEmpty(input);
      const jobs = await guard.read(signal);
      const name = 'Interrupted jobs can go on';
      if (!endpoint) {
        const reason = `${queues ? 'Jobs' : 'Nothing was paused; jobs'} that were interrupted are left to their library.`;
        return [pass(name, reason)];
      }
      const { length } = jobs.interrupted;
      const reason = `The app tells whom an interrupted job has served; ${length === 0 ? 'none is interrupted' : `${length} to go on`}.`;
      if (!settings.workingHours || jobs.reschedules) return [pass(name, reason)];
      const atOnce = warn(
        'Interrupted jobs wait for the end of working hours',
        'The app does not say that it can re-queue a job for later ("reschedules"), so they go on at once.',
      );
      return [pass(name, reason), atOnce];
    },

    async observe(input, signal): Promise<Observation> {
      requireEmpty(input);
      const jobs = await guard.read(signal);
      const held = isForeign(jobs) ? `paused by ${jobs.pausedBy}` : HELD;
      return {
        fingerprint: isReleased(jobs) ? RELEASED : held,
        expected: RELEASED,
        moving: false,
        note: noteOf(jobs),
      };
    },

    async submit(input, intent, signal): Promise<Handle> {
      requireEmpty(input);
      if (endpoint) {
        const { interrupted, reschedules } = await endpoint.read(signal);
        const { workingHours } = settings;
        // By the time of the intent: a repeat of the request says the same.
        const end =
          workingHours && reschedules ? outsideWorkingHours(workingHours, intent.at) : undefined;
        const later = end === undefined ? {} : { notBefore: new Date(end).toISOString() };
        const requeue = interrupted.map(({ id, served }) => ({ id, except: served, ...later }));
        await endpoint.resume(requeue, intent.key, quietMs, signal);
        if (interrupted.length > 0) {
          const words = interruptedWords(interrupted);
          const when = end === undefined ? '' : `, to go on at ${momentOf(end)}`;
          return { sent: true, requeued: `${words}${when}` };
        }
      } else {
        await queues?.resume(quietMs, signal);
      }
      return { sent: Boolean(endpoint ?? queues) };
    },

    async poll(_handle, signal): Promise<Progress> {
      const jobs = await guard.read(signal);
      if (isReleased(jobs)) return { state: 'succeeded' };
      if (isForeign(jobs)) return { state: 'failed', reason: notOurs(jobs) };
      if (isAsked(jobs)) return { state: 'waiting', note: `Waiting: ${jobs.stillClosed}.` };
      return { state: 'running', note: `Found ${noteOf(jobs)}.` };
    },

    async recover(input, _intent, handle, signal): Promise<Recovery> {
      requireEmpty(input);
      const jobs = await guard.read(signal);
      if (isForeign(jobs)) return { state: 'diverged', reason: notOurs(jobs) };
      if (!isAsked(jobs)) return { state: 'not-started' };
      if (isReleased(jobs)) {
        const { requeued } = handle === undefined ? {} : ResumeHandle.parse(handle);
        if (requeued === undefined) return { state: 'done' };
        const note = `Interrupted and in the queue again, without whom they had served: ${requeued}.`;
        return { state: 'done', note };
      }
      return { state: 'in-flight', note: `Waiting: ${jobs.stillClosed}.` };
    },

    manual: () => manual(guard),
  };
}

function noteOf({ pausedBy, interrupted, stillClosed }: Jobs): string {
  const free = stillClosed ?? 'the queue taking jobs';
  const queue = pausedBy === undefined ? free : `the queue paused by ${pausedBy}`;
  return interrupted.length === 0
    ? `${queue}, and no interrupted job`
    : `${queue}, and interrupted: ${interruptedWords(interrupted)}`;
}

function notOurs({ pausedBy }: Jobs): string {
  return `The queue is paused by ${pausedBy}, not by Backstop, and is left so; ask for it to be resumed.`;
}

function manual({ endpoint, queues, settings }: Guard): string {
  if (!endpoint && queues) {
    return [
      `Let ${queues.where} take jobs again.`,
      `1. ${queues.byHand.resume}.`,
      '2. Jobs that were interrupted are put back by their library: see that none of them mails anybody twice.',
    ].join('\n');
  }
  if (!endpoint) {
    return [
      'Nothing was paused by Backstop, so nothing is to be resumed.',
      `1. See in the tables of ${settings.database?.library} whether a job was interrupted, and whom it had served.`,
      '2. Put it back into the queue only without those recipients, so that nobody is mailed twice.',
    ].join('\n');
  }
  return [
    'Resume the job queue, and put interrupted jobs back into it without mailing anybody twice.',
    `1. See what was interrupted, and whom each job has served: GET ${endpoint.where} ("interrupted", with "served").`,
    `2. POST ${endpoint.where}/resume with a new Idempotency-Key and {"by":"${OWNER}","requeue":[{"id":"JOB","except":["whom it has served", …]}]}.`,
    '3. Look again: "paused" must be null and "interrupted" empty.',
  ].join('\n');
}

function requireEmpty(input: Json): void {
  if (z.strictObject({}).safeParse(input).success) return;
  throw new Refusal('invalid-input', `${RESUME_JOBS} takes no input.`);
}
