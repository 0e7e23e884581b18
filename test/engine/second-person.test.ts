import { describe, expect, it } from 'vitest';
import { stepsToAllow } from '../../src/due-steps.ts';
import type { Actor } from '../../src/events.ts';
import { allowStep } from '../../src/flows/allow-step.ts';
import { approve, breakGlass, requestApproval } from '../../src/flows/approve.ts';
import { retryStep, skipStep } from '../../src/flows/run-steps.ts';
import { type Incident, lastRun } from '../../src/incident.ts';
import { ANA, BEN, planned, running } from './a-rollback.ts';
import type { Part } from './a-system.ts';

const CLEO: Actor = { kind: 'person', id: 'U0CLEO' };
const DANA: Actor = { kind: 'operator', name: 'dana' };
const RUN = 'INC-0001-R1';
const PLAN = 'INC-0001-P1';

const database = (more: Partial<Part> = {}): Part => ({
  id: 'database',
  runs: '3',
  older: ['2'],
  asks: true,
  ...more,
});
const asks = (incident: Incident): boolean => {
  const run = lastRun(incident);
  const { steps = [] } = incident.proposals.at(-1)?.plan ?? {};
  return run !== undefined && stepsToAllow(run, steps).length > 0;
};
const isHalted = (incident: Incident) => lastRun(incident)?.status === 'halted';
const isOver = (incident: Incident) => lastRun(incident)?.status === 'finished';
const allow = (run = RUN) => allowStep(run, 'database', 'yes');
const another = expect.objectContaining({ message: expect.stringContaining('another person') });

describe('a step that asks again', () => {
  it('shows a second person what it would do by now, not what was planned', async () => {
    const part = database({ differs: 'not known yet' });
    const { world, until, decide, policy } = await planned([part]);
    part.differs = '1 row fewer';
    await decide(ANA, requestApproval(PLAN, policy));
    await decide(BEN, approve(PLAN, policy, 'yes'));

    const waiting = await until(asks);

    expect(lastRun(waiting)?.steps['database']?.shown).toEqual({
      changes: [
        { what: 'database', from: '3', to: '2' },
        { what: 'rows', from: 'live', to: '1 row fewer' },
      ],
      checks: [],
    });
    expect(world.sent).toEqual([]);
    await decide(CLEO, allow());
    await until(isOver);
    expect(world.sent).toEqual(['database to 2']);
  });

  it('asks nobody while something stands in its way, and looks again when it is retried', async () => {
    const part = database();
    const { world, until, decide, policy } = await planned([part]);
    part.fault = 'the safety backup was cut off';
    await decide(ANA, requestApproval(PLAN, policy));
    await decide(BEN, approve(PLAN, policy, 'yes'));

    const halted = await until(isHalted);

    expect(lastRun(halted)?.halt?.reason).toContain('the safety backup was cut off');
    await expect(decide(CLEO, allow())).rejects.toMatchObject({ code: 'out-of-date' });
    part.fault = '';
    await decide(BEN, retryStep(RUN, 'database'));
    await until(asks);
    await decide(CLEO, allow());
    await until(isOver);
    expect(world.sent).toEqual(['database to 2']);
  });

  it('never runs before it was allowed, also when another step was skipped', async () => {
    const web: Part = { id: 'web', runs: '3', older: ['2'], refuses: true };
    const { world, until, decide } = await running([web, database()]);
    await until(isHalted);
    await decide(BEN, skipStep(RUN, 'web', 'It is down anyway.'));

    await until(asks);

    expect(world.sent).toEqual(['web to 2']);
    await decide(CLEO, allow());
    await until(isOver);
    expect(world.sent).toEqual(['web to 2', 'database to 2']);
  });

  it('does not run where it began to ask after the plan was made', async () => {
    const part = database({ asks: false });
    const { world, until, decide, policy } = await planned([part]);
    part.asks = true;
    await decide(ANA, requestApproval(PLAN, policy));
    await decide(BEN, approve(PLAN, policy, 'yes'));

    const halted = await until(isHalted);

    expect(lastRun(halted)?.halt?.reason).toContain('needs a second person');
    expect(world.sent).toEqual([]);
  });
});

describe('the second person', () => {
  it.each<[string, readonly Actor[]]>([
    ['who asked', [ANA]],
    ['who gave the one approval that the policy needs', [BEN]],
  ])('is nobody %s', async (_name, [who = ANA]) => {
    const { world, until, decide } = await running([database()]);
    await until(asks);

    await expect(decide(who, allow())).rejects.toEqual(another);

    expect(world.sent).toEqual([]);
  });

  it.each<[string, Actor, Actor]>([
    ['in Slack', BEN, { kind: 'person', id: 'U0BEN', name: 'Ben' }],
    ['at the terminal', DANA, { kind: 'operator', name: 'Dana' }],
  ])('is not who broke the glass %s', async (_name, breaker, again) => {
    const { world, until, decide } = await planned([database()]);
    await decide(breaker, breakGlass(PLAN, 'Everything is down.', 'yes'));
    await until(asks);

    await expect(decide(again, allow())).rejects.toEqual(another);

    expect(world.sent).toEqual([]);
    await decide(CLEO, allow());
    await until(isOver);
    expect(world.sent).toEqual(['database to 2']);
  });

  it.each(['no', 'unknown'] as const)('is nobody of whom Slack says %s', async (member) => {
    const { until, decide } = await running([database()]);
    await until(asks);

    await expect(decide(CLEO, allowStep(RUN, 'database', member))).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('of what an approved plan takes back by itself is nobody of that plan either', async () => {
    const web: Part = { id: 'web', runs: '3', older: ['2'], refuses: true, asks: true };
    const { world, until, decide } = await running([database(), web]);
    await until((incident) => lastRun(incident)?.steps['web']?.shown !== undefined);
    await until((incident) => lastRun(incident)?.steps['database']?.shown !== undefined);
    await decide(CLEO, allow());
    await until((incident) => lastRun(incident)?.steps['database']?.status === 'succeeded');
    await decide(CLEO, allowStep(RUN, 'web', 'yes'));
    const undo = `INC-0001-R2`;

    await until((incident) => lastRun(incident)?.id === undo && asks(incident));

    await expect(decide(BEN, allow(undo))).rejects.toEqual(another);
    await expect(decide(ANA, allow(undo))).rejects.toEqual(another);
    await decide(CLEO, allow(undo));
    await until((incident) => lastRun(incident)?.id === undo && isOver(incident));
    expect(world.sent.filter((each) => each.startsWith('database'))).toEqual([
      'database to 2',
      'database to 3',
    ]);
  });
});
