import { assess, declare, takeCommandAndConfirm } from './scenes.ts';
import { checkoutAnswers, expect, type Story, until } from './story.ts';

export const gitRevert: Story = {
  name: 'git-revert',
  about: 'The faulty pull request is reverted by another one; the pipeline releases it.',
  ends: 'verified recovery on a release without the faulty change',
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const { github, azure } = stage.cloud;
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    await takeCommandAndConfirm(stage, channel, 'rollback');

    const faulty = [...github.repository().commits.values()].find(({ message }) =>
      message.startsWith('Read tax rates from the pricing service (#'),
    );
    expect(faulty !== undefined, 'the faulty change is in the repository');
    tell('Ana has found the change that broke it, and asks for its revert alone.');
    await ana.command(channel, `/rollback revert ${faulty.sha}`);
    await ana.sees('Request approval', { channel });
    await ana.click('Request approval', { channel });
    await ben.click('Approve', { channel });

    const reverted = () =>
      [...github.repository().commits.values()].find(({ message }) =>
        message.includes(`This reverts commit ${faulty.sha}`),
      );
    await until(async () =>
      github.repository().pulls.some(({ title }) => title.startsWith('Revert')),
    );
    await until(async () => reverted() !== undefined);

    tell('The pipeline releases what was merged.');
    azure.deployTo('production', {
      ...stage.world.good,
      version: '2.4.1',
      commit: reverted()?.sha ?? '',
      message: 'Release 2.4.1',
      deployedAt: new Date(stage.clock.now()).toISOString(),
    });
    await ben.sees('has recovered', { channel, timeoutMs: 40_000 });
    expect(azure.swapsApplied === 0, 'no slot was swapped');
    expect((await checkoutAnswers(stage)).release === '2.4.1', 'the reverted release is live');
  },
};
