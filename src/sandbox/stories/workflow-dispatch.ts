import {
  assess,
  declare,
  exportPostmortem,
  takeCommandAndConfirm,
  watchAndResolve,
} from './scenes.ts';
import { checkoutAnswers, expect, type Story } from './story.ts';

export const workflowDispatch: Story = {
  name: 'workflow-dispatch',
  about:
    'A GitHub workflow deploys the checkout; Backstop, installed as an App, runs it for the earlier version.',
  ends: 'verified recovery on the earlier release, by one run of the workflow',
  settings: { workflow: true },
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const { workflow } = stage;
    if (!workflow) throw new Error('The stage has no workflow.');
    tell('03:07. The workflow deploy.yml put 2.4.0 into production, and the checkout fails.');
    expect((await checkoutAnswers(stage)).status >= 500, 'the checkout is broken at first');
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    await takeCommandAndConfirm(stage, channel, 'rollback');

    tell('The plan runs the same workflow for the version before.');
    await ana.command(channel, '/rollback');
    await ana.sees('Deploy v2.3.1 by running deploy.yml', { channel });
    expect(workflow.dispatched().length === 0, 'nothing runs before the approval');
    await ana.click('Request approval', { channel });
    await ben.click('Approve', { channel });

    tell('GitHub runs it on the tag, and records the deployment.');
    await ben.sees('has recovered', { channel, timeoutMs: 60_000 });
    const answers = await checkoutAnswers(stage);
    expect(answers.status === 200 && answers.release === '2.3.1', 'the checkout works again');
    const runs = workflow.dispatched();
    expect(runs.length === 1 && runs[0]?.branch === 'v2.3.1', 'the workflow ran once, on the tag');
    expect(stage.cloud.github.app.tokens.length > 0, 'it acted as the App');

    await watchAndResolve(stage, channel);
    await exportPostmortem(stage, channel);
  },
};
