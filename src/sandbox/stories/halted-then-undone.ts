import { azureFaults } from '../cloud/index.ts';
import { assess, declare, takeCommandAndConfirm } from './scenes.ts';
import { checkoutAnswers, expect, type Story, until } from './story.ts';

export const haltedThenUndone: Story = {
  name: 'halted-then-undone',
  about:
    'The content goes back, the swap is refused: the run halts in the middle, and is undone in reverse order.',
  ends: 'what the run had done is taken back; the fault is still there, and the next choices are offered',
  settings: { content: {}, freeze: true },
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const { azure, github } = stage.cloud;
    const channel = await declare(stage);
    await assess(stage, channel, ['All of them']);
    await takeCommandAndConfirm(stage, channel, 'rollback');
    await until(async () => github.repository().rulesets.length === 1);
    await ana.sees('Frozen since', { channel });

    tell('Ana asks for the code and the content of 2.3.1 together.');
    await ana.command(channel, '/rollback with content');
    await ana.sees('Request approval', { channel });
    await ana.click('Request approval', { channel });

    tell('Azure will refuse the swap: a permission was taken away this morning.');
    stage.cloud.faults.azure.add({ on: 'POST slotsswap', fault: azureFaults.forbidden() });
    await ben.click('Approve', { channel });
    await ana.sees('Halted', { channel, timeoutMs: 60_000 });
    await ana.sees('By hand', { channel });
    expect(azure.swapsApplied === 0, 'the web app is as before');

    tell('The content is older than the code now. Ben takes it back rather than leave it so.');
    await ben.click('Undo what was done…', { channel });
    await ben.seesModal('Take it back');
    await ben.fill('Why is it taken back?', 'The content must not stay older than the code.');
    await ben.submit();
    await ana.sees('Take back what INC-0001-R1 did', { channel, timeoutMs: 60_000 });
    await ana.sees('Why: The content must not stay older than the code.', { channel });
    await ana.click('Request approval', { channel });
    await ben.click('Approve', { channel });
    await ben.sees('It did not recover', { channel, timeoutMs: 60_000 });
    expect(azure.swapsApplied === 0, 'no slot was swapped');
    expect((await checkoutAnswers(stage)).status !== 200, 'the checkout is as it was before');
    expect(github.repository().rulesets.length === 1, 'the branch is locked as long as the SEV1');
  },
};
