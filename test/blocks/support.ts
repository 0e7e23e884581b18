/** Incidents for the tests of blocks: whole lives as events, folded as the bot folds them. */

import { applyEvent } from '../../src/apply-event.ts';
import type { Event, Recorded } from '../../src/events.ts';
import type { Incident } from '../../src/incident.ts';
import type { Plan, PlanKind, PlannedStep } from '../../src/plan.ts';
import type { Service } from '../../src/service.ts';

export const START = Date.UTC(2026, 10, 21, 14, 0);
export const MINUTE = 60_000;
export const ANA = { kind: 'person', id: 'U0ANA', name: 'Ana' } as const;
export const BEN = { kind: 'person', id: 'U0BEN', name: 'Ben' } as const;

/** Turns every free text of a life into something else, for instance something hostile. */
export type Words = (text: string) => string;
const asWritten: Words = (text) => text;

export function aService(words: Words = asWritten): Service {
  return {
    id: 'checkout',
    name: words('Checkout'),
    responders: ['U0ANA', 'U0BEN'],
    contacts: [
      {
        role: words('DevOps'),
        name: words('Dora'),
        slack: 'U0DORA',
        phone: '+49 30 1234',
        email: 'dora@example.com',
      },
      { role: words('Security'), name: words('Sam'), slack: 'S0SECURITY' },
    ],
    environments: {
      production: {
        id: 'production',
        verification: { passes: 3, every: 10_000, limit: 600_000 },
        monitor: { windows: [] },
        approval: {
          count: 1,
          from: ['U0BEN', 'S0APPROVERS'],
          requesterMayApprove: false,
          validFor: 30 * MINUTE,
          breakGlass: ['U0ANA'],
        },
      },
      staging: {
        id: 'staging',
        verification: { passes: 1, every: 10_000, limit: 600_000 },
        monitor: { windows: [] },
        approval: {
          count: 1,
          from: ['U0ANA'],
          requesterMayApprove: true,
          validFor: MINUTE,
          breakGlass: [],
        },
      },
    },
  };
}

export function aStep(patch: Partial<PlannedStep> = {}, words: Words = asWritten): PlannedStep {
  return {
    id: 'swap',
    title: words('Swap staging into production'),
    component: 'web',
    call: { operation: 'swap', input: null },
    after: [],
    effect: 'toggle',
    guarantee: 'observable',
    before: 'a',
    expected: 'b',
    checks: [
      {
        name: words('slot staging'),
        verdict: 'pass',
        reason: words('it is running'),
        blocking: true,
      },
      {
        name: words('warm-up'),
        verdict: 'warn',
        reason: words('it was not warmed up'),
        blocking: false,
      },
    ],
    changes: [{ what: words('web app acme-checkout'), from: words('2.4.0'), to: words('2.3.1') }],
    usualMs: 2 * MINUTE,
    manual: words('az webapp deployment slot swap --name acme-checkout --slot staging'),
    ...patch,
  };
}

export function aPlan(patch: Partial<Plan> = {}, words: Words = asWritten): Plan {
  return {
    id: 'INC-0001-P1',
    madeAt: START + 5 * MINUTE,
    hash: 'f00d',
    kind: 'rollback',
    service: 'checkout',
    environment: 'production',
    title: words('Put checkout back to 2.3.1'),
    components: [
      {
        id: 'web',
        title: words('web app acme-checkout'),
        live: {
          id: 'v240',
          label: words('2.4.0'),
          commit: 'abcdef1234567',
          since: START - 3_600_000,
          by: words('Cleo'),
        },
        target: { id: 'v231', label: words('2.3.1'), note: words('in slot staging') },
        changes: {
          commits: [{ id: '1234567890', title: words('Cache the basket'), author: words('cleo') }],
          pullRequests: [
            {
              number: 12,
              title: words('Faster basket'),
              author: words('cleo'),
              url: 'https://github.example/acme/pull/12',
            },
          ],
          url: 'https://github.example/acme/compare/a...b',
          truncated: false,
        },
      },
    ],
    steps: [aStep({}, words)],
    losses: [],
    undo: words('Swap the slots again.'),
    ...patch,
  };
}

export type Moment = readonly [event: Event, by?: Recorded['actor']];

/** Every state of a life, one event after the other, a minute apart. */
export function statesOf(moments: readonly Moment[]): readonly Incident[] {
  const states: Incident[] = [];
  for (const [index, [event, actor = ANA]] of moments.entries()) {
    const recorded = {
      ...event,
      seq: index + 1,
      version: index + 1,
      stream: 'incident/INC-0001',
      at: START + index * MINUTE,
      actor,
    } as Recorded;
    states.push(applyEvent(states.at(-1), recorded));
  }
  return states;
}

/** The last state of a life. */
export function incidentAfter(...moments: readonly Moment[]): Incident {
  const last = statesOf([...declared(), ...moments]).at(-1);
  if (!last) throw new Error('A life has at least its declaration.');
  return last;
}

export function declared(words: Words = asWritten): readonly Moment[] {
  return [
    [
      {
        type: 'incident.declared',
        data: {
          id: 'INC-0001',
          title: words('Checkout is failing'),
          summary: words('500s since the release, see https://grafana.example/d/1?a=1&b=2.'),
          service: 'checkout',
          environment: 'production',
        },
      },
    ],
    [{ type: 'channel.opened', data: { channel: 'C0INC1', name: 'inc-0001' } }],
  ];
}

export const commanded: Moment = [
  { type: 'role.claimed', data: { role: 'commander', user: 'U0BEN' } },
  BEN,
];

export function assessed(words: Words = asWritten): readonly Moment[] {
  return [
    [{ type: 'assessment.answered', data: { question: 'users', answer: 'all' } }],
    [{ type: 'severity.set', data: { severity: 'sev1', reasons: ['all users are affected'] } }],
    commanded,
    [{ type: 'role.claimed', data: { role: 'scribe', user: 'U0ANA' } }],
    [
      {
        type: 'response.chosen',
        data: {
          response: 'rollback',
          reasons: [words('the service is down')],
          override: words('It is down.'),
        },
      },
      BEN,
    ],
    [
      {
        type: 'status.changed',
        data: { status: 'identified', reason: words('The response was decided.') },
      },
      BEN,
    ],
  ];
}

export function planned(plan: Plan = aPlan()): readonly Moment[] {
  return [
    [{ type: 'plan.wanted', data: { kind: 'rollback' } }],
    [{ type: 'plan.proposed', data: { plan } }, { kind: 'backstop' }],
  ];
}

export function requested(plan = 'INC-0001-P1'): Moment {
  return [{ type: 'approval.requested', data: { plan, hash: 'f00d', until: START + 60 * MINUTE } }];
}

export function approved(plan = 'INC-0001-P1'): readonly Moment[] {
  return [
    [{ type: 'approval.given', data: { plan, hash: 'f00d' } }, BEN],
    started(plan, 'INC-0001-R1'),
  ];
}

export function started(plan: string, run: string): Moment {
  return [{ type: 'run.started', data: { run, plan, hash: 'f00d' } }, BEN];
}

export function stepBegun(run = 'INC-0001-R1', words: Words = asWritten): readonly Moment[] {
  const step = 'swap';
  const intent = { run, step, key: `${run}/swap/1`, at: START, before: 'a', expected: 'b' };
  return [
    [{ type: 'step.intended', data: { run, step, intent } }, { kind: 'backstop' }],
    [
      { type: 'step.submitted', data: { run, step, handle: 'https://arm.example/1' } },
      { kind: 'backstop' },
    ],
    [
      { type: 'step.progressed', data: { run, step, note: words('Azure is swapping') } },
      { kind: 'backstop' },
    ],
  ];
}

export function stepDone(run = 'INC-0001-R1'): Moment {
  return [
    { type: 'step.succeeded', data: { run, step: 'swap', how: 'applied' } },
    { kind: 'backstop' },
  ];
}

export function stepFailed(run = 'INC-0001-R1', words: Words = asWritten): readonly Moment[] {
  const reason = words('Azure could not swap the slots: slot staging is stopped.');
  return [
    [
      { type: 'step.failed', data: { run, step: 'swap', reason, settled: true } },
      { kind: 'backstop' },
    ],
    [{ type: 'run.halted', data: { run, step: 'swap', reason } }, { kind: 'backstop' }],
  ];
}

export function verified(
  outcome: 'recovered' | 'not-recovered',
  run = 'INC-0001-R1',
  words: Words = asWritten,
): readonly Moment[] {
  const good = outcome === 'recovered';
  const readings = [
    { probe: words('page'), verdict: 'pass', reason: words('it loads'), values: {} },
    {
      probe: words('health'),
      verdict: good ? 'pass' : 'fail',
      reason: words(good ? '200 in 80 ms' : '503 in 80 ms'),
      values: {},
    },
  ] as const;
  const reason = words(good ? 'Every probe passed 3 times in a row.' : 'health: 503 in 80 ms');
  return [
    [{ type: 'verification.started', data: { run } }, { kind: 'backstop' }],
    [{ type: 'verification.read', data: { run, readings } }, { kind: 'backstop' }],
    [{ type: 'run.finished', data: { run, outcome, reason } }, { kind: 'backstop' }],
  ];
}

export function monitored(passed: boolean, words: Words = asWritten): readonly Moment[] {
  const window = {
    name: 'first-hour',
    from: START + 30 * MINUTE,
    until: START + 90 * MINUTE,
    every: MINUTE,
  };
  const readings = [
    {
      probe: words('health'),
      verdict: passed ? 'pass' : 'fail',
      reason: words(passed ? 'fine' : '503'),
      values: {},
    },
  ] as const;
  return [
    [
      {
        type: 'status.changed',
        data: { status: 'monitoring', reason: 'The service has recovered.' },
      },
    ],
    [{ type: 'monitor.started', data: { run: 'INC-0001-R1', windows: [window] } }],
    [{ type: 'monitor.read', data: { window: 'first-hour', readings } }],
    [{ type: 'monitor.ended', data: { window: 'first-hour', passed } }],
  ];
}

export function resolved(words: Words = asWritten): Moment {
  return [
    { type: 'status.changed', data: { status: 'resolved', reason: words('It is over.') } },
    BEN,
  ];
}

/** Everything until the run has begun its only step. */
export function running(plan: Plan = aPlan()): readonly Moment[] {
  return [...assessed(), ...planned(plan), requested(), ...approved(), ...stepBegun()];
}

/** One life for each way an incident can go. */
export function lives(words: Words = asWritten): Readonly<Record<string, readonly Moment[]>> {
  const before = [...declared(words), ...assessed(words)];
  const rollback = [...before, ...planned(aPlan({}, words)), requested()];
  const begun = [...rollback, ...approved(), ...stepBegun(undefined, words)];
  const again = aPlan(
    { id: 'INC-0001-P2', kind: 'roll-forward', madeAt: START + 25 * MINUTE },
    words,
  );
  const blocked = aPlan(
    {
      losses: [words('3 orders written since the restore point'), words('2 content edits')],
      steps: [
        aStep(
          {
            effect: 'destructive',
            checks: [
              {
                name: words('slot'),
                verdict: 'fail',
                reason: words('it is stopped'),
                blocking: true,
              },
              {
                name: words('jobs'),
                verdict: 'unknown',
                reason: words('nobody answered'),
                blocking: true,
              },
            ],
          },
          words,
        ),
      ],
    },
    words,
  );
  const fix = aPlan(
    { kind: 'quick-fix' as PlanKind, title: words('Open the hotfix branch') },
    words,
  );
  const verify = aPlan({ id: 'INC-0001-P2', kind: 'verify', steps: [], components: [] }, words);
  const end = (reason: string) => ({ plan: 'INC-0001-P1', reason: words(reason) });
  return {
    'bad release': [
      ...begun,
      stepDone(),
      ...verified('recovered', undefined, words),
      ...monitored(true, words),
      resolved(words),
      [{ type: 'postmortem.exported', data: { files: ['a.md'] } }],
      [{ type: 'status.changed', data: { status: 'closed', reason: words('Reviewed.') } }],
    ],
    halted: [
      ...begun,
      [
        {
          type: 'step.lost',
          data: { run: 'INC-0001-R1', step: 'swap', reason: words('no answer') },
        },
      ],
      ...stepFailed(undefined, words),
      [{ type: 'step.retried', data: { run: 'INC-0001-R1', step: 'swap' } }, BEN],
      ...stepBegun(undefined, words),
      ...stepFailed(undefined, words),
      [
        {
          type: 'step.skipped',
          data: { run: 'INC-0001-R1', step: 'swap', reason: words('Done elsewhere.') },
        },
        BEN,
      ],
      [
        {
          type: 'run.finished',
          data: { run: 'INC-0001-R1', outcome: 'done', reason: words('No probe.') },
        },
      ],
      resolved(words),
    ],
    ended: [
      ...before,
      ...planned(aPlan({ steps: [aStep({ endingLeaves: words('Half of it.') }, words)] }, words)),
      requested(),
      ...approved(),
      ...stepBegun(undefined, words),
      [{ type: 'run.cancelling', data: { run: 'INC-0001-R1', reason: words('Enough.') } }, BEN],
      [
        {
          type: 'step.ending',
          data: { run: 'INC-0001-R1', step: 'swap', reason: words('It hangs.') },
        },
        BEN,
      ],
      [
        {
          type: 'step.printed',
          data: {
            run: 'INC-0001-R1',
            step: 'swap',
            printed: [{ stream: 'output', text: words('half of it') }],
          },
        },
      ],
    ],
    cancelled: [
      ...begun,
      ...stepFailed(undefined, words),
      [
        {
          type: 'run.finished',
          data: { run: 'INC-0001-R1', outcome: 'cancelled', reason: words('Enough.') },
        },
        BEN,
      ],
    ],
    'still broken': [
      ...begun,
      stepDone(),
      ...verified('not-recovered', undefined, words),
      [{ type: 'contacts.called', data: { contacts: [words('DevOps: Dora')] } }],
      ...planned(again),
      requested('INC-0001-P2'),
      [
        {
          type: 'approval.given',
          data: { plan: 'INC-0001-P2', hash: 'f00d', breakGlass: words('Nobody is awake.') },
        },
      ],
      started('INC-0001-P2', 'INC-0001-R2'),
      ...stepBegun('INC-0001-R2', words),
      stepDone('INC-0001-R2'),
      ...verified('recovered', 'INC-0001-R2', words),
      ...monitored(false, words),
    ],
    declined: [
      ...rollback,
      [{ type: 'approval.rejected', data: end('Not during the sale.') }, BEN],
      resolved(words),
    ],
    expired: [...rollback, [{ type: 'approval.expired', data: { plan: 'INC-0001-P1' } }]],
    stale: [...rollback, [{ type: 'plan.went-stale', data: end('Somebody deployed 2.4.1.') }]],
    superseded: [...rollback, ...planned({ ...again, kind: 'rollback' })],
    'resolved while asked': [...rollback, resolved(words)],
    blocked: [...before, ...planned(blocked)],
    'no plan': [
      ...before,
      [{ type: 'plan.wanted', data: { kind: 'rollback' } }],
      [{ type: 'plan.refused', data: { reason: words('Azure did not answer.') } }],
    ],
    'quick fix': [
      ...declared(words),
      commanded,
      [
        {
          type: 'response.chosen',
          data: { response: 'quick-fix', reasons: ['a fix takes less than 15 minutes'] },
        },
        BEN,
      ],
      [
        {
          type: 'quick-fix.started',
          data: { branch: words('hotfix/inc-0001'), until: START + 20 * MINUTE },
        },
      ],
      [{ type: 'plan.proposed', data: { plan: fix } }],
      started('INC-0001-P1', 'INC-0001-R1'),
      stepDone(),
      [
        {
          type: 'run.finished',
          data: {
            run: 'INC-0001-R1',
            outcome: 'done',
            reason: words('The hotfix branch is ready.'),
          },
        },
      ],
      [{ type: 'quick-fix.ended', data: { number: 1 } }],
      [{ type: 'quick-fix.extended', data: { until: START + 40 * MINUTE } }],
      [{ type: 'quick-fix.deployed', data: {} }],
      [{ type: 'plan.proposed', data: { plan: verify } }],
      started('INC-0001-P2', 'INC-0001-R2'),
      ...verified('not-recovered', 'INC-0001-R2', words),
    ],
    'quick fix given up': [
      ...declared(words),
      commanded,
      [{ type: 'response.chosen', data: { response: 'quick-fix', reasons: [] } }, BEN],
      [
        {
          type: 'quick-fix.started',
          data: { branch: 'hotfix/inc-0001', until: START + 20 * MINUTE },
        },
      ],
      [
        {
          type: 'response.chosen',
          data: { response: 'rollback', reasons: [], override: words('It took too long.') },
        },
        BEN,
      ],
    ],
    'kept up to date': [
      ...before,
      [
        {
          type: 'task.added',
          data: {
            id: 'T1',
            kind: 'task',
            text: words('Call the bank'),
            owner: 'U0BEN',
            due: START,
          },
        },
      ],
      [{ type: 'task.added', data: { id: 'T2', kind: 'follow-up', text: words('Write a test') } }],
      [
        {
          type: 'reminder.given',
          data: { key: `task/T1/${START}`, about: 'task', ref: 'T1', due: START },
        },
      ],
      [{ type: 'task.assigned', data: { task: 'T2', owner: 'U0ANA' } }],
      [{ type: 'task.done', data: { task: 'T1' } }, BEN],
      [{ type: 'reminder.given', data: { key: 'update/1', about: 'update', due: START } }],
      [{ type: 'reminder.snoozed', data: { key: 'update/1', until: START + 20 * MINUTE } }, BEN],
      [{ type: 'reminder.given', data: { key: 'update/1', about: 'update', due: START } }],
      [{ type: 'update.posted', data: { text: words('Half of it works.'), next: START + MINUTE } }],
      [{ type: 'reminder.given', data: { key: 'commander/1', about: 'commander', due: START } }],
      [{ type: 'reminder.given', data: { key: 'roles', about: 'roles', due: START } }],
      ...planned(aPlan({}, words)),
      requested(),
      [
        {
          type: 'reminder.given',
          data: { key: 'approval/INC-0001-P1', about: 'approval', ref: 'INC-0001-P1', due: START },
        },
      ],
      [
        {
          type: 'handover.given',
          data: {
            to: 'U0ANA',
            summary: [{ text: words('State: SEV1') }, { text: 'Scribe', user: 'U0ANA' }],
          },
        },
      ],
      [{ type: 'duplicate.linked', data: { incident: 'INC-0002' } }],
      [{ type: 'update.posted', data: { text: words('It works.') } }],
      resolved(words),
      [{ type: 'status.changed', data: { status: 'investigating', reason: words('It is back.') } }],
      resolved(words),
      [{ type: 'status.changed', data: { status: 'closed', reason: words('Agreed.') } }],
    ],
    'a duplicate': [
      ...before,
      [{ type: 'incident.merged', data: { into: 'INC-0003' } }],
      [{ type: 'status.changed', data: { status: 'closed', reason: words('It is the same.') } }],
    ],
    'answered to the end': [
      ...declared(words),
      ...(
        [
          ['users', 'few'],
          ['data', 'no'],
          ['security', 'no'],
          ['availability', 'normal'],
          ['wait', 'no'],
          ['fix', 'unknown'],
        ] as const
      ).map(
        ([question, answer]): Moment => [
          { type: 'assessment.answered', data: { question, answer } },
        ],
      ),
      [
        {
          type: 'severity.set',
          data: { severity: 'sev3', reasons: [words('why')], override: words('It feels worse.') },
        },
        BEN,
      ],
      [{ type: 'assessment.restarted', data: {} }],
    ],
  };
}
