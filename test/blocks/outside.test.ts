import type { KnownBlock } from '@slack/types';
import { describe, expect, it } from 'vitest';
import type { AlertGroup } from '../../src/alerts.ts';
import { alertMessage } from '../../src/blocks/alerts.ts';
import { homeView } from '../../src/blocks/home.ts';
import { updateModal } from '../../src/blocks/updates.ts';
import type { Readiness } from '../../src/readiness.ts';
import { checkBlocks } from '../../src/sandbox/workspace/block-rules/blocks.ts';
import { checkView } from '../../src/sandbox/workspace/block-rules/views.ts';
import { labelsOf, wordsOf } from './reading.ts';
import {
  assessed,
  incidentAfter,
  lives,
  MINUTE,
  planned,
  requested,
  START,
  statesOf,
} from './support.ts';

const hostile = (text: string): string =>
  `${text} <!channel> <@U0EVE> \`\`\` ${'🦊 & '.repeat(900)}`;

const readiness: Readiness = {
  service: 'checkout',
  environment: 'staging',
  expectedMs: undefined,
  findings: [{ what: 'plan', verdict: 'fail', reason: hostile('no way back'), next: 'Wait.' }],
};

describe('the home tab', () => {
  const view = (...incidents: Parameters<typeof homeView>[0]['incidents']) =>
    homeView({
      incidents,
      user: 'U0BEN',
      mayApprove: new Set(['INC-0001']),
      services: Array.from({ length: 15 }, (_, index) => ({
        id: `checkout-${index}`,
        name: `Checkout ${'&'.repeat(70)}`,
        follows: index % 2 === 0,
        readiness: [
          ['production', undefined],
          ['staging', readiness],
        ],
      })),
      drills: true,
    });

  it('says what waits for the person, what is on fire, and what was', () => {
    const words = wordsOf({
      blocks: view(incidentAfter(...assessed(), ...planned(), requested())).blocks as KnownBlock[],
    });

    expect(words).toContain('*Your approval is needed:* Put checkout back to 2.3.1');
    expect(words).toContain('SEV1 :red_circle:  |  Identified :dart:  |  checkout production');
    expect(words).toContain('There has been no incident yet.');
  });

  it('fits into Slack with every state of every life, and with hundreds of them', {
    timeout: 90_000,
  }, () => {
    const all = Object.values(lives(hostile)).flatMap((moments) => statesOf(moments));

    for (const incident of all) expect(checkView(view(incident), 'home')).toEqual([]);
    const many = view(...all, ...all, ...all);
    expect(checkView(many, 'home')).toEqual([]);
    expect(JSON.stringify(many)).not.toMatch(/<!channel>|<@U0EVE>/);
  });
});

describe('the form of a status update', () => {
  it('asks for what the severity needs, and promises the next one', () => {
    const incident = incidentAfter(...assessed());
    const view = updateModal(incident, 45 * MINUTE);

    expect(checkView(view, 'modal')).toEqual([]);
    expect(JSON.stringify(view)).toContain('What people can do meanwhile');
    expect(JSON.stringify(view)).toContain('In 45 min');
    expect(checkView(updateModal(incidentAfter(), undefined), 'modal')).toEqual([]);
  });
});

describe('alerts', () => {
  const group: AlertGroup = {
    id: 'A1',
    source: 'prometheus',
    service: 'checkout',
    environment: 'production',
    alerts: [{ key: 'k', state: 'firing', title: 'Errors are high', text: '38 %' }],
    since: START,
    lastAt: START,
    deploy: { component: 'web app', version: '2.4.0', since: START - MINUTE, by: 'Cleo' },
  };
  const facts = { declared: undefined, open: undefined, canPlan: true };

  it('ask whether it is an incident, and say what went live last', () => {
    const message = alertMessage(group, facts);

    expect(wordsOf(message)).toContain(
      '*Went live last:* web app 2.4.0 2026-11-21 13:59 UTC by Cleo.',
    );
    expect(labelsOf(message)).toEqual(['Declare, plan rollback*', 'Declare…', 'Not an incident']);
    expect(labelsOf(alertMessage(group, { ...facts, canPlan: false }))[0]).toBe('Declare…');
  });

  it('say what became of them, and nothing of a private incident', () => {
    const declared = incidentAfter();
    expect(wordsOf(alertMessage(group, { ...facts, declared }))).toContain(
      '*Declared as INC-0001*',
    );
    const hidden = alertMessage(group, { ...facts, declared: { ...declared, private: true } });

    expect(wordsOf(hidden)).toContain('It is being taken care of.');
    expect(JSON.stringify(hidden)).not.toContain('INC-0001');
    expect(labelsOf(hidden)).toEqual([]);
  });

  it('fit into Slack whatever they say', () => {
    const alerts = Array.from({ length: 100 }, (_, n) => ({
      key: `k${n}`,
      state: 'firing' as const,
      title: hostile('x'),
      text: hostile('y'),
      url: 'https://evil.example/|<!channel>',
    }));
    const message = alertMessage({ ...group, source: hostile('s'), alerts }, facts);

    expect(checkBlocks(message.blocks, 'message')).toEqual([]);
    expect(message.text.length).toBeLessThan(4000);
    expect(JSON.stringify(message)).not.toMatch(/<!channel>|<@U0EVE>/);
  });
});
