import type { Stage } from '../stage.ts';
import {
  assess,
  declare,
  exportPostmortem,
  planRollback,
  takeCommandAndConfirm,
  watchAndResolve,
} from './scenes.ts';
import { checkoutAnswers, expect, type Story } from './story.ts';

export const badRelease: Story = {
  name: 'bad-release',
  about:
    'The newest release of the checkout answers errors; it is rolled back by swapping the slots.',
  ends: 'verified recovery, resolved, post-mortem in the channel',
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    tell('03:07. Ana is on call. Customers cannot pay since release 2.4.0.');
    expect((await checkoutAnswers(stage)).status >= 500, 'the checkout is broken at first');
    const channel = await declare(stage);

    tell('Ana answers the questions on the card.');
    await assess(stage, channel, [
      '5% or more',
      'No',
      'No',
      'Up, at normal speed',
      'No, people are blocked',
      'Longer',
    ]);
    await ana.sees('SEV2', { channel });

    tell('Ben takes command and confirms the rollback.');
    await takeCommandAndConfirm(stage, channel, 'rollback');

    tell('Ana asks for the plan. She cannot approve her own request; Ben can.');
    await planRollback(stage, channel);
    await ana.click('Approve', { channel });
    await ana.sees('somebody else has to give it', { channel });
    expect(swaps(stage) === 0, 'nothing is touched before the approval');
    await ben.click('Approve', { channel });

    await ben.sees('has recovered', { channel, timeoutMs: 40_000 });
    const answers = await checkoutAnswers(stage);
    expect(answers.status === 200, 'the checkout works again');
    expect(swaps(stage) === 1, 'the slots were swapped exactly once');
    await ben.sees('It is watched until', { channel });

    tell('A quarter of an hour passes; the monitor window stays quiet.');
    await watchAndResolve(stage, channel);
    await exportPostmortem(stage, channel);
  },
};

function swaps(stage: Stage): number {
  return stage.cloud.azure.swapsApplied;
}
