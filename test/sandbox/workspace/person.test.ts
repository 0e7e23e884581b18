import type { App } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { createPerson, type Person } from '../../../src/sandbox/workspace/person.ts';
import { aClient, aScene, aSocketApp, type Scene } from './fixture.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (text: string) => ({ text: plain(text), value: text.toLowerCase() });
const input = (block_id: string, label: string, element: object, rest: object = {}) => ({
  type: 'input',
  block_id,
  label: plain(label),
  element: { action_id: block_id, ...element },
  ...rest,
});

const MODAL = {
  type: 'modal',
  callback_id: 'declare.modal',
  title: plain('Declare'),
  submit: plain('Declare'),
  notify_on_close: true,
  blocks: [
    input('what', 'What do you see?', { type: 'plain_text_input' }),
    input('env', 'Environment', {
      type: 'static_select',
      options: ['Production', 'Staging'].map(option),
    }),
    input('service', 'Service', { type: 'external_select', min_query_length: 2 }),
    input('lead', 'Lead', { type: 'users_select' }, { optional: true }),
    input(
      'tags',
      'Tags',
      { type: 'checkboxes', options: ['Data', 'Money'].map(option) },
      { optional: true },
    ),
  ],
};

const CARD = [
  {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: 'approve',
        text: plain('Approve'),
        value: 'plan-1',
        confirm: { text: plain('Roll back checkout?') },
      },
      {
        type: 'static_select',
        action_id: 'severity',
        placeholder: plain('Severity…'),
        options: ['SEV1', 'SEV2'].map(option),
      },
      { type: 'overflow', action_id: 'more', options: ['Resolve', 'Export'].map(option) },
    ],
  },
];

interface Played extends Scene {
  readonly as: { readonly ana: Person; readonly ben: Person };
  /** What the app was told, one line each. */
  readonly told: string[];
}

async function aPlay(): Promise<Played> {
  const scene = await aScene();
  const told: string[] = [];
  await aSocketApp(scene, (app) => register(app, told));
  const person = (id: string): Person =>
    createPerson(scene.workspace.slack, id, { patienceMs: 1500 });
  return { ...scene, told, as: { ana: person(scene.ana.id), ben: person(scene.ben.id) } };
}

function register(app: App, told: string[]): void {
  const tell = (...parts: readonly unknown[]): void => {
    told.push(
      parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '),
    );
  };
  const open = (client: App['client'], trigger_id: string) =>
    client.views.open({ trigger_id, view: MODAL as never });
  app.command('/declare', async ({ ack, body, client, command }) => {
    if (command.text === 'help') return ack('Try `/declare` and a sentence');
    await ack();
    await open(client, body.trigger_id);
  });
  app.shortcut('declare.shortcut', async ({ ack, body, client }) => {
    await ack();
    await open(client, body.trigger_id);
  });
  app.shortcut({ callback_id: 'keep.message', type: 'message_action' }, async ({ ack, body }) => {
    await ack();
    tell('kept', body.message.text ?? '');
  });
  app.options('service', async ({ ack, payload }) => {
    const services = ['Checkout', 'Search'].filter((name) => name.startsWith(payload.value));
    await ack({ options: services.map(option) });
  });
  app.view('declare.modal', async ({ ack, view, client, body }) => {
    const values = view.state.values;
    if ((values['what']?.['what']?.value ?? '').length < 5) {
      await ack({ response_action: 'errors', errors: { what: 'Say a little more' } });
      return;
    }
    await ack();
    tell('declared', values);
    const { channel } = await client.conversations.create({ name: 'inc-1' });
    const id = channel?.id ?? '';
    await client.conversations.invite({ channel: id, users: body.user.id });
    await client.chat.postMessage({ channel: id, text: 'Card', blocks: CARD as never });
    await client.chat.postEphemeral({ channel: id, user: body.user.id, text: 'Only you' });
    await client.chat.postMessage({ channel: body.user.id, text: 'You lead INC-1' });
  });
  app.view({ callback_id: 'declare.modal', type: 'view_closed' }, async ({ ack }) => {
    await ack();
    tell('closed');
  });
  app.action(/approve|severity|more/, async ({ ack, action, body, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !('action_id' in action)) return;
    const chosen = 'selected_option' in action ? action.selected_option?.value : undefined;
    tell(action.action_id, body.user.id, body.message?.ts ?? '', chosen ?? '');
    if (action.action_id !== 'approve' || !body.message) return;
    const text = `Approved by <@${body.user.id}>`;
    await client.chat.update({ channel: body.channel?.id ?? '', ts: body.message.ts, text });
  });
  app.action('home.declare', async ({ ack, body, client }) => {
    await ack();
    if (body.type === 'block_actions') await open(client, body.trigger_id);
  });
  app.action('env', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.view) return;
    const [what, env] = MODAL.blocks;
    const slot = { type: 'static_select', options: ['Blue', 'Green'].map(option) };
    const view = { ...MODAL, blocks: [what, env, input('slot', 'Slot', slot)] } as never;
    await client.views.update({ view_id: body.view.id, view });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    const button = { type: 'button', action_id: 'home.declare', text: plain('Declare…') };
    const blocks = [{ type: 'section', text: plain(`Welcome ${event.user}`), accessory: button }];
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } as never });
  });
}

async function declare({ as }: Played): Promise<void> {
  await as.ana.command('ops', '/declare checkout');
  await as.ana.fill('What do you see?', 'it is failing');
  await as.ana.pick('Environment', 'Production');
  await as.ana.pick('Service', 'Checkout', { typed: 'Ch' });
  await as.ana.submit();
  await as.ana.sees('Approve', { channel: 'inc-1' });
}

describe('a person with a modal', () => {
  it('fills it in by its labels and submits what Slack would send', async () => {
    const play = await aPlay();
    await play.as.ana.command('ops', '/declare');
    await play.as.ana.pick('Lead', 'Ben Ito');
    await play.as.ana.pick('Tags', ['Data', 'Money']);
    await play.as.ana.closeModal();

    await declare(play);

    expect(play.as.ana.modal()).toBeUndefined();
    expect(play.told[0]).toBe('closed');
    const values = JSON.parse(play.told[1]?.replace('declared ', '') ?? '') as unknown;
    expect(values).toMatchObject({
      what: { what: { value: 'it is failing' } },
      env: { env: { selected_option: { value: 'production' } } },
      service: { service: { selected_option: { text: { text: 'Checkout' } } } },
      lead: { lead: { selected_user: null } },
      tags: { tags: { selected_options: [] } },
    });
  });

  it('reads what it shows, and cannot submit it while a required input is empty', async () => {
    const play = await aPlay();
    await play.as.ana.command('ops', '/declare');
    await play.as.ana.pick('Lead', '@ben');
    await play.as.ana.pick('Tags', ['Data']);

    const modal = await play.as.ana.seesModal('Declare');
    const submit = play.as.ana.submit();

    await expect(submit).rejects.toThrow(
      'Ana Lopes cannot submit "Declare": "What do you see?" is empty, and it is required; "Environment"',
    );
    expect(modal.text).toContain('( @Ben Ito ▾ )');
    expect(modal.text).toContain('[x] Data  [ ] Money');
    const submissions = play.workspace.deliveries.filter(
      (delivery) => delivery.payload['type'] === 'view_submission',
    );
    expect(submissions).toEqual([]);
  });

  it("sees the app's complaints under their labels until they are answered", async () => {
    const play = await aPlay();
    await play.as.ana.command('ops', '/declare');
    await play.as.ana.fill('What do you see?', 'hm');
    await play.as.ana.pick('Environment', 'Staging');
    await play.as.ana.pick('Service', 'Search');

    await play.as.ana.submit();

    expect(play.as.ana.modal()?.errors).toEqual({ 'What do you see?': 'Say a little more' });
    expect(play.as.ana.modal()?.text).toContain('✗ Say a little more');
    await play.as.ana.fill('What do you see?', 'hmmmmmm');
    await play.as.ana.submit();
    expect(play.as.ana.modal()).toBeUndefined();
  });

  it('makes the app change it by a choice the app wants to know of', async () => {
    const { as, workspace } = await aPlay();
    const blocks = MODAL.blocks.map((block) => ({ ...block, dispatch_action: true }));
    await as.ana.command('ops', '/declare');
    await as.ana.seesModal();
    const { id } = workspace.state.modals.get(as.ana.id)?.[0] ?? { id: '' };
    await aClient(workspace).views.update({ view_id: id, view: { ...MODAL, blocks } as never });

    await as.ana.fill('What do you see?', 'kept');
    await as.ana.pick('Environment', 'Staging');
    await as.ana.pick('Slot', 'Green');

    const shown = ['│ kept', '( Staging ▾ )', '( Green ▾ )'];
    for (const text of shown) expect(as.ana.modal()?.text).toContain(text);
    expect(as.ana.modal()?.text).not.toContain('Tags');
  });

  it('is told what a select offers when it lacks the option', async () => {
    const play = await aPlay();
    await play.as.ana.command('ops', '/declare');
    await play.as.ana.seesModal();

    const pick = play.as.ana.pick('Environment', 'Moon', { timeoutMs: 0 });

    await expect(pick).rejects.toThrow(
      '"Environment" does not offer "Moon". It offers: "Production", "Staging".',
    );
  });

  it('opens one by a global shortcut', async () => {
    const { as } = await aPlay();

    await as.ben.shortcut('declare.shortcut');

    expect((await as.ben.seesModal(/Environment/)).title).toBe('Declare');
    expect(as.ana.modal()).toBeUndefined();
  });
});

describe('a person in channels', () => {
  it('clicks by label, after the confirm dialog', async () => {
    const play = await aPlay();
    await declare(play);

    const declined = await play.as.ana.click('Approve', { confirm: 'no' });
    await play.as.ana.click('Approve');

    expect(declined).toBeUndefined();
    await play.as.ana.sees('Approved by @Ana Lopes', { channel: '#inc-1' });
    expect(play.told.filter((line) => line.startsWith('approve'))).toHaveLength(1);
  });

  it('clicks the newest message that has the button, or the one that says something', async () => {
    const { as, client, channel, told } = await aPlay();
    const post = async (text: string): Promise<string> => {
      const section = { type: 'section', text: plain(text) };
      const blocks = [section, ...CARD] as never;
      return (await client.chat.postMessage({ channel: channel.id, text, blocks })).ts ?? '';
    };
    const first = await post('first card');
    const second = await post('second card');

    await as.ben.click('Resolve');
    await as.ben.click('Approve', { in: 'first card' });

    expect(told).toEqual([
      expect.stringMatching(new RegExp(`^more .* ${second} resolve$`)),
      expect.stringMatching(new RegExp(`^approve .* ${first} $`)),
    ]);
  });

  it('can click on a card that has changed since', async () => {
    const play = await aPlay();
    await declare(play);
    const seen = await play.as.ana.sees('Approve');
    await play.as.ana.click('Approve');
    await play.as.ana.sees('Approved by');

    await play.as.ana.click('Approve', { on: seen });

    expect(play.told.filter((line) => line.startsWith('approve'))).toHaveLength(2);
  });

  it('chooses in a message', async () => {
    const play = await aPlay();
    await declare(play);

    await play.as.ana.choose('Severity…', 'SEV2');

    expect(play.told.at(-1)).toMatch(/^severity .* sev2$/);
  });

  it('fails with everything in sight when there is no such button', async () => {
    const play = await aPlay();
    await declare(play);

    const click = play.as.ana.click('Roll back', { timeoutMs: 0 });

    await expect(click).rejects.toThrow(/found no button "Roll back" in 0 ms/);
    await expect(click).rejects.toThrow(/Within reach: "Approve", "Severity…"/);
    await expect(click).rejects.toThrow(/#inc-1:\n(.*\n)* {2}- \[ Approve \]/);
  });

  it('sees what it alone was told, and others do not', async () => {
    const play = await aPlay();
    await declare(play);
    const { ana, ben } = play.as;

    const seen = await ana.sees('Only you');
    await ana.sees(/you lead inc-\d/i, { channel: '@Tester' });

    expect(seen).toMatchObject({ channel: 'inc-1', isEphemeral: true });
    expect(ana.ephemerals('inc-1')).toEqual(['Only you']);
    expect(ben.ephemerals('inc-1')).toEqual([]);
    await ben.notSees('Only you');
    await ben.notSees('You lead');
    await expect(ana.notSees('You lead')).rejects.toThrow('@Tester says:\nYou lead INC-1');
    expect(ana.channels()).toEqual(['general', 'ops', 'inc-1']);
    expect(ben.channels()).toEqual(['general', 'ops']);
  });

  it("is shown a command's direct answer", async () => {
    const { as } = await aPlay();

    await as.ana.command('ops', '/declare help');

    expect(as.ana.ephemerals('ops')).toEqual(['Try `/declare` and a sentence']);
  });

  it('refuses what Slack would refuse', async () => {
    const { as, workspace } = await aPlay();
    workspace.addChannel({ name: 'secret', members: ['ben'], private: true });
    workspace.addChannel({ name: 'lounge' });

    await expect(as.ana.command('ops', '/nothing')).rejects.toThrow('/nothing is not a valid');
    await expect(as.ana.command('ops', 'hello')).rejects.toThrow('must start with /');
    await expect(as.ana.say('lounge', 'hi')).rejects.toThrow('Ana Lopes is not in lounge');
    const hurried = createPerson(workspace.slack, as.ana.id, { patienceMs: 0 });
    await expect(hurried.say('secret', 'hi')).rejects.toThrow('Ana Lopes sees no channel secret');
    await expect(hurried.sees('hi')).rejects.toThrow(
      'did not see "hi" in 0 ms. In sight:\n#general',
    );
  });

  it('writes, reacts, pins and runs message shortcuts', async () => {
    const { as, ben, told, channel } = await aPlay();

    const message = await as.ana.say('ops', 'A <b> & @ben, look at #ops');
    const seen = await as.ben.sees('look at');
    await as.ben.react('eyes', { in: 'look at' });
    await as.ben.pin({ in: 'look at' });
    await as.ben.say('ops', 'done', { thread: seen });
    await as.ben.messageShortcut('keep.message', { in: 'look at' });

    expect(message.text).toBe(`A &lt;b&gt; &amp; <@${ben.id}>, look at <#${channel.id}|ops>`);
    expect(as.ana.messages('ops')).toEqual([
      'A <b> & @Ben Ito, look at #ops\n👀 Ben Ito',
      '@Ben Ito pinned a message to this channel.',
      'done',
    ]);
    expect(channel.pins).toMatchObject([{ ts: message.ts, by: ben.id }]);
    expect(channel.messages.at(-1)?.thread_ts).toBe(message.ts);
    expect(told.at(-1)).toBe(`kept ${message.text}`);
  });

  it('downloads the files of channels it can see', async () => {
    const { as, client, workspace } = await aPlay();
    const secret = workspace.addChannel({
      name: 'secret',
      members: ['ben'],
      private: true,
      withBot: true,
    });
    await client.filesUploadV2({ channel_id: secret.id, filename: 'a.md', content: '# Häufig' });

    const [file] = as.ben.files('secret');

    expect(file).toMatchObject({ name: 'a.md' });
    expect(file && as.ben.download(file)).toBe('# Häufig');
    expect(as.ana.files('secret')).toEqual([]);
    expect(() => file && as.ana.download(file)).toThrow('Ana Lopes cannot see the file a.md.');
  });

  it('opens the home tab and uses it', async () => {
    const { as, ana } = await aPlay();

    as.ana.openHome();
    const text = await as.ana.seesHome('Welcome');
    await as.ana.click('Declare…', { home: true });
    const modal = await as.ana.seesModal();

    expect(text).toContain(`Welcome ${ana.id}`);
    expect(as.ana.home()).toContain('[ Declare… ]');
    expect(modal.title).toBe('Declare');
    expect(as.ben.home()).toBeUndefined();
  });
});
