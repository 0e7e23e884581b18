/** Freezes: deployments kept away while a run is at work or a SEV1 is open. Only ever the fold of their events. */

import { applyToStep } from './apply-run-event.ts';
import type { Recorded } from './events.ts';
import { type Incident, isOpen, proposalOf } from './incident.ts';
import { isActive, isUnderWay, type Run, type StepEvent, type StepState } from './run.ts';

/** `set` and `lifted` say where it is being brought, and its step how far that is. */
export type FreezeWay = 'set' | 'lifted';

export interface FreezeState {
  readonly component: string;
  /** For people: `branch main of acme/checkout`. */
  readonly what: string;
  readonly to: FreezeWay;
  readonly why: string;
  readonly step: StepState;
  /** When its step last came to an end, and how often it failed, since it was to be brought there. */
  readonly endedAt?: number;
  readonly failures: number;
  /** When something first came of it, epoch milliseconds. */
  readonly since?: number;
  /** When a request was sent of which nobody knows what became, epoch milliseconds. */
  readonly sentAt?: number;
}

export interface FreezeEvents {
  /** From now on it is to be set, or lifted. */
  'freeze.turned': {
    readonly component: string;
    readonly what: string;
    readonly to: FreezeWay;
    readonly why: string;
  };
  /** The protocol of carrying it out, as of a step of a run. */
  'freeze.stepped': { readonly component: string; readonly step: StepEvent };
}

type FreezeEvent = Extract<Recorded, { type: `freeze.${string}` }>;

/** The freezes after one more event. @throws Error when it names none that was ever turned, or goes where it cannot. */
export function applyToFreezes(
  freezes: readonly FreezeState[],
  event: FreezeEvent,
): readonly FreezeState[] {
  const { component } = event.data;
  const before = freezes.find((each) => each.component === component);
  const others = freezes.filter((each) => each !== before);
  if (event.type === 'freeze.turned') {
    const { what, to, why } = event.data;
    const id = `${component}.${to}`;
    const sentAt = before?.step.status === 'succeeded' ? undefined : before?.step.intent?.at;
    return [
      ...others,
      {
        component,
        what,
        to,
        why,
        step: { id, status: 'waiting', attempt: 0 },
        failures: 0,
        ...(sentAt === undefined ? {} : { sentAt }),
        ...(before?.since === undefined ? {} : { since: before.since }),
      },
    ];
  }
  if (!before) throw new Error(`${event.stream} has no freeze of ${component}`);
  const { step } = event.data;
  const failed = step.type === 'step.failed';
  const ended = failed || step.type === 'step.succeeded';
  return [
    ...others,
    {
      ...before,
      step: applyToStep(before.step, step, event.at),
      failures: before.failures + (failed ? 1 : 0),
      ...(ended ? { endedAt: event.at, since: before.since ?? event.at } : {}),
    },
  ];
}

/** True while a request of it is under way, or about to be. */
export function isMoving({ step }: FreezeState): boolean {
  return step.status === 'waiting' || isUnderWay(step);
}

/** Those that are set, as far as Backstop knows. */
export function frozen(incident: Pick<Incident, 'freezes'>): readonly FreezeState[] {
  return incident.freezes.filter(({ to, step }) => to === 'set' && step.status === 'succeeded');
}

/** Where the freezes of an incident belong now, and why; all that is open or at work is asked, so that one can wait for another. */
export function freezeWanted(
  incident: Incident,
  incidents: readonly Incident[],
): { readonly to: FreezeWay; readonly why: string } {
  const why = holds(incident);
  if (why === undefined) return { to: 'lifted', why: 'Nothing needs it any more.' };
  const merging = incidents
    .filter(
      ({ service, environment }) =>
        service === incident.service && environment === incident.environment,
    )
    .map((each) => mergesNow(each))
    .find((reason) => reason !== undefined);
  return merging === undefined ? { to: 'set', why } : { to: 'lifted', why: merging };
}

function holds(incident: Incident): string | undefined {
  if (!isOpen(incident)) return undefined;
  // Opening a branch for the fix changes nothing that is live.
  const run = incident.runs.find((each) => isActive(each) && each.kind !== 'quick-fix');
  if (run) return `Run ${run.id} is at work.`;
  return incident.severity?.is === 'sev1' ? 'A SEV1 is open.' : undefined;
}

/** Why something has to come onto the branch for the incident right now: a quick fix, or what a run does there. */
export function mergesNow(incident: Incident): string | undefined {
  if (!isOpen(incident)) return undefined;
  const run = incident.runs.find(isActive);
  if (run && changesBranch(incident, run)) return `Run ${run.id} has to change it.`;
  const { quickFix, response } = incident;
  const fixing = response?.is === 'quick-fix' && quickFix && quickFix.state !== 'deployed';
  return fixing && (!run || run.kind === 'quick-fix')
    ? `The quick fix of ${incident.id} has to be merged.`
    : undefined;
}

/** True of a run that reverts a merge or moves the branch back, and of one that takes such a run back. */
function changesBranch(incident: Incident, run: Run): boolean {
  const wish = proposalOf(incident, run.plan)?.wish;
  const earlier = incident.runs.find(({ id }) => wish?.kind === 'undo' && id === wish.run);
  return (
    wish?.revert !== undefined ||
    wish?.reset !== undefined ||
    (earlier !== undefined && changesBranch(incident, earlier))
  );
}
