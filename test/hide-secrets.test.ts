import { describe, expect, it } from 'vitest';
import type { Event } from '../src/events.ts';
import { hideSecretsIn } from '../src/hide-secrets.ts';
import { createRedactor } from '../src/redact.ts';
import { aPlan } from './support/a-plan.ts';

const TOKEN = 'sandbox-token-1';
/** One secret is called as the service is, which is nobody's good idea. */
const redact = createRedactor([TOKEN, 'checkout', 'production']);
const hide = (event: Event): unknown => hideSecretsIn(event, redact).data;

describe('what goes into the journal', () => {
  it('has no secret in the words of people', () => {
    const text = `we tried ${TOKEN}`;

    expect(hide({ type: 'note.added', data: { text } })).toEqual({ text: 'we tried [redacted]' });
    expect(
      hide({ type: 'approval.given', data: { plan: 'P1', hash: 'h', breakGlass: TOKEN } }),
    ).toEqual({ plan: 'P1', hash: 'h', breakGlass: '[redacted]' });
    expect(
      hide({ type: 'handover.given', data: { to: 'U0BEN', summary: [{ text, user: 'U0ANA' }] } }),
    ).toEqual({ to: 'U0BEN', summary: [{ text: 'we tried [redacted]', user: 'U0ANA' }] });
    const chosen = { response: 'rollback', reasons: [text, 'all users'], override: TOKEN } as const;
    expect(hide({ type: 'response.chosen', data: chosen })).toEqual({
      response: 'rollback',
      reasons: ['we tried [redacted]', 'all users'],
      override: '[redacted]',
    });
  });

  it('has nothing that makes an address of a kept message’s file valid', () => {
    const files = ['a dump (https://acme.blob.core.windows.net/a.dump?sp=r&sig=aGVsbG8%3D)'];
    const kept = {
      channel: 'C1',
      ts: '1.2',
      author: 'U0BEN',
      text: '',
      files,
      via: 'pin',
    } as const;

    expect(hide({ type: 'message.captured', data: kept })).toEqual({
      ...kept,
      files: ['a dump (https://acme.blob.core.windows.net/a.dump?sp=r&sig=[redacted])'],
    });
  });

  it('has none in what systems said', () => {
    const failed = { run: 'R1', step: 'web', reason: `No: ${TOKEN}`, settled: true };

    expect(hide({ type: 'step.failed', data: failed })).toEqual({
      ...failed,
      reason: 'No: [redacted]',
    });
  });

  it('keeps every name, whatever a secret is called', () => {
    const declared = {
      id: 'INC-0001',
      title: 'checkout is slow',
      summary: '',
      service: 'checkout',
      environment: 'production',
    };

    expect(hide({ type: 'incident.declared', data: declared })).toEqual({
      ...declared,
      title: '[redacted] is slow',
    });
    expect(hide({ type: 'plan.wanted', data: { kind: 'rollback', target: 'checkout' } })).toEqual({
      kind: 'rollback',
      target: 'checkout',
    });
  });

  it('keeps what systems are given and people are led by', () => {
    const plan = aPlan();
    const steps = plan.steps.map((step) => ({
      ...step,
      call: { operation: 'run', input: { note: TOKEN, title: 'checkout' } },
    }));
    const input = hide({ type: 'plan.proposed', data: { plan: { ...plan, steps } } }) as {
      readonly plan: typeof plan;
    };

    expect(input.plan.steps.map(({ call }) => call)).toEqual(steps.map(({ call }) => call));
    expect(input.plan.service).toBe(plan.service);
    const handle = { note: TOKEN };
    expect(hide({ type: 'step.submitted', data: { run: 'R1', step: 'web', handle } })).toEqual({
      run: 'R1',
      step: 'web',
      handle,
    });
  });

  it('is the same object where nothing has to be hidden', () => {
    const event: Event = { type: 'note.added', data: { text: 'all is well' } };

    expect(hideSecretsIn(event, redact)).toBe(event);
  });
});
