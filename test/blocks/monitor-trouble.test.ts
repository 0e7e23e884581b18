/** Several windows watch the same probes at the same time: what is off is told once. */

import { describe, expect, it } from 'vitest';
import { conversation } from '../../src/blocks/conversation.ts';
import { wordsOf } from './reading.ts';
import {
  aService,
  incidentAfter,
  MINUTE,
  type Moment,
  running,
  START,
  stepDone,
  verified,
} from './support.ts';

const RUN = 'INC-0001-R1';

/** From minute to minute after the start of everything. */
function windowOf(name: string, from: number, until: number) {
  return { name, from: START + from * MINUTE, until: START + until * MINUTE, every: MINUTE };
}

function read(window: string, verdict: 'pass' | 'fail'): Moment {
  const readings = [{ probe: 'health', verdict, reason: verdict, values: {} }];
  return [{ type: 'monitor.read', data: { window, readings } }];
}

/** What is told of trouble, by window, after these readings. */
function told(windows: readonly ReturnType<typeof windowOf>[], ...moments: readonly Moment[]) {
  const started: Moment = [{ type: 'monitor.started', data: { run: RUN, windows } }];
  const life = [...running(), stepDone(), ...verified('recovered'), started, ...moments];
  return conversation(incidentAfter(...life), aService())
    .filter(({ key }) => key.startsWith('monitor-trouble/'))
    .map((message) => [message.key.split('/').at(-1), wordsOf(message)] as const);
}

const NAMES = (all: ReturnType<typeof told>) => all.map(([name]) => name);

describe('trouble in monitor windows', () => {
  const both = [windowOf('quarter', 20, 60), windowOf('day', 20, 600)];

  it('is told by the first that saw it, and not again by the others that go on', () => {
    const all = told(both, read('quarter', 'fail'), read('day', 'fail'), read('day', 'fail'));

    expect(NAMES(all)).toEqual(['quarter']);
    expect(all[0]?.[1]).toMatch(/^\*Something is off\* in the monitor window quarter/);
    expect(NAMES(told(both, read('day', 'fail'), read('quarter', 'fail')))).toEqual(['day']);
  });

  it('is told of each window when the one before was over by then', () => {
    const after = [windowOf('quarter', 20, 22), windowOf('day', 20, 600)];
    const all = told(after, read('quarter', 'fail'), ...quiet(10), read('day', 'fail'));

    expect(NAMES(all)).toEqual(['quarter', 'day']);
  });

  it('is told anew when it comes back after all of them have seen it well', () => {
    const once = [read('quarter', 'fail'), read('day', 'fail')] as const;
    const well = [read('quarter', 'pass'), read('day', 'pass')] as const;
    const all = told(both, ...once, ...well, read('day', 'fail'), read('quarter', 'fail'));

    expect(NAMES(all)).toEqual(['quarter', '2']);
    expect(all[0]?.[1]).toContain('It has been healthy again since.');
    expect(all[1]?.[1]).toMatch(/in the monitor window day: .*It is not healthy now\./);
  });

  it('is told by no window in which nothing was off, and says when it is well again', () => {
    expect(told(both, read('quarter', 'pass'), read('day', 'pass'))).toEqual([]);
    const [one, ...more] = told(both, read('quarter', 'fail'), read('quarter', 'pass'));

    expect(more).toEqual([]);
    expect(one?.[1]).toContain('It has been healthy again since.');
  });
});

/** So many readings of the long window with nothing off, one after the other. */
function quiet(times: number): readonly Moment[] {
  return Array.from({ length: times }, () => read('day', 'pass'));
}
