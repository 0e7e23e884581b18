import { assess, declare, planRollback, takeCommandAndConfirm } from './scenes.ts';
import { checkoutAnswers, expect, type Story } from './story.ts';

export const twoApprovers: Story = {
  name: 'two-approvers',
  about: 'The environment asks for two approvals; one is not enough, and nobody counts twice.',
  ends: 'verified recovery after two approvals',
  settings: { approvals: 2 },
  async play(stage, tell) {
    const { ana, ben, cleo } = stage.people;
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    await takeCommandAndConfirm(stage, channel, 'rollback');
    await planRollback(stage, channel);
    await ben.click('Approve', { channel });
    await ben.sees('1 of 2 approvals', { channel });

    tell('Ben presses again. It does not count twice.');
    await ben.click('Approve', { channel });
    await ben.sees('You approved this already', { channel });
    expect(stage.cloud.azure.swapsApplied === 0, 'one approval is not enough');

    tell('Cleo is a release lead too. Her approval is the second.');
    await cleo.click('Approve', { channel });
    await ana.sees('has recovered', { channel, timeoutMs: 40_000 });
    expect((await checkoutAnswers(stage)).status === 200, 'the checkout works');
  },
};
