import { assess, declare, planRollback, takeCommandAndConfirm } from './scenes.ts';
import { checkoutAnswers, expect, type Story, until } from './story.ts';

export const slackDown: Story = {
  name: 'slack-down',
  about:
    'Slack goes down in the middle of the rollback; the run goes on, and Slack is told afterwards.',
  ends: 'verified recovery, told in Slack once it is back, nothing twice',
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    await takeCommandAndConfirm(stage, channel, 'rollback');
    await planRollback(stage, channel);
    await ben.click('Approve', { channel });

    tell('Slack is down from here on. The swap goes on without it.');
    stage.workspace.faults.unreachable(true);
    await until(async () => (await checkoutAnswers(stage)).status === 200);
    expect(stage.cloud.azure.swapsApplied === 1, 'the swap was carried out without Slack');

    tell('Slack is back. Backstop catches up.');
    stage.workspace.faults.unreachable(false);
    await ana.sees('has recovered', { channel, timeoutMs: 60_000 });
    const cards = ana.messages(channel).filter((text) => text.includes('of plan INC-0001-P1'));
    expect(cards.length === 1, 'the run has one card');
  },
};
