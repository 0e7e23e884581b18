/**
 * Sets what keeps people from deploying while a run is at work or a SEV1 is open, and lifts it afterwards, by the same
 * protocol as the steps of a run. It keeps nothing of its own, so it may stop at any instant and start again. It never
 * stands in the way of a run: what cannot be set is said, and tried again.
 */

import type { Component, Freeze } from '../component.ts';
import { messageOf } from '../errors.ts';
import { freezeDue, recordFreeze, turnFreezes } from '../flows/freeze.ts';
import { type FreezeState, isMoving, mergesNow } from '../freeze.ts';
import type { Incident } from '../incident.ts';
import type { Loop } from '../loop.ts';
import type { PlannedStep } from '../plan.ts';
import type { StepEvent } from '../run.ts';
import type { Catalogue } from '../service.ts';
import { type AlarmContext, keepAlarms } from './alarms.ts';
import { BACKSTOP } from './drive-run.ts';
import { performStep } from './perform-step.ts';
import { readSignal } from './reads.ts';

export interface FreezesContext extends AlarmContext {
  readonly loop: Loop;
  readonly catalogue: Catalogue;
}

export interface Freezes {
  /** To be called with each incident that changed, and once with each at the start. */
  look(incident: Incident): void;
  /** Resolves once the signal is aborted and nothing is under way. */
  readonly ended: Promise<void>;
}

type Freezing = Component & { readonly freeze: Freeze };

/** Keeps every incident's freezes where they belong until the signal is aborted. */
export function keepFreezes(context: FreezesContext): Freezes {
  const { loop, catalogue, clock, signal, onError } = context;
  const busy = new Map<string, Promise<void>>();
  const nowhere = new Set<string>();
  const merging = new Set<string>();

  function soonest(incident: Incident): number {
    const place = `${incident.service}/${incident.environment}`;
    const isIdle = incident.freezes.length === 0 && nowhere.has(place);
    if (busy.has(incident.id) || incident.imported || isIdle) return Number.POSITIVE_INFINITY;
    return freezeDue(incident, loop.openIncidents(), clock.now());
  }

  /** Works beside the other incidents: what one of them waits for must not hold up another. */
  function meet(id: string): Promise<number> {
    if (!busy.has(id)) {
      const work = bring(id)
        .catch((error: unknown) => {
          if (!signal.aborted) onError(error);
          return clock.sleep(RETRY_PAUSE_MS, signal);
        })
        .finally(() => {
          busy.delete(id);
          const incident = loop.incident(id);
          if (incident && !signal.aborted) alarms.look(incident);
        });
      busy.set(id, work);
    }
    return Promise.resolve(Number.POSITIVE_INFINITY);
  }

  async function bring(id: string): Promise<void> {
    const incident = loop.incident(id);
    if (!incident) return;
    const { components } = await catalogue.systems(incident.service, incident.environment);
    const able = components.filter((each): each is Freezing => each.freeze !== undefined);
    if (able.length === 0) nowhere.add(`${incident.service}/${incident.environment}`);
    const freezable = able.map(({ id: component, freeze: { what } }) => ({ component, what }));
    const { incident: turned } = await loop.decide(id, BACKSTOP, turnFreezes(freezable));
    await Promise.all(
      turned.freezes.filter(isMoving).map((freeze) =>
        carryOut(
          turned,
          freeze,
          able.find((each) => each.id === freeze.component),
        ),
      ),
    );
  }

  async function carryOut(
    incident: Incident,
    freeze: FreezeState,
    component: Freezing | undefined,
  ): Promise<void> {
    const record = async (step: StepEvent): Promise<void> => {
      await loop.decide(incident.id, BACKSTOP, recordFreeze(freeze.component, step));
    };
    const names = { run: incident.id, step: freeze.step.id };
    const fail = (reason: string): Promise<void> =>
      record({ type: 'step.failed', data: { ...names, reason, settled: false } });
    if (!component)
      return fail(`${freeze.component} can no longer be frozen or freed by Backstop.`);
    try {
      const step = await stepOf(component, freeze, incident.id, signal);
      const operation = component.operations[step.call.operation];
      if (!operation) return await fail(`${component.title} has no ${step.call.operation}.`);
      // A request of which nobody knows what became may still land: it must not do so behind the look.
      const quiet = (freeze.sentAt ?? 0) + operation.quietMs - clock.now();
      if (freeze.sentAt !== undefined && quiet > 0) await clock.sleep(quiet, signal);
      if (signal.aborted) return;
      await performStep({
        run: incident.id,
        step,
        operation,
        clock,
        signal,
        state: () => stateOf(loop.incident(incident.id), freeze),
        runHasActed: () => false,
        record,
        drifted: (reason) => fail(reason),
      });
    } catch (error) {
      if (!signal.aborted) await fail(messageOf(error));
    }
  }

  const alarms = keepAlarms(context, soonest, meet);
  return {
    look(incident) {
      alarms.look(incident);
      // A quick fix or a revert of one incident is what another has to make way for.
      const isMerging = mergesNow(incident) !== undefined;
      if (isMerging === merging.has(incident.id)) return;
      if (isMerging) merging.add(incident.id);
      else merging.delete(incident.id);
      for (const other of loop.openIncidents()) {
        const here =
          other.service === incident.service && other.environment === incident.environment;
        if (here && other.id !== incident.id) alarms.look(other);
      }
    },
    ended: alarms.ended.then(async () => {
      await Promise.all(busy.values());
    }),
  };
}

/** Milliseconds until what could not even be tried is tried again. */
const RETRY_PAUSE_MS = 60_000;

/** The step that brings it where it belongs, from what is there now. */
async function stepOf(
  { id, freeze, operations }: Freezing,
  { to, step }: FreezeState,
  holder: string,
  signal: AbortSignal,
): Promise<PlannedStep> {
  const call = to === 'set' ? freeze.set(holder) : freeze.lift(holder);
  const operation = operations[call.operation];
  if (!operation) throw new Error(`${id} has no operation ${call.operation}`);
  const seen = await operation.observe(call.input, readSignal(signal));
  return {
    id: step.id,
    title: operation.title?.(call.input) ?? call.operation,
    component: id,
    call,
    after: [],
    effect: operation.effect,
    guarantee: operation.guarantee,
    before: seen.fingerprint,
    expected: seen.expected,
    checks: [],
    changes: [],
    usualMs: operation.usualMs,
    manual: operation.manual(call.input),
  };
}

function stateOf(incident: Incident | undefined, freeze: FreezeState): FreezeState['step'] {
  const now = incident?.freezes.find(({ component }) => component === freeze.component);
  return now?.step.id === freeze.step.id ? now.step : freeze.step;
}
