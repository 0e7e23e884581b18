/**
 * MongoDB's documented wire protocol, for the stand-in of its server: OP_MSG, and OP_QUERY for the first greeting. What the commands
 * mean is not its business.
 */

import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';

/** What is known of a connection. */
export interface Session {
  user: string | undefined;
}

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

/** @param answer the reply to a command, or undefined for none at all. */
export async function listenForCommands(
  answer: (command: Document, isGreeting: boolean, session: Session) => Document | undefined,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const session: Session = { user: undefined };
    let held = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 4 && held.length >= held.readInt32LE(0)) {
        const message = held.subarray(0, held.readInt32LE(0));
        held = held.subarray(message.length);
        const reply = replyTo(message, (command, isGreeting) =>
          answer(command, isGreeting, session),
        );
        if (reply) socket.write(reply);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function replyTo(
  message: Buffer,
  answer: (command: Document, isGreeting: boolean) => Document | undefined,
): Buffer | undefined {
  const request = message.readInt32LE(4);
  if (message.readInt32LE(12) === OP_QUERY) {
    const start = message.indexOf(0, 20) + 1 + 8;
    const query = BSON.deserialize(message.subarray(start, start + message.readInt32LE(start)));
    const greeted = answer(query, true);
    if (!greeted) return undefined;
    const head = Buffer.alloc(20);
    head.writeInt32LE(1, 16);
    return framed(OP_REPLY, request, Buffer.concat([head, BSON.serialize(greeted)]));
  }
  const reply = answer(commandOf(message), false);
  if (!reply) return undefined;
  const body = Buffer.concat([Buffer.from([0, 0, 0, 0, 0]), BSON.serialize(reply)]);
  return framed(OP_MSG, request, body);
}

function framed(kind: number, request: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(16 + body.length, 0);
  head.writeInt32LE(randomBytes(3).readUIntLE(0, 3), 4);
  head.writeInt32LE(request, 8);
  head.writeInt32LE(kind, 12);
  return Buffer.concat([head, body]);
}

/** Its body, with the documents that came beside it. Values keep their types, so that a backup holds what was written. */
function commandOf(message: Buffer): Document {
  const asIs = { promoteValues: false } as const;
  let command: Document = {};
  for (let at = 20; at < message.length; ) {
    const kind = message[at];
    const size = message.readInt32LE(at + 1);
    const section = message.subarray(at + 1, at + 1 + size);
    at += 1 + size;
    if (kind === 0) {
      command = { ...BSON.deserialize(section, asIs), ...command };
      continue;
    }
    const end = section.indexOf(0, 4);
    const documents: Document[] = [];
    for (let from = end + 1; from < section.length; from += section.readInt32LE(from))
      documents.push(
        BSON.deserialize(section.subarray(from, from + section.readInt32LE(from)), asIs),
      );
    command[section.subarray(4, end).toString()] = documents;
  }
  const { $db, ...rest } = command;
  return { ...rest, $db };
}
