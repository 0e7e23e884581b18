import { azureFaults } from '../cloud/index.ts';
import { assess, declare, takeCommandAndConfirm } from './scenes.ts';
import { expect, type Story, until } from './story.ts';

export const halfSwapped: Story = {
  name: 'half-swapped',
  about: 'Web and worker go back together; the worker is refused, so the web app is put back too.',
  ends: 'neither is ahead of the other, and the channel knows why',
  settings: { worker: true },
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const { azure, worker } = stage.cloud;
    azure.containerGroups.setImage('acme-worker', stage.worker?.bad ?? '');
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    await takeCommandAndConfirm(stage, channel, 'rollback');
    await ana.command(channel, '/rollback');
    await ana.sees('go together', { channel });
    await ana.click('Request approval', { channel });

    tell('Azure will refuse to recreate the worker: the permission was taken away.');
    // It stays taken away, so that asking again changes nothing.
    stage.cloud.faults.azure.add({
      on: 'PUT containerGroup',
      fault: azureFaults.forbidden(),
      times: Number.POSITIVE_INFINITY,
    });
    await ben.click('Approve', { channel });

    tell('The web app was swapped, the worker was not. Backstop swaps the web app back at once.');
    await ana.sees('Take back what INC-0001-R1 did', { channel, timeoutMs: 60_000 });
    await until(async () => azure.swapsApplied === 2);
    expect(
      azure.slot('production').release?.version === stage.world.bad.version,
      'the web app is as before',
    );
    expect(
      azure.containerGroups.image('acme-worker') === stage.worker?.bad,
      'the worker is as before',
    );
    await until(async () => worker.pausedBy === undefined);
    await ana.sees('failed, so what was done with it is put back', { channel });
  },
};
