import { assess, declare, planRollback, takeCommandAndConfirm } from './scenes.ts';
import { checkoutAnswers, expect, type Story } from './story.ts';

export const declined: Story = {
  name: 'declined',
  about: 'The commander declines the rollback; nothing is touched.',
  ends: 'nothing was changed, and the channel knows why',
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const channel = await declare(stage);
    await assess(stage, channel, [
      '5% or more',
      'No',
      'No',
      'Up, at normal speed',
      'No, people are blocked',
      'Longer',
    ]);
    await takeCommandAndConfirm(stage, channel, 'rollback');
    await planRollback(stage, channel);

    tell('Ben knows something that the others do not, and declines.');
    await ben.click('Decline…', { channel });
    await ben.seesModal('Decline the plan');
    await ben.fill('Why not?', 'The payment provider is down; going back to 2.3.1 would not help.');
    await ben.submit();
    await ana.sees('The payment provider is down', { channel });

    tell('Ana presses the old button once more.');
    expect(stage.cloud.azure.mutations['POST slotsswap'] === undefined, 'no swap was sent');
    expect(
      (await checkoutAnswers(stage)).release === stage.world.bad.version,
      'the release is the same',
    );
  },
};
