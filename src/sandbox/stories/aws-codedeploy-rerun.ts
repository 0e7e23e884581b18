import {
  assess,
  declare,
  exportPostmortem,
  takeCommandAndConfirm,
  watchAndResolve,
} from './scenes.ts';
import { checkoutAnswers, expect, type Story } from './story.ts';

export const awsCodeDeployRerun: Story = {
  name: 'aws-codedeploy-rerun',
  about:
    'On ECS the previous deployment is run again, and the newest task definition is set right by its pipeline.',
  ends: 'verified recovery, and the next deployment starts from the good release',
  settings: { aws: true },
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const { aws } = stage;
    if (!aws) throw new Error('The stage has no ECS.');
    tell('03:07. The checkout runs on ECS. CodeDeploy put 2.4.0 there, and it fails.');
    expect((await checkoutAnswers(stage)).status >= 500, 'the checkout is broken at first');
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    await takeCommandAndConfirm(stage, channel, 'rollback');

    tell('The plan has two steps: the previous deployment again, then the pipeline of its commit.');
    await ana.command(channel, '/rollback');
    await ana.sees('Run the pipeline of', { channel });
    await ana.sees('wrong until the pipeline of commit', { channel });
    const broken = aws.live();
    expect(aws.newest() === broken, 'the broken task definition is live, and the newest');
    await ana.click('Request approval', { channel });
    await ben.click('Approve', { channel });

    tell('CodeDeploy moves the traffic back; GitHub runs the pipeline of 2.3.1 again.');
    await ben.sees('has recovered', { channel, timeoutMs: 90_000 });
    const answers = await checkoutAnswers(stage);
    expect(answers.status === 200 && answers.release === '2.3.1', 'the checkout works again');
    expect(aws.newest() !== broken, 'the pipeline registered a new task definition');
    expect(aws.live() === aws.newest(), 'what runs is the newest task definition again');
    expect(
      aws.newest().environment['APP_VERSION'] === '2.3.1',
      'the next deployment starts from the good release',
    );
    const ours = aws.deployments.filter(({ description }) => description.startsWith('Backstop '));
    expect(ours.length === 1, 'Backstop asked CodeDeploy for exactly one deployment');

    await watchAndResolve(stage, channel);
    await exportPostmortem(stage, channel);
  },
};
