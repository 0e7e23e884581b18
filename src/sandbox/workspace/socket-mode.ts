/** Socket Mode (docs.slack.dev/apis/events-api/using-socket-mode): hello first, one envelope a payload, acks by id. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Ack, Parcel, Transport } from './app-link.ts';
import { asObject, asText, parseJson } from './json.ts';

export type DisconnectReason =
  | 'warning'
  | 'refresh_requested'
  | 'link_disabled'
  | 'too_many_websockets';

export interface SocketMode extends Transport {
  /** A single-use URL for one more connection, as apps.connections.open gives it. */
  newUrl(origin: string): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sockets that take payloads. */
  readonly open: number;
  drop(): void;
  disconnect(reason: DisconnectReason): void;
  /** Asks for the oldest connection to be renewed: it gets no more payloads, the others do. */
  refreshOldest(): void;
  close(): void;
}

const MAX_SOCKETS = 10;
const ENVELOPE = {
  event: 'events_api',
  command: 'slash_commands',
  interaction: 'interactive',
  options: 'interactive',
} as const;

/** A Socket Mode endpoint of the app with no connection yet. */
export function createSocketMode(appId: string): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const ready: WebSocket[] = [];
  const pending = new Map<string, (ack: Ack) => void>();
  let turn = 0;

  function leave(socket: WebSocket): void {
    const index = ready.indexOf(socket);
    if (index >= 0) ready.splice(index, 1);
  }

  function welcome(socket: WebSocket): void {
    socket.on('close', () => leave(socket));
    socket.on('error', () => leave(socket));
    socket.on('message', (data: Buffer) => acknowledge(data.toString('utf8')));
    if (ready.length >= MAX_SOCKETS) {
      socket.send(disconnectMessage('too_many_websockets'));
      socket.close();
      return;
    }
    ready.push(socket);
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: ready.length,
        debug_info: { host: 'applink-1', build_number: 1, approximate_connection_time: 3600 },
        connection_info: { app_id: appId },
      }),
    );
  }

  function acknowledge(source: string): void {
    const frame = asObject(parseJson(source));
    const resolve = pending.get(asText(frame?.['envelope_id']) ?? '');
    resolve?.({ status: 'ok', body: frame?.['payload'] ?? {} });
  }

  return {
    via: 'socket',
    get open() {
      return ready.length;
    },
    newUrl: (origin) => {
      const ticket = randomBytes(12).toString('hex');
      tickets.add(ticket);
      return `${origin.replace('http:', 'ws:')}/link/?ticket=${ticket}&app_id=${appId}`;
    },
    upgrade: (request, socket, head) => {
      const ticket = new URL(request.url ?? '/', 'ws://local').searchParams.get('ticket') ?? '';
      if (!tickets.delete(ticket)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, welcome);
    },
    send: (parcel) => {
      const socket = ready[turn % ready.length];
      turn += 1;
      if (!socket) return Promise.resolve<Ack>({ status: 'not delivered' });
      const id = randomUUID();
      return new Promise<Ack>((resolve) => {
        pending.set(id, (ack) => {
          pending.delete(id);
          resolve(ack);
        });
        socket.send(JSON.stringify({ envelope_id: id, ...envelope(parcel) }));
      });
    },
    drop: () => {
      for (const socket of ready.splice(0)) socket.terminate();
    },
    disconnect: (reason) => {
      const sockets = reason === 'warning' ? ready : ready.splice(0);
      for (const socket of sockets) socket.send(disconnectMessage(reason));
    },
    refreshOldest: () => ready.shift()?.send(disconnectMessage('refresh_requested')),
    close: () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

function envelope(parcel: Parcel): Readonly<Record<string, unknown>> {
  const retry =
    parcel.attempt === 0
      ? {}
      : { retry_attempt: parcel.attempt, retry_reason: parcel.retryReason ?? 'timeout' };
  return {
    type: ENVELOPE[parcel.kind],
    accepts_response_payload: parcel.kind !== 'event',
    payload: parcel.payload,
    ...(parcel.kind === 'event' ? { retry_attempt: 0, retry_reason: '', ...retry } : {}),
  };
}

function disconnectMessage(reason: DisconnectReason): string {
  return JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-1' } });
}
