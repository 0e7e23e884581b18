import { assess, declare, planRollback, takeCommandAndConfirm, watchAndResolve } from './scenes.ts';
import { checkoutAnswers, expect, type Story } from './story.ts';

export const swapWithPreview: Story = {
  name: 'swap-with-preview',
  about:
    'The swap goes in two phases: the slot takes on the settings of production, is looked at, and goes live when a second person allows it.',
  ends: 'verified recovery on the earlier release, with one swap',
  settings: { preview: true },
  async play(stage, tell) {
    const { ana, ben, cleo } = stage.people;
    const { azure, shop } = stage.cloud;
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    await takeCommandAndConfirm(stage, channel, 'rollback');

    tell(
      'The plan has two steps: staging is prepared with the settings of production, then it goes live.',
    );
    await planRollback(stage, channel);
    await ana.sees('Prepare slot staging', { channel });
    await ben.click('Approve', { channel });

    tell(
      'Staging is prepared. Customers still get 2.4.0; Cleo looks at the slot before it goes live.',
    );
    await cleo.sees('Allow this step', { channel, timeoutMs: 60_000 });
    expect(azure.slot('staging').prepared?.target === 'production', 'the slot is prepared');
    const swaps = (): number => azure.swapsApplied;
    expect(swaps() === 0, 'nothing is live yet');
    expect((await checkoutAnswers(stage)).release === '2.4.0', 'customers get what they had');
    const looked = await fetch(`${shop.stagingUrl}/checkout`, {
      signal: AbortSignal.timeout(5_000),
    });
    await looked.body?.cancel();
    expect(looked.status === 200, 'the prepared slot works');
    await cleo.click('Allow this step', { channel });

    await ben.sees('has recovered', { channel, timeoutMs: 60_000 });
    expect((await checkoutAnswers(stage)).release === '2.3.1', 'the checkout works again');
    expect(swaps() === 1, 'the slots were swapped once');
    expect(azure.slot('staging').prepared === undefined, 'nothing is left prepared');
    await watchAndResolve(stage, channel);
  },
};
