import { expect, it } from 'vitest';
import { newApprovalCode } from '../../src/approval-codes.ts';
import type { Terminal } from '../../src/cli/answer-while.ts';
import { takeApprovals } from '../../src/cli/take-approvals.ts';
import { approve, reject, requestApproval } from '../../src/flows/approve.ts';
import { declareRollback } from '../../src/flows/declare-rollback.ts';
import { askForPlan, proposePlan } from '../../src/flows/propose-plan.ts';
import type { ApprovalPolicy } from '../../src/service.ts';
import { aPlan } from '../support/a-plan.ts';
import { ANA, BACKSTOP, BEN, CLEO } from '../support/an-incident.ts';
import { CHECKOUT, OPERATOR, POLICY } from '../support/asking.ts';
import { openLoop } from '../support/journal.ts';

const ID = 'INC-0001';
const PLAN = 'INC-0001-P1';
const DANAS = newApprovalCode('Dana');
const { id: _id, hash: _hash, madeAt: _madeAt, ...CONTENT } = aPlan();

/** An answer at the terminal, or what happens while the question stands. */
type Answer = string | (() => Promise<unknown>);

/** A plan that the operator asked for, two approvals from its run. */
async function asked(changes: Partial<Pick<ApprovalPolicy, 'count' | 'codes'>> = {}) {
  const policy = { ...POLICY, count: 2, codes: [DANAS.entry], ...changes };
  const { loop } = openLoop();
  await loop.declare(OPERATOR, declareRollback(CHECKOUT, 'production', { kind: 'rollback' }));
  await loop.decide(ID, BACKSTOP, proposePlan(CONTENT));
  const said: string[] = [];
  const questions: string[] = [];
  const take = (answers: readonly Answer[], breakGlass?: string) => {
    const left = [...answers];
    const question: Terminal['question'] = async (text, options) => {
      questions.push(text);
      const answer = left.shift();
      if (typeof answer === 'string') return answer;
      if (answer === undefined) throw new Error(`Nobody answers: ${text}`);
      await answer();
      options?.signal?.throwIfAborted();
      throw new Error(`The question still stands: ${text}`);
    };
    const say = (text: string): void => void said.push(text);
    const context = { loop, actor: OPERATOR, terminal: { question }, say, approval: policy };
    return takeApprovals({ ...context, breakGlass }, ID, PLAN);
  };
  const run = () => loop.incident(ID)?.runs.at(-1);
  return { loop, policy, said, questions, take, run };
}

it('counts what is approved in Slack meanwhile, and asks for the rest', async () => {
  const { loop, policy, said, questions, take, run } = await asked();

  const isApproved = await take([
    () => loop.decide(ID, BEN, approve(PLAN, policy, 'yes')),
    DANAS.code,
  ]);

  expect(isApproved).toBe(true);
  expect(run()?.plan).toBe(PLAN);
  expect(questions).toEqual(['Approval code (0 of 2 given): ', 'Approval code (1 of 2 given): ']);
  expect(said.join('')).toMatch(/U0BEN approves in Slack\.[^]*Dana approves\./);
});

it('counts nobody twice, in Slack and by a code', async () => {
  const bens = newApprovalCode('Ben', 'U0BEN');
  const { loop, policy, said, take, run } = await asked({ codes: [bens.entry, DANAS.entry] });

  const isApproved = await take([
    () => loop.decide(ID, BEN, approve(PLAN, policy, 'yes')),
    bens.code,
    DANAS.code,
  ]);

  expect(isApproved).toBe(true);
  expect(said.join('')).toContain('You approved this already; nothing more is needed from you.');
  expect(run()?.plan).toBe(PLAN);
  expect(loop.incident(ID)?.proposals[0]?.approvals.map(({ by }) => by)).toEqual([
    BEN,
    { kind: 'operator', name: 'Dana' },
  ]);
});

it('says in plain words why it cannot be approved now', async () => {
  const { loop, said, take } = await asked({ count: 1 });
  await loop.decide(ID, BEN, requestApproval(PLAN, { ...POLICY, count: 1 }));
  const { incident } = await loop.declare(
    OPERATOR,
    declareRollback(CHECKOUT, 'production', { kind: 'rollback' }),
  );
  await loop.decide(incident.id, BACKSTOP, proposePlan(CONTENT));
  const other = `${incident.id}-P1`;
  await loop.decide(incident.id, ANA, requestApproval(other, POLICY));
  await loop.decide(incident.id, BEN, approve(other, POLICY, 'yes'));

  await expect(take([DANAS.code])).rejects.toThrow('Nobody answers');

  expect(said.join('')).toMatch(
    /^INC-0002-R1 of INC-0002 has been at work on checkout production since \d{4}-[^<]*Z\. Approve again when it has ended\.\n$/,
  );
});

it('goes on when the last approval is given in Slack', async () => {
  const { loop, policy, said, take, run } = await asked({ count: 1 });

  await expect(take([() => loop.decide(ID, BEN, approve(PLAN, policy, 'yes'))])).resolves.toBe(
    true,
  );

  expect(run()?.plan).toBe(PLAN);
  expect(said.join('')).toContain('Approved by U0BEN; the run begins.');
});

it('stops with the reason when it is declined in Slack', async () => {
  const { loop, said, take, run } = await asked();
  const decline = () => loop.decide(ID, CLEO, reject(PLAN, 'The fix is out already.', 'yes'));

  await expect(take([decline])).resolves.toBe(false);

  expect(run()).toBeUndefined();
  expect(said.join('')).toMatch(
    /Declined by U0CLEO: The fix is out already\.\nNothing was changed/,
  );
});

it('stops when a newer plan takes its place', async () => {
  const { loop, said, take } = await asked();
  const replace = async () => {
    await loop.decide(ID, BEN, askForPlan({ kind: 'rollback', target: '2.2.0' }));
    await loop.decide(ID, BACKSTOP, proposePlan(CONTENT));
  };

  await expect(take([replace])).resolves.toBe(false);

  expect(said.join('')).toContain('a newer plan');
});

it('takes up a request that was made in Slack', async () => {
  const { loop, policy, take, run } = await asked({ count: 1 });
  await loop.decide(ID, BEN, requestApproval(PLAN, policy));

  await expect(take(['nonsense', DANAS.code])).resolves.toBe(true);

  expect(run()?.plan).toBe(PLAN);
});

it('needs no broken glass for what was approved meanwhile', async () => {
  const { loop, policy, said, take, run } = await asked({ count: 1 });
  await loop.decide(ID, OPERATOR, requestApproval(PLAN, policy));
  await loop.decide(ID, BEN, approve(PLAN, policy, 'yes'));

  await expect(take([], 'Nobody answers.')).resolves.toBe(true);

  expect(run()?.plan).toBe(PLAN);
  expect(said.join('')).toContain('Approved by U0BEN');
  expect(loop.incident(ID)?.proposals[0]?.approvals).toHaveLength(1);
});

it('breaks no glass without a reason', async () => {
  const { take, run } = await asked();

  await expect(take([], ' ')).rejects.toThrow(/reason/i);

  expect(run()).toBeUndefined();
});
