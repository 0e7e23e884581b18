import { describe, expect, it } from 'vitest';
import { aScene } from './fixture.ts';

describe('files', () => {
  it('takes an upload by the real client, shares it and gives it back to the token', async () => {
    const { client, workspace, channel } = await aScene();
    const content = 'one\r\ntwo — ünïcode';

    await client.filesUploadV2({ channel_id: channel.id, filename: 'timeline.md', content });

    const [file] = channel.messages.at(-1)?.files ?? [];
    expect(file).toMatchObject({ name: 'timeline.md', size: Buffer.byteLength(content) });
    const url = String(file?.['url_private_download']);
    const authorization = `Bearer ${workspace.botToken}`;
    expect(await (await fetch(url, { headers: { authorization } })).text()).toBe(content);
    expect((await fetch(url)).status).toBe(403);
    const info = await client.files.info({ file: String(file?.['id']) });
    expect(Object.keys(info.file?.shares?.public ?? {})).toEqual([channel.id]);
  });
});
