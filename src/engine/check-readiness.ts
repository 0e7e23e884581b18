/** Looks, by reading only, whether each service could be rolled back right now (guide 000: know it before the release). */

import type { Component, RestorePoint } from '../component.ts';
import { messageOf, OutsideError, Refusal } from '../errors.ts';
import { groundOf } from '../incident.ts';
import { blockersOf, expectedMs, type PlanContent } from '../plan.ts';
import type { Readiness, ReadinessFinding } from '../readiness.ts';
import type { Catalogue } from '../service.ts';
import { duration, roughly } from '../words.ts';
import type { Planner } from './planner.ts';
import { readSignal } from './reads.ts';

/** A restore point older than this is worth a word: guide 000 takes them fresh before each release. */
const OLD_POINT_MS = 7 * 24 * 3_600_000;

export interface ReadinessContext {
  readonly catalogue: Catalogue;
  readonly planner: Planner;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Never throws: what cannot be read is a finding. */
export async function checkReadiness(
  { catalogue, planner, now }: ReadinessContext,
  service: string,
  environment: string,
  signal: AbortSignal,
): Promise<Readiness> {
  const [plan, components] = await Promise.all([
    planner
      .plan(groundOf(service, environment), { kind: 'rollback' }, signal)
      .catch((error: unknown) => asFinding(error)),
    catalogue
      .systems(service, environment)
      .then((systems) => systems.components)
      .catch((): readonly Component[] => []),
  ]);
  const others = await Promise.all(
    components.map(async (component) => [
      ...(await points(component, now(), signal)),
      ...(await captures(component, signal)),
      ...(await credentials(component, signal)),
    ]),
  );
  const findings = [...planFindings(plan), ...others.flat()];
  const takes = isPlan(plan) ? expectedMs(plan) : undefined;
  return { service, environment, expectedMs: takes, findings };
}

function isPlan(plan: PlanContent | ReadinessFinding): plan is PlanContent {
  return 'steps' in plan;
}

function planFindings(plan: PlanContent | ReadinessFinding): readonly ReadinessFinding[] {
  if (!isPlan(plan)) return [plan];
  const blockers = blockersOf(plan);
  if (blockers.length > 0) {
    return blockers.map(({ name, reason }) => ({
      what: `rollback: ${name}`,
      verdict: 'fail',
      reason,
      next: 'Fix it before the next release.',
    }));
  }
  const warnings = plan.steps.flatMap(({ checks }) =>
    checks.filter(({ verdict }) => verdict === 'warn' || verdict === 'unknown'),
  );
  const to = plan.components
    .map(({ live, target }) => `${live.label} → ${target.label}`)
    .join(', ');
  return [
    {
      what: 'rollback',
      verdict: 'pass',
      reason: `${to}, ${roughly(expectedMs(plan))}`,
      next: '',
    },
    ...warnings.map(
      ({ name, verdict, reason }): ReadinessFinding => ({
        what: `rollback: ${name}`,
        verdict,
        reason,
        next: 'Have a look before it matters.',
        remark: true,
      }),
    ),
  ];
}

async function points(
  { title, restorePoints }: Component,
  now: number,
  signal: AbortSignal,
): Promise<readonly ReadinessFinding[]> {
  if (!restorePoints || restorePoints.of !== undefined) return [];
  const what = `restore point of ${title}`;
  try {
    const newest = (await restorePoints.list(readSignal(signal))).find(
      ({ available, isSafety }) => available && !isSafety,
    );
    return [newest ? aged(what, newest, now) : none(what)];
  } catch (error) {
    return [{ ...asFinding(error), what }];
  }
}

function aged(what: string, { label, capturedAt }: RestorePoint, now: number): ReadinessFinding {
  const age = now - capturedAt;
  const reason = `${label}, ${duration(age)} old`;
  return age > OLD_POINT_MS
    ? { what, verdict: 'warn', reason, next: 'Take a fresh one before the next release.' }
    : { what, verdict: 'pass', reason, next: '' };
}

function none(what: string): ReadinessFinding {
  return { what, verdict: 'fail', reason: 'there is none that can be put back', next: 'Take one.' };
}

/** What would keep the next release from its restore point: no free environment, no room, no quota. */
async function captures(
  { title, restorePoints, operations }: Component,
  signal: AbortSignal,
): Promise<readonly ReadinessFinding[]> {
  if (!restorePoints) return [];
  const what = `next restore point of ${title}`;
  const next = 'Fix it before the next release.';
  try {
    const { operation, input } = restorePoints.capture('readiness');
    const checks = (await operations[operation]?.preflight(input, readSignal(signal))) ?? [];
    return checks
      .filter(({ blocking, verdict }) => blocking && verdict !== 'pass')
      .map(
        ({ name, verdict, reason }): ReadinessFinding => ({
          what: `${what}: ${name}`,
          // It does not stand in the way of a rollback now.
          verdict: verdict === 'fail' ? 'warn' : verdict,
          reason,
          next,
        }),
      );
  } catch (error) {
    return [{ ...asFinding(error), what }];
  }
}

async function credentials(
  component: Component,
  signal: AbortSignal,
): Promise<readonly ReadinessFinding[]> {
  const findings = await component.doctor(readSignal(signal));
  return findings.filter(({ verdict }) => verdict !== 'pass');
}

function asFinding(error: unknown): ReadinessFinding {
  const what = 'rollback';
  const next = error instanceof OutsideError ? error.detail.next : '';
  const verdict = error instanceof Refusal ? 'fail' : 'unknown';
  return { what, verdict, reason: messageOf(error), next };
}
