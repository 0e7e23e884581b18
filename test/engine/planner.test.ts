import { describe, expect, it } from 'vitest';
import type { Component, WhenLeft } from '../../src/component.ts';
import { aboutSchema } from '../../src/engine/about-schema.ts';
import { createPlanner } from '../../src/engine/planner.ts';
import type { PlanWish } from '../../src/events.ts';
import { groundOf, type Incident } from '../../src/incident.ts';
import type { Operation } from '../../src/operation.ts';
import { blockersOf, type PlanContent } from '../../src/plan.ts';
import type { Catalogue } from '../../src/service.ts';
import { aWorld, type Part } from './a-system.ts';

const GROUND = groundOf('checkout', 'production');
const back: PlanWish = { kind: 'rollback' };
const web = (more: Partial<Part> = {}): Part => ({
  id: 'web',
  runs: '3',
  older: ['2', '1'],
  ...more,
});
const worker = (more: Partial<Part> = {}): Part => ({
  id: 'worker',
  runs: '3',
  older: ['2', '1'],
  ...more,
});

function planOf(
  parts: readonly Part[],
  wish: PlanWish,
  held: readonly string[] = [],
  incidents: readonly Incident[] = [],
): Promise<PlanContent> {
  const planner = createPlanner(aWorld(parts, held).catalogue, () => incidents);
  return planner.plan(GROUND, wish, AbortSignal.timeout(5_000));
}

describe('a rollback plan', () => {
  it('goes to the previous version unless one is named', async () => {
    const plan = await planOf([web()], back);
    const named = await planOf([web()], { ...back, target: '1' });

    expect(plan.components.map(({ target }) => target.id)).toEqual(['2']);
    expect(named.components.map(({ target }) => target.id)).toEqual(['1']);
  });

  it('puts code side by side, and says that it stands or falls together', async () => {
    const plan = await planOf([web(), worker()], back);

    expect(plan.steps.map(({ id, after, group }) => [id, after, group])).toEqual([
      ['web', [], 'code'],
      ['worker', [], 'code'],
    ]);
    expect(plan.notes).toContain(
      'web and worker go together: when one fails, the others are put back at once.',
    );
  });

  it('tells what a component says that stays as it is', async () => {
    const plan = await planBeside({ notes: ['The schema stays as it is.'] });

    expect(plan.notes).toEqual(['The schema stays as it is.']);
    expect(blockersOf(plan)).toEqual([]);
  });

  it('is blocked by a schema that the older code cannot work with, once', async () => {
    const plan = await planBeside({ notes: [], breaks: 'The older code does not know M3.' });

    expect(blockersOf(plan)).toMatchObject([
      { step: 'web', name: 'Schema', reason: 'The older code does not know M3.' },
    ]);
  });

  it('leaves such a schema where somebody says why the older code runs with it', async () => {
    const left = { notes: [], breaks: 'The older code does not know M3.' };

    const plan = await planBeside(left, { ...back, keepSchema: { reason: 'M3 adds an index.' } });

    expect(blockersOf(plan)).toEqual([]);
    expect(plan.notes).toEqual([
      'The schema stays as it is. Whoever asked for this says why the older code runs with it: M3 adds an index.',
    ]);
  });

  it('leaves it to people where the database goes back, and with it the schema', async () => {
    const goesWith = { component: 'shop', note: 'The schema goes back with shop.' };
    const left = { notes: [], breaks: 'The older code does not know M3.', goesWith };

    expect(aboutSchema([left], back, new Set(['shop']), false)).toEqual({
      notes: ['The schema goes back with shop.'],
    });
    expect(aboutSchema([left], back, new Set(['other']), false).check?.verdict).toBe('fail');
    expect(aboutSchema([left], back, new Set(), true)).toEqual({ notes: [] });
  });

  /** The plan for a web app with a schema beside it. */
  async function planBeside(left: WhenLeft, wish: PlanWish = back): Promise<PlanContent> {
    const { catalogue } = aWorld([web()]);
    const schema: Component = {
      id: 'schema',
      kind: 'migrations',
      title: 'migrations',
      phase: 'data',
      operations: {},
      whenLeft: async () => left,
      doctor: async () => [],
    };
    const withSchema: Catalogue = {
      ...catalogue,
      async systems(service, environment) {
        const systems = await catalogue.systems(service, environment);
        return { ...systems, components: [...systems.components, schema] };
      },
    };
    return createPlanner(withSchema, () => []).plan(GROUND, wish, AbortSignal.timeout(5_000));
  }

  it('holds first and releases last', async () => {
    const plan = await planOf([web(), worker()], back, ['jobs']);

    expect(plan.steps.map(({ id, after }) => [id, after])).toEqual([
      ['jobs.hold', []],
      ['web', ['jobs.hold']],
      ['worker', ['jobs.hold']],
      ['jobs.release', ['web', 'worker']],
    ]);
    expect(plan.steps.at(-1)?.releases).toBe('jobs.hold');
  });

  it('holds editors only where content goes back, whose system may be away', async () => {
    const { catalogue } = aWorld([web()], ['jobs']);
    const away = () => Promise.reject(new Error('Contentful is down'));
    const editors = {
      id: 'texts',
      kind: 'contentful-environment',
      title: 'texts',
      phase: 'content',
      hold: {
        acquire: () => ({ operation: 'pause', input: {} }),
        release: () => ({ operation: 'resume', input: {} }),
      },
      operations: { pause: awayOperation(away), resume: awayOperation(away) },
      doctor: async () => [],
    } as const satisfies Component;
    const withEditors: Catalogue = {
      ...catalogue,
      async systems(service, environment) {
        const systems = await catalogue.systems(service, environment);
        return { ...systems, components: [...systems.components, editors] };
      },
    };

    const plan = await createPlanner(withEditors, () => []).plan(
      GROUND,
      back,
      AbortSignal.timeout(5_000),
    );

    expect(plan.steps.map(({ id }) => id)).toEqual(['jobs.hold', 'web', 'jobs.release']);
  });

  it('leaves content where it is unless it is named', async () => {
    const plan = await planOf([web(), worker({ id: 'texts', phase: 'content' })], back);

    expect(plan.components.map(({ id }) => id)).toEqual(['web']);
  });

  it.each([
    [{ ...back, target: '9' }, 'web has no version 9. Older ones: 2, 1.'],
    [{ ...back, target: '3' }, 'web runs 3 already.'],
    [
      { ...back, restore: [{ component: 'web' }], only: true },
      'There is no component web with restore points. There are: none.',
    ],
    [{ ...back, revert: 'a'.repeat(40) }, 'has no code repository in backstop.yaml'],
  ])('is refused in words: %j', async (wish, words) => {
    await expect(planOf([web()], wish)).rejects.toThrow(words);
  });

  it('says so when there is nothing older', async () => {
    await expect(planOf([web({ older: [] })], back)).rejects.toThrow(
      'web runs 3, and no older version that was not tried yet is known.',
    );
  });
});

/** Whose system cannot be read. */
function awayOperation(away: () => Promise<never>): Operation {
  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: 0,
    limitMs: 0,
    usualMs: 0,
    pollMs: 1,
    describe: away,
    preflight: away,
    observe: away,
    submit: away,
    poll: away,
    recover: away,
    manual: () => '',
  };
}
