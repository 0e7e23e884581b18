import {
  assess,
  declare,
  exportPostmortem,
  takeCommandAndConfirm,
  watchAndResolve,
} from './scenes.ts';
import { checkoutAnswers, expect, pass, type Story } from './story.ts';

export const quickFix: Story = {
  name: 'quick-fix',
  about: 'The responders fix it on a hotfix branch, against a clock of fifteen minutes.',
  ends: 'verified recovery on the fixed release',
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const channel = await declare(stage);
    await assess(stage, channel, [
      '5% or more',
      'No',
      'No',
      'Up, at normal speed',
      'No, people are blocked',
      'Under 15 minutes',
    ]);
    await takeCommandAndConfirm(stage, channel, 'quick fix');
    await ana.sees('hotfix/inc-0001', { channel });
    await ana.sees('was opened', { channel });
    const branch = stage.cloud.github.repository().refs.get('refs/heads/hotfix/inc-0001');
    expect(branch === stage.world.bad.commit, 'the branch starts at the live commit');

    tell('Fifteen minutes pass. The fix is nearly there; Ben gives it more time.');
    await pass(stage, 15);
    await ben.click('More time', { channel });

    tell('Cleo deploys the fix to production.');
    await pass(stage, 5);
    stage.cloud.azure.deployTo('production', {
      version: '2.4.1',
      commit: stage.world.bad.commit,
      message: 'Round cart totals once',
      author: 'cleo@acme.example',
      deployedAt: new Date(stage.clock.now()).toISOString(),
      behaviour: 'good',
    });
    await ana.click('Fix is deployed', { channel });
    await ben.sees('checkout production is healthy', { channel, timeoutMs: 40_000 });
    expect((await checkoutAnswers(stage)).status === 200, 'the checkout works');
    await watchAndResolve(stage, channel);
    await exportPostmortem(stage, channel);
  },
};
