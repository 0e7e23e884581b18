import type { InputBlock, KnownBlock } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { lookingModal, mitigateModal, nothingModal } from '../../src/blocks/mitigate.ts';
import type { Component } from '../../src/component.ts';
import { checkView } from '../../src/sandbox/workspace/block-rules/views.ts';
import { incidentAfter, running } from './support.ts';

const incident = incidentAfter(...running());
const web: Component = {
  id: 'web',
  kind: 'x',
  title: 'web',
  operations: {},
  doctor: async () => [],
  mitigations: {
    restart: { title: 'Restart web', call: () => Promise.reject(new Error('not here')) },
    scale: {
      title: 'Scale web',
      value: { about: 'how many instances' },
      call: () => Promise.reject(new Error('not here')),
    },
  },
};
const flags: Component = {
  id: 'flags',
  kind: 'x',
  title: 'flags',
  operations: {},
  doctor: async () => [],
  switches: {
    names: Array.from({ length: 120 }, (_, n) => `flag-${n}`),
    states: ['off', 'on'],
    read: async () => 'on',
    set: () => ({ operation: 'x', input: {} }),
  },
};

describe('the form that mitigates', () => {
  it('keeps within what Slack takes, with more flags than one list holds', () => {
    const view = mitigateModal(incident, [web, flags], 'scale');

    expect(view && checkView(view, 'modal')).toEqual([]);
  });

  it('offers what the components have, with what was wanted chosen', () => {
    const view = mitigateModal(incident, [web], 'scale');
    const [what, value] = ((view?.blocks ?? []) as readonly KnownBlock[]).filter(
      (block): block is InputBlock => block.type === 'input',
    );

    expect(what?.element).toMatchObject({
      options: [{ value: 'do restart web' }, { value: 'do scale web' }],
      initial_option: { value: 'do scale web' },
    });
    expect(value?.hint?.text).toContain('how many instances');
  });

  it('is none where nothing can be done by a click', () => {
    expect(mitigateModal(incident, [{ ...web, mitigations: {} }], '')).toBeUndefined();
    expect(checkView(nothingModal(incident), 'modal')).toEqual([]);
    expect(checkView(lookingModal(), 'modal')).toEqual([]);
  });
});
