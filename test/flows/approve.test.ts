import { describe, expect, it } from 'vitest';
import type { Actor } from '../../src/events.ts';
import {
  approve,
  breakGlass,
  expireApproval,
  type Membership,
  reject,
  requestApproval,
} from '../../src/flows/approve.ts';
import { declareIncident } from '../../src/flows/declare.ts';
import { askForPlan, proposePlan } from '../../src/flows/propose-plan.ts';
import { takeRole } from '../../src/flows/take-role.ts';
import type { Flow } from '../../src/loop.ts';
import type { Check } from '../../src/operation.ts';
import { hashPlan } from '../../src/plan.ts';
import { aPlan } from '../support/a-plan.ts';
import * as told from '../support/an-incident.ts';
import {
  ANA,
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  CLEO,
  MINUTE,
  type Story,
  severity,
  showPlan,
  takeCommand,
} from '../support/an-incident.ts';
import { aQuickFixIncident } from '../support/an-incident-told.ts';
import { ask, CHECKOUT, closeStory, OPERATOR, POLICY, put, refused } from '../support/asking.ts';
import { openLoop } from '../support/journal.ts';

const PLAN = 'INC-0001-P1';
const HASH = aPlan().hash;
const TWO = { ...POLICY, count: 2, bySeverity: { sev1: { count: 1 } } };
const given = { type: 'approval.given', data: { plan: PLAN, hash: HASH } };
const started = { type: 'run.started', data: { run: 'INC-0001-R1', plan: PLAN, hash: HASH } };

const shown = (): Story => showPlan(aStory());
const requested = (): Story => askApproval(shown());

function ended(how: 'rejected' | 'expired' | 'stale' | 'superseded' | 'approved'): Story {
  const story = requested();
  switch (how) {
    case 'rejected':
      return story.tell(CLEO, {
        type: 'approval.rejected',
        data: { plan: PLAN, reason: 'too late' },
      });
    case 'expired':
      return story.tell(BACKSTOP, { type: 'approval.expired', data: { plan: PLAN } });
    case 'stale':
      return story.tell(BACKSTOP, {
        type: 'plan.went-stale',
        data: { plan: PLAN, reason: 'Production was deployed again.' },
      });
    case 'superseded':
      return showPlan(story);
    case 'approved':
      return told.approve(story, CLEO);
  }
}

function blocked(verdict: Check['verdict']): Story {
  const story = aStory();
  const plan = aPlan();
  const check: Check = { name: 'staging answers', verdict, reason: 'HTTP 500', blocking: true };
  const steps = plan.steps.map((step) => ({ ...step, checks: [check] }));
  return story.tell(BACKSTOP, { type: 'plan.proposed', data: { plan: { ...plan, steps } } });
}

describe('asking for approval', () => {
  it('binds to the hash of the plan that was shown, for as long as the policy says', () => {
    const story = shown();

    expect(ask(story, ANA, requestApproval(PLAN, POLICY))).toEqual([
      {
        type: 'approval.requested',
        data: { plan: PLAN, hash: HASH, until: story.now() + 30 * MINUTE },
      },
    ]);
  });

  it.each(['fail', 'unknown'] as const)('is refused for a check that is %s', (verdict) => {
    expect(refused(blocked(verdict), ANA, requestApproval(PLAN, POLICY))).toMatchObject({
      code: 'not-possible',
      message:
        'This plan cannot run yet. staging answers: HTTP 500. When that is put right, use `/rollback` for a fresh plan.',
    });
  });

  it('is refused the second time, naming who did', () => {
    expect(refused(requested(), BEN, requestApproval(PLAN, POLICY))).toMatchObject({
      code: 'already-done',
      message: expect.stringMatching(/^<@U0ANA> asked for approval already/),
    });
  });
});

describe('approving', () => {
  it('starts the run in the same decision, when enough people have', () => {
    expect(ask(requested(), BEN, approve(PLAN, POLICY, 'yes'))).toEqual([given, started]);
  });

  it('waits for the others, when not', () => {
    const story = requested();

    expect(put(story, BEN, approve(PLAN, TWO, 'yes'))).toEqual([given]);
    expect(refused(story, BEN, approve(PLAN, TWO, 'yes'))).toMatchObject({
      code: 'already-done',
      message: 'You approved this already; nothing more is needed from you.',
    });
    expect(put(story, CLEO, approve(PLAN, TWO, 'yes'))).toEqual([given, started]);
  });

  it('needs fewer people where the severity allows it', () => {
    const story = requested().tell(BACKSTOP, severity('sev1', ['r']));

    expect(ask(story, BEN, approve(PLAN, TWO, 'yes'))).toEqual([given, started]);
  });

  it('is for somebody else than who asked, unless the policy says otherwise', () => {
    const own = approve(PLAN, { ...POLICY, requesterMayApprove: true }, 'yes');

    expect(refused(requested(), ANA, approve(PLAN, POLICY, 'yes'))).toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/somebody else has to give it/),
    });
    expect(ask(requested(), ANA, own)).toEqual([given, started]);
  });

  it('is for somebody else than who wrote what it takes back, where the policy knows them', () => {
    const authors = { U0CLEO: 'eli', U0BEN: 'someone-else' };

    expect(refused(requested(), CLEO, approve(PLAN, { ...POLICY, authors }, 'yes'))).toMatchObject({
      code: 'forbidden',
      message:
        'You wrote a change that this plan takes back (commit 41ab90c). Ask another approver.',
    });
    expect(ask(requested(), BEN, approve(PLAN, { ...POLICY, authors }, 'yes'))).toEqual([
      given,
      started,
    ]);
    expect(ask(requested(), CLEO, approve(PLAN, POLICY, 'yes'))).toEqual([given, started]);
  });

  it('is for members only, and closed when Slack cannot say who is one', () => {
    expect(refused(requested(), BEN, approve(PLAN, POLICY, 'no'))).toMatchObject({
      code: 'forbidden',
      message: 'Only <!subteam^S0LEADS>, <@U0CLEO> can approve this. Ask one of them.',
    });
    expect(refused(requested(), BEN, approve(PLAN, { ...POLICY, from: [] }, 'no')).message).toMatch(
      /name approvers in backstop\.yaml/,
    );
    expect(refused(requested(), BEN, approve(PLAN, POLICY, 'unknown'))).toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/^Slack could not say.*nothing was approved/),
    });
  });

  it('is over when its time is, to the millisecond, whether the clock has told or not', () => {
    const story = requested();
    const until = story.incident().proposals[0]?.until ?? 0;

    story.wait(until - story.now() - 1);
    expect(ask(story, BEN, approve(PLAN, POLICY, 'yes'))).toHaveLength(2);
    story.wait(1);
    expect(refused(story, BEN, approve(PLAN, POLICY, 'yes'))).toMatchObject({
      code: 'out-of-date',
      message: 'The time to approve this has passed. Use `/rollback` for a fresh plan.',
    });
  });

  it('waits for the run that holds the environment, of whatever incident', () => {
    const other = { ...told.approve(requested()).incident(), id: 'INC-0009' };
    const flow = approve(PLAN, POLICY, 'yes');

    expect(refused(requested(), BEN, flow, [other])).toMatchObject({
      code: 'not-possible',
      message: expect.stringMatching(
        /^INC-0001-R1 of INC-0009 has been at work on checkout production since <!date.*Approve again when it has ended\.$/,
      ),
    });
    const elsewhere = { ...other, environment: 'staging' };
    expect(ask(requested(), BEN, flow, [elsewhere])).toEqual([given, started]);
  });
});

describe('one person in Slack and at the terminal', () => {
  const byCode = (person: typeof ANA, name = 'Somebody'): Actor => ({
    kind: 'operator',
    name,
    slack: person.id,
  });

  it('who asked does not approve by a code', () => {
    expect(refused(requested(), byCode(ANA), approve(PLAN, POLICY, 'yes'))).toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/somebody else has to give it/),
    });
  });

  it('counts once', () => {
    const story = requested();
    put(story, BEN, approve(PLAN, TWO, 'yes'));

    expect(refused(story, byCode(BEN), approve(PLAN, TWO, 'yes')).code).toBe('already-done');
    expect(put(story, byCode(CLEO), approve(PLAN, TWO, 'yes'))).toEqual([given, started]);
  });

  it('who wrote a change that it takes back approves neither', () => {
    const policy = { ...POLICY, authors: { U0CLEO: 'eli' } };

    expect(refused(requested(), byCode(CLEO), approve(PLAN, policy, 'yes')).message).toMatch(
      /^You wrote a change/,
    );
  });

  it('is not taken for another of the same name, nor for one whom nobody knows there', () => {
    const story = requested();
    put(story, byCode(BEN, 'Sam'), approve(PLAN, TWO, 'yes'));

    expect(ask(story, byCode(CLEO, 'Sam'), approve(PLAN, TWO, 'yes'))).toEqual([given, started]);
    expect(refused(story, { kind: 'operator', name: 'sam' }, approve(PLAN, TWO, 'yes')).code).toBe(
      'already-done',
    );
  });
});

describe('breaking the glass', () => {
  it.each([
    ['shown', shown],
    ['requested', requested],
  ])('goes ahead alone with a plan that is %s', (_state, story) => {
    expect(ask(story(), BEN, breakGlass(PLAN, ' nobody is awake ', 'yes'))).toEqual([
      { ...given, data: { ...given.data, breakGlass: 'nobody is awake' } },
      started,
    ]);
  });

  it.each<[string, Membership, string]>([
    ['why', 'no', 'forbidden'],
    ['why', 'unknown', 'forbidden'],
    ['  ', 'yes', 'invalid-input'],
  ])('because %j with the right: %s is refused', (reason, member, code) => {
    expect(refused(shown(), BEN, breakGlass(PLAN, reason, member)).code).toBe(code);
  });

  it('says when it is Slack that cannot say', () => {
    expect(refused(shown(), BEN, breakGlass(PLAN, 'why', 'unknown')).message).toMatch(
      /^Slack could not/,
    );
  });

  it('comes too late once the time to approve is over', () => {
    const story = requested();
    story.wait((story.incident().proposals[0]?.until ?? 0) - story.now());

    expect(refused(story, BEN, breakGlass(PLAN, 'why', 'yes'))).toMatchObject({
      code: 'out-of-date',
      message: 'The time to approve this has passed. Use `/rollback` for a fresh plan.',
    });
  });

  it('does not break a blocking check', () => {
    expect(refused(blocked('fail'), BEN, breakGlass(PLAN, 'why', 'yes')).code).toBe('not-possible');
  });
});

describe('declining', () => {
  const no = { type: 'approval.rejected', data: { plan: PLAN, reason: 'too late' } };

  it('is for approvers and the incident commander', () => {
    const led = askApproval(showPlan(takeCommand(aStory(), BEN)));

    expect(ask(requested(), CLEO, reject(PLAN, 'too late', 'yes'))).toEqual([no]);
    expect(ask(led, BEN, reject(PLAN, 'too late', 'unknown'))).toEqual([no]);
    expect(refused(led, CLEO, reject(PLAN, 'too late', 'no')).code).toBe('forbidden');
    expect(refused(led, CLEO, reject(PLAN, 'too late', 'unknown')).message).toMatch(/^Slack could/);
    expect(refused(led, OPERATOR, reject(PLAN, 'too late', 'no')).code).toBe('forbidden');
  });

  it('takes a reason', () => {
    expect(refused(requested(), CLEO, reject(PLAN, '', 'yes'))).toMatchObject({ field: 'reason' });
  });
});

describe('the end of the time to approve', () => {
  it('comes once, and not too early', () => {
    const story = requested();
    const until = story.incident().proposals[0]?.until ?? 0;

    expect(ask(story, BACKSTOP, expireApproval(PLAN))).toEqual([]);
    story.wait(until - story.now());
    expect(put(story, BACKSTOP, expireApproval(PLAN))).toEqual([
      { type: 'approval.expired', data: { plan: PLAN } },
    ]);
    expect(ask(story, BACKSTOP, expireApproval(PLAN))).toEqual([]);
    expect(ask(shown(), BACKSTOP, expireApproval(PLAN))).toEqual([]);
  });
});

describe.each<[string, Flow]>([
  ['asking', requestApproval(PLAN, POLICY)],
  ['approving', approve(PLAN, POLICY, 'yes')],
  ['breaking the glass', breakGlass(PLAN, 'why', 'yes')],
  ['declining', reject(PLAN, 'why', 'yes')],
])('%s is answered when it comes too late', (_what, flow) => {
  it.each([
    ['rejected', 'out-of-date', 'This was declined by <@U0CLEO>: too late. Use `/rollback` for'],
    [
      'expired',
      'out-of-date',
      'The time to approve this has passed. Use `/rollback` for a fresh plan.',
    ],
    ['stale', 'out-of-date', 'This plan is out of date: Production was deployed again. Use the'],
    ['superseded', 'out-of-date', 'A newer plan took the place of this one. Use the newer one.'],
    ['approved', 'already-done', 'This was approved already by <@U0CLEO>.'],
  ] as const)('the plan is %s', (how, code, message) => {
    const answer = refused(ended(how), BEN, flow);

    expect(answer.code).toBe(code);
    expect(answer.message).toContain(message);
  });

  it('the incident is over, or there is no such plan', () => {
    expect(refused(closeStory(requested()), BEN, flow).code).toBe('closed');
    expect(refused(aStory(), BEN, flow)).toMatchObject({
      code: 'not-found',
      message: 'INC-0001 has no plan INC-0001-P1. Use `/rollback` for one.',
    });
  });
});

it('a plan that nobody has to approve was approved by the choice of response', () => {
  expect(refused(aQuickFixIncident(), BEN, approve(PLAN, POLICY, 'yes')).message).toMatch(
    /is resolved/,
  );
  const story = aStory().tell(BACKSTOP, told.proposal(aStory(), { kind: 'quick-fix' }));
  story.tell(BACKSTOP, told.startOf(story));
  expect(refused(story, BEN, approve(PLAN, POLICY, 'yes')).message).toBe(
    'This was approved already by the choice of the incident commander.',
  );
});

it('nobody asked yet: approving and declining say what to press', () => {
  for (const flow of [approve(PLAN, POLICY, 'yes'), reject(PLAN, 'why', 'yes')]) {
    expect(refused(shown(), BEN, flow)).toMatchObject({
      code: 'out-of-date',
      message: 'Nobody asked for approval yet. Press *Request approval* first.',
    });
  }
});

it('through the journal: two last approvals at once start one run, and the other is told by whom', async () => {
  const { loop } = openLoop();
  const environment = 'production';
  await loop.declare(
    ANA,
    declareIncident({ title: 'x', summary: '', service: CHECKOUT, environment }),
  );
  const { id: _id, hash: _hash, madeAt: _at, ...content } = aPlan();
  await loop.decide('INC-0001', ANA, askForPlan({ kind: 'rollback' }));
  await loop.decide('INC-0001', ANA, proposePlan(content));
  await loop.decide('INC-0001', ANA, requestApproval(PLAN, POLICY));
  await loop.decide('INC-0001', ANA, takeRole('commander'));

  const answers = await Promise.allSettled([
    loop.decide('INC-0001', BEN, approve(PLAN, POLICY, 'yes')),
    loop.decide('INC-0001', CLEO, approve(PLAN, POLICY, 'yes')),
    loop.decide('INC-0001', ANA, reject(PLAN, 'wait', 'no')),
  ]);

  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  for (const answer of answers.slice(1)) {
    expect(answer).toHaveProperty('reason.message', 'This was approved already by <@U0BEN>.');
  }
  expect(loop.incident('INC-0001')?.runs).toMatchObject([{ plan: PLAN, status: 'running' }]);
  expect(loop.incident('INC-0001')?.proposals[0]?.plan.hash).toBe(hashPlan(content));
});
