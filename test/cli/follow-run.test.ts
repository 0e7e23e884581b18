import { expect, it } from 'vitest';
import { newApprovalCode } from '../../src/approval-codes.ts';
import { type Following, followRun } from '../../src/cli/follow-run.ts';
import { stillFrozen } from '../../src/cli/let-go.ts';
import type { Actor, Event } from '../../src/events.ts';
import { allowStep } from '../../src/flows/allow-step.ts';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import { declareIncident } from '../../src/flows/declare.ts';
import { askForPlan, proposePlan } from '../../src/flows/propose-plan.ts';
import { endStale, recordStep, retryStep } from '../../src/flows/run-steps.ts';
import { takeRole } from '../../src/flows/take-role.ts';
import type { PlanContent, PlannedStep } from '../../src/plan.ts';
import { aPlan } from '../support/a-plan.ts';
import { BACKSTOP, BEN, MINUTE } from '../support/an-incident.ts';
import { OPERATOR, POLICY } from '../support/asking.ts';
import { openLoop } from '../support/journal.ts';

const DANA: Actor = { kind: 'operator', name: 'Dana' };
const ID = 'INC-0001';
const RUN = 'INC-0001-R1';
const { id: _id, hash: _hash, madeAt: _madeAt, ...PLAN } = aPlan();
const DANAS = newApprovalCode('Dana');
const ELIS = newApprovalCode('Eli');
const APPROVAL = { ...POLICY, codes: [DANAS.entry, ELIS.entry] };

/** An incident whose plan the operator asked for and Dana approved, so that its run has begun. */
async function running(changes: Partial<PlannedStep> = {}) {
  const { loop, journal } = openLoop();
  const declaration = {
    title: 'slow',
    summary: '',
    service: {
      id: 'checkout',
      name: 'Checkout',
      responders: [],
      contacts: [],
      environments: { production: {} as never },
    },
    environment: 'production',
  };
  await loop.declare(OPERATOR, declareIncident(declaration));
  const record = (...events: readonly Event[]) => loop.decide(ID, BACKSTOP, () => events);
  const content: PlanContent = { ...PLAN, steps: PLAN.steps.map((s) => ({ ...s, ...changes })) };
  const propose = async (plan: PlanContent) => {
    await record({ type: 'plan.wanted', data: { kind: 'rollback' } });
    await loop.decide(ID, BACKSTOP, proposePlan(plan));
  };
  await propose(content);
  const plan = 'INC-0001-P1';
  await loop.decide(ID, OPERATOR, requestApproval(plan, APPROVAL));
  await loop.decide(ID, DANA, approve(plan, APPROVAL, 'yes'));

  if (changes.asksAgain) {
    const shown = [{ what: 'table users', from: '11 rows', to: '10 rows' }];
    await record({
      type: 'step.shown',
      data: { run: RUN, step: STEP, changes: shown, checks: [] },
    });
  }

  const said: string[] = [];
  const asked: string[] = [];
  const follow = (...answers: readonly (string | (() => Promise<unknown>))[]) => {
    const left = [...answers];
    const question: Following['terminal']['question'] = async (text, options) => {
      asked.push(text);
      const answer = left.shift();
      if (typeof answer === 'string') return answer;
      if (answer === undefined) throw new Error(`Nobody answers: ${text}`);
      await answer();
      options?.signal?.throwIfAborted();
      throw new Error(`The question still stands: ${text}`);
    };
    const following: Following = {
      loop,
      journal,
      actor: OPERATOR,
      terminal: { question },
      say: (text) => said.push(text),
      approval: APPROVAL,
    };
    return followRun(following, ID);
  };
  return { loop, record, content, follow, said, asked };
}

const STEP = PLAN.steps[0]?.id ?? '';
const succeeded: Event = {
  type: 'step.succeeded',
  data: { run: RUN, step: STEP, how: 'already' },
};
const recovered: Event = {
  type: 'run.finished',
  data: { run: RUN, outcome: 'recovered', reason: 'Every probe passed.' },
};

it('waits for the plan that follows a stale one, and hands it over to be approved', async () => {
  const { loop, content, follow } = await running();
  await loop.decide(ID, BACKSTOP, endStale(RUN, 'Somebody deployed 2.4.1 meanwhile.'));

  const following = follow();
  await loop.decide(ID, BACKSTOP, proposePlan({ ...content, title: 'Put checkout back anew' }));

  await expect(following).resolves.toMatchObject({
    code: 1,
    next: { state: 'shown', plan: { title: 'Put checkout back anew' } },
  });
});

it('says why no plan follows', async () => {
  const { loop, record, follow, said } = await running();
  await loop.decide(ID, BACKSTOP, endStale(RUN, 'Somebody deployed 2.4.1 meanwhile.'));

  const following = follow();
  await record({ type: 'plan.refused', data: { reason: 'Azure does not answer.' } });

  expect((await following).next).toBeUndefined();
  expect(said.join('')).toContain('Azure does not answer.');
});

it('lets another person allow a step that asks again, and nobody else', async () => {
  const { loop, record, follow, said, asked } = await running({ asksAgain: true });
  const end = async () => {
    await record(succeeded, recovered);
  };
  loop.subscribe((incident) => {
    const run = incident.runs[0];
    if (run?.steps[STEP]?.allowed && run.steps[STEP]?.status === 'waiting') void end();
  });

  const { code } = await follow('WRONG', DANAS.code, ELIS.code);

  expect(code).toBe(0);
  expect(asked).toHaveLength(3);
  expect(said.join('')).toContain('nobody’s code');
  expect(said.join('')).toContain('needs another person');
  expect(said.join('')).toContain('Eli allows it.');
  expect(said.join('')).toContain('table users: 11 rows -> 10 rows');
});

it('stops asking once the step was allowed elsewhere', async () => {
  const { loop, record, follow } = await running({ asksAgain: true });

  const { code } = await follow(async () => {
    await loop.decide(ID, BEN, allowStep(RUN, STEP, 'yes'));
    await record(succeeded, recovered);
  });

  expect(code).toBe(0);
});

it('lets the operator cancel rather than wait for another person', async () => {
  const { loop, follow } = await running({ asksAgain: true });

  const { code } = await follow('cancel Nobody is awake.');

  expect(code).toBe(1);
  expect(loop.incident(ID)?.runs[0]).toMatchObject({ outcome: 'cancelled' });
});

it('stops asking what is to become of a halt once somebody retried it in Slack', async () => {
  const { loop, record, follow, said } = await running();
  const data = { run: RUN, step: STEP, reason: 'No.', settled: true };
  await loop.decide(ID, BACKSTOP, recordStep({ type: 'step.failed', data }));
  await loop.decide(ID, BEN, takeRole('commander'));

  const { code } = await follow(async () => {
    await loop.decide(ID, BEN, retryStep(RUN, STEP));
    await record(succeeded, recovered);
  });

  expect(code).toBe(0);
  expect(said.join('')).toContain('settled meanwhile');
});

it('ends well after a recovery though somebody else has another plan open', async () => {
  const { loop, record, content, follow, said } = await running();
  await record(succeeded, recovered);
  await loop.decide(ID, BEN, askForPlan({ kind: 'rollback', target: '2.2.0' }));
  await loop.decide(ID, BACKSTOP, proposePlan({ ...content, title: 'Put checkout further back' }));

  await expect(follow()).resolves.toEqual({ code: 0 });
  expect(said.join('')).toContain('Another plan is open in the incident: INC-0001-P2');
});

it('tells of a lift that failed', () => {
  const step = { id: 'web.lifted', status: 'failed', attempt: 1, note: 'GitHub said no.' } as const;
  const freeze = { component: 'web', what: 'branch main', why: '', failures: 1, endedAt: MINUTE };

  expect(stillFrozen({ freezes: [{ ...freeze, to: 'lifted', step }] })).toEqual([
    'branch main could not be freed: GitHub said no. Backstop tries again when it runs; nothing can be merged until then.',
  ]);
});
