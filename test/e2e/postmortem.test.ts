import { describe, expect, it } from 'vitest';
import { assess, planRollback, takeCommandAndConfirm } from '../../src/sandbox/stories/scenes.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import { declared, eventually, refused, settled } from './watch.ts';

const canvasOf = (bot: Bot, channel: string) => {
  const found = [...bot.stage.workspace.state.channels.values()].find(({ id, name }) =>
    [id, name].includes(channel),
  );
  return found?.canvas;
};

const exports = (bot: Bot) => bot.recorded().filter(({ type }) => type === 'postmortem.exported');

describe.concurrent('/postmortem', PATIENT, () => {
  it('writes the canvas of the channel, and writes it anew afterwards', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);

    await ana.command(channel, '/postmortem --format canvas');
    await ana.sees('is the canvas of', { channel });
    const first = canvasOf(bot, channel);
    expect(first?.title).toMatch(/^Post-mortem INC-0001: /);
    expect(first?.markdown).toMatch(
      /^# Post-mortem INC-0001.*\n\n_Written by Backstop for_ !\[\]\(#C/,
    );
    expect(first?.markdown).not.toMatch(/<!--/);

    await ana.command(channel, '/incident note it is the basket');
    await eventually('the note is recorded', () =>
      bot.recorded().some(({ type }) => type === 'note.added'),
    );
    await ana.command(channel, '/postmortem --format canvas');
    await eventually('it is written anew', () => exports(bot).length === 2);
    expect(canvasOf(bot, channel)?.id).toBe(first?.id);
    expect(canvasOf(bot, channel)?.markdown).toMatch(/it is the basket/);
    expect(bot.logged).toEqual([]);
  });

  it('knows its canvas again when the answer to making it was lost', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    const { faults } = bot.stage.workspace;
    const lost = faults.onMethod(
      'conversations.canvases.create',
      { dropAfter: true },
      { times: 1 },
    );

    await ana.command(channel, '/postmortem --format canvas');

    await eventually('it is recorded', () => exports(bot).length === 1);
    expect(lost.hits).toBe(1);
    expect(exports(bot)[0]?.data).toMatchObject({ canvas: canvasOf(bot, channel)?.id });
  });

  it('leaves a canvas that somebody else made as it is', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    const found = [...bot.stage.workspace.state.channels.values()].find(({ id, name }) =>
      [id, name].includes(channel),
    );
    if (!found) throw new Error('There is no channel');
    Object.assign(found, { canvas: { id: 'F0OURS', title: 'Lunch', markdown: '# Lunch' } });

    await ana.command(channel, '/postmortem --format canvas');

    await ana.sees('has a canvas that Backstop did not write', { channel });
    expect(canvasOf(bot, channel)?.markdown).toBe('# Lunch');
  });

  it('leads from the canvas to the issue, and from the channel to both', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);

    await ana.command(channel, '/postmortem --format github-issue');
    await ana.sees('goes on in its issue', { channel });
    await ana.command(channel, '/postmortem --format canvas');
    await ana.sees('goes on in the canvas of this channel, at its top, and in its issue', {
      channel,
    });

    const { issue, canvas } = bot.incident();
    expect(canvas).toBe(canvasOf(bot, channel)?.id);
    expect(canvasOf(bot, channel)?.markdown).toContain(`| Issue | [acme/checkout#1](${issue}) |`);
    // One message, edited: nobody is told twice.
    const told = [...bot.stage.workspace.state.channels.values()]
      .filter(({ name }) => name === channel)
      .flatMap(({ messages }) => [...messages])
      .filter(({ text }) => text?.includes('The post-mortem of INC-0001 goes on'));
    expect(told).toHaveLength(1);
    expect(told[0]?.text).toContain(issue);
    expect(bot.logged).toEqual([]);
  });

  it('of a private incident is there for nobody outside of it, in no way', async (test) => {
    const bot = await aBot(test);
    const { ana, dee } = bot.stage.people;
    await ana.command('incidents', '/incident private somebody is inside');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    const channel = 'inc-0001-somebody-is-inside';
    await ana.sees('Private: nothing about it is shown', { channel });
    await ana.command(channel, '/incident follow-up turn the keys @dee');
    await eventually('it is there', () => bot.incident().tasks.length === 1);
    await settled(bot);

    for (const typed of [
      '',
      '--format csv',
      '--format canvas',
      '--format github-issue',
      'curate',
    ]) {
      const ask = () => dee.command('incidents', `/postmortem INC-0001 ${typed}`);
      await refused(bot, dee, ask, /no incident/);
    }
    dee.openHome();
    await settled(bot);
    await dee.seesHome('No incident is open');
    expect(dee.home()).not.toMatch(/turn the keys|somebody is inside|INC-0001/);
    expect(exports(bot)).toEqual([]);

    // Whoever is in it gets it in its own channel, from wherever they ask.
    await ana.command('incidents', '/postmortem INC-0001 --format csv');
    await ana.sees('the CSV is for spreadsheets', { channel });
    expect(ana.files(channel)).toHaveLength(1);
    expect(dee.files('incidents')).toEqual([]);
  });

  it('exports the part that was asked for, and calls people by their role', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/incident command');
    await ana.sees('Incident commander', { channel });

    await ana.command(
      channel,
      '/postmortem INC-0001 —format csv,md —kinds people --zone UTC --redact people',
    );

    await ana.sees('Post-mortem of INC-0001: the CSV is for spreadsheets', { channel });
    const texts = ana.files(channel).map((file) => ana.download(file));
    expect(texts).toHaveLength(2);
    const csv = texts.find((text) => text.startsWith('\uFEFF')) ?? '';
    const rows = csv.trim().split('\r\n').slice(1);
    expect(new Set(rows.map((row) => row.split(',')[4]))).toEqual(new Set(['people']));
    for (const text of texts) expect(text).not.toMatch(/\bAna\b/);
    expect(texts.join()).toMatch(/incident commander/);
  });

  it('exports what one person did, named by a mention', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);

    await ana.command(channel, '/postmortem --format csv --person @ana');

    await ana.sees('the CSV is for spreadsheets', { channel });
    const [csv = ''] = ana.files(channel).map((file) => ana.download(file));
    const rows = csv.trim().split('\r\n').slice(1);
    expect(new Set(rows.map((row) => row.split(',')[5]))).toEqual(new Set(['Ana']));
    expect(csv).toContain('""people"":[""Ana""]');
  });

  it('refuses what there is not, at once', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    for (const [typed, says] of [
      ['--format pdf', 'There is no format pdf in Slack'],
      ['--out x', 'There is no option --out'],
      ['--kinds gossip', 'There is no kind gossip in a timeline'],
      ['--person zoe', 'Nobody called zoe did anything'],
      ['--component moon', 'is about a component moon'],
      ['--zone Mars', 'There is no time zone Mars'],
      ['--since', 'Say what --since is to be'],
    ] as const) {
      await ana.command(channel, `/postmortem ${typed}`);
      await ana.sees(says, { channel });
    }
    expect(exports(bot)).toEqual([]);
  });
});

describe.concurrent('/postmortem curate', PATIENT, () => {
  it('shows what somebody did, what is of a kind, and what is about a component', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/incident note it is the basket');
    await eventually('it is noted', () => bot.recorded().some(({ type }) => type === 'note.added'));
    await assess(bot.stage, channel, ['All of them']);
    await takeCommandAndConfirm(bot.stage, channel, 'rollback');
    await planRollback(bot.stage, channel);

    await ana.command(channel, '/postmortem curate');
    expect((await ana.seesModal('The timeline')).text).toMatch(/Opened the channel/);
    await ana.choose('Everybody', 'Ben');
    const his = await ana.seesModal('Became incident commander');
    expect(his.text).not.toMatch(/Opened the channel|it is the basket/);
    await ana.choose('Every kind', 'decision');
    const decided = await ana.seesModal('Decided to roll back');
    expect(decided.text).not.toMatch(/Became incident commander/);
    await ana.choose('Every kind', 'Every kind');
    await ana.choose('Everybody', 'Everybody');
    await ana.choose('Every component', 'web app acme-checkout');
    const about = await ana.seesModal('Got plan INC-0001-P1');
    expect(about.text).not.toMatch(/it is the basket|Decided to roll back/);
  });

  it('hides, remarks on, corrects, adds and puts back, each with its reason, and the original stays', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    const curations = () => bot.recorded().filter(({ type }) => type === 'timeline.curated');

    await ana.command(channel, '/postmortem curate');
    const list = await ana.seesModal('The timeline');
    expect(list.text).toMatch(/Declared the incident/);
    const before = bot.recorded();

    await ana.click('Remark');
    await ana.fill('Your remark', 'the graph was of staging');
    await ana.submit();
    await eventually('the remark is recorded', () => curations().length === 1);
    await ana.seesModal('The timeline');
    await ana.click('Correct the time');
    await ana.fill('When was it really?', '2026-11-21 03:02');
    await ana.fill('How do you know?', 'the clock was wrong');
    await ana.submit();
    await eventually('the time is recorded', () => curations().length === 2);
    await ana.seesModal('The timeline');

    await ana.click('Hide');
    await ana.seesModal('Why hide it?');
    await ana.fill('Why hide it?', 'it is noise');
    await ana.submit();
    await eventually('it is recorded', () => curations().length === 3);
    await ana.seesModal('Hid entry');

    await ana.click('Add an entry');
    await ana.fill('When was it?', 'later');
    await ana.fill('What happened?', 'The error rate rose.');
    await ana.submit();
    expect(ana.modal()?.errors).toEqual({ 'When was it?': expect.stringMatching(/is not a time/) });
    await ana.fill('When was it?', '2026-11-21 03:01');
    await ana.submit();
    await ana.seesModal('The error rate rose.');

    await ana.choose('Every kind', 'Hidden');
    await ana.seesModal('of 1, 1 entry.');
    await ana.click('Put back');
    await ana.fill('Why put it back?', 'it matters');
    await ana.submit();
    await eventually('all are recorded', () => curations().length === 5);

    expect(curations().every(({ actor }) => actor.kind === 'person')).toBe(true);
    expect(curations().map(({ data }) => data)).toEqual([
      expect.objectContaining({ do: 'annotate', text: 'the graph was of staging' }),
      expect.objectContaining({
        do: 'correct',
        // As typed in Berlin.
        at: Date.UTC(2026, 10, 21, 2, 2),
        reason: 'the clock was wrong',
      }),
      expect.objectContaining({ do: 'hide', reason: 'it is noise' }),
      expect.objectContaining({ do: 'add', text: 'The error rate rose.' }),
      expect.objectContaining({ do: 'show', reason: 'it matters' }),
    ]);
    // What was recorded stays as it was, to the letter.
    expect(bot.recorded().slice(0, before.length)).toEqual(before);
    expect(bot.verify().ok).toBe(true);
    expect(bot.logged).toEqual([]);
  });

  it('is found from `/postmortem` with nothing typed, wherever that is', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);

    await ana.command('incidents', '/postmortem');
    await ana.sees('The newest: `INC-0001` (', { channel: 'incidents' });
    await ana.sees('`/postmortem help` says what else it can do', { channel: 'incidents' });
    await ana.command('incidents', '/postmortem hide 14');
    await ana.sees('There is no incident “hide 14”. Name one', { channel: 'incidents' });
    await ana.command(channel, '/postmortem');
    await ana.sees('use `/postmortem curate`', { channel });
  });

  it('begins the correction of a time with the time as it stands, in the zone of the form', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/postmortem curate');
    await ana.seesModal('The timeline');

    await ana.click('Correct the time');

    const form = await ana.seesModal('When was it really?');
    expect(form.text).toMatch(/03:07:\d\d UTC Ana: Declared the incident/);
    expect(form.text).toContain('In Europe/Berlin, such as 14:05');
    expect(form.text).toContain('2026-11-21 04:07');
  });

  it('is for those who were in the incident', async (test) => {
    const bot = await aBot(test);
    const channel = await declared(bot);
    const { dee, ana } = bot.stage.people;
    await dee.command('incidents', '/postmortem INC-0001 curate');
    await dee.sees('Only those who were in INC-0001', { channel: 'incidents' });
    await ana.command(channel, '/postmortem curate');
    await ana.seesModal('The timeline');
  });
});
