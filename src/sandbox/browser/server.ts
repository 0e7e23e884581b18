/** Serves the sandbox's page on this machine. Only `backstop sandbox` loads it; the bot in production never does. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { perform } from './actions.ts';
import { canvasPage } from './canvas.ts';
import { createDoor, type Door } from './door.ts';
import { pageFile, sharedFile } from './files.ts';
import type { Reply } from './protocol.ts';
import { readAct, readDeed } from './requests.ts';
import type { Viewer } from './seen.ts';
import { createSession, type Session, type SessionOptions } from './session.ts';
import { openStream } from './stream.ts';

export interface BrowserOptions extends SessionOptions {
  /** The folder with the built page. */
  readonly page: string;
  /** Default 127.0.0.1: nobody else's machine. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
}

export interface BrowserSandbox {
  /** The address that lets its reader in. */
  readonly url: string;
  readonly session: Session;
  close(): Promise<void>;
}

/** A form with a long text in it is small beside this. */
const BODY_LIMIT = 100_000;

/** Starts a sandbox with its page. @throws Error when the port is taken or the bot does not start. */
export async function openSandbox(options: BrowserOptions): Promise<BrowserSandbox> {
  const { host = '127.0.0.1' } = options;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const door = createDoor(host, port);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  try {
    const session = await createSession(options);
    server.on('request', (request, response) => {
      answer({ session, door, page: options.page }, request, response).catch((error: unknown) => {
        refuse(response, 500, error instanceof Error ? error.message : String(error));
      });
    });
    const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    const name = shown.includes(':') ? `[${shown}]` : shown;
    return {
      url: `http://${name}:${port}/?token=${door.token}`,
      session,
      async close() {
        await close();
        await session.end();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly session: Session;
  readonly door: Door;
  readonly page: string;
}

async function answer(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { door, session } = parts;
  const url = new URL(`http://sandbox${(request.url ?? '/').replace(/^\/+/, '/')}`);
  protect(response, session);
  if (
    request.method === 'GET' &&
    url.pathname === '/' &&
    door.fits(url.searchParams.get('token'))
  ) {
    url.searchParams.delete('token');
    const location = `/${url.search}`;
    response.writeHead(303, { location, 'set-cookie': door.cookie }).end();
    return;
  }
  const refusal = door.refusal(request);
  if (refusal !== undefined) {
    refuse(response, 403, refusal);
    return;
  }
  if (request.method === 'GET') get(parts, url, response);
  else if (request.method === 'POST') await post(parts, url, request, response);
  else refuse(response, 405, 'Only GET and POST are understood.');
}

function get({ session, page }: Parts, url: URL, response: ServerResponse): void {
  const name = url.searchParams.get('as') ?? 'ana';
  const viewer = session.run.viewers.get(name);
  if (url.pathname === '/stream') {
    if (viewer) openStream(session, name, response);
    else refuse(response, 404, `Nobody in the sandbox is called ${name}.`);
    return;
  }
  if (url.pathname.startsWith('/files/')) {
    sendSharedFile(session, viewer, url.pathname.slice('/files/'.length), response);
    return;
  }
  if (url.pathname.startsWith('/canvases/')) {
    sendCanvas(session, viewer, url.pathname.slice('/canvases/'.length), response);
    return;
  }
  if (url.pathname === '/' && !viewer && name !== 'ana') {
    response.writeHead(303, { location: '/?as=ana' }).end();
    return;
  }
  const file = pageFile(page, url.pathname);
  if (!file) refuse(response, 404, 'There is nothing at this address.');
  else response.writeHead(200, { 'content-type': file.type }).end(file.content);
}

function sendSharedFile(
  session: Session,
  viewer: Viewer | undefined,
  id: string,
  response: ServerResponse,
): void {
  const file = viewer && sharedFile(session.run.stage.workspace.slack, viewer, id);
  if (!file) {
    refuse(response, 404, 'There is no such file, or it was not shared with you.');
    return;
  }
  const name = encodeURIComponent(file.filename);
  response
    .writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${name}`,
    })
    .end(file.content);
}

function sendCanvas(
  session: Session,
  viewer: Viewer | undefined,
  id: string,
  response: ServerResponse,
): void {
  const html = viewer && canvasPage(session.run.stage.workspace.slack, viewer, id);
  if (html === undefined) {
    refuse(response, 404, 'There is no such canvas, or you are not in its channel.');
    return;
  }
  protect(response, session, "'self'");
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
}

async function post(
  { session }: Parts,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers['content-type'] !== 'application/json') {
    refuse(response, 415, 'Send JSON.');
    return;
  }
  const body = await readBody(request);
  if (url.pathname === '/deed') {
    const deed = readDeed(body);
    if (deed) reply(response, await session.do(deed));
    else refuse(response, 400, 'The sandbox does not know how to do that.');
    return;
  }
  const viewer = session.run.viewers.get(url.searchParams.get('as') ?? '');
  const act = readAct(body);
  if (url.pathname !== '/act' || !viewer || !act) {
    refuse(response, 400, 'Slack does not know how to do that.');
    return;
  }
  try {
    await perform(viewer, act);
    reply(response, { ok: true });
  } catch (error) {
    reply(response, { ok: false, words: error instanceof Error ? error.message : String(error) });
  } finally {
    session.lookAgain();
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > BODY_LIMIT) return undefined;
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function reply(response: ServerResponse, body: Reply): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, words: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${words}\n`);
}

/** The page may load and send nothing anywhere else, and be framed by nobody; it may frame the shop and a canvas. */
function protect(response: ServerResponse, session: Session, framedBy = "'none'"): void {
  const shop = session.run.stage.cloud.shop.productionUrl;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    `frame-src 'self' ${shop}`,
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${framedBy}`,
  ];
  response.setHeader('content-security-policy', policy.join('; '));
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cache-control', 'no-store');
}
