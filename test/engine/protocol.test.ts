import { describe, expect, it } from 'vitest';
import { OutsideError } from '../../src/errors.ts';
import type { Guarantee } from '../../src/operation.ts';
import type { Answering, Fate, Script } from './scripted-system.ts';
import { createStepBench, type StepBench } from './step-bench.ts';

const GUARANTEES: readonly Guarantee[] = ['keyed', 'conditional', 'observable', 'blind'];

interface Case {
  readonly fates: readonly Fate[];
  readonly answering?: Answering;
  /** How the step ends when nobody dies and nobody presses anything. */
  readonly ends: string;
  /** Where a blind operation ends otherwise: nothing may be repeated. */
  readonly blind?: string;
  /** What a person reads in the end; any words unless given. */
  readonly says?: RegExp;
}

const CASES: Readonly<Record<string, Case>> = {
  'a good day': { fates: ['accepted'], ends: 'applied after 1' },
  'the request gets lost': {
    fates: ['lost-before', 'accepted'],
    ends: 'applied after 2',
    blind: 'failed after 1',
    says: /^$|Nobody but a person can tell/,
  },
  'every request gets lost': {
    fates: ['lost-before'],
    ends: 'failed after 5',
    blind: 'failed after 1',
    says: /tried 5 times and never arrived|Nobody but a person/,
  },
  'the answer gets lost': { fates: ['lost-after'], ends: 'observed after 1' },
  'the request arrives late': {
    fates: ['late', 'accepted'],
    ends: 'observed after 1',
  },
  'the system is busy': {
    fates: ['busy', 'accepted'],
    ends: 'applied after 2',
    blind: 'failed after 1',
  },
  'throttled once': { fates: ['throttled', 'accepted'], ends: 'applied after 2' },
  'throttled for ever': { fates: ['throttled'], ends: 'failed after 5', says: /too many requests/ },
  refused: { fates: ['rejected'], ends: 'failed after 1', says: /the slot is not ready/ },
  'accepted without an address': { fates: ['no-address'], ends: 'applied after 1' },
  'it fails in the end': { fates: ['fails-at-end'], ends: 'failed after 1', says: /did not start/ },
  'it never ends': { fates: ['endless'], ends: 'failed after 1', says: /did not end within 1 min/ },
  'somebody else changes it': {
    fates: ['overtaken'],
    ends: 'failed after 1',
    says: /other is live/,
  },
  'success before it can be seen': { fates: ['seen-late'], ends: 'applied after 1' },
  'success before it has happened': {
    fates: ['accepted'],
    answering: 'lies-success',
    ends: 'applied after 1',
  },
  'success, and nothing has changed': {
    fates: ['fails-at-end'],
    answering: 'lies-success',
    ends: 'failed after 1',
    says: /reports success, but nothing has changed/,
  },
  'failure, and it has happened': {
    fates: ['accepted'],
    answering: 'lies-failure',
    ends: 'observed after 1',
  },
  'the operation is forgotten': {
    fates: ['accepted'],
    answering: 'forgets',
    ends: 'observed after 1',
  },
  'the operation is forgotten and was not done': {
    fates: ['fails-at-end', 'accepted'],
    answering: 'forgets',
    ends: 'observed after 2',
    blind: 'failed after 1',
  },
  'nobody answers about it': {
    fates: ['accepted'],
    answering: 'fails',
    ends: 'failed after 1',
    says: /did not end within .* the gateway is down/,
  },
  'nobody can tell what became of it': {
    fates: ['lost-after'],
    answering: 'unknown',
    ends: 'failed after 1',
    says: /keeps no record/,
  },
  'the process stands still before sending': {
    fates: ['stalled'],
    ends: 'applied after 1',
    blind: 'failed after 0',
  },
};

function open(name: string, guarantee: Guarantee): StepBench {
  const { fates, answering = 'truth' } = CASES[name] as Case;
  const script: Script = { guarantee, fates, answering };
  return createStepBench(script);
}

function endOf(bench: StepBench): string {
  const last = bench.events.at(-1);
  const how = last?.type === 'step.succeeded' ? last.data.how : bench.step().status;
  return `${how} after ${bench.system.sent.length}`;
}

/** Never twice, never stuck, and never a success that is none. */
function holds(bench: StepBench, told: string): void {
  const { system } = bench;
  expect(system.applied(), `${told}: applied at most once`).toBeLessThanOrEqual(1);
  const { status, note } = bench.step();
  expect(['succeeded', 'failed'], `${told}: came to an end`).toContain(status);
  if (status === 'succeeded') expect(system.state(), `${told}: is done`).toBe('new');
  else expect(note, `${told}: says why`).toMatch(/\w{3}.*\./);
  const intents = bench.events.filter(({ type }) => type === 'step.intended').length;
  expect(intents, `${told}: an intent for each request`).toBeGreaterThanOrEqual(system.sent.length);
}

describe.each(GUARANTEES)('a step whose operation is %s', (guarantee) => {
  describe.each(Object.keys(CASES))('when %s', (name) => {
    const of = CASES[name] as Case;

    it('ends as it should', async () => {
      const bench = open(name, guarantee);

      await bench.work();

      holds(bench, 'undisturbed');
      const lateRefused = name === 'the request arrives late' && guarantee === 'conditional';
      const ends = guarantee === 'blind' ? (of.blind ?? of.ends) : of.ends;
      // A keyed or conditional request is sent again at once: the system itself sees that it is the same.
      const atOnce =
        name === 'the request arrives late' && ['keyed', 'conditional'].includes(guarantee);
      if (!atOnce && !lateRefused) expect(endOf(bench)).toBe(ends);
      if (bench.step().status === 'failed') expect(bench.step().note).toMatch(of.says ?? /\w/);
    });

    it('is done at most once when the process dies at any point, and people press Retry', async () => {
      const reference = open(name, guarantee);
      await reference.work();

      for (let point = 1; point <= reference.points(); point += 1) {
        const bench = open(name, guarantee);
        await bench.work(point);
        holds(bench, `died at ${point}`);
        for (let press = 1; press <= 3 && bench.step().status === 'failed'; press += 1) {
          bench.retry();
          await bench.work();
          holds(bench, `died at ${point}, retried ${press} times`);
        }
      }
    });
  });

  it('sends nothing when it was done already', async () => {
    const bench = createStepBench({ guarantee, fates: ['accepted'], answering: 'truth' });
    bench.system.set('new');

    await bench.work();

    expect(endOf(bench)).toBe('already after 0');
  });

  it('sends nothing when the world is not the plan’s any more', async () => {
    const bench = createStepBench({ guarantee, fates: ['accepted'], answering: 'truth' });
    bench.system.set('other');

    await bench.work();

    expect(bench.drift()).toMatch(/web has changed: found other is live/);
    expect(bench.system.sent).toEqual([]);
  });
});

describe('after doubt', () => {
  const SECONDS = 1_000;

  it('waits out the quiet time before it sends again, also when a person presses Retry at once', async () => {
    for (const guarantee of ['observable', 'blind'] as const) {
      const script: Script = { guarantee, fates: ['late', 'accepted'], answering: 'unknown' };
      const bench = createStepBench(script);
      await bench.work();
      expect(bench.step().status).toBe('failed');
      bench.retry();

      await bench.work();

      expect(endOf(bench)).toBe('observed after 1');
      expect(bench.system.applied()).toBe(1);
    }
  });

  it('still waits when the first Retry failed on a read', async () => {
    const script: Script = { guarantee: 'observable', fates: ['late'], answering: 'unknown' };
    const bench = createStepBench(script);
    await bench.work();
    bench.retry();
    const { operation } = bench.system;
    const original = operation.observe.bind(operation);
    let reads = 0;
    const denied = () => {
      reads += 1;
      const on = { system: 'The system', attempted: 'look', on: 'web', next: 'Log in again.' };
      return Promise.reject(new OutsideError({ ...on, kind: 'credentials' }));
    };
    Object.assign(operation, { observe: denied });
    await bench.work();
    Object.assign(operation, { observe: original });
    expect([reads, bench.step().note]).toEqual([1, expect.stringContaining('Log in again.')]);
    bench.retry();

    await bench.work();

    expect(bench.system.applied()).toBe(1);
    expect(bench.system.sent).toHaveLength(1);
  });

  it('does not send late what somebody else has done while it stood still', async () => {
    const script: Script = { guarantee: 'observable', fates: ['stalled'], answering: 'truth' };
    const bench = createStepBench(script);
    bench.meanwhile(() => bench.system.set('new'));

    await bench.work();

    expect(endOf(bench)).toBe('observed after 0');
    expect(bench.system.state()).toBe('new');
  });

  it('shows a keyed system the same key again', async () => {
    const script: Script = { guarantee: 'keyed', fates: ['late', 'accepted'], answering: 'truth' };
    const bench = createStepBench(script);

    await bench.work();

    expect(new Set(bench.system.sent.map(({ key }) => key)).size).toBe(1);
    bench.clock.advance(60 * SECONDS);
    expect(bench.system.applied()).toBe(1);
  });

  it.each<readonly [string, readonly Fate[]]>([
    ['refused', ['late', 'rejected', 'accepted']],
    ['failed in the end', ['late', 'fails-at-end', 'accepted']],
  ])(
    'keeps the key for a retry after the repeat was %s: the first one may still arrive',
    async (_how, fates) => {
      const bench = createStepBench({ guarantee: 'keyed', fates, answering: 'truth' });

      await bench.work();
      expect(bench.step().status).toBe('failed');
      bench.retry();
      await bench.work();

      bench.clock.advance(60 * SECONDS);
      expect(bench.system.applied()).toBe(1);
      expect(new Set(bench.system.sent.map(({ key }) => key)).size).toBe(1);
    },
  );

  it('takes a refusal of the repeated request for what it is: the first one arrived', async () => {
    const script: Script = {
      guarantee: 'conditional',
      fates: ['late', 'rejected'],
      answering: 'truth',
    };
    const bench = createStepBench(script);

    await bench.work();

    bench.clock.advance(60 * SECONDS);
    expect(bench.system.applied()).toBe(1);
    if (bench.step().status === 'failed') {
      bench.retry();
      await bench.work();
    }
    expect(endOf(bench)).toBe('observed after 2');
  });
});
