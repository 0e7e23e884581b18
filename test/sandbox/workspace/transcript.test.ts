import type { App } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { createPerson, type Person } from '../../../src/sandbox/workspace/person.ts';
import { changedLines } from '../../../src/sandbox/workspace/transcript/changes.ts';
import { createTranscript, type Transcript } from '../../../src/sandbox/workspace/transcript.ts';
import { aScene, aSocketApp, type Scene } from './fixture.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });

const MODAL = {
  type: 'modal' as const,
  callback_id: 'declare.modal',
  title: plain('Declare'),
  submit: plain('Declare'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'what',
      label: plain('What do you see?'),
      element: { type: 'plain_text_input' as const, action_id: 'what' },
    },
  ],
};

function card(status: string, buttons: readonly string[]): never {
  const elements = buttons.map((label) => ({
    type: 'button',
    action_id: label,
    text: plain(label),
    ...(label === 'Roll back' ? { confirm: { text: plain('Really?') } } : {}),
  }));
  return [
    { type: 'header', text: plain('INC-1 Checkout is failing') },
    { type: 'section', text: { type: 'mrkdwn', text: `*Status:* ${status}` } },
    ...(elements.length > 0 ? [{ type: 'actions', elements }] : []),
  ] as never;
}

interface Written extends Scene {
  readonly as: { readonly ana: Person; readonly ben: Person };
  readonly transcript: Transcript;
  /** What was written since the last look, without the ends of the paragraphs. */
  readonly look: () => string;
}

async function aWriter(register: (app: App) => void = () => undefined): Promise<Written> {
  const scene = await aScene();
  await aSocketApp(scene, register);
  const person = (id: string): Person => createPerson(scene.workspace.slack, id);
  let text = '';
  const transcript = createTranscript(
    scene.workspace,
    (paragraph) => {
      text += paragraph;
    },
    { quietMs: 60_000 },
  );
  return {
    ...scene,
    transcript,
    as: { ana: person(scene.ana.id), ben: person(scene.ben.id) },
    look: () => {
      transcript.flush();
      const seen = text.trimEnd();
      text = '';
      return seen;
    },
  };
}

function declareApp(app: App): void {
  app.command('/declare', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: MODAL });
  });
  app.view('declare.modal', async ({ ack, client }) => {
    await ack();
    const { channel } = await client.conversations.create({ name: 'inc-1' });
    const id = channel?.id ?? '';
    await client.conversations.setTopic({ channel: id, topic: 'SEV2 | Investigating' });
    const { members = [] } = await client.users.list({});
    const people = members.filter((member) => !member.is_bot).map((member) => member.id);
    await client.conversations.invite({ channel: id, users: people.join(',') });
    const blocks = card('investigating', ['Roll back']);
    const posted = await client.chat.postMessage({ channel: id, text: 'INC-1', blocks });
    await client.pins.add({ channel: id, timestamp: posted.ts ?? '' });
  });
  app.action('Roll back', async ({ ack, body, client, respond }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    await respond({ text: 'On it', response_type: 'ephemeral', replace_original: false });
    const where = { channel: body.channel?.id ?? '', ts: body.message?.ts ?? '', text: 'INC-1' };
    await client.chat.update({ ...where, blocks: card('rolling back', ['Cancel']) });
    await client.chat.update({ ...where, blocks: card('~rolling back~ monitoring', []) });
  });
}

describe('a transcript', () => {
  it('tells a story as people see it', async () => {
    const scene = await aWriter(declareApp);
    const { as, workspace, clock, look } = scene;

    await as.ana.command('ops', '/declare checkout');
    await as.ana.fill('What do you see?', 'it is failing');
    clock.ms += 2000;
    await as.ana.submit();
    await as.ben.sees('Roll back');
    await workspace.settled();
    clock.ms += 3000;
    await as.ben.click('Roll back');
    await as.ben.sees('monitoring');
    await workspace.settled();

    expect(look()).toBe(
      `
09:00:00  Ana Lopes types /declare checkout in #ops
09:00:00  Ana Lopes sees a modal
              ┌ Declare
              │ What do you see?
              │   │
              └ [ Cancel ]  [ Declare ]
09:00:02  Ana Lopes submits "Declare"
              What do you see?: it is failing
09:00:02  #inc-1  Tester created the channel
09:00:02  #inc-1  Tester set the topic: SEV2 | Investigating
09:00:02  #inc-1  Ana Lopes and Ben Ito joined
09:00:02  #inc-1  Tester
              == INC-1 Checkout is failing ==
              Status: investigating
              [ Roll back ]
09:00:02  #inc-1  Tester pinned: == INC-1 Checkout is failing ==
09:00:05  Ben Ito clicks [ Roll back ] in #inc-1
              Really?
              [ Cancel ]  [ OK ]
09:00:05  #inc-1  Tester  (only Ben Ito sees this)
              On it
09:00:05  #inc-1  Tester  (edited)
              Status: ~rolling back~ monitoring
`.trim(),
    );
  });

  it('tells what Slack tells a person: complaints, and that the app did not answer', async () => {
    const { as, look, workspace } = await aWriter((app) => {
      app.command('/declare', async ({ ack, body, client }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view: MODAL });
      });
      app.view('declare.modal', ({ ack }) =>
        ack({ response_action: 'errors', errors: { what: 'Say more' } }),
      );
    });
    await as.ana.command('ops', '/declare');
    await as.ana.fill('What do you see?', 'hm');
    look();

    await as.ana.submit();
    await as.ana.closeModal();
    workspace.faults.loseNextAck();
    await as.ben.command('ops', '/declare');

    const text = look();
    expect(text).toContain(
      '09:00:00  Ben Ito could not run /declare: the app did not answer in time',
    );
    expect(text).toContain(
      `
09:00:00  Ana Lopes submits "Declare"
              What do you see?: hm
09:00:00  Ana Lopes is asked to correct "Declare"
              What do you see?: Say more
09:00:00  Ana Lopes closes "Declare"
09:00:00  Ben Ito types /declare in #ops
`.trim(),
    );
  });

  it('shows an edited message whole when it was posted before the transcript began', async () => {
    const scene = await aScene();
    const { client, channel, workspace } = scene;
    const { ts = '' } = await client.chat.postMessage({ channel: channel.id, text: 'one\ntwo' });
    const written: string[] = [];
    const transcript = createTranscript(workspace, (text) => written.push(text));

    await client.chat.update({ channel: channel.id, ts, text: 'one\nthree' });
    transcript.flush();
    await client.chat.update({ channel: channel.id, ts, text: 'one\nfour' });
    transcript.close();

    expect(written).toEqual([
      '09:00:00  #ops  Tester  (edited)\n              one\n              three\n',
      '09:00:00  #ops  Tester  (edited)\n              four\n',
    ]);
  });

  it('writes edits by itself once it has been quiet', async () => {
    const { client, channel, workspace } = await aScene();
    const { ts = '' } = await client.chat.postMessage({ channel: channel.id, text: 'one' });
    const first = new Promise<string>((resolve) => {
      createTranscript(workspace, resolve, { quietMs: 20 });
    });

    await client.chat.update({ channel: channel.id, ts, text: 'two' });
    await client.chat.update({ channel: channel.id, ts, text: 'three' });

    expect(await first).toContain('three');
  });

  it('says nothing of edits that nobody can see', async () => {
    const { client, channel, look } = await aWriter();
    const { ts = '' } = await client.chat.postMessage({ channel: channel.id, text: 'same' });
    look();

    await client.chat.update({ channel: channel.id, ts, text: '*same*' });

    expect(look()).toBe('');
  });

  it('tells direct messages, replies, reactions, files, bookmarks, deletions and leaves', async () => {
    const { as, ana, client, channel, look, workspace } = await aWriter();
    const { ts = '' } = await client.chat.postMessage({ channel: channel.id, text: 'Parent' });
    const at = { channel: channel.id };

    await client.chat.postMessage({ channel: ana.id, text: 'Psst' });
    await client.chat.postMessage({ ...at, thread_ts: ts, text: 'Child' });
    await as.ana.react('pushpin', { in: 'Parent' });
    await client.filesUploadV2({ channel_id: channel.id, filename: 'a.md', content: 'x' });
    await client.bookmarks.add({
      channel_id: channel.id,
      title: 'Graph',
      type: 'link',
      link: 'https://example.com',
    });
    await client.conversations.kick({ ...at, user: ana.id });
    await client.chat.delete({ ...at, ts });
    await workspace.settled();

    expect(look()).toBe(
      `
09:00:00  #ops  Tester
              Parent
09:00:00  DM Ana Lopes  Tester
              Psst
09:00:00  #ops  Tester  (reply)
              Child
09:00:00  #ops  Ana Lopes reacted 📌
09:00:00  #ops  Tester
              [file a.md]
09:00:00  #ops  Bookmark added: Graph (https://example.com)
09:00:00  #ops  Ana Lopes left
09:00:00  #ops  Tester  (deleted)
`.trim(),
    );
  });

  it('keeps within its width', async () => {
    const { as, look } = await aWriter();

    await as.ana.say('ops', 'word '.repeat(100));

    const lengths = look()
      .split('\n')
      .map((line) => line.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(100);
    expect(lengths.length).toBeGreaterThan(5);
  });

  it('is silent after it was closed', async () => {
    const { as, look, transcript } = await aWriter();
    transcript.close();

    await as.ana.say('ops', 'hello');

    expect(look()).toBe('');
  });
});

describe('the changed lines', () => {
  it.each([
    ['a changed line', ['a', 'b', 'c'], ['a', 'x', 'c'], ['x']],
    ['a new line', ['a', 'c'], ['a', 'b', 'c'], ['b']],
    ['a line that went', ['a', '  b', 'c'], ['a', 'c'], ['  ~b~']],
    ['nothing', ['a'], ['a'], []],
    ['everything', [], ['a', 'b'], ['a', 'b']],
    ['both ends', ['a', 'b', 'c'], ['x', 'b', 'y'], ['x', 'y']],
  ])('are %s', (_, before, after, expected) => {
    expect(changedLines(before, after)).toEqual(expected);
  });
});
