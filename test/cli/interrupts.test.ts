import { EventEmitter } from 'node:events';
import type { Interface } from 'node:readline/promises';
import { expect, it, onTestFinished } from 'vitest';
import { onInterrupts } from '../../src/cli/interrupts.ts';
import type { Event } from '../../src/events.ts';
import { declareIncident } from '../../src/flows/declare.ts';
import { proposePlan } from '../../src/flows/propose-plan.ts';
import type { PlanContent } from '../../src/plan.ts';
import { aPlan } from '../support/a-plan.ts';
import { BACKSTOP } from '../support/an-incident.ts';
import { CHECKOUT, OPERATOR } from '../support/asking.ts';
import { openLoop } from '../support/journal.ts';

const ID = 'INC-0001';
const RUN = 'INC-0001-R1';
const { id: _id, hash: _hash, madeAt: _madeAt, ...PLAN } = aPlan();
const STEP = PLAN.steps[0]?.id ?? '';
const INTENT = { run: RUN, step: STEP, key: 'k', at: 0, before: 'a', expected: 'b' };

/** A run at the terminal, and Ctrl-C as the terminal's own key. */
async function followed(endingLeaves: string | undefined) {
  const { loop } = openLoop();
  const service = CHECKOUT;
  const declaration = { title: 'slow', summary: '', service, environment: 'production' };
  await loop.declare(OPERATOR, declareIncident(declaration));
  const record = (...events: readonly Event[]) => loop.decide(ID, BACKSTOP, () => events);
  const steps = PLAN.steps.map((step) => ({ ...step, ...(endingLeaves && { endingLeaves }) }));
  const content: PlanContent = { ...PLAN, steps };
  await record({ type: 'plan.wanted', data: { kind: 'rollback' } });
  await loop.decide(ID, BACKSTOP, proposePlan(content));
  const { hash } = loop.incident(ID)?.proposals[0]?.plan ?? { hash: '' };
  await record({ type: 'run.started', data: { run: RUN, plan: 'INC-0001-P1', hash } });
  const keys = new EventEmitter();
  const said: string[] = [];
  let left = 0;
  const say = (text: string) => said.push(text);
  const input = keys as unknown as Interface;
  const restore = onInterrupts({ loop, actor: OPERATOR, say }, ID, input, () => {
    left += 1;
  });
  onTestFinished(restore);
  const run = () => loop.incident(ID)?.runs[0];
  const press = async (words: RegExp) => {
    keys.emit('SIGINT');
    await expect.poll(() => said.join('')).toMatch(words);
  };
  const atWork = () =>
    record(
      { type: 'step.intended', data: { run: RUN, step: STEP, intent: INTENT } },
      { type: 'step.submitted', data: { run: RUN, step: STEP, handle: 'h' } },
    );
  return { run, press, atWork, keys, left: () => left };
}

it('cancels at the first Ctrl-C, says what the next one does, and ends what is at work at that', async () => {
  const { run, press, atWork, left } = await followed('Half of it may be left.');
  await atWork();

  await press(/being cancelled: nothing new is started.*Ctrl-C again ends it now.*Half of it/);
  expect(run()).toMatchObject({ cancelling: 'Ctrl-C at the terminal' });
  expect(run()?.steps[STEP]?.ending).toBeUndefined();
  await press(/is being ended\. Half of it/);

  expect(run()?.steps[STEP]?.ending).toBe('Ctrl-C at the terminal');
  expect(left()).toBe(0);
});

it('leaves the terminal only when nothing can be ended any more, and says so before', async () => {
  const { press, atWork, keys, left } = await followed(undefined);
  await atWork();

  await press(/being cancelled.*Nothing that is at work can be ended from here/);
  await press(/Ctrl-C once more leaves this terminal; INC-0001-R1 stays in the journal/);
  expect(left()).toBe(0);
  keys.emit('SIGINT');

  await expect.poll(left).toBe(1);
});

it('leaves at once where no run is at work', async () => {
  const { press, keys, left, run } = await followed(undefined);
  await press(/^$/);
  await expect.poll(() => run()?.status).toBe('finished');

  keys.emit('SIGINT');

  await expect.poll(left).toBe(1);
});
