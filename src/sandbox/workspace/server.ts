/** The HTTP server: Web API, response_url, file upload and download, and the Socket Mode endpoint. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Activity } from './activity.ts';
import { send, withFault } from './answer.ts';
import { type Endpoints, type Task, taskOf } from './endpoints.ts';
import type { MethodFault, MethodFaults } from './faults.ts';
import type { Json } from './json.ts';
import type { RateLimits } from './rate-limits.ts';

/** One call of the app: a Web API method, `response_url` or `upload_url`. */
export interface ApiCall {
  readonly method: string;
  /** JSON in form fields is parsed; tokens are left out. */
  readonly args: Json;
  /** Missing when the connection was cut. */
  readonly status?: number;
  readonly answer?: Json | string;
  /** False when an injected fault kept the call from taking effect. */
  readonly applied: boolean;
  /** By the workspace's clock, ms. */
  readonly at: number;
}

export interface ServerOptions extends Endpoints {
  readonly calls: ApiCall[];
  readonly activity: Activity;
  readonly faults: MethodFaults;
  /** Missing: every rate is accepted. */
  readonly rateLimits: RateLimits | undefined;
  isUnreachable(): boolean;
}

/** Listens; the origin has no slash at the end. */
export async function listen(
  server: Server,
  at: { readonly port: number; readonly host: string },
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return `http://${at.host}:${port}`;
}

/** The server, not listening yet. The options are read at the first request. */
export function createWorkspaceServer(options: () => ServerOptions): Server {
  const server = createServer((request, response) => {
    void serve(options(), request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const current = options();
    const linked = request.url?.startsWith('/link/') === true;
    if (current.isUnreachable() || !linked) socket.destroy();
    else current.socketMode.upgrade(request, socket, head);
  });
  return server;
}

async function serve(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (options.isUnreachable()) {
    send(response, undefined);
    return;
  }
  const end = options.activity.begin();
  try {
    const task = await taskOf(options, request);
    const fault = options.faults.strike(task.method, task.args) ?? tooFast(options, task);
    const { answer, applied } = await withFault(fault, () => task.act());
    const { method, args } = task;
    const { state } = options.slack;
    const shown = answer && !Buffer.isBuffer(answer.body) ? { answer: answer.body } : {};
    options.calls.push({
      method,
      args,
      ...(answer ? { status: answer.status } : {}),
      ...shown,
      applied,
      at: state.now(),
    });
    send(response, answer);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    send(response, { status: 500, body: `The local workspace failed: ${why}` });
  } finally {
    end();
  }
}

function tooFast(options: ServerOptions, task: Task): MethodFault | undefined {
  const wait = options.rateLimits?.take(task.method, task.args) ?? 0;
  return wait > 0 ? { rateLimited: wait } : undefined;
}
