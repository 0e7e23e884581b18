import { describe, expect, it } from 'vitest';
import { planText } from '../../src/cli/plan-text.ts';
import type { Plan } from '../../src/plan.ts';
import { checkBlocks } from '../../src/sandbox/workspace/block-rules/blocks.ts';
import { buttonsOf, labelsOf, messageOf, wordsOf } from './reading.ts';
import {
  ANA,
  aPlan,
  aService,
  aStep,
  assessed,
  BEN,
  incidentAfter,
  type Moment,
  planned,
  requested,
  resolved,
  running,
} from './support.ts';

const KEY = 'plan/INC-0001-P1';

function shown(plan: Plan = aPlan(), ...after: readonly Moment[]) {
  return messageOf(incidentAfter(...assessed(), ...planned(plan), ...after), KEY);
}

describe('a plan', () => {
  it('says what is live, what it goes to, the steps, the cost, the way back and what changed', () => {
    expect(wordsOf(shown())).toBe(
      [
        'Put checkout back to 2.3.1',
        '*Nothing has been changed.* It runs once it is approved.',
        '*web app acme-checkout*',
        'Live: *2.4.0* since 2026-11-21 13:00 UTC, by Cleo',
        'Goes to: *2.3.1* (in slot staging)',
        '*1. Swap staging into production* (about 2 min)',
        'web app acme-checkout: 2.4.0 → 2.3.1',
        '! warm-up: it was not warmed up',
        '✓ slot staging: it is running',
        '*Takes* about 2 min. *Nothing is lost.*',
        '*To take it back:* Swap the slots again.',
        '*What changed* in web app acme-checkout between 2.3.1 and 2.4.0: 1 commit, 1 pull request. <https://github.example/acme/compare/a...b|Compare>',
        '• <https://github.example/acme/pull/12|#12> Faster basket (cleo)',
        '• `1234567` Cache the basket (cleo)',
        'Plan INC-0001-P1  |  Made at 14:05 UTC',
      ].join('\n'),
    );
    expect(labelsOf(shown())).toEqual(['Request approval*']);
  });

  it('names what stands in the way first and cannot be asked about', () => {
    const checks = [
      { name: 'slot', verdict: 'fail', reason: 'it is stopped', blocking: true },
      { name: 'jobs', verdict: 'unknown', reason: 'nobody answered', blocking: true },
    ] as const;
    const blocked = shown(aPlan({ steps: [aStep({ checks })] }));

    expect(wordsOf(blocked)).toContain(
      '*Cannot run yet.*\n✗ slot: it is stopped (step 1)\n? jobs: nobody answered (step 1)',
    );
    expect(wordsOf(blocked).match(/it is stopped/g)).toHaveLength(1);
    expect(labelsOf(blocked)).toEqual(['Refresh the plan']);
  });

  it('says what would be lost, and which step cannot be taken back', () => {
    const plan = aPlan({ losses: ['3 orders'], steps: [aStep({ effect: 'destructive' })] });

    expect(wordsOf(shown(plan))).toContain('*This would be lost:*\n• 3 orders');
    expect(wordsOf(shown(plan))).toContain('(about 2 min, cannot be taken back)');
    expect(wordsOf(shown(plan))).not.toContain('Nothing is lost');
  });

  it('says of which step nobody but a person can tell whether it was done, here and at the terminal', () => {
    const plan = aPlan({ steps: [aStep({ guarantee: 'blind', asksAgain: true })] });
    const words =
      '(about 2 min, cannot be looked at, so a lost answer is for a person to judge, asks a second person right before)';

    expect(wordsOf(shown(plan))).toContain(words);
    expect(planText(plan)).toContain(words);
    const byHand = aPlan({ steps: [aStep({ guarantee: 'blind', byHand: true })] });
    expect(planText(byHand)).toContain('(about 2 min, done by a person)');
  });

  it('says why nobody can tell what changed', () => {
    const [component] = aPlan().components;
    const { changes: _known, ...unknown } = component ?? fail();
    const plan = aPlan({ components: [{ ...unknown, changesUnknown: 'GitHub did not answer' }] });

    expect(wordsOf(shown(plan))).toContain('is not known: GitHub did not answer');
  });

  it('lists ten commits and counts the rest', () => {
    const [component] = aPlan().components;
    const commits = Array.from({ length: 25 }, (_, n) => ({
      id: `${n}`.padStart(7, '0'),
      title: `Change ${n}`,
      author: 'cleo',
    }));
    const changes = { commits, pullRequests: [], truncated: true };
    const plan = aPlan({ components: [{ ...(component ?? fail()), changes }] });

    expect(wordsOf(shown(plan))).toContain('at least 25 commits, 0 pull requests');
    expect(wordsOf(shown(plan))).toContain('Change 9 (cleo)\nand 15 more');
    expect(wordsOf(shown(plan))).not.toContain('Change 10');
  });

  it('keeps within Slack’s limits with forty steps and forty components', () => {
    const long = 'x'.repeat(2000);
    const steps = Array.from({ length: 40 }, (_, n) =>
      aStep({ id: `s${n}` }, (text) => text + long),
    );
    const [component] = aPlan({}, (text) => text + long).components;
    const components = Array.from({ length: 40 }, (_, n) => ({
      ...(component ?? fail()),
      id: `c${n}`,
    }));
    const plan = aPlan({
      steps,
      components,
      losses: Array.from({ length: 40 }, () => long),
      undo: long,
    });

    const message = shown(plan);

    expect(checkBlocks(message.blocks, 'message')).toEqual([]);
    expect(wordsOf(message).length).toBeLessThan(12_000);
    expect(wordsOf(message)).toContain('and 25 more steps');
  });

  it('gives several passing checks by name alone, after what did not pass', () => {
    const check = (name: string, verdict: 'pass' | 'warn') =>
      ({ name, verdict, reason: `${name} it is`, blocking: false }) as const;
    const checks = [check('room', 'pass'), check('late', 'warn'), check('tools', 'pass')];

    expect(wordsOf(shown(aPlan({ steps: [aStep({ checks })] })))).toContain(
      '! late: late it is\n✓ 2 checks passed: room; tools\n',
    );
  });

  it('counts the passing checks when there is no room to name them', () => {
    const check = {
      name: 'a'.repeat(80),
      verdict: 'pass',
      reason: 'b'.repeat(200),
      blocking: true,
    } as const;
    const bad = { ...check, name: 'late', verdict: 'warn', blocking: false } as const;
    const checks = [...Array.from({ length: 60 }, () => check), bad];

    const words = wordsOf(shown(aPlan({ steps: [aStep({ checks })] })));

    expect(words).toContain('✓ 60 checks passed\n! late:');
  });
});

describe('a plan before its approvers', () => {
  it('says until when it can be approved and how far it is', () => {
    const asked = shown(aPlan(), requested());

    expect(wordsOf(asked)).toContain('*Waiting for approval.* Nothing has been changed.');
    expect(wordsOf(asked)).toContain(
      'Plan INC-0001-P1  |  Approval asked for by Ana  |  valid until 15:00 UTC  |  0 of 1 approval',
    );
    expect(labelsOf(asked)).toEqual(['Approve', 'Decline…', 'Ask…', 'Break glass…']);
  });

  it('makes sure of an approval by saying exactly what will happen', () => {
    const [approve] = buttonsOf(shown(aPlan({ title: 'Back & forth' }), requested()));

    expect(approve?.style).toBe('danger');
    expect(approve?.confirm?.text.text).toBe(
      'Runs at once. checkout production: 2.4.0 → 2.3.1. 1. Swap staging into production. Takes about 2 min.',
    );
    expect(approve?.value).toBe('INC-0001 INC-0001-P1');
    expect(approve?.accessibility_label).toBe('Approve plan INC-0001-P1: Back & forth');
  });

  it('counts what is left when two must approve', () => {
    const service = aService();
    const production = service.environments['production'] ?? fail();
    const two = {
      ...service,
      environments: {
        production: { ...production, approval: { ...production.approval, count: 3 } },
      },
    };
    const given: Moment = [
      { type: 'approval.given', data: { plan: 'INC-0001-P1', hash: 'f00d' } },
      BEN,
    ];
    const incident = incidentAfter(...assessed(), ...planned(), requested(), given);

    const message = messageOf(incident, KEY, two);

    expect(wordsOf(message)).toContain('1 of 3 approvals  |  so far Ben');
    expect(buttonsOf(message)[0]?.confirm?.text.text).toMatch(
      /^Needs 1 more approval after yours\./,
    );
  });
});

describe('a plan that is decided', () => {
  const end = { plan: 'INC-0001-P1', reason: 'Not during the sale.' };

  it.each<[string, Moment, string]>([
    [
      'declined',
      [{ type: 'approval.rejected', data: end }, BEN],
      '*Declined* by Ben at 14:11 UTC: Not during the sale.',
    ],
    [
      'expired',
      [{ type: 'approval.expired', data: { plan: end.plan } }],
      '*Expired* at 14:11 UTC: it was not approved in time. Nothing of it was carried out.',
    ],
    [
      'out of date',
      [{ type: 'plan.went-stale', data: end }],
      '*Out of date*: Not during the sale. Nothing of it was carried out.',
    ],
    [
      'replaced',
      [{ type: 'plan.proposed', data: { plan: aPlan({ id: 'INC-0001-P2' }) } }],
      '*Replaced* by a newer plan. Nothing of it was carried out.',
    ],
  ])('says in one line that it is %s, and has no buttons', (_state, moment, words) => {
    const message = shown(aPlan(), requested(), moment);

    expect(wordsOf(message)).toContain(`*Put checkout back to 2.3.1*\n${words}`);
    expect(buttonsOf(message)).toEqual([]);
  });

  it('says who approved it and stays readable', () => {
    const message = messageOf(incidentAfter(...running()), KEY);

    expect(wordsOf(message)).toContain('*Approved* by Ben at 14:11 UTC.');
    expect(wordsOf(message)).toContain('*1. Swap staging into production*');
    expect(buttonsOf(message)).toEqual([]);
  });

  it('says that the incident was resolved before anybody approved', () => {
    const message = shown(aPlan(), requested(), resolved());

    expect(wordsOf(message)).toContain('*Not carried out*: INC-0001 was resolved first.');
    expect(buttonsOf(message)).toEqual([]);
  });

  it('refreshes a blocked plan as it was asked for', () => {
    const checks = [
      { name: 'slot', verdict: 'fail', reason: 'it is stopped', blocking: true },
    ] as const;
    const again = aPlan({ id: 'INC-0001-P2', kind: 'roll-forward', steps: [aStep({ checks })] });
    const incident = incidentAfter(...running(), [
      { type: 'plan.proposed', data: { plan: again } },
      ANA,
    ]);

    const [refresh] = buttonsOf(messageOf(incident, 'plan/INC-0001-P2'));

    expect([refresh?.action_id, refresh?.value]).toEqual(['refresh-plan', 'INC-0001 INC-0001-P2']);
  });
});

function fail(): never {
  throw new Error('The support data lacks what this test needs.');
}
