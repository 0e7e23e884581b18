/** The outside system behind the slow components: answers each read after a while, and remembers when it was asked. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';

interface Read {
  readonly component: string;
  /** By `performance.now()`. */
  readonly from: number;
  readonly to: number;
}

export interface SlowSystem {
  readonly url: string;
  /** Milliseconds that a read takes. */
  takes: number;
  forget(): void;
  /** When the component is next asked for, by `performance.now()`. */
  nextAsked(component: string): Promise<number>;
  /** The longest time for which reads of one component were under way since `forget`, milliseconds. */
  slowestChain(): number;
  close(): void;
}

/** Listens on loopback. */
export async function createSlowSystem(): Promise<SlowSystem> {
  let reads: Read[] = [];
  const waiting = new Map<string, (at: number) => void>();
  const server = createServer((request, response) => {
    const from = performance.now();
    const [, component = ''] = request.url?.split('/') ?? [];
    waiting.get(component)?.(from);
    waiting.delete(component);
    setTimeout(() => {
      reads.push({ component, from, to: performance.now() });
      response.end('{}');
    }, system.takes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const system: SlowSystem = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takes: 0,
    forget() {
      reads = [];
    },
    nextAsked: (component) => new Promise((resolve) => waiting.set(component, resolve)),
    slowestChain() {
      const components = [...new Set(reads.map(({ component }) => component))];
      return Math.max(
        ...components.map((one) => timeUnderWay(reads.filter((read) => read.component === one))),
      );
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return system;
}

/** How long at least one of the reads was under way. */
function timeUnderWay(reads: readonly Read[]): number {
  let until = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const { from, to } of reads.toSorted((a, b) => a.from - b.from)) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum;
}
