import {
  assess,
  declare,
  exportPostmortem,
  planRollback,
  takeCommandAndConfirm,
  watchAndResolve,
} from './scenes.ts';
import { checkoutAnswers, expect, type Story } from './story.ts';

export const stillBroken: Story = {
  name: 'still-broken',
  about:
    'The rollback does not help, because the fault is elsewhere; the team rolls forward again.',
  ends: 'verified recovery after rolling forward again',
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const { shop } = stage.cloud;
    tell('This time a database that the checkout needs is down; no release can work.');
    stage.cloud.azure.deployTo('production', { ...stage.world.bad, behaviour: 'good' });
    shop.stayBroken(true);
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    tell('One answer settles it: everybody is hit, so it is SEV1 and a rollback.');
    await takeCommandAndConfirm(stage, channel, 'rollback');
    await planRollback(stage, channel);
    await ben.click('Approve', { channel });

    tell('The swap succeeds, and the checkout still fails. Backstop says so.');
    await ana.sees('did not recover', { channel, timeoutMs: 60_000 });

    tell('Ana tries the next older version; there is none on a slot.');
    await ana.click('Next older version', { channel });
    await ana.sees('no older version', { channel });

    tell('Ana calls the contacts. The database administrator fixes the database.');
    await ana.click('Call contacts', { channel });
    await ana.sees('Priya Raman', { channel });
    shop.stayBroken(false);

    tell('2.4.0 was not at fault after all: Ana rolls forward again.');
    await ana.click('Roll forward again', { channel });
    await ana.click('Request approval', { channel });
    await ben.click('Approve', { channel });
    await ben.sees('has recovered', { channel, timeoutMs: 40_000 });
    expect(stage.cloud.azure.swapsApplied === 2, 'the slots were swapped there and back');
    expect((await checkoutAnswers(stage)).status === 200, 'the checkout works');
    await watchAndResolve(stage, channel);
    await exportPostmortem(stage, channel);
  },
};
