/** A Redis that fails on request: everything goes through to a real one, but for the faults that were armed. */

import { randomUUID } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createFaults } from '../../../src/sandbox/cloud/faults.ts';
import type { Exchange, Fault, Faults } from '../../../src/sandbox/cloud/index.ts';
import { commandAt, replyEnd } from './resp.ts';

/** What a client says before it asks for anything. */
const GREETINGS = new Set(['auth', 'client', 'hello', 'info', 'ping', 'quit', 'select']);
const READS = ['get', 'hgetall', 'hmget', 'lrange', 'smembers'];

/** How Redis says what an HTTP status says. */
const ERRORS: Readonly<Record<number, string>> = {
  400: 'WRONGTYPE Operation against a key holding the wrong kind of value',
  401: 'NOAUTH Authentication required.',
  403: 'NOPERM this user has no permissions to run the command',
  404: "ERR unknown command 'eval'",
  429: 'ERR max number of clients reached',
  500: 'ERR user_script:3: Script attempted to access a non local key',
  502: 'ERR Error running script',
  503: 'LOADING Redis is loading the dataset in memory',
};

export interface RedisProxy {
  readonly port: number;
  readonly faults: Faults;
  readonly requests: readonly Exchange[];
  /** Called after a script was carried out, before its answer is given. */
  afterChange: () => void;
  close(): Promise<void>;
}

export async function startProxy(to: number): Promise<RedisProxy> {
  const faults = createFaults(['CHANGE eval', ...READS.map((read) => `READ ${read}`)]);
  const requests: Exchange[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const far = connect(to, '127.0.0.1');
    for (const socket of [client, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        far.destroy();
      });
    }
    serve(client, far, async (words, ask) => {
      const name = (words[0] ?? '').toLowerCase();
      if (GREETINGS.has(name)) return ask();
      const exchange = record(name);
      requests.push(exchange);
      const fault = faults.take(exchange.method, exchange.call);
      return strike(exchange, fault, ask, () => client.destroy());
    });
  });

  async function strike(
    exchange: Exchange,
    fault: Fault | undefined,
    ask: () => Promise<Buffer>,
    cut: () => void,
  ): Promise<Buffer | undefined> {
    const isAfter = fault !== undefined && 'when' in fault && fault.when === 'after';
    let reply: Buffer | undefined;
    if (fault === undefined || isAfter) {
      reply = await ask();
      exchange.applied = exchange.mutating && reply[0] !== 45;
      if (exchange.applied) proxy.afterChange();
    }
    switch (fault?.kind) {
      case undefined:
        exchange.outcome = 'answered';
        return reply;
      case 'status': {
        exchange.outcome = String(fault.status);
        const said = fault.body === undefined ? '' : ` ${JSON.stringify(fault.body)}`;
        return Buffer.from(`-${ERRORS[fault.status] ?? 'ERR'}${said}\r\n`);
      }
      case 'malformed':
        exchange.outcome = 'malformed';
        return Buffer.from('<html>not a Redis</html>\r\n');
      case 'hang':
        exchange.outcome = 'hung';
        return undefined;
      case 'reset':
        exchange.outcome = 'reset';
        cut();
        return undefined;
      case 'delay':
      case 'late':
      case 'drop-headers':
      case 'operation':
        throw new Error(`A Redis has no fault ${fault.kind}.`);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: RedisProxy = {
    port: (server.address() as AddressInfo).port,
    faults,
    requests,
    afterChange: () => undefined,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

/** Takes one command after the other; `ask` sends it on and gives the reply. */
function serve(
  client: Socket,
  far: Socket,
  answer: (words: readonly string[], ask: () => Promise<Buffer>) => Promise<Buffer | undefined>,
): void {
  let asked = Buffer.alloc(0);
  let told = Buffer.alloc(0);
  let waiting: ((reply: Buffer) => void) | undefined;
  let working = Promise.resolve();
  far.on('data', (bytes) => {
    told = Buffer.concat([told, bytes]);
    const end = replyEnd(told, 0);
    if (end === undefined) return;
    const reply = told.subarray(0, end);
    told = told.subarray(end);
    waiting?.(reply);
  });
  client.on('data', (bytes) => {
    asked = Buffer.concat([asked, bytes]);
    for (let found = commandAt(asked, 0); found; found = commandAt(asked, 0)) {
      const raw = asked.subarray(0, found.end);
      asked = asked.subarray(found.end);
      const words = found.value;
      const ask = () =>
        new Promise<Buffer>((resolve) => {
          waiting = resolve;
          far.write(raw);
        });
      working = working.then(async () => {
        const reply = await answer(words, ask);
        if (reply && !client.destroyed) client.write(reply);
      });
    }
  });
}

function record(name: string): Exchange {
  const isChange = name === 'eval';
  const method = isChange ? 'CHANGE' : 'READ';
  return {
    id: randomUUID(),
    service: 'redis',
    at: new Date().toISOString(),
    call: `${method} ${name}`,
    method,
    path: '',
    query: {},
    headers: {},
    mutating: isChange,
    outcome: 'pending',
    applied: false,
  };
}
