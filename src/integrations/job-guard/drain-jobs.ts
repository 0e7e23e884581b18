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
import { duration } from '../../words.ts';
import { fail, pass, warn } from '../checks.ts';
import type { Guard } from './guard.ts';
import { type Jobs, jobWords, OWNER } from './jobs.ts';
import { DRAIN_JOBS, RESUME_JOBS } from './resume-jobs.ts';

const MINUTE_MS = 60_000;
const OPEN = 'open';
const PAUSED = `paused by ${OWNER}`;
/** Where no queue is paused: nobody holds it, also not after the jobs have ended. */
const DRAINED = 'drained';

const DrainHandle = z.strictObject({ paused: z.boolean() });

/**
 * Waits until no guarded job runs. Where the app can pause its queue, that is the one request made, so that no new job
 * begins; else nothing is sent and the step only waits.
 */
export function createDrainJobs(guard: Guard): Operation {
  const { settings, pausing } = guard;
  const quietMs = settings.quietSeconds * 1000;
  const limitMs = settings.limitMinutes * MINUTE_MS;

  function observation(jobs: Jobs): Observation {
    const note = noteOf(jobs);
    // Jobs come and go while a plan waits for approval: they are waited for, and are no drift.
    if (!pausing) return { fingerprint: OPEN, expected: DRAINED, moving: false, note };
    const isOurs = jobs.pausedBy === OWNER;
    const state = jobs.pausedBy === undefined ? OPEN : `paused by ${jobs.pausedBy}`;
    const isBusy = isOurs && !isStill(jobs);
    const fingerprint = isBusy ? `${state}, with jobs running` : state;
    return { fingerprint, expected: PAUSED, moving: false, note };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs,
    limitMs,
    usualMs: settings.usualMinutes * MINUTE_MS,
    pollMs: settings.pollSeconds * 1000,
    title: () => `Wait until no guarded job runs in ${guard.title.replace(/^the jobs of /, '')}`,

    async describe(input, signal): Promise<readonly Change[]> {
      requireEmpty(input);
      const jobs = await guard.read(signal);
      const waits: Change = {
        what: 'guarded jobs',
        from: jobs.running.length === 0 ? 'none runs' : jobWords(jobs.running),
        to: `none runs; waited for up to ${duration(limitMs)}`,
      };
      if (!pausing) return [waits];
      const from = jobs.pausedBy === undefined ? 'takes jobs' : `paused by ${jobs.pausedBy}`;
      return [{ what: 'job queue', from, to: 'paused until the plan has ended' }, waits];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      requireEmpty(input);
      const jobs = await guard.read(signal);
      return [runningCheck(jobs, limitMs), ...(pausing ? [pausedCheck(jobs)] : [])];
    },

    async observe(input, signal): Promise<Observation> {
      requireEmpty(input);
      return observation(await guard.read(signal));
    },

    async submit(input, intent, signal): Promise<Handle> {
      requireEmpty(input);
      await pausing?.pause(quietMs, signal, intent.key);
      return { paused: pausing !== undefined };
    },

    async poll(handle, signal): Promise<Progress> {
      const { paused } = DrainHandle.parse(handle);
      const jobs = await guard.read(signal);
      if (paused && jobs.pausedBy !== OWNER) return { state: 'failed', reason: notHeld(jobs) };
      if (isStill(jobs)) return { state: 'succeeded' };
      return { state: 'waiting', note: waitingFor(jobs) };
    },

    async recover(input, _intent, handle, signal): Promise<Recovery> {
      requireEmpty(input);
      const jobs = await guard.read(signal);
      const isBusy = !isStill(jobs);
      const note = waitingFor(jobs);
      if (!pausing) {
        if (!isBusy) return { state: 'done' };
        return handle === undefined ? { state: 'not-started' } : { state: 'in-flight', note };
      }
      if (jobs.pausedBy === OWNER) return isBusy ? { state: 'in-flight', note } : { state: 'done' };
      if (jobs.pausedBy === undefined && handle === undefined) return { state: 'not-started' };
      return { state: 'diverged', reason: notHeld(jobs) };
    },

    undo: () => ({ operation: RESUME_JOBS, input: {} }),

    manual: () => manual(guard, limitMs),
  };
}

function isStill({ running, stillOpen }: Jobs): boolean {
  return running.length === 0 && stillOpen === undefined;
}

function waitingFor({ running, stillOpen }: Jobs): string {
  const jobs = running.length > 0 ? [`Waiting for ${jobWords(running)}.`] : [];
  return [...jobs, ...(stillOpen === undefined ? [] : [`Not held yet: ${stillOpen}.`])].join(' ');
}

function noteOf({ running, pausedBy, stillOpen }: Jobs): string {
  const held = `the queue paused by ${pausedBy}${stillOpen === undefined ? '' : ` (${stillOpen})`}`;
  const queue = pausedBy === undefined ? 'the queue takes jobs' : held;
  return running.length === 0
    ? `${queue}, and no guarded job running`
    : `${queue}, and running ${jobWords(running)}`;
}

function notHeld({ pausedBy }: Jobs): string {
  return pausedBy === undefined
    ? 'The queue was resumed by somebody; new jobs may begin.'
    : `The queue is paused by ${pausedBy}, not by Backstop.`;
}

function runningCheck({ running }: Jobs, limitMs: number): Check {
  const name = 'No guarded job is running';
  if (running.length === 0) return pass(name, 'None runs now.');
  const waits = `The run waits for ${jobWords(running)}, up to ${duration(limitMs)}.`;
  return warn(name, `${waits} Going on without waiting needs a reason.`);
}

function pausedCheck({ pausedBy }: Jobs): Check {
  const name = 'Nobody else has paused the queue';
  if (pausedBy === undefined || pausedBy === OWNER) {
    return pass(name, pausedBy ? 'Backstop has paused it.' : 'The queue takes jobs.');
  }
  const held = `It is paused by ${pausedBy}, whose pause Backstop would end`;
  return fail(name, `${held}: ask for it to be resumed first.`);
}

function manual({ settings, endpoint, queues }: Guard, limitMs: number): string {
  const jobs = settings.jobs.join(', ');
  const stop = queues?.byHand.pause ?? 'stop the scheduler and whatever enqueues jobs';
  const pause = endpoint ? `POST ${endpoint.where}/pause with {"by":"${OWNER}"}` : stop;
  const tables = `the tables of ${settings.database?.library}`;
  const look = endpoint ? `GET ${endpoint.where}` : (queues?.byHand.look ?? tables);
  return [
    `See that no job runs that must not be interrupted (${jobs}).`,
    `1. Let no new ones begin: ${pause}.`,
    `2. Look until none runs, up to ${duration(limitMs)}: ${look}.`,
    '3. A job that does not end is interrupted by the next steps. Write down which one, and whom it has served, before going on.',
  ].join('\n');
}

function requireEmpty(input: Json): void {
  if (z.strictObject({}).safeParse(input).success) return;
  throw new Refusal('invalid-input', `${DRAIN_JOBS} takes no input.`);
}
