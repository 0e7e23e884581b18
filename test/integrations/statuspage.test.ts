import { describe, expect, test } from 'vitest';
import type { Component, Notice } from '../../src/component.ts';
import { createStatuspage } from '../../src/integrations/statuspage/index.ts';
import { type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';
import { type Bench, integrationContract } from './contract.ts';

const never = new AbortController().signal;
const FIRST: Notice = {
  thread: 'INC-0001-1795183327000-1',
  number: 1,
  title: 'Problems with Checkout',
  text: 'We are looking for the cause.',
  state: 'investigating',
  impact: 'major',
};

async function openBench(): Promise<Bench & { readonly cloud: Cloud }> {
  const cloud = await createCloud();
  const { statuspage } = cloud;
  const make = (): Component =>
    createStatuspage({
      id: 'status-page',
      settings: { page: statuspage.pageId, components: [statuspage.componentId], notify: true },
      connections: { statuspage: { baseUrl: statuspage.baseUrl, apiKey: statuspage.apiKey } },
    });
  return {
    cloud,
    component: make(),
    again: make,
    operation: 'publish',
    input: { ...FIRST },
    faults: statuspage.faults,
    mutation: 'POST incidents',
    requests: () => statuspage.requests,
    secrets: [statuspage.apiKey],
    now: () => cloud.now(),
    finish: () => undefined,
    takesTime: false,
    interfere: () => {
      statuspage.incidents.unshift({
        id: 'other',
        name: 'Somebody else',
        status: 'identified',
        impact: 'minor',
        metadata: { backstop: { thread: FIRST.thread, number: 4, state: 'identified' } },
        createdAt: new Date(cloud.now()).toISOString(),
        updates: [],
      });
    },
    close: () => cloud.close(),
  };
}

integrationContract('statuspage', openBench);

async function publish({ component }: Bench, notice: Notice): Promise<void> {
  const operation = component.operations['publish'];
  if (!operation) throw new Error('It cannot publish');
  const intent = { run: 'r', step: 's', key: 'k', at: 0, before: 'a', expected: 'b' };
  await operation.submit({ ...notice }, intent, never);
}

describe('a status page', () => {
  test('is opened, updated and resolved as one incident, its component put back', async () => {
    const bench = await openBench();
    const { statuspage } = bench.cloud;
    try {
      await publish(bench, FIRST);
      expect(statuspage.components.get(statuspage.componentId)?.status).toBe('partial_outage');
      await publish(bench, { ...FIRST, number: 2, state: 'identified', text: 'Found.' });
      await publish(bench, { ...FIRST, number: 3, state: 'resolved', text: 'Over.' });

      expect(statuspage.incidents).toHaveLength(1);
      expect(statuspage.incidents[0]).toMatchObject({
        name: 'Problems with Checkout',
        status: 'resolved',
        impact: 'major',
        updates: [{ body: 'Over.' }, { body: 'Found.' }, { body: FIRST.text }],
      });
      expect(statuspage.components.get(statuspage.componentId)?.status).toBe('operational');
      expect(await bench.component.announce?.addressOf(FIRST, never)).toMatch(/^https:/);
    } finally {
      await bench.close();
    }
  });

  test('keeps apart what is about another incident, and what was opened by hand', async () => {
    const bench = await openBench();
    const { statuspage } = bench.cloud;
    try {
      await publish(bench, FIRST);
      await publish(bench, { ...FIRST, thread: 'INC-0002-1795183327000-1', title: 'Another' });
      expect(statuspage.incidents.map(({ name }) => name)).toEqual(['Another', FIRST.title]);
    } finally {
      await bench.close();
    }
  });

  test('tells the doctor of a component that the page does not have', async () => {
    const bench = await openBench();
    const { statuspage } = bench.cloud;
    statuspage.components.clear();
    try {
      const findings = await bench.component.doctor(never);
      expect(findings[1]).toMatchObject({ verdict: 'fail' });
      expect(findings[1]?.reason).toContain(statuspage.componentId);
    } finally {
      await bench.close();
    }
  });
});
