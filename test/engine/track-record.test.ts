/** What past runs say: how long a step takes, and which versions can be trusted. */

import { describe, expect, it } from 'vitest';
import type { Candidate, Version } from '../../src/component.ts';
import { usualDurations } from '../../src/engine/past-durations.ts';
import { chooseVersion, recordOf, type Versioned } from '../../src/engine/targets.ts';
import type { Incident } from '../../src/incident.ts';
import { aPlan } from '../support/a-plan.ts';
import {
  approve,
  aStory,
  askApproval,
  beginStep,
  finishStep,
  recover,
  SECOND,
  showPlan,
  verify,
} from '../support/an-incident.ts';

const [STEP] = aPlan().steps;
if (!STEP) throw new Error('The plan has no step.');
const SIGNAL = new AbortController().signal;

/** Its rollback from 2.4.0 to 2.3.1 recovered; the step took so much longer than a minute. */
function recovered(longer: number, id = 'INC-0007'): Incident {
  const story = approve(askApproval(showPlan(aStory())));
  const begun = beginStep(story, STEP?.id ?? '').wait(longer);
  return { ...recover(verify(finishStep(begun, STEP?.id ?? ''), 3)).incident(), id };
}

describe('how long a step takes', () => {
  it('is the median of what it took in past runs of the same operation', () => {
    const usual = usualDurations([5, 90, 20].map((seconds) => recovered(seconds * SECOND)));
    const [quickest] = [usualDurations([recovered(0)])(STEP)];

    expect(usual(STEP)).toBe((quickest ?? 0) + 20 * SECOND);
  });

  it('is unknown where nothing like it was ever carried out', () => {
    const usual = usualDurations([recovered(0), aStory().incident()]);

    expect(usual({ ...STEP, component: 'worker' })).toBeUndefined();
    expect(usual({ ...STEP, call: { ...STEP.call, operation: 'restart' } })).toBeUndefined();
    expect(usualDurations([])(STEP)).toBeUndefined();
  });
});

const version = (label: string): Version => ({ id: `commit:${label}`, label });
const there = (label: string): Candidate => ({ version: version(label), available: true });

function running(live: string, ...history: readonly Candidate[]): Versioned {
  return {
    id: 'web',
    title: 'web app acme-checkout',
    versions: {
      live: () => Promise.resolve(version(live)),
      history: () => Promise.resolve(history),
      putBack: () => STEP?.call ?? { operation: '', input: null },
    },
  } as unknown as Versioned;
}

describe('the version that is gone back to', () => {
  const fresh = aStory().incident();
  const choose = (component: Versioned, wanted: string | undefined, others: readonly Incident[]) =>
    chooseVersion(component, wanted, recordOf(fresh, others), SIGNAL);

  it('is the newest older one that no incident blamed', async () => {
    const web = running('2.5.0', there('2.4.0'), there('2.3.1'), there('2.3.0'));

    expect((await choose(web, undefined, [])).target.label).toBe('2.4.0');
    expect((await choose(web, undefined, [recovered(0)])).target.label).toBe('2.3.1');
  });

  it('may be any earlier one by name, and what happened to it is told', async () => {
    const web = running('2.5.0', there('2.4.0'), there('2.3.1'), there('2.3.0'));

    expect((await choose(web, '2.3.0', [recovered(0)])).target.label).toBe('2.3.0');
    expect((await choose(web, '2.4.0', [recovered(0)])).notes).toEqual([
      '2.4.0 was itself rolled back from in INC-0007.',
    ]);
  });

  it('says which newer ones it passes over, and why', async () => {
    const gone = (label: string, reason = 'its image was deleted.') => ({
      version: version(label),
      available: false,
      reason,
    });
    const web = running('2.5.0', there('2.4.0'), gone('2.3.9'), there('2.3.1'), gone('2.3.0'));

    expect(await choose(web, undefined, [recovered(0)])).toMatchObject({
      target: { label: '2.3.1' },
      notes: [
        'web app acme-checkout passes over 2.4.0: it was rolled back from in INC-0007.',
        'web app acme-checkout passes over 2.3.9: its image was deleted.',
      ],
    });
    expect((await choose(web, undefined, [])).notes).toEqual([]);
    expect((await choose(web, '2.3.1', [])).notes).toEqual([]);

    const many = ['9', '8', '7', '6', '5'].map((label) => gone(label));
    expect((await choose(running('10', ...many, there('4')), undefined, [])).notes.at(-1)).toBe(
      'web app acme-checkout passes over 2 more for reasons of that kind.',
    );
  });

  it('is refused with the reason where it is gone, unknown, or live already', async () => {
    const gone = { version: version('2.3.1'), available: false, reason: 'its image was deleted' };
    const web = running('2.5.0', there('2.4.0'), gone);

    await expect(choose(web, '2.3.1', [])).rejects.toThrow(/its image was deleted/);
    await expect(choose(web, '1.0', [])).rejects.toThrow(/no version 1\.0.*2\.4\.0, 2\.3\.1/);
    await expect(choose(web, '2.5.0', [])).rejects.toThrow(/runs 2\.5\.0 already/);
    await expect(choose(web, undefined, [recovered(0)])).rejects.toThrow(
      /2\.4\.0: it was rolled back from in INC-0007; 2\.3\.1: its image was deleted/,
    );
  });
});
