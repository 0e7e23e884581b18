import { describe, expect, it } from 'vitest';
import { callOff, releaseIsOut, startRelease } from '../../src/flows/release.ts';
import { advanceRelease, needsRecord, recordPoint } from '../../src/flows/release-life.ts';
import { endStale } from '../../src/flows/run-steps.ts';
import { isHeld, releaseState, unsettledRelease } from '../../src/release-state.ts';
import { aPlan, stepsOf } from '../support/a-plan.ts';
import { aRelease, POINT, prepared, type ReleaseTale, SETTLE } from '../support/a-release.ts';
import { BACKSTOP, CLEO } from '../support/an-incident.ts';

const next = async (tale: ReleaseTale) =>
  (await tale.put(BACKSTOP, advanceRelease())).map(({ type, data }) => ({ type, data }));

const wanted = (part: string, approved = true) => ({
  type: 'plan.wanted',
  data: { kind: 'release', part, ...(approved ? { approved } : {}) },
});

/** It is out and verified. */
async function verified(): Promise<ReleaseTale> {
  const tale = await prepared();
  await tale.put(CLEO, releaseIsOut());
  await tale.finish('recovered');
  return tale;
}

/** A rollback to its restore point has ended. */
async function rollBack(tale: ReleaseTale): Promise<void> {
  const plan = { ...aPlan(), release: 'REL-0001', id: 'REL-0001-P9' };
  const { hash, id } = plan;
  await tale.put(BACKSTOP, () => [
    { type: 'plan.proposed', data: { plan } },
    { type: 'run.started', data: { run: 'REL-0001-R9', plan: id, hash } },
  ]);
  await tale.finish('recovered');
}

describe('the restore point', () => {
  it('is recorded once, when the capture has ended', async () => {
    const tale = await aRelease();
    expect(await tale.put(BACKSTOP, recordPoint(POINT))).toEqual([]);
    await tale.put(CLEO, startRelease(await tale.show('prepare')));
    expect(needsRecord(tale.release())).toBe(false);
    await tale.finish();
    expect(needsRecord(tale.release())).toBe(true);
    await tale.put(BACKSTOP, recordPoint(POINT));

    expect(tale.release().release.point).toMatchObject(POINT);
    expect(await tale.put(BACKSTOP, recordPoint(POINT))).toEqual([]);
  });

  it('is the one a rollback goes back to until it was used, called off or settled', async () => {
    const tale = await verified();
    const found = () => unsettledRelease([tale.release()], 'checkout', 'production')?.id;
    expect(found()).toBe('REL-0001');
    expect(unsettledRelease([tale.release()], 'checkout', 'staging')).toBeUndefined();
    await rollBack(tale);
    await next(tale);

    expect(found()).toBeUndefined();
  });
});

describe('a plan that no longer fits what is live', () => {
  it('is asked for again as it was, behind the release or of it', async () => {
    const tale = await prepared();
    const wish = { kind: 'rollback', codeOnly: true } as const;
    const plan = { ...aPlan(), release: 'REL-0001', id: 'REL-0001-P9' };
    await tale.put(CLEO, () => [
      { type: 'plan.wanted', data: wish },
      { type: 'plan.proposed', data: { plan } },
      { type: 'run.started', data: { run: 'REL-0001-R9', plan: plan.id, hash: plan.hash } },
    ]);
    const behind = await tale.put(BACKSTOP, endStale('REL-0001-R9', 'Somebody swapped.'));
    const fresh = await aRelease();
    await fresh.put(CLEO, startRelease(await fresh.show('prepare')));
    const own = await fresh.put(BACKSTOP, endStale('REL-0001-R1', 'Somebody swapped.'));

    const because = 'Somebody swapped.';
    expect(behind.at(-1)?.data).toEqual({ ...wish, because });
    expect(own.at(-1)?.data).toEqual({ kind: 'release', part: 'prepare', because });
  });
});

describe('by itself', () => {
  it('nothing follows while a plan waits for the owner', async () => {
    const tale = await aRelease();
    await tale.show('prepare');

    expect(await next(tale)).toEqual([]);
  });

  it('the restore point is planned again once there is room', async () => {
    const tale = await aRelease();
    await tale.put(CLEO, startRelease(await tale.show('make-room')));
    await tale.finish();

    expect(await next(tale)).toEqual([wanted('prepare', false)]);
  });

  it('what is held is released once it is verified, and not before', async () => {
    const tale = await prepared();
    await tale.put(CLEO, releaseIsOut());
    expect(await next(tale)).toEqual([]);
    await tale.finish('recovered');
    expect(isHeld(tale.release())).toBe(true);

    expect(await next(tale)).toEqual([wanted('release-holds')]);
  });

  it('what is held stays held while it is not well', async () => {
    const tale = await prepared();
    await tale.put(CLEO, releaseIsOut());
    await tale.finish('not-recovered');

    expect(releaseState(tale.release())).toBe('troubled');
    expect(await next(tale)).toEqual([]);
  });

  it('what could not be planned is not asked for again and again', async () => {
    const tale = await verified();
    await next(tale);
    await tale.put(BACKSTOP, () => [{ type: 'plan.refused', data: { reason: 'away' } }]);

    expect(await next(tale)).toEqual([]);
  });

  it('it settles after its time, is wound down, and is over', async () => {
    const tale = await verified();
    await tale.put(CLEO, startRelease(await tale.show('release-holds')));
    await tale.finish();
    expect(isHeld(tale.release())).toBe(false);
    expect(await next(tale)).toEqual([]);
    const from = tale.release().release.out?.at ?? 0;
    tale.clock.pass(from + SETTLE - tale.clock.now() - 1);
    expect(await next(tale)).toEqual([]);
    tale.clock.pass(1);

    expect(await next(tale)).toEqual([{ type: 'release.settled', data: {} }]);
    expect(await next(tale)).toEqual([wanted('wind-down')]);
    await tale.put(CLEO, startRelease(await tale.show('wind-down')));
    await tale.finish();
    expect(await next(tale)).toMatchObject([{ data: { status: 'resolved' } }]);
    expect(await next(tale)).toEqual([]);
  });

  it('what was called off is wound down at once, and one without anything is over', async () => {
    const held = await prepared();
    await held.put(CLEO, callOff('no'));
    const empty = await aRelease();
    await empty.show('prepare', { steps: stepsOf({}) });
    await empty.put(CLEO, callOff('no'));

    expect(await next(held)).toEqual([wanted('wind-down')]);
    expect(await next(empty)).toMatchObject([
      { data: { status: 'resolved', reason: 'The release was called off.' } },
    ]);
  });

  it('a rollback to its restore point is noticed, and the point kept until its time', async () => {
    const tale = await verified();
    await rollBack(tale);

    expect(await next(tale)).toEqual([
      { type: 'release.rolled-back', data: { incident: 'REL-0001', run: 'REL-0001-R9' } },
    ]);
    expect(releaseState(tale.release())).toBe('rolled-back');
    expect(await next(tale)).toEqual([]);
  });
});
