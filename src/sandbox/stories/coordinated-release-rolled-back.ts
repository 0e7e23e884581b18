import { prepareRelease } from './release-scenes.ts';
import { checkoutAnswers, expect, pass, type Story } from './story.ts';

/** So many that the job is still at work when the rollback begins. */
const MAILS = 90;

export const coordinatedReleaseRolledBack: Story = {
  name: 'coordinated-release-rolled-back',
  about:
    'Web, worker and content of a release go out together; it is broken, and all of them go back in one plan.',
  ends: 'verified recovery on the earlier code and content, with every mail sent once',
  settings: { content: {}, worker: true },
  async play(stage, tell) {
    const { ana, ben, cleo } = stage.people;
    const { azure, contentful, worker } = stage.cloud;
    const space = contentful.space();
    tell('Before the release: production runs 2.3.1, and 2.4.0 waits in the staging slot.');
    azure.swapBehindYourBack('ben@acme.example');
    expect((await checkoutAnswers(stage)).status === 200, 'the checkout works at first');

    tell('Cleo prepares the release. Everybody reads the announcement.');
    const channel = await prepareRelease(stage);
    await ana.sees('Deployment scheduled', { channel: 'incidents' });
    await cleo.click('☐ All tests pass', { channel });
    await cleo.sees('1 of 7 ticked', { channel });

    tell('She starts its plan: editors and mail jobs are held, then the content is cloned.');
    await cleo.click('Start', { channel });
    await cleo.sees('please pause editing', { channel });
    await cleo.sees('Release is out', { channel, timeoutMs: 60_000 });
    await cleo.sees('Restore point', { channel });
    expect(!space.publish('cleo', 'home'), 'editors cannot publish while it is under way');
    expect(worker.pausedBy === 'backstop', 'no new mail job begins');

    tell('2.4.0 goes out: the slots are swapped, the worker gets its image, the content is new.');
    const bad = stage.world.bad;
    azure.deployTo('staging', { ...bad, behaviour: 'good' });
    azure.swapBehindYourBack('cleo@acme.example');
    azure.containerGroups.setImage('acme-worker', stage.worker?.bad ?? '');
    space.addEnvironment('release-2', { from: 'release-1' });
    space.repoint('release-2');
    await cleo.click('Release is out', { channel });
    await cleo.sees('you can edit again', { channel, timeoutMs: 60_000 });
    await ana.sees('Status: Success', { channel: 'incidents' });
    expect(space.publish('cleo', 'home'), 'editors can publish again');
    expect(worker.pausedBy === undefined, 'mail jobs go on');

    tell('Then the checkout begins to fail, while an export job is at work.');
    const recipients = Array.from({ length: MAILS }, (_, index) => `customer-${index}`);
    worker.startMailJob({ id: '7', name: 'ExportMailJob', recipients });
    azure.deployTo('production', bad);
    await ana.sees('Something is off', { channel, timeoutMs: 60_000 });
    await ana.command('incidents', '/rollback checkout production');
    await ana.sees('goes back to the restore point of REL-0001', { channel });
    await ana.sees('ExportMailJob', { channel });
    tell(
      'What Cleo published since would no longer be shown; the plan says so, and keeps it first.',
    );
    await ana.sees('This would be lost', { channel });
    await ana.sees('page "Welcome" (home)', { channel });
    await ana.sees('Export what changed in space shop1', { channel });
    await ana.sees('exports/content-shop1-', { channel });
    await ana.click('Request approval', { channel });
    await ben.click('Approve', { channel });

    tell('The run waits for the export job, then puts content, web and worker back.');
    await ben.sees('has recovered', { channel, timeoutMs: 60_000 });
    await ben.sees('1 entry in /', { channel });
    expect((await checkoutAnswers(stage)).release === '2.3.1', 'the earlier release is live');
    expect(azure.containerGroups.image('acme-worker') === stage.worker?.good, 'the worker is back');
    expect(space.live.startsWith('backstop-rel-0001'), 'the content is that of before');
    const served = worker.mails.map(({ to }) => to);
    expect(served.join() === recipients.join(), 'every mail was sent, and once');
    expect(worker.pausedBy === undefined, 'mail jobs go on');
    expect(space.publish('cleo', 'home'), 'editors can publish again');
    await ana.sees('Status: Rolled back', { channel: 'incidents' });

    tell(
      'It stays well. After its time nobody goes back behind the release, and it ends by itself.',
    );
    await pass(stage, 16);
    await ben.sees('Monitor window immediate checks passed', { channel });
    await pass(stage, 30, 5);
    await ben.sees('REL-0001 checkout 2.4.0 is over', { channel, timeoutMs: 60_000 });
    await ben.command(channel, '/postmortem');
    await ben.sees('Post-mortem of REL-0001', { channel });
    const told = ben.files(channel).map((file) => ben.download(file));
    expect(
      told.some((text) => /1 entry in \S+content-shop1-\d+\.json/.test(text)),
      'the timeline names the file with what was published since',
    );
    expect(
      told.every((text) => !text.includes('"sys"')),
      'what is in it is not in Slack',
    );
  },
};
