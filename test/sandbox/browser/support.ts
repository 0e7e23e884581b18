/** The sandbox's server with the real bot in this process, and a client that may misbehave. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { startApp } from '../../../src/app.ts';
import { KINDS } from '../../../src/cli/context.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { createLog } from '../../../src/log.ts';
import { createRedactor } from '../../../src/redact.ts';
import type { Act, Deed, Patch, Reply, World } from '../../../src/sandbox/browser/protocol.ts';
import type { StartBot } from '../../../src/sandbox/browser/run.ts';
import { type BrowserSandbox, openSandbox } from '../../../src/sandbox/browser/server.ts';
import { MANIFEST } from '../../support/a-bot.ts';

type Test = Pick<TestContext, 'onTestFinished'>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Visitor {
  readonly sandbox: BrowserSandbox;
  readonly port: number;
  readonly cookie: string;
  /** Sends exactly this path and these headers besides `Host`; nothing is normalised and no cookie is added. */
  readonly send: (
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string,
  ) => Promise<Answer>;
  /** As the page does it. */
  act(person: string, act: Act): Promise<Reply>;
  deed(deed: Deed): Promise<Reply>;
  /** What the person's page is sent from now on. */
  watch(person: string): Promise<Watch>;
}

export interface Watch {
  /** The first patch, with everything. */
  readonly first: Patch;
  /** Waits until the page was sent such a patch, sooner or later. */
  patch(fits: (patch: Patch) => boolean): Promise<Patch>;
  world(fits: (world: World) => boolean): Promise<World>;
  /** Waits until the page was told so. */
  notice(words: RegExp): Promise<string>;
}

/** Opens a sandbox whose page is one line; everything is closed when the test has ended. */
export async function aVisitor({ onTestFinished }: Test): Promise<Visitor> {
  const folder = mkdtempSync(join(tmpdir(), 'backstop-browser-'));
  const page = join(folder, 'page');
  mkdirSync(page);
  for (const name of ['index.html', 'main.js', 'main.css']) {
    writeFileSync(join(page, name), `the ${name} of the page`);
  }
  writeFileSync(join(folder, 'secret.txt'), 'not for pages');
  const sandbox = await openSandbox({
    page,
    manifest: MANIFEST,
    storyStart: Date.UTC(2026, 10, 21, 3, 7),
    startBot: inProcess(folder),
  });
  onTestFinished(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const port = Number(new URL(sandbox.url).port);
  const send: Visitor['send'] = (method, path, headers = {}, body) =>
    new Promise((resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });

  const { pathname, search } = new URL(sandbox.url);
  const entered = await send('GET', `${pathname}${search}`);
  const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? '';
  const origin = `http://127.0.0.1:${port}`;
  const post = async (path: string, body: Act | Deed): Promise<Reply> => {
    const headers = { cookie, origin, 'content-type': 'application/json' };
    const answer = await send('POST', path, headers, JSON.stringify(body));
    return JSON.parse(answer.body) as Reply;
  };
  return {
    sandbox,
    port,
    cookie,
    send,
    act: (person, act) => post(`/act?as=${person}`, act),
    deed: (deed) => post('/deed', deed),
    watch: (person) => watch(`${origin}/stream?as=${person}`, cookie, onTestFinished),
  };
}

function inProcess(folder: string): StartBot {
  return async ({ config: text, env, clock }, { journal }) => {
    const readFile = (name: string): string => readFileSync(name, 'utf8');
    const config = parseConfig(text, { file: 'the sandbox', env, readFile, kinds: KINDS });
    const redact = createRedactor(config.secrets);
    const log = createLog({ level: 'error', redact, write: () => undefined });
    const file = join(folder, journal);
    const bot = await startApp({
      config: { ...config, journal: { file } },
      log,
      redact,
      clock,
      onFatal: () => undefined,
    });
    return { stop: () => bot.stop(), kill: () => bot.stop() };
  };
}

const PATIENCE_MS = 15_000;

async function watch(
  url: string,
  cookie: string,
  onTestFinished: Test['onTestFinished'],
): Promise<Watch> {
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const response = await fetch(url, { headers: { cookie }, signal: ended.signal });
  const events: { readonly event: string; readonly data: unknown }[] = [];
  void read(response, events).catch(() => undefined);

  async function find<T>(event: string, fits: (data: T) => boolean): Promise<T> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = events.find((entry) => entry.event === event && fits(entry.data as T));
      if (found) return found.data as T;
      if (Date.now() > end) {
        const last = JSON.stringify(events.slice(-3)).slice(0, 2_000);
        throw new Error(`The page was not sent that. The last events:\n${last}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  return {
    first: await find<Patch>('patch', () => true),
    patch: (fits) => find('patch', fits),
    world: (fits) => find('world', fits),
    notice: async (words) =>
      (await find<{ readonly text: string }>('notice', ({ text }) => words.test(text))).text,
  };
}

async function read(
  response: Response,
  events: { readonly event: string; readonly data: unknown }[],
): Promise<void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/s.exec(part) ?? [];
      if (event !== '') events.push({ event, data: JSON.parse(data) as unknown });
    }
  }
}
