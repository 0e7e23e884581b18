/** Stopping and starting what writes. Both may be repeated: they say what is to be, not what is to change. */

import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type {
  Change,
  Check,
  Intent,
  Json,
  Observation,
  Operation,
  Progress,
  Recovery,
} from '../../operation.ts';
import { checked, pass, warn } from '../checks.ts';
import { type Jobs, jobGone } from '../command/jobs.ts';
import { composeCall, shellLine } from '../command/place.ts';
import { isAlive, KEY_VARIABLE, traceOf } from '../command/processes.ts';
import { howItEnded, startCommand } from '../command/run-command.ts';
import { readStanding, type Standing } from './containers.ts';
import type { ComposeSettings } from './schema.ts';

export const STOP = 'stop';
export const START = 'start';

const QUIET_MS = 30_000;
const POLL_MS = 2_000;
const MARGIN_MS = 60_000;
const NEVER = new AbortController().signal;

const ServicesHandle = z.object({
  key: z.string(),
  pid: z.number(),
  started: z.string().nullable(),
});

/** Stops the services, in the order and the time that compose gives them. */
export function createStop(settings: ComposeSettings, jobs: Jobs): Operation {
  const { services, stopSeconds, project } = settings;
  const judge = ({ isStopped, isMoving, note }: Standing): Observation => ({
    fingerprint: isStopped ? 'stopped' : 'not stopped',
    expected: 'stopped',
    moving: false,
    note: isMoving ? `${note}, still starting` : note,
  });
  return servicesOperation(settings, jobs, {
    words: { title: `Stop ${services.join(', ')} of ${project}`, from: 'running', to: 'stopped' },
    args: ['stop', '--timeout', String(stopSeconds), ...services],
    // One after the other at worst.
    limitMs: stopSeconds * services.length * 1000 + MARGIN_MS,
    usualMs: 15_000,
    observe: async (signal) => judge(await readStanding(settings, services, signal)),
    recovered: (standing) => (standing.isStopped ? { state: 'done' } : { state: 'not-started' }),
  });
}

/**
 * Starts the services and waits until they are healthy. Containers that are there are started as they are; none is made anew
 * from a newer definition.
 */
export function createStart(settings: ComposeSettings, jobs: Jobs): Operation {
  const { services, startSeconds, project } = settings;
  const wait = ['--wait', '--wait-timeout', String(startSeconds)];
  return servicesOperation(settings, jobs, {
    words: {
      title: `Start ${services.join(', ')} of ${project}`,
      from: 'stopped',
      to: 'running and healthy',
    },
    args: ['up', '--detach', '--no-build', '--no-deps', '--no-recreate', ...wait, ...services],
    limitMs: startSeconds * 1000 + MARGIN_MS,
    usualMs: 30_000,
    // While a plan is made they still run. When its turn comes they are stopped, unless somebody started them meanwhile: a script
    // that restores and starts by itself.
    observe: async (signal) => {
      const { isStarted, note } = await readStanding(settings, services, signal);
      const fingerprint = isStarted ? 'started' : 'stopped';
      return { fingerprint, expected: 'started', moving: false, note };
    },
    recovered: (standing) => {
      if (standing.isStarted) return { state: 'done' };
      if (standing.isMoving) return { state: 'in-flight', note: standing.note };
      return { state: 'not-started' };
    },
  });
}

interface Particular {
  readonly words: { readonly title: string; readonly from: string; readonly to: string };
  readonly args: readonly string[];
  readonly limitMs: number;
  readonly usualMs: number;
  readonly observe: (signal: AbortSignal) => Promise<Observation>;
  readonly recovered: (standing: Standing) => Recovery;
}

function servicesOperation(
  settings: ComposeSettings,
  jobs: Jobs,
  { words, args, limitMs, usualMs, observe, recovered }: Particular,
): Operation {
  const { services, project, directory } = settings;
  const command = composeCall(settings, args, limitMs);

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: limitMs + MARGIN_MS,
    usualMs,
    pollMs: POLL_MS,
    title: () => words.title,
    observe: async (input, signal) => {
      requireEmpty(input);
      return observe(signal);
    },

    async describe(input, signal): Promise<readonly Change[]> {
      requireEmpty(input);
      signal.throwIfAborted();
      return services.map((service) => ({
        what: `service ${service} of ${project}`,
        from: words.from,
        to: words.to,
      }));
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      requireEmpty(input);
      const name = 'docker compose answers';
      let found: string | undefined;
      const answers = await checked(name, true, async () => {
        found = (await readStanding(settings, services, signal)).note;
        return pass(name, `It knows project ${project}.`);
      });
      if (found === undefined) return [answers];
      const told = found.includes('without a container') ? warn : pass;
      return [answers, told('The services have containers', `${found}.`)];
    },

    async submit(input, intent, signal) {
      requireEmpty(input);
      signal.throwIfAborted();
      const env = { ...command.env, [KEY_VARIABLE]: intent.key };
      // Once started it belongs to the run; its own limit ends it.
      const started = await startCommand({ ...command, env }, NEVER);
      jobs.start(
        intent.key,
        () => {
          const lines = started.output.lastLines(2);
          return lines === '' ? 'docker compose works.' : `docker compose works: ${lines}`;
        },
        started.ended.then((ended) => {
          const said = ended.lastLines === '' ? '' : `: ${ended.lastLines}`;
          const how = `docker compose ${howItEnded(ended, limitMs)}${said}.`;
          return ended.how === 'exited' && ended.code === 0
            ? { state: 'succeeded', note: how }
            : { state: 'failed', reason: how, nothingDone: false };
        }),
      );
      return { key: intent.key, ...(await traceOf(started.pid)) };
    },

    async poll(handle, signal): Promise<Progress> {
      signal.throwIfAborted();
      const trace = ServicesHandle.parse(handle);
      const job = jobs.find(trace.key);
      if (job?.state === 'running') return { state: 'running', note: job.note };
      if (job?.state === 'succeeded') return { state: 'succeeded' };
      if (job) return { state: 'failed', reason: job.reason };
      if (await isAlive(trace.key, trace))
        return { state: 'running', note: 'docker compose still works.' };
      throw jobGone(`project ${project}`);
    },

    async recover(input: Json, intent: Intent, handle, signal): Promise<Recovery> {
      requireEmpty(input);
      const trace = handle === undefined ? undefined : ServicesHandle.parse(handle);
      const job = jobs.find(intent.key);
      if (job?.state === 'running') return { state: 'in-flight', note: job.note };
      if (!job && (await isAlive(intent.key, trace))) {
        return { state: 'in-flight', note: 'docker compose still works.' };
      }
      return recovered(await readStanding(settings, services, signal));
    },

    manual(input) {
      requireEmpty(input);
      const look = composeCall(settings, ['ps', '--all', ...services], limitMs);
      return [
        `${words.title}, on the machine that Backstop runs on:`,
        `cd ${shellLine([directory])} && ${shellLine(command.argv)}`,
        `It is done when this shows ${services.join(' and ')} ${words.to}: ${shellLine(look.argv)}`,
      ].join('\n');
    },
  };
}

function requireEmpty(input: Json): void {
  if (typeof input === 'object' && input !== null && Object.keys(input).length === 0) return;
  throw new Refusal('invalid-input', 'Stopping and starting services takes no input.');
}
