/** The containers of a project's services, as `docker compose ps` tells them. */

import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { composeCall } from '../command/place.ts';
import { type Ended, howItEnded, runCommand } from '../command/run-command.ts';
import type { ComposeProject } from '../command/where.ts';
import { redact } from '../redact.ts';

const SYSTEM = 'docker compose';
const READ_LIMIT_MS = 20_000;
const ANSWER_BYTES = 1024 * 1024;

const Container = z.object({
  Service: z.string(),
  State: z.string(),
  Health: z.string().nullish(),
});

/** What all containers of the services amount to. */
export interface Standing {
  readonly isStopped: boolean;
  /** Every service runs, and is healthy where it has a health check. */
  readonly isStarted: boolean;
  /** Some are still on their way. */
  readonly isMoving: boolean;
  /** `web running, worker exited`. */
  readonly note: string;
}

const LIVE = ['running', 'restarting', 'paused', 'removing'];

/** @throws OutsideError when docker compose cannot be asked. */
export async function readStanding(
  project: ComposeProject,
  services: readonly string[],
  signal: AbortSignal,
): Promise<Standing> {
  const attempted = 'list the containers';
  const args = ['ps', '--all', '--format', 'json', ...services];
  const command = { ...composeCall(project, args, READ_LIMIT_MS), answerBytes: ANSWER_BYTES };
  const ended = await runCommand(command, signal);
  if (ended.how !== 'exited' || ended.code !== 0)
    throw composeFailed(ended, project, attempted, READ_LIMIT_MS);
  const containers = parse(ended.answer);
  if (!containers) throw unreadable(project, attempted);
  return standingOf(containers, services);
}

function standingOf(
  containers: readonly z.infer<typeof Container>[],
  services: readonly string[],
): Standing {
  const all = services.map((service) => {
    const own = containers.filter((one) => one.Service === service);
    const isLive = own.some(({ State }) => LIVE.includes(State));
    const isWell = own.some(
      ({ State, Health }) => State === 'running' && (!Health || Health === 'healthy'),
    );
    const isStarting = own.some(
      ({ State, Health }) => State === 'running' && Health === 'starting',
    );
    const states = own.map(({ State, Health }) => (Health ? `${State} (${Health})` : State));
    return {
      isLive,
      isWell,
      isStarting,
      note: `${service} ${states.join(' and ') || 'without a container'}`,
    };
  });
  return {
    isStopped: all.every(({ isLive }) => !isLive),
    isStarted: all.every(({ isWell }) => isWell),
    isMoving: all.some(({ isStarting }) => isStarting),
    note: all.map(({ note }) => note).join(', '),
  };
}

/** Newer versions print one object on each line, older ones one array. */
function parse(answer: string): readonly z.infer<typeof Container>[] | undefined {
  const text = answer.trim();
  try {
    const given: unknown = text.startsWith('[')
      ? JSON.parse(text)
      : text
          .split('\n')
          .filter((line) => line !== '')
          .map((line): unknown => JSON.parse(line));
    return z.array(Container).safeParse(given).data;
  } catch {
    return undefined;
  }
}

/** A call of docker compose that did not end well, as an error. */
function composeFailed(
  ended: Ended,
  { project }: ComposeProject,
  attempted: string,
  limitMs: number,
): OutsideError {
  const isMissing = /unknown command: docker compose|is not a docker command/.test(ended.said);
  const isAway = /Cannot connect to the Docker daemon|permission denied.*docker/i.test(ended.said);
  return new OutsideError({
    kind: isMissing ? 'rejected' : 'unavailable',
    system: SYSTEM,
    attempted,
    on: `project ${project}`,
    answer: redact(ended.said, []) || `it ${howItEnded(ended, limitMs)}`,
    next: isMissing
      ? 'Install the compose plugin of docker for the user Backstop runs as.'
      : isAway
        ? 'See that docker runs, and that the user Backstop runs as may use it.'
        : 'Try the same by hand, as the user Backstop runs as.',
  });
}

function unreadable({ project }: ComposeProject, attempted: string): OutsideError {
  return new OutsideError({
    kind: 'malformed',
    system: SYSTEM,
    attempted,
    on: `project ${project}`,
    next: 'See what `docker compose ps --format json` prints; a newer version may be needed.',
  });
}
