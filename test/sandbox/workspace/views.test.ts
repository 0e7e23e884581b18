import { describe, expect, it } from 'vitest';
import { sendViewClosed } from '../../../src/sandbox/workspace/interaction.ts';
import { valueKey } from '../../../src/sandbox/workspace/view-record.ts';
import { modalStack } from '../../../src/sandbox/workspace/views.ts';
import { aScene, refusalOf } from './fixture.ts';

function aModal(title: string, extra: object = {}) {
  return {
    type: 'modal' as const,
    title: { type: 'plain_text' as const, text: title },
    submit: { type: 'plain_text' as const, text: 'Go' },
    blocks: [
      {
        type: 'input' as const,
        block_id: 'why',
        label: { type: 'plain_text' as const, text: 'Why' },
        element: { type: 'plain_text_input' as const, action_id: 'text' },
      },
    ],
    ...extra,
  };
}

describe('modals', () => {
  it('opens one modal for a trigger, and only within three seconds', async () => {
    const { client, workspace, clock, ana } = await aScene();
    const fresh = workspace.state.newTrigger(ana.id);
    const stale = workspace.state.newTrigger(ana.id);
    const open = (trigger_id: string) => client.views.open({ trigger_id, view: aModal('One') });
    await open(fresh);
    clock.ms += 3001;

    expect((await refusalOf(open(fresh)))['error']).toBe('exchanged_trigger_id');
    expect((await refusalOf(open(stale)))['error']).toBe('expired_trigger_id');
    expect(modalStack(workspace.slack, ana.id)).toHaveLength(1);
  });

  it('does not spend the trigger on a view it refuses', async () => {
    const { client, workspace, ana } = await aScene();
    const trigger_id = workspace.state.newTrigger(ana.id);

    const refusal = await refusalOf(
      client.views.open({ trigger_id, view: aModal('A title of more than 24 letters') }),
    );
    await client.views.open({ trigger_id, view: aModal('Short') });

    expect(refusal).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: {
        messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'],
      },
    });
  });

  it('updates by hash, keeps what was typed, and refuses a hash of before', async () => {
    const { client, workspace, ana } = await aScene();
    const trigger_id = workspace.state.newTrigger(ana.id);
    const { view } = await client.views.open({ trigger_id, view: aModal('One') });
    const [open] = modalStack(workspace.slack, ana.id);
    const key = valueKey('why', 'text');
    open?.values.set(key, { type: 'plain_text_input', value: 'typed' });
    const update = () =>
      client.views.update({ view_id: view?.id ?? '', hash: view?.hash ?? '', view: aModal('Two') });

    await update();

    expect(open?.body.title).toMatchObject({ text: 'Two' });
    expect(open?.values.get(key)).toMatchObject({ value: 'typed' });
    expect((await refusalOf(update()))['error']).toBe('hash_conflict');
  });

  it('stacks three modals and no more', async () => {
    const { client, workspace, ana } = await aScene();
    const push = () => {
      const top = modalStack(workspace.slack, ana.id).at(-1);
      const trigger_id = workspace.state.newTrigger(ana.id, top?.id);
      return client.views.push({ trigger_id, view: aModal('More') });
    };
    const trigger_id = workspace.state.newTrigger(ana.id);
    const { view: first } = await client.views.open({ trigger_id, view: aModal('One') });
    await push();
    await push();

    expect((await refusalOf(push()))['error']).toBe('push_limit_reached');
    expect(modalStack(workspace.slack, ana.id).map((view) => view.rootId)).toEqual(
      Array.from({ length: 3 }, () => first?.id),
    );
  });

  it('closes the whole stack where the view asks for it', async () => {
    const { client, workspace, ana } = await aScene();
    const open = workspace.state.newTrigger(ana.id);
    await client.views.open({ trigger_id: open, view: aModal('One') });
    const [first] = modalStack(workspace.slack, ana.id);
    const push = workspace.state.newTrigger(ana.id, first?.id);
    await client.views.push({ trigger_id: push, view: aModal('Two', { clear_on_close: true }) });
    const top = modalStack(workspace.slack, ana.id).at(-1);
    if (!top) throw new Error('Nothing is open.');

    await sendViewClosed(workspace.slack, ana.id, top);

    expect(modalStack(workspace.slack, ana.id)).toEqual([]);
  });
});

describe('the home tab', () => {
  it('keeps its id over publishing again', async () => {
    const { client, ana } = await aScene();
    const publish = (text: string) =>
      client.views.publish({
        user_id: ana.id,
        view: { type: 'home', blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] },
      });

    const first = await publish('a');
    const second = await publish('b');

    expect(second.view?.id).toBe(first.view?.id);
    expect(second.view?.hash).not.toBe(first.view?.hash);
  });
});
