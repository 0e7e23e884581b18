import { assess, declare, takeCommandAndConfirm, watchAndResolve } from './scenes.ts';
import { checkoutAnswers, expect, type Story } from './story.ts';

export const flagOff: Story = {
  name: 'flag-off',
  about:
    'What is broken stands behind a feature flag: it is switched off by a click, and on again once the fix is out.',
  ends: 'the same release works without the feature, and with it once it is mended',
  settings: { flags: true },
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const { flags, world, cloud } = stage;
    expect(flags !== undefined, 'the set-up has flags');
    const channel = await declare(stage);
    await assess(stage, channel, [
      '5% or more',
      'No',
      'No',
      '2-5x slower',
      'No, people are blocked',
      'Longer',
    ]);
    await takeCommandAndConfirm(stage, channel, 'mitigation');

    tell('Ana asks to switch the new checkout off; nothing changes until Ben approves.');
    await ana.click('Mitigate…', { channel });
    await ana.seesModal('Mitigate');
    await ana.pick('What is to be done?', 'Switch new-checkout off');
    await ana.submit();
    await ana.sees('serves false', { channel });
    await ana.click('Request approval', { channel });
    expect(flags.flags.get('new-checkout')?.on === true, 'the flag is still on');
    await ben.click('Approve', { channel });
    await ben.sees('has recovered', { channel });
    const off = await checkoutAnswers(stage);
    expect(off.status === 200, 'customers can check out');
    expect(off.release === world.bad.version, 'the release stays');
    expect(cloud.azure.mutations['POST slotsswap'] === undefined, 'no slot was swapped');

    tell('The fix is shipped. Ana takes the mitigation back: the flag is on again.');
    cloud.shop.serveProduction(() => ({ ...world.bad, behaviour: 'good' }));
    await ana.click('Take it back…', { channel });
    await ana.seesModal('Take it back');
    await ana.fill('Why is it taken back?', 'The fix for the new checkout is live.');
    await ana.submit();
    await ana.sees('Switch new-checkout on', { channel });
    await ana.click('Request approval', { channel });
    await ben.click('Approve', { channel });
    await ben.sees('after run INC-0001-R2 began', { channel });
    await watchAndResolve(stage, channel);
    expect(flags.flags.get('new-checkout')?.on === true, 'the flag is on again');
    const switched = flags.requests.filter(({ applied, mutating }) => applied && mutating);
    expect(switched.length === 2, 'it was switched once each way');
  },
};
