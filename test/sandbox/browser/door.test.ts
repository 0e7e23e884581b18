import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aVisitor } from './support.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const BUY = JSON.stringify({ deed: 'buy' });

describe('the door of the sandbox', () => {
  it('lets in whoever has the printed address, once and for all', async (test) => {
    const { sandbox, port, send, cookie } = await aVisitor(test);
    const { search } = new URL(sandbox.url);

    const entered = await send('GET', `/${search}&as=ben`);

    expect(entered.status).toBe(303);
    expect(entered.headers['location']).toBe('/?as=ben');
    expect(entered.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^backstop-sandbox-${port}=[\\w-]{32}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    expect((await send('GET', '/', { cookie })).body).toBe('the index.html of the page');
  });

  it('leads who names nobody of the sandbox to Ana', async (test) => {
    const { send, cookie } = await aVisitor(test);

    const led = await send('GET', '/?as=bob', { cookie });

    expect({ status: led.status, to: led.headers['location'] }).toEqual({
      status: 303,
      to: '/?as=ana',
    });
    expect((await send('GET', '/?as=ana', { cookie })).status).toBe(200);
  });

  it('turns away who has no token, a wrong one, or that of another port', async (test) => {
    const { send, cookie } = await aVisitor(test);
    const foreign = cookie.replace(/\d+/, '1');

    for (const path of ['/', '/main.js', '/stream?as=ana', '/?token=', '/?token=guessed']) {
      expect((await send('GET', path)).status).toBe(403);
      expect((await send('GET', path, { cookie: foreign })).status).toBe(403);
      expect((await send('GET', path, { cookie: `${cookie}x` })).status).toBe(403);
    }
  });

  it('does nothing for another page of the same browser, which sends the cookie along', async (test) => {
    const { send, cookie, port, sandbox } = await aVisitor(test);
    const own = `http://127.0.0.1:${port}`;
    const post = (headers: Readonly<Record<string, string>>) =>
      send('POST', '/deed', { cookie, ...JSON_TYPE, ...headers }, BUY);

    expect((await post({ origin: own })).status).toBe(200);
    expect((await post({ origin: 'http://evil.example' })).status).toBe(403);
    expect((await post({ origin: 'http://127.0.0.1:1' })).status).toBe(403);
    expect((await post({ origin: 'null' })).status).toBe(403);
    expect((await post({})).status).toBe(403);
    const read = await send('GET', '/stream?as=ana', { cookie, 'sec-fetch-site': 'cross-site' });
    expect(read.status).toBe(403);
    expect(sandbox.session.run.botState).toBe('running');
  });

  it('does not answer to a foreign name that leads here', async (test) => {
    const { send, cookie, port } = await aVisitor(test);
    const ask = (host: string) => send('GET', '/', { cookie, host });

    expect((await ask(`localhost:${port}`)).status).toBe(200);
    expect((await ask(`127.0.0.1:${port}`)).status).toBe(200);
    expect((await ask(`evil.example:${port}`)).status).toBe(403);
    expect((await ask('127.0.0.1.evil.example')).status).toBe(403);
  });

  it('serves the files of its page and nothing else', async (test) => {
    const { send, cookie } = await aVisitor(test);
    const paths = [
      '/secret.txt',
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '//secret.txt',
      '/main.js/../../secret.txt',
      '/files/../secret.txt',
      '/files/..%2f..%2fsecret.txt',
    ];

    expect((await send('GET', '/main.js', { cookie })).body).toBe('the main.js of the page');
    for (const path of paths) {
      const answer = await send('GET', path, { cookie });
      expect(answer.status, path).not.toBe(200);
      expect(answer.body).not.toContain('not for pages');
    }
  });

  it('forbids its page to load, send or be framed anywhere else', async (test) => {
    const { send, cookie } = await aVisitor(test);

    const { headers } = await send('GET', '/', { cookie });

    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('leads to this machine alone: nothing that its bot is told is anywhere else', {
    timeout: 60_000,
  }, async (test) => {
    const visitor = await aVisitor(test);
    await visitor.deed({ deed: 'start-over', around: 'everything' });

    const { config } = visitor.sandbox.session.run.stage;

    const hosts = [...config.matchAll(/https?:\/\/([^/:\s]+)/g)].map(([, host]) => host);
    expect(hosts.length).toBeGreaterThan(5);
    expect(new Set(hosts)).toEqual(new Set(['127.0.0.1']));
  });

  it('cannot be reached by the bot: only the command line of the sandbox loads it', () => {
    const source = resolve(import.meta.dirname, '../../../src');
    const importers = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('sandbox/'))
      .filter((name) =>
        /from '[^']*sandbox\/browser\//.test(readFileSync(join(source, name), 'utf8')),
      );

    expect(importers).toEqual(['cli/sandbox-browser.ts']);
  });
});
