import { describe, expect, it } from 'vitest';
import { aVisitor } from './support.ts';

const PATIENT = { timeout: 60_000 };

describe('what is done to the world', PATIENT, () => {
  it('shows the shop as its customers see it', async (test) => {
    const visitor = await aVisitor(test);
    const ana = await visitor.watch('ana');

    const { samples, slots } = await ana.world((world) => world.samples.length > 0);

    expect(samples[0]?.status).toBe(500);
    expect(slots.map(({ slot, version }) => `${slot} ${version}`)).toEqual([
      'production 2.4.0',
      'staging 2.3.1',
    ]);
    const told = await ana.world(({ shopSays }) => shopSays.release === '2.4.0');
    expect(told.shopSays.words).toContain('Checkout failed');
    expect(await visitor.deed({ deed: 'buy' })).toMatchObject({
      words: expect.stringContaining('Checkout failed'),
    });
  });

  it('ships a bad release and leaves the one before in the other slot', async (test) => {
    const visitor = await aVisitor(test);
    const ana = await visitor.watch('ana');

    await visitor.deed({ deed: 'ship-bad-release' });

    const { slots } = await ana.world((world) => world.slots[0]?.version === '2.5.0');
    expect(slots[1]?.version).toBe('2.4.0');
  });

  it('kills the bot and starts it again', async (test) => {
    const visitor = await aVisitor(test);
    const ana = await visitor.watch('ana');
    const channel =
      ana.first.channels?.find(({ info }) => info.name === 'incidents')?.info.id ?? '';

    await visitor.deed({ deed: 'stop-bot' });
    await visitor.act('ana', { act: 'command', channel, text: '/incident help' });
    await ana.notice(/could not run \/incident/);
    expect(visitor.sandbox.session.world().bot).toBe('stopped');

    await visitor.deed({ deed: 'start-bot' });
    await visitor.act('ana', { act: 'command', channel, text: '/incident help' });
    await ana.patch((patch) => (patch.channels?.[0]?.changed.length ?? 0) > 0);
    expect(visitor.sandbox.session.world().bot).toBe('running');
  });

  it('cuts Slack off, makes Azure slow and fails a swap, and takes it all back', async (test) => {
    const visitor = await aVisitor(test);
    const { session } = visitor.sandbox;
    const troubles = ['cut-slack', 'slow-azure', 'fail-next-swap'] as const;
    const state = () => {
      const { slackCutOff, azureSlow, swapWillFail } = session.world();
      return [slackCutOff, azureSlow, swapWillFail];
    };

    for (const deed of troubles) await visitor.deed({ deed, on: true });
    expect(state()).toEqual([true, true, true]);
    const [first] = session.run.stage.cloud.azure.faults.active;
    expect(first?.on).toBe('POST slotsswap');

    for (const deed of troubles) await visitor.deed({ deed, on: false });
    expect(state()).toEqual([false, false, false]);
    expect(session.run.stage.cloud.azure.faults.active).toEqual([]);
  });

  it('does not start a bot that would find no Slack', async (test) => {
    const visitor = await aVisitor(test);
    await visitor.deed({ deed: 'cut-slack', on: true });
    await visitor.deed({ deed: 'stop-bot' });

    const early = await visitor.deed({ deed: 'start-bot' });
    await visitor.deed({ deed: 'cut-slack', on: false });
    const later = await visitor.deed({ deed: 'start-bot' });

    expect(early).toMatchObject({ ok: false, words: expect.stringContaining('Reconnect Slack') });
    expect(later).toMatchObject({ ok: true });
    expect(visitor.sandbox.session.world().bot).toBe('running');
  });

  it('plays a story to its end, and gives the sandbox back', async (test) => {
    const visitor = await aVisitor(test);
    const ana = await visitor.watch('ana');

    await visitor.deed({ deed: 'play', story: 'declined', pace: 'fast' });
    const told = await ana.world(
      ({ story }) => story?.state === 'ended' || story?.state === 'failed',
    );

    expect(told.story).toMatchObject({ name: 'declined', state: 'ended' });
    await visitor.deed({ deed: 'start-over', around: 'shop' });
    await ana.world(({ story, bot }) => story === undefined && bot === 'running');
    expect(visitor.sandbox.session.world().story).toBeUndefined();
  });

  it('has content, jobs and flags beside the shop, and shows what becomes of them', async (test) => {
    const visitor = await aVisitor(test);
    const ana = await visitor.watch('ana');
    expect(visitor.sandbox.session.world()).toMatchObject({ systems: [], hasJobs: false });
    expect(await visitor.deed({ deed: 'start-export-job' })).toMatchObject({ ok: false });

    await visitor.deed({ deed: 'start-over', around: 'everything' });
    await visitor.deed({ deed: 'start-export-job' });
    const flag = visitor.sandbox.session.run.stage.flags?.flags.get('new-checkout');
    if (flag) flag.on = false;

    const { systems } = await ana.world(
      (world) =>
        JSON.stringify(world.systems).includes('ExportMailJob') &&
        world.samples.at(-1)?.status === 200,
    );
    expect(systems.map(({ name }) => name)).toEqual(['Content', 'Worker and jobs', 'Flags']);
    const rows = systems.flatMap((system) => system.rows.map(({ what, is }) => `${what}: ${is}`));
    expect(rows).toEqual(
      expect.arrayContaining([
        'release-1: what the site shows',
        'backstop-2-3-1: restore point',
        'Editors: may publish',
        'Queue: open',
        expect.stringMatching(/^ExportMailJob: \d+ of 30 sent$/),
        'new-checkout: off',
      ]),
    );
  });

  it('plays a story step by step', async (test) => {
    const visitor = await aVisitor(test);
    const ana = await visitor.watch('ana');

    await visitor.deed({ deed: 'play', story: 'bad-release', pace: 'step' });
    await ana.world(
      ({ story }) => story?.state === 'waiting' && story.act?.includes('/incident') === true,
    );
    await visitor.deed({ deed: 'next-step' });

    await ana.world(({ story }) => story?.act?.includes('fills in') === true);
    await ana.patch((patch) => (patch.modals?.length ?? 0) > 0);
    expect(await visitor.deed({ deed: 'play', story: 'no-such', pace: 'fast' })).toEqual({
      ok: false,
      words: 'There is no story no-such.',
    });
  });
});
