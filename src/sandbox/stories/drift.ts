import { assess, declare, planRollback, takeCommandAndConfirm } from './scenes.ts';
import { checkoutAnswers, expect, type Story } from './story.ts';

export const drift: Story = {
  name: 'drift',
  about:
    'Somebody deploys between plan and approval; nothing runs until people have agreed to the new plan.',
  ends: 'verified recovery by the plan that fits what is live',
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    await takeCommandAndConfirm(stage, channel, 'rollback');
    await planRollback(stage, channel);

    tell('Meanwhile a pipeline puts 2.4.1 into production. It has the same fault.');
    stage.cloud.azure.deployTo('production', {
      ...stage.world.bad,
      version: '2.4.1',
      deployedAt: new Date(stage.clock.now()).toISOString(),
    });
    await ben.click('Approve', { channel });
    await ana.sees('Out of date', { channel });
    expect(
      stage.cloud.azure.swapsApplied === 0,
      'the plan that no longer fits was not carried out',
    );

    tell('The new plan says what changed. Ana asks again, Ben approves again.');
    await ana.sees('Different now: acme-checkout production: 2.4.1 → 2.3.1, was 2.4.0 → 2.3.1', {
      channel,
    });
    await ana.click('Request approval', { channel });
    await ben.click('Approve', { channel });
    await ben.sees('has recovered', { channel, timeoutMs: 40_000 });
    expect((await checkoutAnswers(stage)).status === 200, 'the checkout works');
  },
};
