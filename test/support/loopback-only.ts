/** Every test process refuses a connection that would leave this machine. */
import net from 'node:net';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost', undefined]);
// oxlint-disable-next-line typescript/unbound-method -- it is called with its socket below
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  const host =
    typeof first === 'object' && first !== null && 'host' in first ? first.host : undefined;
  const isPath = typeof first === 'object' && first !== null && 'path' in first && first.path;
  if (!isPath && !LOOPBACK.has(host as string | undefined)) {
    throw new Error(`A test tried to reach ${String(host)}; only loopback addresses are allowed.`);
  }
  return Reflect.apply(connect, this, args);
} as typeof connect;
