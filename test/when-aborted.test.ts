import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { whenAborted } from '../src/when-aborted.ts';

describe('many who wait for one signal', () => {
  it('share a listener, are all told once, and whoever has left is not', () => {
    const stopping = new AbortController();
    const told: string[] = [];
    whenAborted(stopping.signal, () => told.push('first'));
    const leave = whenAborted(stopping.signal, () => told.push('second'));
    whenAborted(stopping.signal, () => told.push('third'));

    expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1);

    leave();
    stopping.abort();
    stopping.signal.dispatchEvent(new Event('abort'));

    expect(told).toEqual(['first', 'third']);
  });

  it('leave nothing behind on the signal when the last has left, and may come again', () => {
    const stopping = new AbortController();
    const told: string[] = [];
    const leave = [1, 2].map((n) => whenAborted(stopping.signal, () => told.push(`left ${n}`)));
    for (const each of leave) each();

    expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);

    whenAborted(stopping.signal, () => told.push('came again'));
    stopping.abort();

    expect(told).toEqual(['came again']);
  });
});
