import { z } from 'zod';
import { messageOf, OutsideError, Refusal } from '../../errors.ts';
import {
  type Check,
  type Handle,
  type Json,
  type Observation,
  type Operation,
  type Progress,
  type Recovery,
  recoverByLooking,
} from '../../operation.ts';
import { checked, fail, pass, warn } from '../checks.ts';
import { CommandHandle, newJob, tracksOf } from '../command/command-handle.ts';
import { endWork } from '../command/end-work.ts';
import { type JobEnd, jobGone, saidBy } from '../command/jobs.ts';
import { commandAt, placeName, shellLine } from '../command/place.ts';
import { isAlive } from '../command/processes.ts';
import { type Ended, howItEnded, type Started, startCommand } from '../command/run-command.ts';
import { redact } from '../redact.ts';
import { requireSafety, safetyCheck } from '../safety-backup.ts';
import type { Migrated } from './database.ts';
import { answerOf, argvOf } from './reader.ts';
import { surroundingsIn } from './schema.ts';
import type { Migration, Step } from './tool.ts';

export const TAKE_BACK = 'take-back';

const TakeBackInput = z.strictObject({
  migration: z.string().regex(/^[A-Za-z0-9_][\w.-]{0,250}$/),
  /** The name under which the safety backup was captured. */
  safety: z.string().min(1).max(200).nullable(),
});

const POLL_MS = 2_000;
/** Half of it is what a request may take: to read the list first, tools take as long as the code to start. */
const QUIET_MS = 60_000;
const USUAL_MS = 20_000;
const AFTERWARDS_MS = 120_000;
/** Where in the code something happened says nothing to the people of an incident. */
const STACK = /^\s+(at |File )|:\d+:in [`']|^Tasks: TOP|^\(See full trace/;
const TELLING_LINES = 4;
/** What it came to is read whatever happens. */
const NEVER = new AbortController().signal;

/**
 * Takes one migration back, the newest that is applied, by the newer release's code. What the tool says about it is told;
 * what is believed is a list read afterwards.
 */
export function createTakeBack(migrated: Migrated): Operation {
  const { settings, tool, jobs, safety: safetyOf, isTransactional } = migrated;
  const { newer, limitSeconds, where } = settings;
  const limitMs = limitSeconds * 1000;
  const told = new Set<string>();

  function read(input: Json): z.infer<typeof TakeBackInput> {
    const parsed = TakeBackInput.safeParse(input);
    if (parsed.success) return parsed.data;
    const field = String(parsed.error.issues[0]?.path[0] ?? 'input');
    throw new Refusal('invalid-input', `${TAKE_BACK} got no usable ${field}.`, field);
  }

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { migration: name } = read(input);
    const history = await migrated.history(signal);
    const fingerprint = stateOf(history, name);
    const applied = history.filter(({ state }) => state !== 'pending');
    const newest = applied.at(-1)?.name ?? 'none';
    const note = `migration ${name} is ${fingerprint}; the newest that ran is ${newest}`;
    return { fingerprint, expected: 'taken back', moving: jobs.isBusy(), note };
  }

  function stepFor(history: readonly Migration[], name: string): Step | undefined {
    const migration = history.find((each) => each.name === name);
    const migrations = settings.migrations ?? tool.migrations;
    const { downScript, prismaSchema } = settings;
    return migration && { migration, history, migrations, downScript, prismaSchema };
  }

  async function start(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    signal: AbortSignal,
    ending: AbortSignal,
  ) {
    const errand = {
      argv: argvOf(settings, args),
      limitMs,
      answerBytes: 1_000_000,
      env,
    };
    const command = await commandAt(surroundingsIn(settings, newer), errand, signal);
    signal.throwIfAborted();
    return startCommand(command, ending);
  }

  /** Follows the command, and reads what there is then. */
  async function work(name: string, started: Started): Promise<JobEnd> {
    const ended = await started.ended;
    const outcome = outcomeOf(ended);
    migrated.forget();
    const telling = tellingWords(tool.telling?.(ended.said) ?? ended.said);
    const said = telling === '' ? '' : ` (${telling})`;
    const words = `${tool.title} ${howItEnded(ended, limitMs)}${said}.`;
    try {
      const state = stateOf(await migrated.history(NEVER), name);
      if (state === 'taken back') {
        const how = outcome === 'nothing to take back' ? 'was taken back already' : 'is taken back';
        return { state: 'succeeded', note: `Migration ${name} ${how}. ${words}` };
      }
      const nothing = outcome === 'nothing to take back' ? ' It found nothing to take back.' : '';
      const reason = `${words}${nothing} Read again, migration ${name} is ${state}.`;
      return { state: 'failed', reason, nothingDone: isTransactional && state === 'applied' };
    } catch (error) {
      const reason = `${words} What there is now could not be read: ${messageOf(error)}`;
      return { state: 'failed', reason, nothingDone: false };
    }
  }

  function planned(safety: string | null) {
    return { name: safety ?? undefined, minutes: settings.safetyMinutes };
  }

  function outcomeOf(ended: Ended) {
    return ended.how === 'exited' ? tool.outcome(answerOf(ended, ended.code)) : 'failed';
  }

  return {
    effect: 'destructive',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: limitMs + AFTERWARDS_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    title: (input) => `Take migration ${read(input).migration} back`,
    observe,

    async describe(input, signal) {
      const { migration: name } = read(input);
      const history = await migrated.history(signal);
      const step = stepFor(history, name);
      const line = step ? shellLine(argvOf(settings, tool.down(step))) : '';
      return [
        { what: `migration ${name}`, from: stateOf(history, name), to: 'taken back' },
        {
          what: `command in ${newer} on ${placeName(where)}`,
          from: 'not run',
          to: line,
        },
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const { migration: name, safety } = read(input);
      const history = await migrated.history(signal);
      const step = stepFor(history, name);
      return [
        knownCheck(step, newer),
        await obstacleCheck(step, signal),
        await backupCheck(safety, signal),
      ];
    },

    async submit(input, intent, signal): Promise<Handle> {
      const { migration: name, safety } = read(input);
      const history = await migrated.history(signal);
      const step = stepFor(history, name);
      const refuse = (answer: string) => refused(tool.title, name, answer);
      if (!step?.migration.isKnown) throw refuse(`Its file is not in ${newer}`);
      const above = tool.newerThan(history, name);
      if (above.length > 0) {
        throw refuse(`Newer ones are still applied: ${above.map((each) => each.name).join(', ')}`);
      }
      const obstacle = await tool.obstacle?.(migrated.reading(signal), step);
      if (obstacle !== undefined) throw refuse(obstacle);
      if (safetyOf) {
        const wanted = { ...planned(safety), run: intent.run };
        await requireSafety(safetyOf, wanted, 'take a migration back', signal);
      }
      // Not ended by this call's signal: once started it belongs to the run.
      const ending = new AbortController();
      const job = newJob(intent.key);
      const started = await start(tool.down(step), job.env, signal, ending.signal);
      migrated.forget();
      const note = () => {
        const lines = started.output.lastLines(3);
        return lines === '' ? `${tool.title} runs.` : `${tool.title} runs: ${lines}`;
      };
      const working = work(name, started).then((how) => ({
        ...how,
        printed: started.output.printed(),
      }));
      jobs.start(intent.key, note, working, ending);
      return job.handle(started.pid);
    },

    async poll(handle, signal): Promise<Progress> {
      signal.throwIfAborted();
      const trace = CommandHandle.parse(handle);
      const job = jobs.find(trace.key);
      if (job?.state === 'running') return { state: 'running', note: job.note };
      if (job?.state === 'failed') {
        return { state: 'failed', reason: job.reason, ...saidBy(job) };
      }
      if (job) {
        if (told.has(trace.key)) return { state: 'succeeded', ...saidBy(job) };
        told.add(trace.key);
        return { state: 'running', note: job.note };
      }
      if (await isAlive(trace.key, trace)) {
        return { state: 'running', note: 'It still runs, out of sight since Backstop restarted.' };
      }
      throw jobGone(placeName(where));
    },

    async recover(input, intent, handle, signal): Promise<Recovery> {
      const job = jobs.find(intent.key);
      if (job?.state === 'running') return { state: 'in-flight', note: job.note };
      const trace = handle === undefined ? undefined : CommandHandle.parse(handle);
      if (!job && (await isAlive(intent.key, trace))) {
        return {
          state: 'in-flight',
          note: 'It still runs, out of sight since Backstop restarted.',
        };
      }
      const found = recoverByLooking(await observe(input, signal), intent);
      if (found.state !== 'not-started' || isTransactional) return found;
      const mayHaveBegun = job
        ? job.state === 'failed' && !job.nothingDone
        : handle !== undefined || intent.at < jobs.since;
      return mayHaveBegun ? { state: 'unknown', reason: halfWay(read(input).migration) } : found;
    },

    ending: {
      leaves: (input) =>
        isTransactional
          ? `Migration ${read(input).migration} is undone whole or not at all; the list is read again.`
          : `Part of migration ${read(input).migration} may be undone while it still counts as applied: a person has to compare the tables. The safety backup stays.`,
      end(_input, intent, handle, signal) {
        const surroundings = surroundingsIn(settings, newer);
        return endWork({ jobs, key: intent.key, ...tracksOf(handle), surroundings }, signal);
      },
    },

    manual(input) {
      const { migration: name, safety } = read(input);
      const args = tool.down({
        migration: { name, state: 'applied', isKnown: true },
        history: [],
        migrations: settings.migrations ?? tool.migrations,
        downScript: settings.downScript,
        prismaSchema: settings.prismaSchema,
      });
      const order =
        safetyOf === undefined
          ? `No safety backup is taken first: ${settings.withoutBackup}.`
          : `See first that the safety backup ${safety} of ${safetyOf.id} is there and can be read to its end. Without it, stop here.`;
      return [
        order,
        `On ${placeName(where)}, in the newer release's code, and only when no newer migration is applied:`,
        ...(tool.obstacle && settings.tool === 'django'
          ? [
              `cd ${newer} && ${shellLine(argvOf(settings, ['migrate', '<app>', '<the migration before it>']))}, which takes ${name} back`,
            ]
          : [`cd ${newer} && ${shellLine(argvOf(settings, args))}`]),
      ].join('\n');
    },
  };

  async function obstacleCheck(step: Step | undefined, signal: AbortSignal): Promise<Check> {
    const name = 'It can be taken back';
    if (!step || !tool.obstacle) return pass(name, `${tool.title} tells when it tries.`);
    return checked(name, true, async () => {
      const found = await tool.obstacle?.(migrated.reading(signal), step);
      return found === undefined ? pass(name, 'Nothing stands in its way.') : fail(name, found);
    });
  }

  async function backupCheck(safety: string | null, signal: AbortSignal): Promise<Check> {
    return safetyOf
      ? safetyCheck(safetyOf, planned(safety), signal)
      : warn('A safety backup comes first', `${settings.withoutBackup}.`);
  }
}

function stateOf(history: readonly Migration[], name: string): string {
  const found = history.find((each) => each.name === name);
  if (!found) return 'not known';
  return found.state === 'pending' ? 'taken back' : found.state;
}

function knownCheck(step: Step | undefined, newer: string): Check {
  const name = 'The newer code knows the way down';
  return step?.migration.isKnown
    ? pass(name, `Its file is in ${newer}.`)
    : fail(name, `Its file is not in ${newer}: let \`newer\` be the release that ran it.`);
}

function halfWay(name: string): string {
  return `Migration ${name} still counts as applied, but part of it may have been undone: a person has to compare the tables with it before anything is repeated.`;
}

function refused(system: string, name: string, answer: string): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system,
    attempted: 'take a migration back',
    on: name,
    answer,
    next: 'Nothing was changed; ask for a new plan.',
  });
}

/** The last lines of what a tool said, without its stack traces, on one line. */
function tellingWords(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !STACK.test(line));
  return redact(lines.slice(-TELLING_LINES).join(' '), []);
}
