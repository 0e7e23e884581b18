import { prepareRelease } from './release-scenes.ts';
import { checkoutAnswers, expect, pass, type Story, until } from './story.ts';

export const noCloneLeft: Story = {
  name: 'no-clone-left',
  about:
    'The Contentful plan allows no further environment; the plan says which of its own clones Backstop would delete.',
  ends: 'the release is out, verified and settled; only clones of Backstop’s own were deleted',
  settings: { content: { limit: 2 } },
  async play(stage, tell) {
    const { ben, cleo } = stage.people;
    const { azure, contentful } = stage.cloud;
    const space = contentful.space();
    azure.swapBehindYourBack('ben@acme.example');
    azure.deployTo('staging', { ...stage.world.bad, behaviour: 'good' });

    const channel = await prepareRelease(stage);
    tell('Both environments of the plan are in use. One of them is the last release’s clone.');
    await cleo.sees("Delete Backstop's oldest restore point first: backstop-2-3-1", { channel });
    await cleo.click('Make room…', { channel });
    await cleo.sees('Make room for the restore point', { channel });
    expect(space.environments.length === 2, 'nothing is deleted before the approval');

    tell('Deleting cannot be taken back, so Ben has to approve it.');
    await cleo.click('Request approval', { channel });
    await ben.click('Approve', { channel });
    await until(async () => !space.environments.includes('backstop-2-3-1'));
    await cleo.click('Start', { channel });
    await cleo.sees('Release is out', { channel, timeoutMs: 60_000 });

    tell('2.4.0 goes out, and it is well.');
    azure.swapBehindYourBack('cleo@acme.example');
    await cleo.click('Release is out', { channel });
    await cleo.sees('Out and verified', { channel, timeoutMs: 40_000 });
    await cleo.sees('you can edit again', { channel });
    await ben.sees('Status: Success', { channel: 'incidents' });
    expect((await checkoutAnswers(stage)).release === '2.4.0', 'the new release is live');

    tell('Once it has settled, its restore point is deleted.');
    await pass(stage, 35);
    await cleo.sees('Settled', { channel, timeoutMs: 40_000 });
    // Only the live content is left.
    await until(async () => space.environments.join() === 'release-1');
  },
};
