import { assess, declare, exportPostmortem } from './scenes.ts';
import { expect, type Story, until } from './story.ts';

export const statusPage: Story = {
  name: 'status-page',
  about:
    'People outside are told on the status page, in words that the communications lead approved.',
  ends: 'the page says resolved, once for each notice, though an answer was lost',
  settings: { statusPage: true },
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const { statuspage } = stage.cloud;
    tell('03:07. Customers cannot pay. Support asks what to tell them.');
    const channel = await declare(stage);
    await assess(stage, channel, ['5% or more', 'No', 'No', 'Up, at normal speed']);
    await ana.command(channel, '/incident role comms');
    await ben.click('Take command', { channel });

    tell('A draft is there by itself. Ana reads it, and adds what people can do.');
    await ana.sees('Nothing is on the status page', { channel });
    const early = statuspage.incidents.length;
    expect(early === 0, 'nothing is published before it is approved');
    await ana.click('Review and publish…', { channel });
    await ana.seesModal('We know of a problem with Checkout');
    await ana.fill(
      'What should people know?',
      'Many people cannot pay right now. Your basket is kept; please try again later.',
    );
    tell('The answer of the status page is lost on the way.');
    statuspage.faults.add({ on: 'POST incidents', fault: { kind: 'reset', when: 'after' } });
    await ana.submit();
    await until(async () => statuspage.incidents.length === 1);
    await ana.sees('status-page (', { channel, timeoutMs: 40_000 });
    expect(statuspage.mailsSent === 1, 'people outside got one mail, not two');

    tell('Ben finds the cause. The page is behind, and Backstop says so.');
    await ben.command(channel, '/incident status identified the tax service gives no answer');
    await ana.sees('The status page is behind', { channel });
    await ana.click('Review and publish…', { channel });
    await ana.seesModal('We have found the cause');
    await ana.submit();
    await until(async () => statuspage.incidents[0]?.status === 'identified');

    tell('It is over. Ben resolves the incident, and the page with it.');
    await ben.click('Resolve…', { channel });
    await ben.seesModal('What does the status page say?');
    await ben.fill('Why is it over?', 'The tax service answers again.');
    await ben.submit();
    await until(async () => statuspage.incidents[0]?.status === 'resolved');
    const shown = statuspage.components.get(statuspage.componentId);
    expect(shown?.status === 'operational', 'the component is shown as well again');
    expect(statuspage.incidents.length === 1, 'the page has one incident');
    await exportPostmortem(stage, channel);
  },
};
