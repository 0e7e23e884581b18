import { assess, declare, takeCommandAndConfirm, watchAndResolve } from './scenes.ts';
import { checkoutAnswers, expect, type Story, until } from './story.ts';

const MIGRATIONS_MS = 6_000;

export const migrationAfterSwap: Story = {
  name: 'migration-after-swap',
  about:
    'The app runs its migrations after each swap; no swap begins before they have ended, and the worker waits for them.',
  ends: 'verified recovery, with the worker put back only after the migrations',
  settings: { worker: true, migrations: true },
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const { azure, shop } = stage.cloud;
    const good = stage.worker?.good;
    azure.containerGroups.setImage('acme-worker', stage.worker?.bad ?? '');
    azure.afterSwap = () => shop.migrate(MIGRATIONS_MS);
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    await takeCommandAndConfirm(stage, channel, 'rollback');

    tell('2.4.0 still runs its migrations. A plan made now says so, and cannot be started.');
    shop.migrate(Number.POSITIVE_INFINITY);
    await ana.command(channel, '/rollback');
    await ana.sees('Wait until they have ended', { channel });

    tell('They have ended. Ana asks again, and Ben approves.');
    shop.migrate(0);
    await ana.command(channel, '/rollback');
    await ana.sees('Request approval', { channel });
    await ana.click('Request approval', { channel });
    await ben.click('Approve', { channel });

    tell(
      'The slots are swapped. 2.3.1 runs its migrations, and the worker is left alone meanwhile.',
    );
    await until(async () => azure.containerGroups.image('acme-worker') === good);
    expect(shop.migrations === 'done', 'the worker went back after the migrations');
    await ben.sees('has recovered', { channel, timeoutMs: 60_000 });
    expect((await checkoutAnswers(stage)).release === '2.3.1', 'the earlier release is live');
    expect(azure.swapsApplied === 1, 'the slots were swapped exactly once');
    await watchAndResolve(stage, channel);
  },
};
