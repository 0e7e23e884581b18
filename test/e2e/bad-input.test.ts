import { describe, expect, it } from 'vitest';
import { azureFaults } from '../../src/sandbox/cloud/index.ts';
import { assess, planRollback, takeCommandAndConfirm } from '../../src/sandbox/stories/scenes.ts';
import { aBot } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import {
  declared,
  eventually,
  forged,
  notifies,
  refused,
  refusedInModal,
  settled,
} from './watch.ts';

const LONG = 'x'.repeat(10_000);

describe.concurrent('commands that name nothing', PATIENT, () => {
  it('are answered to the person, outside of any incident', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const types = (line: string, words: RegExp): Promise<void> =>
      refused(bot, ana, () => ana.command('incidents', line), words);

    await types('/rollback', /Say which service and environment.*checkout.*production/s);
    await types('/rollback chekout production', /no service or environment “chekout”/);
    await types('/rollback checkout stagin', /no service or environment “checkout stagin”/);
    await types('/rollback constructor production', /no service or environment “constructor/);
    await types('/rollback <!channel> & co', /“&lt;!channel&gt;”/);
    await types(`/rollback ${LONG}`, /too long to name anything/);
    await types('/incident note it is the database', /belongs to no incident/);
    await types('/incident command', /belongs to no incident/);
    await types('/incident contacts', /belongs to no incident/);
    await types('/incident resolve it is over', /belongs to no incident/);
    await types('/incident reslove', /Did you mean `\/incident resolve/);
    await types('/postmortem', /belongs to no incident\. No incident has been declared yet/);
    await types('/postmortem INC-0042', /no incident “INC-0042”/);
    await types('/postmortem <!channel> & co', /no incident “&lt;!channel&gt; &amp; co”/);
    await types(`/postmortem ${LONG}`, /no incident “x+…”/);
    expect(bot.incidents()).toEqual([]);
  });

  it('are answered to the person, in an incident’s channel', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    const types = (line: string, words: RegExp): Promise<void> =>
      refused(bot, ana, () => ana.command(channel, line), words);

    await types('/rollback chekout production', /In this channel: `\/rollback`/);
    await types('/rollback checkout stagin', /no service or environment “checkout stagin”/);
    await types('/incident note', /Write the note after it/);
    await types(`/incident note ${LONG}`, /under 3000 characters/);
    await types('/incident resolve', /incident commander/);
    await types(`/rollback ${LONG}`, /too long to name anything/);
    await types(`/rollback checkout production ${LONG}`, /too long to name anything/);
  });
});

describe.concurrent('the form', PATIENT, () => {
  it('cuts a title that is too long, and takes what Slack lets through as it was typed', async (test) => {
    const bot = await aBot(test);
    const { ana, dee } = bot.stage.people;
    await ana.command('incidents', `/incident ${LONG}`);
    await ana.seesModal('Declare an incident');
    expect(ana.modal()?.text).toMatch(/x{50}/);
    const title = '<!channel> pays & <@U1> nothing 🔥 *bold* `x` <https://evil.example|here>';
    await ana.fill('What do you see?', title);
    await ana.fill('What else is known?', `<!here> ${'🔥 & <b>'.repeat(300)}`);
    await ana.submit();
    const channel = 'inc-0001-channel-pays-u1-nothing-bold-x-https-evil-example-here';
    await dee.sees('INC-0001', { channel: 'incidents' });
    await ana.sees('How many users are affected?', { channel });
    await settled(bot);

    expect(bot.incident().title).toBe(title);
    expect((await ana.sees('<!channel> pays & <@U1> nothing 🔥', { channel })).text).toContain(
      '<https://evil.example|here>',
    );
    expect(notifies(bot)).toEqual([]);
    expect(bot.logged).toEqual([]);
  });

  it('refuses what only another client could send, under its field', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    await ana.command('incidents', '/incident');
    await ana.fill('What do you see?', '   ');
    await refusedInModal(bot, ana, 'What do you see?', /Say in a few words/);
    await ana.fill('What do you see?', 'checkout is failing');
    await ana.submit();
    await ana.sees('INC-0001 is declared', { channel: 'incidents' });
    expect(bot.incidents()).toHaveLength(1);
  });

  it('takes no more from a modal than the flows allow, whatever its client sent', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    await ana.command('incidents', '/incident checkout is failing');
    await ana.seesModal('Declare an incident');
    await settled(bot);

    expect(await forged(bot, ana, 'title', LONG)).toEqual({
      title: expect.stringMatching(/under 150/),
    });
    expect(await forged(bot, ana, 'summary', LONG)).toEqual({
      summary: expect.stringMatching(/under 3000/),
    });
    expect(bot.incidents()).toEqual([]);
  });

  it('shows a reason as it was typed, and cuts none', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    await planRollback(bot.stage, channel);
    await ben.click('Decline…', { channel });
    await ben.seesModal('Decline the plan');
    expect(await forged(bot, ben, 'reason', LONG)).toEqual({
      reason: expect.stringMatching(/under 1000/),
    });

    await ben.fill('Why not?', '<!channel> & <@U1> ```x``` 🔥');
    await ben.submit();
    await ana.sees('<!channel> & <@U1>', { channel });
    await settled(bot);
    expect(notifies(bot)).toEqual([]);
  });

  it('declares once when Slack delivers it twice', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    await ana.command('incidents', '/incident checkout is failing');
    await ana.seesModal('Declare an incident');
    bot.stage.workspace.faults.duplicateNextDelivery(2);
    await ana.submit();
    await ana.sees('INC-0001 is declared', { channel: 'incidents' });
    await settled(bot);
    expect(bot.incidents()).toHaveLength(1);
    expect(ana.channels().filter((name) => name.startsWith('inc-'))).toHaveLength(1);
  });
});

describe.concurrent('who may', PATIENT, () => {
  it('approve, break the glass, and decline is looked up, and closed to others', async (test) => {
    const bot = await aBot(test);
    const { ben, dee } = bot.stage.people;
    const channel = await declared(bot);
    await assess(bot.stage, channel, ['All of them']);
    await takeCommandAndConfirm(bot.stage, channel, 'rollback');
    await planRollback(bot.stage, channel);
    await ben.sees('your approval is needed', { channel });
    dee.join(channel);

    await refused(bot, dee, () => dee.click('Approve', { channel }), /Only <!subteam.*can approve/);
    await dee.click('Break glass…', { channel });
    await dee.fill('Why can this not wait for an approval?', 'I am in a hurry');
    await refusedInModal(
      bot,
      dee,
      'Why can this not wait for an approval?',
      /do not have the right/,
    );
    await dee.closeModal();
    await dee.click('Decline…', { channel });
    await dee.fill('Why not?', 'I do not like it');
    await refusedInModal(bot, dee, 'Why not?', /Only an approver or the incident commander/);
    await dee.closeModal();
    expect(bot.stage.cloud.azure.swapsApplied).toBe(0);

    const groups = bot.stage.workspace.faults.onMethod('usergroups.users.list', { status: 500 });
    bot.stage.clock.advance(120_000);
    await refused(bot, ben, () => ben.click('Approve', { channel }), /Slack could not say/);
    expect(groups.hits).toBeGreaterThan(0);
    expect(bot.stage.cloud.azure.swapsApplied).toBe(0);
  });

  it('take command is looked up when incidents.commanders says so', async (test) => {
    const bot = await aBot(test, {
      config: (text) =>
        text
          .replace(/(responders: \[(S\w+), .*)/, '$1')
          .replace(
            'incidents:',
            `incidents:\n  commanders: [${/from: \[(S\w+)\]/.exec(text)?.[1]}]`,
          ),
    });
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);

    await refused(bot, ana, () => ana.click('Take command', { channel }), /not among those/);
    await refused(bot, ana, () => ana.command(channel, '/incident command'), /not among those/);
    const groups = bot.stage.workspace.faults.onMethod('usergroups.users.list', { status: 500 });
    bot.stage.clock.advance(120_000);
    await refused(bot, ben, () => ben.click('Take command', { channel }), /Slack could not say/);
    groups.remove();
    await ben.click('Take command', { channel });
    await ana.sees('Incident commander: @Ben', { channel });
    await refused(
      bot,
      ana,
      () => ana.command(channel, '/incident resolve it is over'),
      /Only the incident commander/,
    );
  });
});

describe.concurrent('a click on an old card', PATIENT, () => {
  it('of a plan that a newer one took the place of, that was approved, or whose incident is over', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    const card = await ana.sees('(1 of 6)', { channel });
    await assess(bot.stage, channel, ['All of them']);
    await refused(
      bot,
      ana,
      () => ana.click('Under 5%', { on: card }),
      /was answered already: All of them/,
    );
    const leaderless = await ana.sees('Take command', { channel });
    await takeCommandAndConfirm(bot.stage, channel, 'rollback');
    await refused(
      bot,
      ana,
      () => ana.click('Take command', { on: leaderless }),
      /<@\w+> is the incident commander already/,
    );

    await ana.command(channel, '/rollback');
    const shown = await ana.sees('Request approval', { channel });
    await ana.click('Request approval', { channel });
    const first = await ben.sees(/Plan INC-0001-P1.*Approve/s, { channel });
    await refused(
      bot,
      ana,
      () => ana.click('Request approval', { on: shown }),
      /asked for approval already/,
    );
    await ana.command(channel, '/rollback');
    await ana.sees('INC-0001-P2', { channel });
    await refused(bot, ben, () => ben.click('Approve', { on: first }), /newer plan took the place/);

    await ana.click('Request approval', { channel });
    const second = await ben.sees(/Plan INC-0001-P2.*Approve/s, { channel });
    await ben.click('Approve', { channel });
    await ben.sees('has recovered', { channel });
    await refused(bot, ben, () => ben.click('Approve', { on: second }), /approved already by <@/);
    const monitored = await ben.sees('Resolve…', { channel });
    await ben.click('Resolve…', { channel });
    await ben.fill('Why is it over?', 'It works.');
    await ben.submit();
    await ben.sees('is resolved', { channel });
    await settled(bot);
    await ben.click('Resolve…', { on: monitored });
    await ben.fill('Why is it over?', 'It works.');
    await refusedInModal(bot, ben, 'Why is it over?', /INC-0001 is resolved; nothing was changed/);
    await ben.closeModal();
    await refused(
      bot,
      ben,
      () => ben.click('Roll back…', { on: monitored }),
      /INC-0001 is resolved/,
    );
    await refused(
      bot,
      ana,
      () => ana.command(channel, '/incident note too late'),
      /INC-0001 is resolved/,
    );
    expect(bot.stage.cloud.azure.swapsApplied).toBe(1);
  });

  it('of a step that was decided on, while the run waits for a decision on another', async (test) => {
    const bot = await aBot(test, { settings: { worker: true } });
    const { ben } = bot.stage.people;
    const { azure } = bot.stage.cloud;
    azure.containerGroups.setImage('acme-worker', bot.stage.worker?.bad ?? '');
    const channel = await declared(bot);
    await assess(bot.stage, channel, ['All of them']);
    await takeCommandAndConfirm(bot.stage, channel, 'rollback');
    await planRollback(bot.stage, channel);
    for (const on of ['POST slotsswap', 'PUT containerGroup']) {
      const times = Number.POSITIVE_INFINITY;
      bot.stage.cloud.faults.azure.add({ on, fault: azureFaults.forbidden(), times });
    }
    await ben.click('Approve', { channel });
    const failed = () =>
      Object.values(bot.incident().runs[0]?.steps ?? {}).filter(
        ({ status }) => status === 'failed',
      );
    await eventually('both are refused', () => failed().length === 2);
    await settled(bot);
    const card = await ben.sees('Done by hand…', { channel });
    await ben.click('Skip…', { on: card });
    await ben.fill('Why may it be skipped?', 'It goes out by hand.');
    await ben.submit();
    await eventually('the other is left', () => failed().length === 1);

    await refused(
      bot,
      ben,
      () => ben.click('Retry', { on: card }),
      /does not wait for a decision any more; INC-0001-R1 has halted at another step/,
    );
    await ben.click('Done by hand…', { on: card });
    await ben.fill('What did you do?', 'Deployed it.');
    await refusedInModal(bot, ben, 'What did you do?', /does not wait for a decision any more/);
    expect(failed()).toHaveLength(1);
    expect(bot.incident().runs[0]?.status).toBe('halted');
  });

  it('of an approval whose time is over', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    await planRollback(bot.stage, channel);
    const asked = await ben.sees(/Plan INC-0001-P1.*Approve/s, { channel });
    bot.stage.clock.advance(24 * 60 * 60_000);
    await ana.sees('was not approved in time', { channel });
    await refused(
      bot,
      ben,
      () => ben.click('Approve', { on: asked }),
      /time to approve this has passed/,
    );
    expect(bot.stage.cloud.azure.swapsApplied).toBe(0);
  });
});

describe.concurrent('two at once', PATIENT, () => {
  it('take command: one has it, the other is told who', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    const card = await ana.sees('Take command', { channel });

    await Promise.all([ana, ben].map((person) => person.click('Take command', { on: card })));
    await settled(bot);

    const claims = bot.recorded().filter(({ type }) => type === 'role.claimed');
    expect(claims).toHaveLength(1);
    const holder = bot.incident().roles.commander;
    const other = holder === ana.id ? ben : ana;
    expect(other.ephemerals(channel).at(-1)).toMatch(/is the incident commander already/);
  });

  it('approve: one run starts, the other is told that it was approved', async (test) => {
    const bot = await aBot(test);
    const { ben, cleo } = bot.stage.people;
    const channel = await declared(bot);
    await planRollback(bot.stage, channel);
    const card = await ben.sees(/Plan INC-0001-P1.*Approve/s, { channel });
    await settled(bot);

    await Promise.all([ben, cleo].map((person) => person.click('Approve', { on: card })));
    await ben.sees('has recovered', { channel });

    expect(bot.recorded().filter(({ type }) => type === 'approval.given')).toHaveLength(1);
    expect(bot.stage.cloud.azure.swapsApplied).toBe(1);
    const told = [...ben.ephemerals(channel), ...cleo.ephemerals(channel)];
    expect(told.filter((text) => /approved already by @(Ben|Cleo)/.test(text))).toHaveLength(1);
  });

  it('deliveries of one click decide once', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    bot.stage.workspace.faults.duplicateNextDelivery(3);
    await ana.click('5% or more', { channel });
    await settled(bot);
    bot.stage.workspace.faults.duplicateNextDelivery(3);
    await ana.command(channel, '/incident note seen by support');
    await settled(bot);

    const types = bot.recorded().map(({ type }) => type);
    expect(types.filter((type) => type === 'assessment.answered')).toHaveLength(1);
    expect(types.filter((type) => type === 'note.added')).toHaveLength(1);
    expect(ana.ephemerals(channel).join()).not.toMatch(/answered already|went wrong/);
  });
});
