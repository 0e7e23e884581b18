import { describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import { createVercelProject } from '../../src/integrations/vercel/index.ts';
import type { Intent, Json, Operation } from '../../src/operation.ts';
import { createAgenda } from '../../src/sandbox/cloud/agenda.ts';
import { createVercel } from '../../src/sandbox/cloud/vercel/index.ts';
import { type Bench, integrationContract } from './contract.ts';

const START = Date.parse('2026-03-04T10:00:00Z');
const MOVE_MS = 3_000;
const never = new AbortController().signal;
const sha = (digit: string): string => digit.repeat(40);

/** A project that had 1111111, then 2222222, and now has 3333333 in production. */
async function world() {
  let now = START;
  const pass = (ms: number): void => {
    now += ms;
  };
  const far = await createVercel({ agenda: createAgenda({ now: () => now }), log: [] });
  for (const [digit, words] of [
    ['1', 'Begin'],
    ['2', 'Faster cart'],
    ['3', 'New checkout\n\nwith a body'],
  ] as const) {
    pass(60_000);
    far.deploy(sha(digit), words);
  }
  const make = (): Component =>
    createVercelProject({
      id: 'site',
      settings: { project: 'storefront' },
      connections: { vercel: { baseUrl: far.url, token: far.token, team: far.team } },
    });
  return { far, pass, make, now: () => now };
}

async function callBack({ versions }: Component) {
  const [live, history] = [await versions?.live(never), await versions?.history(never)];
  const target = history?.[0]?.version;
  if (!versions || !live || !target) throw new Error('nothing to put back');
  return versions.putBack(target, live).input;
}

function operationOf({ operations }: Component): Operation {
  const found = operations['set-production'];
  if (!found) throw new Error('no set-production');
  return found;
}

async function intend(operation: Operation, input: Json): Promise<Intent> {
  const { fingerprint: before, expected } = await operation.observe(input, never);
  return { run: 'R', step: 's', key: 'R/s/1', at: START, before, expected };
}

integrationContract('vercel-project', async (): Promise<Bench> => {
  const { far, pass, make, now } = await world();
  const input = await callBack(make());
  const before = far.requests.length;
  return {
    component: make(),
    again: make,
    operation: 'set-production',
    input,
    faults: far.faults,
    mutation: 'POST rollback',
    requests: () => far.requests.slice(before),
    secrets: [far.token],
    now,
    finish: () => pass(MOVE_MS),
    takesTime: true,
    interfere: () => {
      far.deploy(sha('4'), 'Somebody else');
    },
    close: far.close,
  };
});

describe('a Vercel project', () => {
  test('shows what is in production, and what it can go back to', async () => {
    const { far, make } = await world();
    const { versions } = make();
    const [live, history] = [await versions?.live(never), await versions?.history(never)];
    await far.close();

    expect(live).toMatchObject({ label: '3333333', note: 'New checkout', commit: sha('3') });
    expect(history?.map(({ version }) => version.label)).toEqual(['2222222', '1111111']);
  });

  test('goes back, says that later deployments wait, and forward again by a promotion', async () => {
    const { far, pass, make } = await world();
    const component = make();
    const operation = operationOf(component);
    const input = await callBack(component);
    const changes = await operation.describe(input, never);
    const handle = await operation.submit(input, await intend(operation, input), never);
    const running = await operation.poll(handle, never);
    pass(MOVE_MS);
    const ended = await operation.poll(handle, never);
    const waits = !far.autoAssigns;
    const back = operation.undo?.(input).input ?? null;
    const forward = await operation.submit(back, await intend(operation, back), never);
    pass(MOVE_MS);
    const again = await operation.poll(forward, never);
    const assigns = far.autoAssigns;
    const live = await component.versions?.live(never);
    await far.close();

    expect(changes.map(({ what }) => what)).toContain('later deployments');
    expect([running.state, ended.state, waits]).toEqual(['running', 'succeeded', true]);
    expect([again.state, assigns, live?.label]).toEqual(['succeeded', true, '3333333']);
  });

  test('tells when Vercel fails to move the domains', async () => {
    const { far, pass, make } = await world();
    const operation = operationOf(make());
    const input = await callBack(make());
    far.failsNext = true;
    const handle = await operation.submit(input, await intend(operation, input), never);
    pass(MOVE_MS);
    const ended = await operation.poll(handle, never);
    await far.close();

    expect(ended).toMatchObject({ state: 'failed' });
  });

  test('does not go back to what Vercel no longer offers', async () => {
    const { far, make } = await world();
    const operation = operationOf(make());
    const input = {
      ...((await callBack(make())) as object),
      deployment: 'dpl_gone',
      label: 'gone',
    };
    const checks = await operation.preflight(input, never);
    await far.close();

    expect(checks[0]).toMatchObject({ verdict: 'fail', blocking: true });
  });
});
