/** The canvas of a channel in the browser: read by those who are in the channel, changed there by nobody. */

import { describe, expect, it, type TestContext } from 'vitest';
import { aVisitor } from './support.ts';

const MARKDOWN = [
  '# Post-mortem INC-0001',
  '',
  'For ![](#C0NONE) <script>alert(1)</script> [here](javascript:alert(1))',
  '',
  '| Who | What |',
  '| --- | --- |',
  '| Ana | Declared it |',
].join('\n');

async function aCanvas(test: Pick<TestContext, 'onTestFinished'>) {
  const visitor = await aVisitor(test);
  const { workspace, people } = visitor.sandbox.session.run.stage;
  const { state } = workspace.slack;
  const channel = [...state.channels.values()].find(({ name }) => name === 'incidents');
  if (!channel) throw new Error('There is no channel');
  channel.canvas = { id: 'F0CANVAS', title: 'Post-mortem <INC-0001>', markdown: MARKDOWN };
  const get = (who: string, id = 'F0CANVAS') =>
    visitor.send('GET', `/canvases/${id}?as=${who}`, { cookie: visitor.cookie });
  return { ...visitor, channel, people, state, get };
}

describe('the canvas of a channel', () => {
  it('is shown to whoever sees the channel, as a page in which nothing runs', async (test) => {
    const { get } = await aCanvas(test);

    const { status, body, headers } = await get('ana');

    expect(status).toBe(200);
    expect(body).toContain('<title>Post-mortem &lt;INC-0001></title>');
    expect(body).toContain('<td>Declared it</td>');
    expect(body).toContain('&lt;script&gt;');
    expect(body).not.toMatch(/<script|javascript:|<form|<input|contenteditable/);
    expect(String(headers['content-security-policy'])).toMatch(/default-src 'none'|script-src/);
  });

  it('of a private channel is shown to those who are in it, and to nobody else', async (test) => {
    const { get, channel, people, state } = await aCanvas(test);
    Object.assign(channel, { kind: 'private', members: [people.ana.id] });

    expect((await get('ana')).status).toBe(200);
    for (const outsider of ['ben', 'cleo', 'dee', 'nobody']) {
      const answer = await get(outsider);
      expect(answer.status, outsider).toBe(404);
      expect(answer.body).not.toContain('Declared it');
    }
    // Whoever has left the company sees it no more.
    Object.assign(state.users.get(people.ana.id) ?? {}, { deactivated: true });
    expect((await get('ana')).status).toBe(404);
  });

  it('is found by its own id only, and not without the door’s token', async (test) => {
    const { get, send } = await aCanvas(test);

    expect((await get('ana', 'F0OTHER')).status).toBe(404);
    expect((await send('GET', '/canvases/F0CANVAS?as=ana')).status).toBe(403);
  });

  it('is not changed through the browser', async (test) => {
    const { send, cookie, channel, port } = await aCanvas(test);
    const headers = {
      cookie,
      'content-type': 'application/json',
      origin: `http://127.0.0.1:${port}`,
    };

    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await send(method, '/canvases/F0CANVAS?as=ana', headers, '{"markdown":"x"}');
      expect(answer.status, method).toBeGreaterThanOrEqual(400);
    }
    expect(channel.canvas?.markdown).toBe(MARKDOWN);
  });
});
