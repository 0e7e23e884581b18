/** What must hold of every journal and every system, whatever people, systems and crashes did. Each names what broke it. */

import { applyEvent } from '../../src/apply-event.ts';
import type { Recorded } from '../../src/events.ts';
import { activeRun, type Incident, isOpen } from '../../src/incident.ts';
import { asRecorded } from '../../src/incidents.ts';
import { approvalsNeeded } from '../../src/service.ts';
import { APPROVERS, COMMANDER, type ModelWorld } from './model-world.ts';

type Invariant = (world: ModelWorld, events: readonly Recorded[]) => readonly string[];

/** Every invariant, by its name. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  neverUnapproved,
  neverPastAnExpiredApproval,
  neverTwice,
  neverTwoRunsOnOneEnvironment,
  neverWithoutAnIntent,
  neverAfterTheEnd,
  neverStuck,
  neverLost,
  everyEventHasItsActor,
  theChainHolds,
};

/** The invariants that do not hold, each with what broke it. */
export function brokenInvariants(world: ModelWorld): readonly string[] {
  const events = [...world.journal.after(0)]
    .filter(({ stream }) => stream.startsWith('incident/'))
    .map(asRecorded);
  return Object.entries(INVARIANTS).flatMap(([name, holds]) =>
    holds(world, events).map((words) => `${name}: ${words}`),
  );
}

/** A run starts with enough approvals by different people for exactly its plan, or because an approved one fell. */
function neverUnapproved({ policy }: ModelWorld, events: readonly Recorded[]): readonly string[] {
  const needed = approvalsNeeded(policy.approval, undefined);
  return starts(events).flatMap((start) => {
    const earlier = events.filter(({ seq, stream }) => seq < start.seq && stream === start.stream);
    if (followsFromApproved(start, earlier)) return [];
    const given = earlier.flatMap((event) =>
      event.type === 'approval.given' && event.data.hash === start.data.hash ? [event] : [],
    );
    const forPlan = given.filter(({ data }) => data.plan === start.data.plan);
    if (forPlan.some(({ data }) => data.breakGlass !== undefined)) return [];
    const requested = earlier.find(
      (event) => event.type === 'approval.requested' && event.data.plan === start.data.plan,
    );
    const people = new Set(forPlan.map(({ actor }) => JSON.stringify(actor)));
    people.delete(JSON.stringify(requested?.actor));
    return people.size >= needed ? [] : [`${start.data.run} had ${people.size} of ${needed}`];
  });
}

/** Putting back what was done with a step that failed is part of what was approved, and of nothing else. */
function followsFromApproved(
  start: Recorded & { readonly type: 'run.started' },
  earlier: readonly Recorded[],
): boolean {
  const wish = earlier.findLast((event) => event.type === 'plan.wanted');
  const plan = earlier.findLast((event) => event.type === 'plan.proposed');
  return (
    wish?.type === 'plan.wanted' &&
    plan?.type === 'plan.proposed' &&
    wish.data.approved === true &&
    wish.actor.kind === 'backstop' &&
    plan.data.plan.kind === 'undo' &&
    plan.data.plan.id === start.data.plan
  );
}

function neverPastAnExpiredApproval(
  _world: ModelWorld,
  events: readonly Recorded[],
): readonly string[] {
  const until = new Map<string, number>();
  const over = new Set<string>();
  const broken: string[] = [];
  for (const event of events) {
    if (event.type === 'approval.requested') until.set(event.data.plan, event.data.until);
    if (event.type === 'approval.expired') over.add(event.data.plan);
    if (event.type !== 'approval.given') continue;
    const { plan, breakGlass } = event.data;
    const isLate = breakGlass === undefined && event.at >= (until.get(plan) ?? 0);
    if (isLate || over.has(plan)) broken.push(`${plan} was approved after its time`);
  }
  return broken;
}

/**
 * No step of a run changes its system more than once, however often it was sent; unless people were told that somebody
 * else had changed it meanwhile, looked, and had it done again.
 */
function neverTwice({ systems }: ModelWorld, events: readonly Recorded[]): readonly string[] {
  return systems.flatMap((system) => {
    system.applied();
    const steps = system.made.map(({ run, step }) => `${run} ${step}`);
    return [...new Set(steps)]
      .map((step) => ({ step, times: steps.filter((each) => each === step).length }))
      .filter(({ step, times }) => times > 1 + decidedAgain(step, events))
      .map(({ step, times }) => `${step} was done ${times} times`);
  });
}

/** How often people had a step done again that had been found changed by somebody else. */
function decidedAgain(of: string, events: readonly Recorded[]): number {
  let isChanged = false;
  let times = 0;
  for (const event of events) {
    if (event.type !== 'step.failed' && event.type !== 'step.retried') continue;
    if (`${event.data.run} ${event.data.step}` !== of) continue;
    if (event.type === 'step.retried' && isChanged) times += 1;
    isChanged =
      event.type === 'step.failed' && /was changed since|did not make/.test(event.data.reason);
  }
  return times;
}

function neverTwoRunsOnOneEnvironment(
  _world: ModelWorld,
  events: readonly Recorded[],
): readonly string[] {
  const incidents = new Map<string, Incident>();
  const broken: string[] = [];
  for (const event of events) {
    incidents.set(event.stream, applyEvent(incidents.get(event.stream), event));
    if (event.type !== 'run.started') continue;
    const holding = [...incidents.values()].flatMap(({ runs }) =>
      runs.filter(({ status }) => status !== 'finished'),
    );
    if (holding.length > 1) broken.push(holding.map(({ id }) => id).join(' and '));
  }
  return broken;
}

/** Whatever was sent had been written down before, for a run that was under way. */
function neverWithoutAnIntent(
  { sent }: ModelWorld,
  events: readonly Recorded[],
): readonly string[] {
  return sent.flatMap(({ run, step, key, seq }) => {
    const intended = events.some(
      (event) =>
        event.type === 'step.intended' &&
        event.seq <= seq &&
        event.data.run === run &&
        event.data.step === step &&
        event.data.intent.key === key,
    );
    return intended ? [] : [`${key} was sent without an intent`];
  });
}

/** After a run was cancelled or has ended, it intends nothing more. */
function neverAfterTheEnd(_world: ModelWorld, events: readonly Recorded[]): readonly string[] {
  const ended = new Set<string>();
  const broken: string[] = [];
  for (const event of events) {
    if (event.type === 'run.cancelling' || event.type === 'run.finished') ended.add(event.data.run);
    if (event.type === 'step.intended' && ended.has(event.data.run)) {
      broken.push(`${event.data.run} ${event.data.step} was intended after its run was over`);
    }
  }
  return broken;
}

/** Left alone in good weather, a run ends or waits for a named person with a reason. */
function neverStuck(world: ModelWorld): readonly string[] {
  const broken = world.errors.map((error) => `the engine failed: ${String(error)}`);
  for (const incident of world.incidents()) {
    const run = activeRun(incident);
    if (run && run.status !== 'halted') broken.push(`${run.id} is still ${run.status}`);
    if (run?.status === 'halted' && !/\w{3}/.test(run.halt?.reason ?? '')) {
      broken.push(`${run.id} does not say why it halted`);
    }
    if (incident.planWanted && isOpen(incident)) broken.push(`${incident.id} waits for its plan`);
  }
  return broken;
}

/** What was acknowledged to a person is in the journal. */
function neverLost({ acked }: ModelWorld, events: readonly Recorded[]): readonly string[] {
  const known = new Set(events.map(({ seq }) => String(seq)));
  return acked
    .filter(({ hashes }) => !hashes.every((seq) => known.has(seq)))
    .map(({ delivery }) => `${delivery} was acknowledged and is gone`);
}

const BY_PEOPLE =
  /^(incident\.declared|role\.|approval\.(requested|given|rejected)|step\.(retried|skipped|allowed))/;
const BY_BACKSTOP =
  /^(step\.(intended|submitted|progressed|lost|failed)|run\.halted|verification\.|monitor\.|approval\.expired|plan\.went-stale)/;

/** People decide and Backstop carries out; an approval comes from an approver, a choice about a halted run from the commander. */
function everyEventHasItsActor(_world: ModelWorld, events: readonly Recorded[]): readonly string[] {
  return events.flatMap((event) => {
    const { type, actor } = event;
    const who = actor.kind === 'person' ? actor.id : actor.kind;
    const isPerson = actor.kind === 'person';
    if (BY_PEOPLE.test(type) && !isPerson) return [`${type} by ${who}`];
    // A person's choice about one failed step halts the run again for the next one.
    if (BY_BACKSTOP.test(type) && isPerson && type !== 'run.halted') return [`${type} by ${who}`];
    if (type === 'approval.given' && !APPROVERS.includes(who)) return [`${type} by ${who}`];
    const commands = /^step\.(retried|skipped)|^run\.cancelling/.test(type) && isPerson;
    return commands && who !== COMMANDER ? [`${type} by ${who}`] : [];
  });
}

function theChainHolds({ journal }: ModelWorld): readonly string[] {
  const verification = journal.verify();
  return verification.ok ? [] : [verification.detail];
}

function starts(
  events: readonly Recorded[],
): readonly (Recorded & { readonly type: 'run.started' })[] {
  return events.flatMap((event) => (event.type === 'run.started' ? [event] : []));
}
