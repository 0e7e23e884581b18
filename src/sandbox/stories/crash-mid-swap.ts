import { assess, declare, planRollback, takeCommandAndConfirm } from './scenes.ts';
import { checkoutAnswers, expect, type Story, until } from './story.ts';

export const crashMidSwap: Story = {
  name: 'crash-mid-swap',
  about:
    'The bot is killed while Azure swaps the slots; the next process takes the run up where it was.',
  ends: 'verified recovery with one swap, though the bot died in the middle',
  ownProcess: true,
  async play(stage, tell, bot) {
    const { ana, ben } = stage.people;
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    await takeCommandAndConfirm(stage, channel, 'rollback');
    await planRollback(stage, channel);
    await ben.click('Approve', { channel });

    const sent = () => stage.cloud.azure.log.some(({ path }) => path.includes('slotsswap'));
    await until(async () => sent());
    tell('The swap is on its way, and the bot is killed: SIGKILL.');
    await bot.kill();
    expect((await checkoutAnswers(stage)).status >= 500, 'the checkout is still broken');

    tell('It starts again, looks at Azure first, and does not swap a second time.');
    await bot.start();
    await ana.sees('has recovered', { channel, timeoutMs: 60_000 });
    expect(stage.cloud.azure.swapsApplied === 1, 'the slots were swapped exactly once');
    expect((await checkoutAnswers(stage)).status === 200, 'the checkout works');
  },
};
