/** A component whose every read is one request to an outside system that takes its time. */

import { z } from 'zod';
import type { Component } from '../../src/component.ts';
import type { ComponentKind } from '../../src/integrations/index.ts';
import { type Operation, recoverByLooking } from '../../src/operation.ts';

/** What a plan reads of each component, in two rounds. */
export const READS = [
  ['live', 'history'],
  ['observe', 'preflight', 'describe'],
] as const;

const Settings = z.strictObject({ url: z.string() });

/** `kind: slow`, with the address of the system it reads. */
export const slowKind: ComponentKind = {
  settings: Settings,
  load: async () => (from) => createSlow(from.id, Settings.parse(from.settings).url),
};

function createSlow(id: string, url: string): Component {
  async function read<T>(what: string, answer: T, signal: AbortSignal): Promise<T> {
    const response = await fetch(`${url}/${id}/${what}`, { signal });
    await response.arrayBuffer();
    return answer;
  }
  let runs = 'new';
  const seen = () => ({ fingerprint: runs, expected: 'old', moving: false, note: runs });
  const operation: Operation = {
    effect: 'set',
    guarantee: 'conditional',
    quietMs: 10_000,
    limitMs: 60_000,
    usualMs: 1_000,
    pollMs: 100,
    describe: (_input, signal) =>
      read('describe', [{ what: id, from: 'release 2', to: 'release 1' }], signal),
    preflight: (_input, signal) =>
      read(
        'preflight',
        [{ name: 'it answers', verdict: 'pass', reason: '200', blocking: true }],
        signal,
      ),
    observe: async (_input, signal) => {
      await read('observe', undefined, signal);
      return seen();
    },
    async submit(_input, _intent, signal) {
      await read('submit', undefined, signal);
      runs = 'old';
      return 'handle';
    },
    poll: (_handle, signal) => read('poll', { state: 'succeeded' }, signal),
    async recover(_input, intent, _handle, signal) {
      await read('observe', undefined, signal);
      return recoverByLooking(seen(), intent);
    },
    manual: () => 'By hand.',
  };
  return {
    id,
    kind: 'slow',
    title: `slow ${id}`,
    versions: {
      live: (signal) => read('live', { id: '2', label: 'release 2' }, signal),
      history: (signal) =>
        read('history', [{ version: { id: '1', label: 'release 1' }, available: true }], signal),
      putBack: () => ({ operation: 'put-back', input: {} }),
    },
    operations: { 'put-back': operation },
    doctor: async () => [],
  };
}
