/** What was carried out in an incident: runs with their steps and their verification. */

import type { Recorded } from '../events.ts';
import type { Incident } from '../incident.ts';
import type { Printed, Verdict } from '../operation.ts';
import { expectedMs, inOrder, type PlanKind, type PlannedStep } from '../plan.ts';
import { allPass, type Run, type RunEvent, type RunOutcome, type StepStatus } from '../run.ts';
import { type Moment, momentOf } from '../timeline/moment.ts';
import type { PlainWords } from '../timeline/plain-words.ts';

export interface RunRecord {
  readonly id: string;
  readonly plan: string;
  readonly kind: PlanKind;
  readonly title: string;
  readonly startedAt: Moment;
  readonly startedBy: string;
  readonly endedAt?: Moment;
  /** How long it took and was expected to take, milliseconds; `ms` is null while it goes on. */
  readonly ms: number | null;
  readonly expectedMs: number;
  /** Null while it goes on. */
  readonly outcome: RunOutcome | null;
  /** Given while it stands still and waits for people. */
  readonly halted?: { readonly step: string; readonly reason: string };
  readonly reason?: string;
  readonly steps: readonly StepRecord[];
  readonly verification?: VerificationRecord;
}

/** How a step came to be done: by this run, found done after doubt, done before it began, or by hand. */
export type StepHow = 'applied' | 'observed' | 'already' | 'person';

export interface StepRecord {
  readonly id: string;
  readonly title: string;
  readonly status: StepStatus;
  readonly attempts: number;
  readonly startedAt?: Moment;
  readonly endedAt?: Moment;
  readonly ms: number | null;
  readonly how?: StepHow;
  /** Who did it by hand, or left it out. */
  readonly by?: string;
  /** Who was asked again right before it ran, and allowed it. */
  readonly allowedBy?: string;
  /** Why it was left out, or what was said when it was done. */
  readonly note?: string;
  /** What its commands printed, one after the other; missing where they printed nothing. */
  readonly printed?: readonly Printed[];
  /** What went wrong on the way, in order. */
  readonly troubles: readonly { readonly at: Moment; readonly reason: string }[];
}

export interface ReadingRecord {
  readonly probe: string;
  readonly verdict: Verdict;
  readonly reason: string;
}

interface VerificationRecord {
  readonly startedAt: Moment;
  readonly endedAt?: Moment;
  readonly rounds: number;
  /** Rounds in which every probe passed. */
  readonly passed: number;
  /** Good rounds in a row at the end. */
  readonly streak: number;
  readonly last: readonly ReadingRecord[];
}

type RunEvents = Extract<Recorded, { type: RunEvent['type'] }>[];
type StepEvent = Extract<Recorded, { type: `step.${string}` }>;

/** Every run, oldest first. */
export function runsOf(
  incident: Incident,
  events: readonly Recorded[],
  words: PlainWords,
): readonly RunRecord[] {
  const byRun = new Map<string, RunEvents>(incident.runs.map(({ id }) => [id, []]));
  for (const event of events) {
    if (isOfRun(event)) byRun.get(event.data.run)?.push(event);
  }
  return incident.runs.map((run) => runRecord(incident, run, byRun.get(run.id) ?? [], words));
}

/** True when Backstop began no step at all, so that it cannot have changed anything. */
export function isUntouched(runs: readonly RunRecord[]): boolean {
  return runs.every(({ steps }) => steps.every(({ attempts }) => attempts === 0));
}

function runRecord(incident: Incident, run: Run, events: RunEvents, words: PlainWords): RunRecord {
  const plan = incident.proposals.find((proposal) => proposal.plan.id === run.plan)?.plan;
  const starter = events.find(({ type }) => type === 'run.started')?.actor;
  const verification = verificationRecord(run, events, words);
  const stepTitle = (id: string): string =>
    words.text(plan?.steps.find((step) => step.id === id)?.title ?? id);
  return {
    id: run.id,
    plan: run.plan,
    kind: run.kind,
    title: words.text(plan?.title ?? run.plan),
    startedAt: momentOf(run.startedAt),
    startedBy: words.who(starter ?? { kind: 'backstop' }),
    ...(run.endedAt === undefined ? {} : { endedAt: momentOf(run.endedAt) }),
    ms: between(run.startedAt, run.endedAt),
    expectedMs: plan ? expectedMs(plan) : 0,
    outcome: run.outcome ?? null,
    ...(run.halt
      ? { halted: { step: stepTitle(run.halt.step), reason: words.text(run.halt.reason) } }
      : {}),
    ...(run.outcomeReason === undefined ? {} : { reason: words.text(run.outcomeReason) }),
    steps: inOrder(plan?.steps ?? []).map((step) => stepRecord(step, run, events, words)),
    ...(verification ? { verification } : {}),
  };
}

function stepRecord(step: PlannedStep, run: Run, events: RunEvents, words: PlainWords): StepRecord {
  const own = events.filter(isOfStep).filter(({ data }) => data.step === step.id);
  const state = run.steps[step.id];
  const begun = own.find(({ type }) => type === 'step.intended')?.at ?? state?.startedAt;
  const end = own.findLast(({ type }) => type === 'step.succeeded' || type === 'step.skipped');
  const endedAt = end?.at ?? state?.endedAt;
  const printed = own
    .flatMap((event) => (event.type === 'step.printed' ? event.data.printed : []))
    .map((each) => ({ ...each, text: words.text(each.text) }));
  const allowed = own.findLast(({ type }) => type === 'step.allowed');
  return {
    id: step.id,
    title: words.text(step.title),
    status: state?.status ?? 'waiting',
    attempts: own.filter(({ type }) => type === 'step.intended').length,
    ...(begun === undefined ? {} : { startedAt: momentOf(begun) }),
    ...(endedAt === undefined ? {} : { endedAt: momentOf(endedAt) }),
    ms: begun === undefined ? null : between(begun, endedAt),
    ...ending(end, words),
    ...(allowed ? { allowedBy: words.who(allowed.actor) } : {}),
    ...(printed.length > 0 ? { printed } : {}),
    troubles: own
      .filter((event) => event.type === 'step.lost' || event.type === 'step.failed')
      // That the run came to it is no trouble.
      .filter(() => !step.byHand)
      .map(({ at, data }) => ({ at: momentOf(at), reason: words.text(data.reason) })),
  };
}

function ending(
  end: StepEvent | undefined,
  words: PlainWords,
): { readonly how?: StepHow; readonly by?: string; readonly note?: string } {
  if (end?.type === 'step.skipped') {
    return { by: words.who(end.actor), note: words.text(end.data.reason) };
  }
  if (end?.type !== 'step.succeeded') return {};
  const { how, note } = end.data;
  return {
    how,
    ...(how === 'person' ? { by: words.who(end.actor) } : {}),
    ...(note === undefined ? {} : { note: words.text(note) }),
  };
}

function verificationRecord(
  run: Run,
  events: RunEvents,
  words: PlainWords,
): VerificationRecord | undefined {
  if (!run.verification) return undefined;
  const rounds = events
    .filter((event) => event.type === 'verification.read')
    .filter(({ at }) => at >= (run.verification?.startedAt ?? 0));
  const passed = rounds.filter(({ data }) => allPass(data.readings));
  return {
    startedAt: momentOf(run.verification.startedAt),
    ...(run.endedAt === undefined ? {} : { endedAt: momentOf(run.endedAt) }),
    rounds: rounds.length,
    passed: passed.length,
    streak: run.verification.streak,
    last: run.verification.readings.map((reading) => readingRecord(reading, words)),
  };
}

/** One reading without its measured values. */
export function readingRecord(reading: ReadingRecord, words: PlainWords): ReadingRecord {
  const { probe, verdict, reason } = reading;
  return { probe, verdict, reason: words.text(reason) };
}

function isOfRun(event: Recorded): event is RunEvents[number] {
  return /^(run|step|verification)\./.test(event.type);
}

function isOfStep(event: Recorded): event is StepEvent {
  return event.type.startsWith('step.');
}

/** Milliseconds between; null when it has not ended. */
function between(from: number, until: number | undefined): number | null {
  return until === undefined ? null : Math.max(0, until - from);
}
