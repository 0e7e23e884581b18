/** Builder of plans, with a real hash over their content. */

import type { ChangeSet } from '../../src/component.ts';
import {
  hashPlan,
  type Plan,
  type PlanContent,
  type PlanKind,
  type PlannedStep,
} from '../../src/plan.ts';

export interface PlanWishes {
  readonly kind?: PlanKind;
  readonly title?: string;
  readonly suspect?: string;
  readonly target?: string;
  readonly changes?: ChangeSet;
  readonly changesUnknown?: string;
  readonly losses?: readonly string[];
}

const CHANGES: ChangeSet = {
  commits: [
    { id: '9f1c2d7e0b6a4f53a1d8', title: 'Total the basket before the voucher', author: 'dana' },
    { id: '41ab90c3e7d25f68b0aa', title: 'Show the voucher field | new layout', author: 'eli' },
  ],
  pullRequests: [
    {
      number: 218,
      title: 'Vouchers at checkout',
      author: 'dana',
      url: 'https://github.com/acme/checkout/pull/218',
    },
  ],
  url: 'https://github.com/acme/checkout/compare/v2.3.1...v2.4.0',
  truncated: false,
};

/** A plan that swaps a slot and so puts checkout back from 2.4.0 to 2.3.1. */
export function aPlan(wishes: PlanWishes = {}): Plan {
  const suspect = wishes.suspect ?? '2.4.0';
  const target = wishes.target ?? '2.3.1';
  const kind = wishes.kind ?? 'rollback';
  const content: PlanContent = {
    kind,
    service: 'checkout',
    environment: 'production',
    title: wishes.title ?? `Put checkout back to ${target}`,
    components: [
      {
        id: 'web',
        title: 'web app acme-checkout',
        live: { id: `commit:${suspect}`, label: suspect, since: Date.UTC(2026, 10, 20, 13, 50) },
        target: { id: `commit:${target}`, label: target },
        ...(wishes.changesUnknown === undefined
          ? { changes: wishes.changes ?? CHANGES }
          : { changesUnknown: wishes.changesUnknown }),
      },
    ],
    steps: kind === 'verify' ? [] : [stepOf(kind, suspect, target)],
    losses: wishes.losses ?? [],
    undo: 'Swap the slots once more: roll forward from the card of the run.',
  };
  return { ...content, id: 'INC-0001-P1', madeAt: 0, hash: hashPlan(content) };
}

/** The step of a release's plan, changed. */
export function stepsOf(changes: Partial<PlannedStep>): readonly PlannedStep[] {
  return [{ ...stepOf('release', '2.4.0', '2.3.1'), ...changes }];
}

function stepOf(kind: PlanKind, suspect: string, target: string): PlanContent['steps'][number] {
  const isBranch = kind === 'quick-fix';
  return {
    id: isBranch ? 'create-branch' : 'swap-slot',
    title: isBranch ? 'Open the branch hotfix/inc-0001' : 'Swap staging into production',
    component: 'web',
    call: { operation: isBranch ? 'create-branch' : 'swap', input: {} },
    after: [],
    effect: isBranch ? 'append' : 'toggle',
    guarantee: 'observable',
    before: `live:${suspect}`,
    expected: isBranch ? 'branch' : `live:${target}`,
    checks: [
      { name: 'staging answers', verdict: 'pass', reason: 'HTTP 200 in 80 ms', blocking: true },
      ...(isBranch
        ? []
        : [
            {
              name: 'settings alike',
              verdict: 'warn' as const,
              reason: 'FEATURE_VOUCHERS differs between the slots',
              blocking: false,
            },
          ]),
    ],
    changes: isBranch
      ? [{ what: 'branch hotfix/inc-0001', from: 'none', to: `a branch of ${suspect}` }]
      : [{ what: 'production', from: suspect, to: target }],
    usualMs: isBranch ? 2000 : 90_000,
    manual: 'Open the Azure portal and swap the slots of acme-checkout.',
  };
}
