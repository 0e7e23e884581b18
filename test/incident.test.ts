import { describe, expect, it } from 'vitest';
import { applyEvent } from '../src/apply-event.ts';
import type { Event, Recorded } from '../src/events.ts';
import {
  activeRun,
  incidentId,
  incidentStream,
  isOpen,
  lastRun,
  openProposal,
  proposalOf,
  STATUS_TRANSITIONS,
} from '../src/incident.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  assemble,
  assessAsBroken,
  BACKSTOP,
  BEN,
  beginStep,
  CLEO,
  decide,
  finishStep,
  MINUTE,
  newestRun,
  reading,
  recover,
  resolve,
  START,
  severity,
  showPlan,
  startOf,
  takeCommand,
  verify,
  watch,
} from './support/an-incident.ts';
import { aBreakGlassIncident, aQuickFixIncident, STORIES } from './support/an-incident-told.ts';

describe('the fold', () => {
  it('begins with the declaration', () => {
    expect(aStory({ title: 'it burns', summary: 'badly' }).incident()).toEqual({
      id: 'INC-0001',
      number: 1,
      stream: 'incident/INC-0001',
      version: 1,
      title: 'it burns',
      summary: 'badly',
      service: 'checkout',
      environment: 'production',
      declaredAt: START,
      declaredBy: ANA,
      responders: [],
      status: 'investigating',
      statusSince: START,
      roles: {},
      answers: {},
      proposals: [],
      runs: [],
      freezes: [],
      postmortems: 0,
      private: false,
      drill: false,
      left: [],
      captured: [],
      earlierMonitors: [],
      tasks: [],
      updates: [],
      statusPage: [],
      playbooks: [],
      reminders: [],
      handovers: [],
      endings: [],
      duplicates: [],
      lastEventAt: START,
    });
  });

  it('refuses a stream that begins otherwise, and an event it does not know', () => {
    const note = { type: 'note.added', data: { text: 'x' }, stream: 'incident/INC-0002' };
    const tea = { type: 'tea.brewed', data: {}, stream: 'incident/INC-0001' };

    expect(() => applyEvent(undefined, note as Recorded)).toThrow(
      'incident/INC-0002 does not begin with its declaration',
    );
    expect(() => applyEvent(aStory().incident(), tea as unknown as Recorded)).toThrow(
      'tea.brewed is no event that this version knows',
    );
  });

  it.each(Object.entries(STORIES))('never changes what it was given: %s', (_name, tell) => {
    const { events } = tell();

    let incident = applyEvent(undefined, events[0] as Recorded);
    for (const event of events.slice(1)) {
      const before = structuredClone(incident);
      const frozen = incident;
      incident = applyEvent(incident, deepFreeze(event));
      expect(frozen).toEqual(before);
      expect(incident).toMatchObject({ version: event.version, lastEventAt: event.at });
    }
  });

  it('keeps channel, responders, roles and answers', () => {
    const story = takeCommand(assessAsBroken(assemble(aStory())));
    story.tell(ANA, { type: 'responders.invited', data: { users: ['U0BEN', 'U0DEE'] } });

    expect(story.incident()).toMatchObject({
      channel: { id: 'C0INC1', name: 'inc-0001-checkout-is-failing' },
      responders: ['U0ANA', 'U0BEN', 'U0CLEO', 'U0DEE'],
      roles: { commander: 'U0BEN' },
      answers: { users: 'all', data: 'no', wait: 'no', fix: 'longer' },
      severity: { is: 'sev1', by: ANA },
    });
    story.tell(ANA, { type: 'assessment.restarted', data: {} });
    expect(story.incident()).toMatchObject({ answers: {}, severity: { is: 'sev1' } });
  });

  it('keeps who chose otherwise than the rules, and why', () => {
    const story = decide(aStory(), 'monitor', ['r'], 'I know it');
    story.tell(BEN, severity('sev2', ['r2'], 'it is night'));

    expect(story.incident()).toMatchObject({
      response: { is: 'monitor', override: 'I know it', by: BEN },
      severity: { is: 'sev2', override: 'it is night', by: BEN },
      status: 'identified',
      statusReason: 'The response was decided.',
    });
  });

  it('remembers the call for contacts and counts the post-mortems', () => {
    const story = aStory().tell(
      CLEO,
      { type: 'contacts.called', data: { contacts: ['DBA: Femi'] } },
      { type: 'postmortem.exported', data: { files: ['a.md'] } },
      { type: 'postmortem.exported', data: { files: ['a.json'] } },
      { type: 'note.added', data: { text: 'x' } },
    );

    expect(story.incident()).toMatchObject({
      contactsCalled: { by: CLEO, at: START, contacts: ['DBA: Femi'] },
      postmortems: 2,
      version: 5,
    });
  });
});

describe('proposals', () => {
  const end = (type: 'approval.rejected' | 'approval.expired' | 'plan.went-stale'): Event =>
    type === 'approval.expired'
      ? { type, data: { plan: 'INC-0001-P1' } }
      : { type, data: { plan: 'INC-0001-P1', reason: 'because' } };

  it('are wanted, shown, asked about and approved', () => {
    const story = aStory().tell(ANA, { type: 'plan.wanted', data: { kind: 'rollback' } });
    expect(story.incident().planWanted).toEqual({ kind: 'rollback', by: ANA, at: START });

    showPlan(story);
    expect(story.incident()).not.toHaveProperty('planWanted');
    expect(openProposal(story.incident())).toMatchObject({ state: 'shown', proposedBy: BACKSTOP });

    askApproval(story);
    const requested = openProposal(story.incident());
    expect(requested).toMatchObject({ state: 'requested', requestedBy: ANA, approvals: [] });

    approve(story);
    expect(openProposal(story.incident())).toBeUndefined();
    expect(proposalOf(story.incident(), 'INC-0001-P1')).toMatchObject({
      state: 'approved',
      approvals: [{ by: BEN, at: story.now() }],
    });
  });

  it('are wanted no more once they were refused', () => {
    const story = aStory().tell(ANA, { type: 'plan.wanted', data: { kind: 'rollback' } });
    story.tell(BACKSTOP, { type: 'plan.refused', data: { reason: 'no history' } });

    expect(story.incident().planRefused).toEqual({ reason: 'no history', at: START });
    expect(story.incident()).not.toHaveProperty('planWanted');
    story.tell(ANA, { type: 'plan.wanted', data: { kind: 'rollback' } });
    expect(story.incident()).not.toHaveProperty('planRefused');
  });

  it.each([
    ['approval.rejected', 'rejected', 'because'],
    ['approval.expired', 'expired', 'The approval was not complete in time.'],
    ['plan.went-stale', 'stale', 'because'],
  ] as const)('end by %s', (type, state, reason) => {
    const story = askApproval(showPlan(aStory())).tell(CLEO, end(type));

    expect(openProposal(story.incident())).toBeUndefined();
    expect(proposalOf(story.incident(), 'INC-0001-P1')).toMatchObject({
      state,
      ended: { by: CLEO, at: story.now(), reason },
    });
  });

  it('give way to a newer one, but not when they were decided', () => {
    const story = showPlan(askApproval(showPlan(aStory())), { target: '2.2.0' });
    story.tell(BEN, { type: 'approval.rejected', data: { plan: 'INC-0001-P2', reason: 'no' } });
    showPlan(story);

    expect(story.incident().proposals.map(({ state }) => state)).toEqual([
      'superseded',
      'rejected',
      'shown',
    ]);
  });

  it('keep the reason of who broke the glass', () => {
    expect(aBreakGlassIncident().incident().proposals[0]?.approvals).toMatchObject([
      { by: BEN, breakGlass: expect.stringContaining('Nobody else is awake') },
    ]);
  });
});

describe('runs', () => {
  it('begin from a plan that was proposed, and from no other', () => {
    const stray: Event = {
      type: 'run.started',
      data: { run: 'INC-0001-R1', plan: 'INC-0001-P9', hash: 'h' },
    };

    expect(() => aStory().tell(BEN, stray)).toThrow(
      'INC-0001-R1 runs a plan that was never proposed',
    );
  });

  it('are told apart', () => {
    const story = approve(askApproval(showPlan(aStory())));
    const [first] = story.incident().runs;
    finishStep(beginStep(story, 'swap-slot'), 'swap-slot');
    recover(verify(story, 3));
    showPlan(story, { target: '2.2.0' });
    story.tell(BEN, startOf(story));
    beginStep(story, 'swap-slot');

    const { runs } = story.incident();
    expect(first?.steps['swap-slot']?.status).toBe('waiting');
    expect(runs.map(({ id, status }) => [id, status])).toEqual([
      ['INC-0001-R1', 'finished'],
      ['INC-0001-R2', 'running'],
    ]);
    expect(runs[0]?.steps['swap-slot']?.status).toBe('succeeded');
    expect(activeRun(story.incident())?.id).toBe('INC-0001-R2');
    expect(lastRun(story.incident())?.id).toBe('INC-0001-R2');
  });

  it('have to exist for what is told of them', () => {
    const stray: Event = { type: 'verification.started', data: { run: 'INC-0001-R5' } };

    expect(() => aStory().tell(BACKSTOP, stray)).toThrow('INC-0001 has no run INC-0001-R5');
  });
});

describe('the quick fix', () => {
  it('runs, ends, gets more time and is deployed', () => {
    const { events } = aQuickFixIncident();
    const states: unknown[] = [];

    events.reduce<ReturnType<typeof applyEvent> | undefined>((before, event) => {
      const after = applyEvent(before, event);
      if (event.type.startsWith('quick-fix.')) {
        states.push([after.quickFix?.number, after.quickFix?.state]);
      }
      return after;
    }, undefined);

    expect(states).toEqual([
      [1, 'running'],
      [1, 'time-up'],
      [1, 'running'],
      [1, 'deployed'],
    ]);
  });

  it('cannot end before it began', () => {
    expect(() => aStory().tell(BACKSTOP, { type: 'quick-fix.ended', data: { number: 1 } })).toThrow(
      'INC-0001 has no quick fix',
    );
  });
});

describe('the monitor', () => {
  it('keeps the newest readings of each window, and how it ended', () => {
    const story = approve(askApproval(showPlan(aStory())));
    finishStep(beginStep(story, 'swap-slot'), 'swap-slot');
    watch(recover(verify(story, 3)), false);

    expect(story.incident()).toMatchObject({
      status: 'monitoring',
      monitor: {
        run: newestRun(story),
        windows: [{ lastReadAt: story.now(), readings: [reading('fail', 55)], passed: false }],
      },
    });
  });

  it('cannot read before it began', () => {
    const stray: Event = { type: 'monitor.ended', data: { window: 'w', passed: true } };

    expect(() => aStory().tell(BACKSTOP, stray)).toThrow('INC-0001 is not being monitored');
  });
});

it('is open until it is resolved or closed', () => {
  const story = aStory();
  expect(isOpen(story.incident())).toBe(true);

  resolve(story.wait(MINUTE));

  expect(isOpen(story.incident())).toBe(false);
  story.tell(BEN, { type: 'status.changed', data: { status: 'closed', reason: 'done' } });
  expect(isOpen(story.incident())).toBe(false);
  expect(STATUS_TRANSITIONS.closed).toEqual([]);
});

it('has ids that sort and streams of their own', () => {
  expect([1, 42, 12_345].map(incidentId)).toEqual(['INC-0001', 'INC-0042', 'INC-12345']);
  expect(incidentStream('INC-0042')).toBe('incident/INC-0042');
});

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
