import { describe, expect, it } from 'vitest';
import type {
  ChannelPatch,
  ControlPlace,
  ModalInfo,
  Patch,
} from '../../../src/sandbox/browser/protocol.ts';
import { aVisitor, type Visitor, type Watch } from './support.ts';

const PATIENT = { timeout: 40_000 };

describe('what people do on the page', PATIENT, () => {
  it('shows everybody what was said, and mentions and channels as links', async (test) => {
    const visitor = await aVisitor(test);
    const [ana, dee] = [await visitor.watch('ana'), await visitor.watch('dee')];
    const incidents = idOf(ana, 'incidents');

    const said = await visitor.act('ana', {
      act: 'say',
      channel: incidents,
      text: 'Look, @Dee & <b>',
    });

    expect(said).toEqual({ ok: true });
    const seen = await dee.patch((patch) => textsIn(patch, incidents).length > 0);
    expect(textsIn(seen, incidents)).toEqual([`Look, <@${dee.first.setting?.me}> &amp; &lt;b&gt;`]);
  });

  it('opens the modal of a command, keeps what is typed, and shows what is wrong with it', async (test) => {
    const visitor = await aVisitor(test);
    const ana = await visitor.watch('ana');
    const modal = await opened(visitor, ana);

    await visitor.act('ana', { act: 'type', at: inputOf(modal, 'title'), text: '' });
    const refused = await visitor.act('ana', { act: 'submit', view: modal.id });
    await visitor.act('ana', { act: 'type', at: inputOf(modal, 'title'), text: 'It burns' });
    const reloaded = await visitor.watch('ana');

    expect(refused).toMatchObject({ ok: false, words: expect.stringContaining('required') });
    expect(JSON.stringify(reloaded.first.modals?.[0]?.values)).toContain('It burns');
  });

  it('declares, and shows the new channel to those who may see it', async (test) => {
    const visitor = await aVisitor(test);
    const [ana, dee] = [await visitor.watch('ana'), await visitor.watch('dee')];
    const modal = await opened(visitor, ana);

    await visitor.act('ana', { act: 'submit', view: modal.id });

    const isNew = ({ info }: ChannelPatch): boolean => info.name.startsWith('inc-0001');
    const forAna = await ana.patch((patch) => infoIn(patch, isNew)?.isMember === true);
    const forDee = await dee.patch((patch) => infoIn(patch, isNew) !== undefined);
    expect(infoIn(forAna, isNew)?.isMember).toBe(true);
    expect(infoIn(forDee, isNew)?.isMember).toBe(false);
    const channel = infoIn(forDee, isNew)?.id ?? '';
    const writing = await visitor.act('dee', { act: 'say', channel, text: 'Hello' });
    expect(writing).toEqual({ ok: false, words: 'Join the channel first.' });
    await visitor.act('dee', { act: 'join', channel });
    expect(await visitor.act('dee', { act: 'say', channel, text: 'Hello' })).toEqual({ ok: true });
  });

  it('shows an ephemeral answer to its reader alone', async (test) => {
    const visitor = await aVisitor(test);
    const ana = await visitor.watch('ana');
    const incidents = idOf(ana, 'incidents');

    await visitor.act('ana', { act: 'command', channel: incidents, text: '/incident help' });
    await ana.patch((patch) => textsIn(patch, incidents).length > 0);

    const later = await visitor.watch('ben');
    expect(textsIn(later.first, incidents)).toEqual([]);
  });

  it('keeps what is read over a reload', async (test) => {
    const visitor = await aVisitor(test);
    const ana = await visitor.watch('ana');
    const incidents = idOf(ana, 'incidents');
    await visitor.act('ben', { act: 'say', channel: incidents, text: 'Hello' });
    const seen = await ana.patch((patch) => textsIn(patch, incidents).length > 0);
    const ts = messagesIn(seen, incidents)[0]?.ts ?? '';

    await visitor.act('ana', { act: 'read', channel: incidents, ts });

    const [later, others] = [await visitor.watch('ana'), await visitor.watch('cleo')];
    const lastRead = ({ first }: Watch) =>
      first.channels?.find(({ info }) => info.id === incidents)?.info.lastRead;
    expect(lastRead(later)).toBe(ts);
    expect(lastRead(others)).toBe('');
  });

  it('says plainly why something cannot be done', async (test) => {
    const visitor = await aVisitor(test);
    const ana = await visitor.watch('ana');
    const channel = idOf(ana, 'incidents');
    const at = { channel, ts: '1.000001', block: 'b', action: 'a' };

    expect(await visitor.act('ana', { act: 'press', at })).toMatchObject({
      ok: false,
      words: expect.stringContaining('is gone'),
    });
    expect(
      await visitor.act('ana', { act: 'command', channel, text: '/frobnicate' }),
    ).toMatchObject({
      words: expect.stringContaining('/frobnicate is not a valid command'),
    });
    expect(await visitor.act('ana', { act: 'submit', view: 'V1' })).toMatchObject({
      words: expect.stringContaining('closed already'),
    });
  });

  it('refuses what is no act at all', async (test) => {
    const { send, cookie, port } = await aVisitor(test);
    const headers = {
      cookie,
      origin: `http://127.0.0.1:${port}`,
      'content-type': 'application/json',
    };
    const status = async (path: string, body: string): Promise<number> =>
      (await send('POST', path, headers, body)).status;

    expect(await status('/act?as=ana', '{"act":"say"}')).toBe(400);
    expect(await status('/act?as=ana', 'not json')).toBe(400);
    expect(await status('/act?as=nobody', '{"act":"join","channel":"C1"}')).toBe(400);
    expect(await status('/deed', '{"deed":"constructor"}')).toBe(400);
    expect(await status('/elsewhere', '{"act":"join","channel":"C1"}')).toBe(400);
  });
});

async function opened(visitor: Visitor, ana: Watch): Promise<ModalInfo> {
  const channel = idOf(ana, 'incidents');
  await visitor.act('ana', { act: 'command', channel, text: '/incident checkout is failing' });
  const { modals } = await ana.patch((patch) => (patch.modals?.length ?? 0) > 0);
  const modal = modals?.[0];
  if (!modal) throw new Error('No modal was opened.');
  return modal;
}

function inputOf({ id, blocks }: ModalInfo, block: string): ControlPlace {
  const input = blocks.find((entry) => entry['block_id'] === block) as
    | { readonly element: { readonly action_id: string } }
    | undefined;
  return { view: id, block, action: input?.element.action_id ?? '' };
}

function idOf({ first }: Watch, name: string): string {
  const found = first.channels?.find(({ info }) => info.name === name);
  if (!found) throw new Error(`There is no channel ${name}.`);
  return found.info.id;
}

function infoIn(patch: Patch, fits: (channel: ChannelPatch) => boolean) {
  return patch.channels?.find(fits)?.info;
}

function messagesIn(patch: Patch, channel: string) {
  return patch.channels?.find(({ info }) => info.id === channel)?.changed ?? [];
}

function textsIn(patch: Patch, channel: string): readonly string[] {
  return messagesIn(patch, channel).map(({ text }) => text);
}
