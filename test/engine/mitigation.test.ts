import { describe, expect, it } from 'vitest';
import { readRollbackWords, wishOf } from '../../src/commands/rollback-words.ts';
import type { Component } from '../../src/component.ts';
import { createPlanner } from '../../src/engine/planner.ts';
import { groundOf } from '../../src/incident.ts';
import { createCommandComponent } from '../../src/integrations/command/index.ts';
import type { Operation } from '../../src/operation.ts';
import type { PlanContent } from '../../src/plan.ts';
import { aWorld } from './a-system.ts';

const GROUND = groundOf('checkout', 'production');

/** Components with a flag, and with something that takes a number. */
function planner(...more: readonly Component[]) {
  const { catalogue } = aWorld([{ id: 'web', runs: '3', older: ['2'] }]);
  return createPlanner(
    {
      ...catalogue,
      async systems(service, environment) {
        const { components, probes } = await catalogue.systems(service, environment);
        return { probes, components: [...components, ...more] };
      },
    },
    () => [],
  );
}

function planOf(words: string, ...more: readonly Component[]): Promise<PlanContent> {
  const asked = readRollbackWords(words);
  const wish = wishOf(asked, asked.words[2]);
  return planner(...more).plan(GROUND, wish, AbortSignal.timeout(5_000));
}

const set: Operation = {
  effect: 'set',
  guarantee: 'observable',
  quietMs: 0,
  limitMs: 1_000,
  usualMs: 10,
  pollMs: 10,
  title: (input) => (input as { say: string }).say,
  describe: async () => [],
  preflight: async () => [],
  observe: async () => ({ fingerprint: 'a', expected: 'b', moving: false, note: '' }),
  submit: async () => ({}),
  poll: async () => ({ state: 'succeeded' }),
  recover: async () => ({ state: 'done' }),
  undo: (input) => ({
    operation: 'set',
    input: { say: `Undo: ${(input as { say: string }).say}` },
  }),
  manual: () => 'By hand.',
};

function component(id: string, ports: Partial<Component>): Component {
  return { id, kind: 'x', title: id, operations: { set }, doctor: async () => [], ...ports };
}

const flags = component('flags', {
  switches: {
    names: ['new-checkout', 'banner'],
    states: ['off', 'on'],
    read: async (name) => (name === 'banner' ? 'off' : 'on'),
    set: (name, to, from) => ({ operation: 'set', input: { say: `${name} ${from} to ${to}` } }),
  },
});
const scaling = (id: string): Component =>
  component(id, {
    mitigations: {
      scale: {
        title: `Scale ${id}`,
        value: { about: 'how many' },
        call: async ({ value, key }) => ({
          operation: 'set',
          input: { say: `${id} to ${value} by ${key}` },
        }),
      },
      restart: {
        title: `Restart ${id}`,
        call: async ({ key }) => ({ operation: 'set', input: { say: `restart ${id} ${key}` } }),
      },
    },
  });
const scripts = createCommandComponent({
  id: 'scripts',
  connections: {},
  settings: {
    operations: {
      'purge-cache': { title: 'Purge the cache', run: ['/bin/true'], mitigation: true },
      'limit-rate': {
        run: ['/bin/echo', '{rate}'],
        parameters: { rate: { pattern: '\\d+', description: 'requests a second' } },
        mitigation: true,
      },
      'drop-everything': { run: ['/bin/true'] },
    },
  },
});

describe('a flag by itself', () => {
  it('is switched with the state it was found in, and nothing else goes back', async () => {
    const plan = await planOf('checkout production flag new-checkout off', flags);

    expect(plan).toMatchObject({ kind: 'mitigation', components: [], losses: [] });
    expect(plan.steps.map(({ id, title }) => [id, title])).toEqual([
      ['flags.new-checkout', 'new-checkout on to off'],
    ]);
    expect(plan.undo).toBe('Backstop can take every step back the same way.');
  });

  it('is off where no state is said', async () => {
    const plan = await planOf('checkout production flag new-checkout', flags);

    expect(plan.title).toBe('new-checkout on to off');
  });

  it.each([
    ['flag banner off', 'banner is off already.'],
    ['flag baner off', 'No flag baner is in backstop.yaml here. There are: new-checkout, banner.'],
    ['flag banner maybe', 'banner can be off or on, not “maybe”.'],
  ])('%s is refused: %s', async (words, reason) => {
    await expect(planOf(`checkout production ${words}`, flags)).rejects.toThrow(reason);
  });

  it('cannot be told from one of the same name elsewhere', async () => {
    const twin: Component = { ...flags, id: 'twin' };

    await expect(planOf('checkout production flag banner on', flags, twin)).rejects.toThrow(
      'flags and twin both have a flag banner',
    );
  });
});

describe('a flag in a rollback', () => {
  it('is set first, then the code goes back', async () => {
    const plan = await planOf('checkout production 2 with new-checkout=off', flags);

    expect(plan.kind).toBe('rollback');
    expect(plan.steps.map(({ id, after }) => [id, after])).toEqual([
      ['flags.new-checkout', []],
      ['web', ['flags.new-checkout']],
    ]);
  });

  it('alone after only is the flag alone', async () => {
    const plan = await planOf('checkout production only new-checkout=off', flags);

    expect(plan.kind).toBe('mitigation');
    expect(plan.steps.map(({ id }) => id)).toEqual(['flags.new-checkout']);
  });
});

describe('what buys time', () => {
  it('is done to the one component that can, with the word that is the value', async () => {
    const plan = await planOf('checkout production do scale 6', scaling('worker'));

    expect(plan.title).toBe('worker to 6 by a-look-P1');
  });

  it('is done to several side by side, and neither stands or falls with the other', async () => {
    const plan = await planOf('do restart a,b', scaling('a'), scaling('b'));

    expect(plan.steps.map(({ id, after, group }) => [id, after, group])).toEqual([
      ['a', [], undefined],
      ['b', [], undefined],
    ]);
  });

  it('runs a configured command, with its one parameter', async () => {
    const plan = await planOf('do purge-cache', scripts);
    const limited = await planOf('do limit-rate scripts 50', scripts);

    expect(plan.steps.map(({ title, guarantee }) => [title, guarantee])).toEqual([
      ['Purge the cache', 'blind'],
    ]);
    expect(limited.steps.map(({ call }) => call.input)).toEqual([{ rate: '50' }]);
  });

  it.each([
    ['do reboot', 'Nothing here can reboot. What can be done: scale, restart, purge-cache'],
    ['do restart', 'Several can restart. Say which: a, b'],
    ['do restart web', 'web cannot restart. These can: a, b.'],
    ['do scale a', 'Say as well: how many.'],
    ['do restart a 3', '“3” means nothing to a.'],
    ['do limit-rate much', 'should be requests a second'],
    ['do drop-everything', 'Nothing here can drop-everything.'],
    ['do restart a b c', '`c` is one word too many.'],
    ['do', 'Name what is to be done after `do`'],
    ['flag', 'Name the flag after `flag`'],
  ])('%s is refused: %s', async (words, reason) => {
    await expect(
      (async () => planOf(words, scaling('a'), scaling('b'), scripts))(),
    ).rejects.toThrow(reason);
  });
});
