import { describe, expect, it } from 'vitest';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import {
  callOff,
  planPart,
  releaseIsOut,
  startRelease,
  tickItem,
} from '../../src/flows/release.ts';
import { resolveIncident } from '../../src/flows/resolve.ts';
import { stepsOf } from '../support/a-plan.ts';
import { aRelease, prepared, type ReleaseTale, WISH } from '../support/a-release.ts';
import { ANA, BEN, CLEO } from '../support/an-incident.ts';
import { POLICY } from '../support/asking.ts';

const refusals = async (tale: ReleaseTale, ...[by, flow]: Parameters<ReleaseTale['put']>) =>
  tale.put(by, flow).then(
    () => 'it was not refused',
    (error: Error) => error.message,
  );

describe('preparing', () => {
  it('announces it, makes who asks its owner, and calls for its plan', async () => {
    const tale = await aRelease();

    const { id, title, roles, release, planWanted } = tale.release();

    expect({ id, title, roles }).toEqual({
      id: 'REL-0001',
      title: 'checkout 2.4.0',
      roles: { commander: CLEO.id },
    });
    expect(release).toMatchObject({ version: '2.4.0', takes: '15 min', owner: CLEO.id });
    expect(planWanted).toMatchObject({ kind: 'release', part: 'prepare' });
  });

  it.each([
    [{ version: ' ' }, 'Say it in a few words.'],
    [{ changes: 'x'.repeat(1501) }, 'Keep it under 1500 characters.'],
    [{ environment: 'moon' }, /Choose one of the environments of Checkout: production, staging/],
    [{ service: undefined }, /Name one of the services/],
  ])('refuses %o', async (wish, words) => {
    await expect(aRelease(wish)).rejects.toThrow(words);
  });

  it('is refused while another is under way for the environment, and counts by itself', async () => {
    const tale = await aRelease();

    await expect(tale.another()).rejects.toThrow(/REL-0001 \(checkout 2\.4\.0\) is under way/);
    expect((await tale.another({ environment: 'staging' })).id).toBe('REL-0002');
    await tale.put(CLEO, callOff('Not today'));
    expect((await tale.another({ version: '2.4.1' })).id).toBe('REL-0003');
  });

  it('keeps for how long the environment wants it', async () => {
    const service = {
      ...(WISH.service as NonNullable<typeof WISH.service>),
      environments: {
        production: {
          ...(WISH.service?.environments['production'] as never as object),
          release: { settle: 7, contentGroup: 'S0EDIT' },
        } as never,
      },
    };

    const { release } = (await aRelease({ service })).release();

    expect(release).toMatchObject({ settle: 7, contentGroup: 'S0EDIT' });
  });
});

describe('the checklist', () => {
  it('tells who ticked what and when, once', async () => {
    const tale = await aRelease();
    await tale.put(ANA, tickItem('tests'));

    expect(tale.release().release.ticks).toEqual({ tests: { by: ANA, at: tale.clock.now() } });
    expect(await refusals(tale, BEN, tickItem('tests'))).toMatch(/was ticked by <@U0ANA>/);
    expect(await refusals(tale, BEN, tickItem('tea'))).toMatch(/no such item/);
  });
});

describe('its plan', () => {
  it('is started by the owner alone, with no other approval', async () => {
    const tale = await aRelease();
    const plan = await tale.show('prepare');

    expect(await refusals(tale, ANA, startRelease(plan))).toMatch(
      /Only the .*<@U0CLEO>.* can start/,
    );
    const events = await tale.put(CLEO, startRelease(plan));

    expect(events.map(({ type }) => type)).toEqual(['approval.given', 'run.started']);
    expect(await refusals(tale, CLEO, startRelease(plan))).toMatch(/not waiting any more/);
  });

  it('needs an approval when a step of it cannot be taken back', async () => {
    const tale = await aRelease();
    const plan = await tale.show('make-room', { steps: stepsOf({ effect: 'destructive' }) });

    expect(await refusals(tale, CLEO, startRelease(plan))).toMatch(/needs an approval/);
    await tale.put(CLEO, requestApproval(plan, POLICY));
    await tale.put(BEN, approve(plan, POLICY, 'yes'));

    expect(tale.release().runs).toHaveLength(1);
  });

  it('is not started while a check blocks it', async () => {
    const tale = await aRelease();
    const checks = [{ name: 'room', verdict: 'fail', reason: 'full', blocking: true }] as const;
    const plan = await tale.show('prepare', { steps: stepsOf({ checks }) });

    expect(await refusals(tale, CLEO, startRelease(plan))).toMatch(/room: full/);
  });

  it('is asked for again, but not twice at once', async () => {
    const tale = await aRelease();

    expect(await refusals(tale, CLEO, planPart('prepare'))).toMatch(/being made already/);
    await tale.show('prepare');
    await tale.put(CLEO, planPart('prepare'));

    expect(tale.release().planWanted).toMatchObject({ kind: 'release', part: 'prepare' });
  });
});

describe('a release that is out', () => {
  it('is verified at once', async () => {
    const tale = await prepared();

    const events = await tale.put(ANA, releaseIsOut());

    expect(events.map(({ type }) => type)).toEqual(['release.out', 'plan.proposed', 'run.started']);
    expect(tale.release().runs.at(-1)).toMatchObject({ kind: 'verify', status: 'running' });
  });

  it('cannot be out before there is a way back', async () => {
    const tale = await aRelease();

    expect(await refusals(tale, CLEO, releaseIsOut())).toMatch(/restore point is not captured/);
  });

  it('is checked again after trouble, and not again once it is well', async () => {
    const tale = await prepared();
    await tale.put(CLEO, releaseIsOut());
    await tale.finish('not-recovered');
    await tale.put(CLEO, releaseIsOut());
    await tale.finish('recovered');

    expect(await refusals(tale, CLEO, releaseIsOut())).toMatch(/is verified already/);
  });

  it('is not called off, nor resolved by hand', async () => {
    const tale = await prepared();
    await tale.put(CLEO, releaseIsOut());

    expect(await refusals(tale, CLEO, callOff('no'))).toMatch(/is out.*\/rollback/);
    expect(await refusals(tale, CLEO, resolveIncident('over'))).toMatch(/ends by itself/);
  });
});

describe('calling it off', () => {
  it('is the owner’s, with a reason', async () => {
    const tale = await prepared();

    expect(await refusals(tale, ANA, callOff('no'))).toMatch(/Only the/);
    expect(await refusals(tale, CLEO, callOff(' '))).toMatch(/Give a reason/);
    await tale.put(CLEO, callOff('The bank is down'));

    expect(tale.release().release.calledOff).toMatchObject({ reason: 'The bank is down' });
  });

  it('waits for the run that captures', async () => {
    const tale = await aRelease();
    await tale.put(CLEO, startRelease(await tale.show('prepare')));

    expect(await refusals(tale, CLEO, callOff('no'))).toMatch(/REL-0001-R1 is at work/);
  });
});
