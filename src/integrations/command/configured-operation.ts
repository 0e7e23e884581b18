import { OutsideError } from '../../errors.ts';
import type {
  Check,
  Handle,
  Intent,
  Json,
  Observation,
  Operation,
  Progress,
  Recovery,
} from '../../operation.ts';
import { recoverByLooking } from '../../operation.ts';
import { finding } from '../finding.ts';
import type { Ingredients } from '../index.ts';
import { requireSafety, type SafetyOf, safetyCheck } from '../safety-backup.ts';
import { CommandHandle, newJob, tracksOf } from './command-handle.ts';
import { canStart } from './doctor.ts';
import { endWork } from './end-work.ts';
import { type JobEnd, type Jobs, jobGone, saidBy } from './jobs.ts';
import { type ConfiguredOperation, SAFETY, touchesData } from './operation-settings.ts';
import { filled, isRecord, parameterValues, type Values } from './parameters.ts';
import { commandAt, isLost, placeName, shellLine } from './place.ts';
import { isAlive } from './processes.ts';
import { type Ended, howItEnded, runCommand, startCommand } from './run-command.ts';
import type { CommandSettings } from './schema.ts';

const POLL_MS = 2_000;
/** A local command has started when `submit` answers; only a stalled process could start it later. */
const LOCAL_QUIET_MS = 10_000;
const RESTORING_QUIET_MS = 60_000;
/** What is left to the limit for the end to be seen. */
const AFTERWARDS_MS = 60_000;
const LONGEST_NOTE = 1_200;
const LONGEST_LINE = 400;

/** What has to be told of an operation's result once, before its end: what the command answered belongs on the timeline. */
type Told = Set<string>;

/** How an operation stands to others. */
interface Ties {
  /** It ends a hold. */
  readonly isRelease?: boolean;
  readonly sibling?: Ingredients['sibling'];
}

/**
 * A configured command as an operation. With a `check` its effect is looked at; without, only a person can tell after a crash.
 * Where it ends a hold, while a plan is made its effect is there already, and is gone when its turn comes.
 */
export function createConfiguredOperation(
  settings: CommandSettings,
  configured: ConfiguredOperation,
  jobs: Jobs,
  { isRelease = false, sibling = () => undefined }: Ties = {},
): Operation {
  const { check, limitSeconds } = configured;
  const restores = touchesData(configured) ? configured.restores : undefined;
  const safety: SafetyOf | undefined =
    restores === undefined ? undefined : { id: restores, find: () => sibling(restores) };
  const planned = (input: Json) => ({ name: safetyIn(input), minutes: configured.safetyMinutes });
  const limitMs = limitSeconds * 1000;
  const place = placeName(settings.where);
  const told: Told = new Set();

  const argvFor = (values: Values) => filled(configured.run, values);
  const valuesOf = (input: Json) =>
    parameterValues(restores === undefined ? input : withoutSafety(input), configured.parameters);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const values = valuesOf(input);
    if (!check) {
      signal.throwIfAborted();
      const note = 'no check is configured, so its effect cannot be seen';
      return { fingerprint: 'not observed', expected: 'carried out', moving: false, note };
    }
    const errand = { argv: filled(check.run, values), limitMs: check.limitSeconds * 1000 };
    const ended = await runCommand(await commandAt(settings, errand, signal), signal);
    const said = ended.lastLines === '' ? '' : `: ${clip(ended.lastLines)}`;
    const lost = isLost(settings.where, ended);
    if (!lost && ended.how === 'exited' && (ended.code === 0 || ended.code === 1)) {
      const fingerprint = ended.code === 0 ? 'done' : 'as before';
      const note = `${fingerprint}, says ${shellLine(errand.argv)}${said}`;
      return { fingerprint, expected: 'done', moving: jobs.isBusy(), note };
    }
    throw new OutsideError({
      kind: 'unavailable',
      system: place,
      attempted: 'check what is there',
      on: shellLine(errand.argv),
      answer: `it ${howItEnded(ended, errand.limitMs)}${said}`,
      next: 'A check answers 0 for done and 1 for as before; run it by hand to see what is wrong.',
    });
  }

  async function recover(
    input: Json,
    intent: Intent,
    handle: Handle | undefined,
    signal: AbortSignal,
  ): Promise<Recovery> {
    signal.throwIfAborted();
    const job = jobs.find(intent.key);
    if (job?.state === 'running') return { state: 'in-flight', note: job.note };
    const trace = handle === undefined ? undefined : CommandHandle.parse(handle);
    if (!job && (await isAlive(intent.key, trace))) {
      return { state: 'in-flight', note: 'It still runs, out of sight since Backstop restarted.' };
    }
    if (check) return recoverByLooking(await observe(input, signal), intent);
    valuesOf(input);
    if (job?.state === 'succeeded') return { state: 'done' };
    if (job?.state === 'failed') {
      return job.nothingDone
        ? { state: 'not-started' }
        : { state: 'unknown', reason: 'Nobody but a person can tell how much of it was done.' };
    }
    if (handle === undefined && intent.at >= jobs.since) return { state: 'not-started' };
    const reason =
      'Backstop was interrupted while it ran, and no check is configured: nobody but a person can tell whether it was done.';
    return { state: 'unknown', reason };
  }

  return {
    effect: configured.destructive ? 'destructive' : check ? 'set' : 'append',
    guarantee: check ? 'observable' : 'blind',
    quietMs: quietFor(settings, limitMs, safety !== undefined),
    limitMs: limitMs + AFTERWARDS_MS,
    usualMs: configured.usualSeconds * 1000,
    pollMs: POLL_MS,
    ...(configured.asksAgain || safety ? { asksAgain: true } : {}),
    title: (input) => configured.title ?? `Run ${shellLine(argvFor(valuesOf(input)))}`,
    observe: async (input, signal) => {
      const seen = await observe(input, signal);
      // Judged as it will be when its turn comes; `recover` looks at what is.
      return isRelease ? { ...seen, fingerprint: 'as before', expected: 'done' } : seen;
    },
    recover,

    async describe(input, signal) {
      signal.throwIfAborted();
      const line = shellLine(argvFor(valuesOf(input)));
      return [
        { what: `command on ${place}`, from: 'not run', to: line },
        ...configured.changes.map(({ what, from, to }) => ({ what, from, to })),
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      valuesOf(input);
      const found = await finding('', 'fail', () => canStart(settings, configured.run, signal));
      signal.throwIfAborted();
      const { verdict, reason, next } = found;
      const start: Check = {
        name: 'The command can be started',
        verdict,
        reason: next === '' ? reason : `${reason}. ${next}`,
        blocking: true,
      };
      return [
        start,
        await checkCheck(input, signal),
        ...(safety ? [await safetyCheck(safety, planned(input), signal)] : []),
      ];
    },

    async submit(input, intent, signal): Promise<Handle> {
      const job = newJob(intent.key);
      const errand = { argv: argvFor(valuesOf(input)), limitMs, env: job.env };
      if (safety) {
        const wanted = { ...planned(input), run: intent.run };
        await requireSafety(safety, wanted, 'run a command that restores', signal);
      }
      const command = await commandAt(settings, errand, signal);
      signal.throwIfAborted();
      // Not ended by this call's signal: once started it belongs to the run. Its own limit ends it, or a person.
      const ending = new AbortController();
      const started = await startCommand(command, ending.signal);
      const note = (): string => running(started.output.lastLines(3));
      jobs.start(
        intent.key,
        note,
        started.ended.then((ended) => ({
          ...judged(ended, errand.argv),
          printed: started.output.printed(),
        })),
        ending,
      );
      return job.handle(started.pid);
    },

    async poll(handle, signal): Promise<Progress> {
      signal.throwIfAborted();
      const trace = CommandHandle.parse(handle);
      const job = jobs.find(trace.key);
      if (job?.state === 'running') return { state: 'running', note: job.note };
      if (job?.state === 'succeeded') {
        if (told.has(trace.key)) return { state: 'succeeded', ...saidBy(job) };
        told.add(trace.key);
        return { state: 'running', note: job.note };
      }
      if (job) return { state: 'failed', reason: job.reason, ...saidBy(job) };
      if (await isAlive(trace.key, trace)) {
        return { state: 'running', note: 'It still runs, out of sight since Backstop restarted.' };
      }
      throw jobGone(place);
    },

    // What ends a hold has to be done whatever becomes of the run.
    ...(isRelease ? {} : { ending: { leaves, end } }),
    ...(configured.undo === undefined ? {} : { undo: undoing(settings, configured.undo) }),

    manual(input) {
      const values = valuesOf(input);
      const cd =
        settings.directory === undefined ? '' : `cd ${shellLine([settings.directory])} && `;
      return [
        `On ${place}${configured.title === undefined ? '' : `, to ${configured.title.toLowerCase()}`}, run exactly this, once:`,
        `${cd}${shellLine(argvFor(values))}`,
        check
          ? `Whether it is done already shows (exit code 0): ${cd}${shellLine(filled(check.run, values))}`
          : 'No check is configured: see first whether it was done already, in the words of whoever wrote the command.',
        ...(restores === undefined
          ? []
          : [
              `See before that there is a backup of ${restores} of right now that can be read to its end. Without it, stop here.`,
            ]),
      ].join('\n');
    },
  };

  function leaves(): string {
    const after =
      restores === undefined
        ? ''
        : ` The database of ${restores} may be restored in part, and what is held starts again all the same; the safety backup stays.`;
    const seen = check
      ? ' Its check looks what it had done by then.'
      : ' No check is configured, so a person has to look what it had done by then.';
    return `What it has done so far stays, perhaps half of it.${after}${seen}`;
  }

  function end(_input: Json, intent: Intent, handle: Handle | undefined, signal: AbortSignal) {
    return endWork({ jobs, key: intent.key, ...tracksOf(handle), surroundings: settings }, signal);
  }

  function judged(ended: Ended, argv: readonly string[]): JobEnd {
    const said = ended.lastLines === '' ? '' : `: ${clip(ended.lastLines)}`;
    const how = `${clipLine(shellLine(argv))} on ${place} ${howItEnded(ended, limitMs)}${said}`;
    const code = ended.how === 'exited' ? String(ended.code) : undefined;
    // A connection that was lost on the way says nothing: then nobody knows.
    const meaning =
      code === undefined || isLost(settings.where, ended)
        ? 'failed'
        : (configured.exitCodes[code] ?? 'failed');
    if (meaning === 'succeeded') return { state: 'succeeded', note: sentence(how) };
    return { state: 'failed', reason: sentence(how), nothingDone: meaning === 'refused' };
  }

  async function checkCheck(input: Json, signal: AbortSignal): Promise<Check> {
    const name = 'Its effect can be seen';
    if (!check) {
      const reason = 'No check is configured: after a crash only a person can tell whether it ran.';
      return { name, verdict: 'warn', reason, blocking: false };
    }
    try {
      const seen = await observe(input, signal);
      return {
        name,
        verdict: 'pass',
        reason: sentence(`It is ${seen.fingerprint}`),
        blocking: true,
      };
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      return { name, verdict: 'unknown', reason: error.message, blocking: true };
    }
  }
}

/** Half of it is what a request may take: to look at a safety backup first, which may have to be read. */
function quietFor({ where }: CommandSettings, limitMs: number, restores: boolean): number {
  if (where.kind !== 'local') return limitMs;
  return Math.min(restores ? RESTORING_QUIET_MS : LOCAL_QUIET_MS, limitMs);
}

/** The safety backup that the plan has a step before it take. */
function safetyIn(input: Json): string | undefined {
  const name = isRecord(input) && Object.hasOwn(input, SAFETY) ? input[SAFETY] : undefined;
  return typeof name === 'string' ? name : undefined;
}

function withoutSafety(input: Json): Json {
  if (!isRecord(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([name]) => name !== SAFETY));
}

function undoing(settings: CommandSettings, name: string) {
  return (input: Json) => {
    const wanted = Object.keys(settings.operations[name]?.parameters ?? {});
    const given = Object.entries((input ?? {}) as Record<string, Json>);
    return {
      operation: name,
      input: Object.fromEntries(given.filter(([key]) => wanted.includes(key))),
    };
  };
}

function running(lastLines: string): string {
  return lastLines === '' ? 'It runs.' : `It runs: ${clip(lastLines)}`;
}

function clip(text: string): string {
  return text.length > LONGEST_NOTE ? `…${text.slice(-LONGEST_NOTE)}` : text;
}

function clipLine(text: string): string {
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
