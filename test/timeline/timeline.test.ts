import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventData, EventType, Recorded } from '../../src/events.ts';
import type { Playbook } from '../../src/playbook.ts';
import { timelineOf } from '../../src/timeline/timeline.ts';
import { aPlan } from '../support/a-plan.ts';
import { anyStory } from '../support/a-random-incident.ts';
import {
  ANA,
  BACKSTOP,
  BEN,
  MINUTE,
  names,
  reading,
  SECOND,
  START,
} from '../support/an-incident.ts';
import { STORIES } from '../support/an-incident-told.ts';

const run = 'INC-0001-R1';
const plan = 'INC-0001-P1';
const step = 'swap-slot';
const reason = 'it had to be';
const PLAYBOOK: Playbook = {
  name: 'bug',
  title: 'Bug',
  about: 'For bugs.',
  source: 'guide 002, Procedure 1',
  steps: [
    { id: 'list', kind: 'checklist', title: 'Look', items: [{ id: 'one', text: 'Logs read' }] },
  ],
};

/** One of each; a new event type does not compile until it is here. */
const ONE_OF_EACH: { readonly [K in EventType]: readonly [EventData[K], string] } = {
  'incident.declared': [
    { id: 'INC-0001', title: 'a', summary: '', service: 'checkout', environment: 'production' },
    'Declared the incident “a” for checkout in production.',
  ],
  'release.prepared': [
    {
      id: 'REL-0001',
      service: 'checkout',
      environment: 'production',
      owner: 'U0CLEO',
      version: '2.4.0',
      plannedAt: Date.UTC(2026, 10, 21, 14, 30),
      takes: '15 min',
      impact: 'None',
      changes: 'totals',
      settle: 1,
    },
    'Announced checkout 2.4.0 for production at 21 Nov 2026, 14:30 UTC. Changes: totals. Takes: 15 min. Impact: None.',
  ],
  'status-page.approved': [
    {
      number: 1,
      first: 1,
      title: 'Problems with Checkout',
      text: 'We are looking into it',
      state: 'investigating',
      impact: 'major',
      places: ['page'],
    },
    'Approved for the status page, as investigating: “Problems with Checkout”. We are looking into it.',
  ],
  'status-page.intended': [
    {
      number: 1,
      place: 'page',
      intent: { run: 'INC-0001', step: 's', key: 'k', at: START, before: 'a', expected: 'b' },
    },
    'Began to publish it at page.',
  ],
  'status-page.published': [
    { number: 1, place: 'page', address: 'https://stspg.io/1' },
    'Published it at page: https://stspg.io/1.',
  ],
  'status-page.failed': [
    { number: 1, place: 'page', reason, manual: 'by hand' },
    'Could not publish it at page.',
  ],
  'status-page.settled': [
    { number: 1, place: 'page', how: 'by-hand' },
    'Reported that it is done at page by hand.',
  ],
  'release.ticked': [{ item: 'tests' }, 'Ticked “All tests pass”.'],
  'release.captured': [
    {
      pins: [{ component: 'web', title: 'web app', version: { id: 'c', label: '2.3.1' } }],
      points: [
        { component: 'a', title: 'content', point: { id: 'p', label: 'clone', capturedAt: 1 } },
      ],
      notCovered: [],
    },
    'Captured the restore point: web app at 2.3.1 and content as clone.',
  ],
  'release.out': [
    { run: 'INC-0001-R1' },
    'Said that the release is out; run INC-0001-R1 verifies it.',
  ],
  'release.rolled-back': [
    { incident: 'INC-0001', run: 'INC-0001-R1' },
    'Recorded that run INC-0001-R1 rolled the release back.',
  ],
  'release.called-off': [{ reason }, 'Called the release off.'],
  'release.settled': [
    {},
    'The release has settled: a rollback no longer goes back to its restore point.',
  ],
  'channel.opened': [{ channel: 'C1', name: 'inc-0001-a' }, 'Opened the channel #inc-0001-a.'],
  'responders.invited': [{ users: ['U0ANA', 'U0BEN'] }, 'Invited Ana Ruiz and Ben Okafor.'],
  'people.named': [
    { names: { U0DEE: 'Dee Park', U0ELI: 'Eli Roth' } },
    'Looked up who took part: Dee Park and Eli Roth.',
  ],
  'responder.left': [{ user: 'U0BEN' }, 'Ben Okafor left the channel.'],
  'message.captured': [
    {
      channel: 'C1',
      ts: '1795183327.000100',
      author: 'U0BEN',
      text: 'look at <#C2|shop>',
      files: ['graph.png'],
      via: 'pin',
    },
    'Kept a message by Ben Okafor of 20 Nov 2026, 14:02 UTC: look at #shop (with graph.png)',
  ],
  'message.edited': [
    { channel: 'C1', ts: '1795183327.000100', text: 'look' },
    'The message of 20 Nov 2026, 14:02 UTC was edited: look',
  ],
  'message.released': [
    { channel: 'C1', ts: '1795183327.000100' },
    'The message of 20 Nov 2026, 14:02 UTC was taken out of the timeline.',
  ],
  'contacts.called': [
    { contacts: ['Security: Ivo', 'Management: Gus'] },
    'Called the emergency contacts: Security: Ivo; Management: Gus.',
  ],
  'role.claimed': [{ role: 'commander', user: 'U0BEN' }, 'Made Ben Okafor incident commander.'],
  'assessment.answered': [
    { question: 'data', answer: 'suspected' },
    'Answered “Is data being lost or corrupted?” with “We suspect it”.',
  ],
  'assessment.restarted': [{}, 'Started the assessment over.'],
  'severity.set': [
    { severity: 'sev2', reasons: ['data may be at risk'] },
    'With this answer the severity is SEV2.',
  ],
  'response.chosen': [{ response: 'mitigate', reasons: [reason] }, 'Decided to mitigate.'],
  'status.changed': [{ status: 'monitoring', reason }, 'Changed the status to monitoring.'],
  'timeline.curated': [
    { do: 'hide', entry: 44, reason },
    'Hid entry 44 from the timeline; the journal keeps it.',
  ],
  'note.added': [{ text: 'see <#C1|payments>' }, 'Noted: see #payments'],
  'playbook.started': [
    { playbook: PLAYBOOK, because: reason },
    'Started the playbook “Bug” (guide 002, Procedure 1).',
  ],
  'playbook.answered': [{ number: 1, step: 'ask', answer: 'yes' }, 'Answered “ask” with “yes”.'],
  'playbook.ticked': [{ number: 1, step: 'list', item: 'one' }, 'Ticked “one” of “list”.'],
  'playbook.step-done': [
    { number: 1, step: 'list', how: 'left', note: 'no time' },
    'Went on without the rest of “list”. No time.',
  ],
  'playbook.ended': [{ number: 1, how: 'stopped' }, 'Stopped the playbook “1”.'],
  'task.added': [
    { id: 'T1', kind: 'task', text: 'call <@U0BEN>', owner: 'U0BEN', due: START },
    'Added the task T1, for Ben Okafor, by 20 Nov 2026, 14:02 UTC: call Ben Okafor.',
  ],
  'task.assigned': [{ task: 'T1', owner: 'U0BEN' }, 'Gave T1 to Ben Okafor.'],
  'task.linked': [
    { task: 'T9', url: 'https://github.test/acme/checkout/issues/7' },
    'Opened an issue for T9: https://github.test/acme/checkout/issues/7',
  ],
  'task.done': [{ task: 'T1' }, 'Finished T1.'],
  'task.issue-closed': [{ task: 'T1' }, 'Closed the issue of T1, which is done.'],
  'task.reopened': [{ task: 'T1' }, 'Took up T1 again: its issue was opened again.'],
  'task.rescheduled': [
    { task: 'T1', due: START },
    'Said that T1 is due by 20 Nov 2026, 14:02 UTC.',
  ],
  'update.posted': [
    { text: 'Half of the orders go through', next: START },
    'Status update: Half of the orders go through. The next one was promised by 20 Nov 2026, 14:02 UTC.',
  ],
  'reminder.given': [
    { key: 'update/1', about: 'update', due: 1 },
    'Reminded people: a status update was due.',
  ],
  'reminder.snoozed': [
    { key: 'update/1', until: START },
    'Put a reminder off until 20 Nov 2026, 14:02 UTC.',
  ],
  'handover.given': [
    { to: 'U0BEN', summary: [{ text: 'State: SEV1' }, { text: 'Scribe', user: 'U0ANA' }] },
    'Handed over to Ben Okafor. State: SEV1. Scribe: Ana Ruiz.',
  ],
  'incident.merged': [{ into: 'INC-0002' }, 'Merged this incident into INC-0002, which goes on.'],
  'duplicate.linked': [
    { incident: 'INC-0002' },
    'Linked INC-0002, which was about the same and is closed.',
  ],
  'plan.wanted': [{ kind: 'rollback', target: '2.3.1' }, 'Asked for a plan to roll back to 2.3.1.'],
  'plan.proposed': [
    { plan: aPlan() },
    'Got plan INC-0001-P1: Put checkout back to 2.3.1 (1 step, usually 1 min 30 s).',
  ],
  'plan.refused': [{ reason }, 'Got no plan: it could not be made.'],
  'plan.went-stale': [{ plan, reason }, 'Found that plan INC-0001-P1 no longer fits what is live.'],
  'question.asked': [{ plan, text: 'Why now?' }, 'Asked about plan INC-0001-P1: Why now?'],
  'step.shown': [
    {
      run: 'INC-0001-R1',
      step,
      changes: [{ what: 'table users', from: '11 rows', to: '10 rows' }],
      checks: [
        { name: 'The tables are the same', verdict: 'pass', reason: 'They are.', blocking: false },
        { name: 'It is quiet', verdict: 'warn', reason: 'somebody reads', blocking: false },
      ],
    },
    'Read again what “swap-slot” would change: table users: 11 rows → 10 rows. It is quiet: somebody reads.',
  ],
  'step.allowed': [
    { run: 'INC-0001-R1', step },
    'Allowed “swap-slot”, asked again right before it ran.',
  ],
  'step.ending': [
    { run: 'INC-0001-R1', step, reason },
    'Had “swap-slot” ended before it was done.',
  ],
  'step.printed': [
    { run: 'INC-0001-R1', step, printed: [{ stream: 'output', text: 'half of it' }] },
    'Kept what “swap-slot” printed.',
  ],
  'run.cancelling': [
    { run: 'INC-0001-R1', reason },
    'Cancelled run INC-0001-R1: nothing new was started.',
  ],
  'approval.requested': [
    { plan, hash: 'h', until: START },
    'Asked for approval of plan INC-0001-P1.',
  ],
  'approval.given': [{ plan, hash: 'h' }, 'Approved plan INC-0001-P1.'],
  'approval.rejected': [{ plan, reason }, 'Declined plan INC-0001-P1.'],
  'approval.expired': [{ plan }, 'Closed plan INC-0001-P1: the time to approve it ran out.'],
  'quick-fix.started': [
    { branch: 'hotfix/a', until: START + 15 * MINUTE },
    'Started the quick fix on branch hotfix/a, with 15 min on the clock.',
  ],
  'quick-fix.ended': [
    { number: 1 },
    'The quick fix ran out of time; the commander was asked again.',
  ],
  'quick-fix.extended': [{ until: START + 5 * MINUTE }, 'Gave the quick fix 5 min more.'],
  'quick-fix.deployed': [{}, 'Reported the quick fix as deployed.'],
  'monitor.started': [
    { run, windows: [{ name: 'hour', from: START, until: START + 60 * MINUTE, every: MINUTE }] },
    'Began to monitor: “hour” (1 h).',
  ],
  'monitor.read': [
    { window: 'hour', readings: [reading('warn', 900)] },
    'In the monitor window “hour”, health passed with a warning (HTTP 500 in 900 ms).',
  ],
  'monitor.ended': [
    { window: 'hour', passed: false },
    'The monitor window “hour” ended while not every probe passed.',
  ],
  'postmortem.exported': [
    { files: ['a.md', 'a.json'] },
    'Exported the post-mortem: a.md and a.json.',
  ],
  'run.started': [{ run, plan, hash: 'h' }, 'Started run INC-0001-R1 of plan INC-0001-P1.'],
  'run.halted': [{ run, step, reason }, 'Halted run INC-0001-R1 at “swap-slot”.'],
  'run.finished': [
    { run, outcome: 'not-recovered', reason },
    'Ended run INC-0001-R1: the service did not recover.',
  ],
  'step.intended': [
    { run, step, intent: { run, step, key: 'k', at: START, before: 'a', expected: 'b' } },
    'Began “swap-slot”.',
  ],
  'step.submitted': [{ run, step, handle: null }, 'The request for “swap-slot” was taken.'],
  'step.progressed': [{ run, step, note: 'half way' }, 'Progress of “swap-slot”: half way.'],
  'step.lost': [
    { run, step, reason },
    'Lost the answer to “swap-slot”, and will look before doing anything again.',
  ],
  'step.succeeded': [
    { run, step, how: 'already', note: 'production holds it' },
    'Found “swap-slot” done already. Production holds it.',
  ],
  'step.failed': [
    { run, step, reason, settled: false },
    'Could not carry out “swap-slot”. Whether anything came of it is not certain.',
  ],
  'step.skipped': [{ run, step, reason }, 'Skipped “swap-slot”.'],
  'step.retried': [{ run, step }, 'Asked to try “swap-slot” again.'],
  'freeze.turned': [
    { component: 'code', what: 'branch main of acme/checkout', to: 'set', why: reason },
    'Began to freeze branch main of acme/checkout.',
  ],
  'freeze.stepped': [
    {
      component: 'branch main of acme/checkout',
      step: { type: 'step.failed', data: { run, step, reason, settled: true } },
    },
    'Could not freeze branch main of acme/checkout; the run does not wait for it.',
  ],
  'verification.started': [{ run }, 'Began to verify that the service is healthy.'],
  'verification.read': [
    { run, readings: [reading('unknown', 3)] },
    'Verification: health could not be read (HTTP 500 in 3 ms).',
  ],
};

function recorded(type: string, data: unknown, seq = 1, at = START): Recorded {
  return { type, data, seq, version: seq, stream: 'incident/INC-0001', at, actor: ANA } as Recorded;
}

describe('the timeline', () => {
  it.each(Object.entries(ONE_OF_EACH))('tells %s in a plain sentence', (type, [data, sentence]) => {
    const [entry] = timelineOf([recorded(type, data)], names);

    expect(entry).toMatchObject({ seq: 1, at: START, who: 'Ana Ruiz', what: sentence });
  });

  it('tells a reopening, and a task by its words, from what came before', () => {
    const events = [
      recorded('task.added', { id: 'T1', kind: 'task', text: 'call the bank' }, 1),
      recorded('task.done', { task: 'T1' }, 2),
      recorded('status.changed', { status: 'resolved', reason }, 3),
      recorded('status.changed', { status: 'investigating', reason }, 4),
    ];

    expect(timelineOf(events, names).map(({ what }) => what)).toEqual([
      'Added the task T1: call the bank.',
      'Finished T1 “call the bank”.',
      'Changed the status to resolved.',
      'Reopened the incident.',
    ]);
  });

  it('keeps no words of a message that was taken out again', () => {
    const message = { channel: 'C1', ts: '1795183327.000100' };
    const events = [
      recorded('message.captured', { ...message, text: 'my secret', via: 'pin' }, 1),
      recorded('message.edited', { ...message, text: 'my secret!' }, 2),
      recorded('message.released', message, 3),
    ];

    const told = timelineOf(events, names);

    expect(told).toHaveLength(3);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it('gives the reason of what somebody decided', () => {
    const [entry] = timelineOf([recorded('approval.rejected', { plan, reason })], names);

    expect(entry?.why).toBe(reason);
  });

  it('says loudly that the glass was broken, and why', () => {
    const broken = { plan, hash: 'h', breakGlass: 'Nobody is awake' };
    const [entry] = timelineOf([recorded('approval.given', broken)], names);

    expect(entry?.what).toMatch(/^Broke the glass: went ahead with plan INC-0001-P1 without/);
    expect(entry?.why).toBe('Nobody is awake');
  });

  it('says when a decision goes against the assessment', () => {
    const events = [
      recorded('assessment.answered', { question: 'users', answer: 'all' }, 1),
      recorded('response.chosen', { response: 'monitor', reasons: ['x'], override: 'x' }, 2),
    ];

    const [, entry] = timelineOf(events, names);

    expect(entry?.what).toBe(
      'Decided to monitor, although the assessment recommended to roll back.',
    );
  });

  it('makes one entry of rounds that say the same, and another when the verdict turns', () => {
    const events = ['pass', 'pass', 'fail', 'pass'].map((verdict, index) => {
      const readings = [reading(verdict as 'pass' | 'fail', 40 + index)];
      return recorded('verification.read', { run, readings }, index + 1, START + index * SECOND);
    });

    const entries = timelineOf(events, names);

    expect(entries.map(({ seq, times }) => [seq, times])).toEqual([
      [1, 2],
      [3, undefined],
      [4, undefined],
    ]);
    expect(entries[0]?.through).toEqual({ seq: 2, at: START + SECOND });
  });

  it('keeps the rounds of two windows apart though they alternate', () => {
    const events = [0, 1, 2, 3].map((index) => {
      const window = index % 2 === 0 ? 'hour' : 'day';
      return recorded('monitor.read', { window, readings: [reading('pass')] }, index + 1);
    });

    expect(timelineOf(events, names).map(({ times }) => times)).toEqual([2, 2]);
  });

  it('says a step’s submission with its beginning, and counts attempts', () => {
    const story = STORIES['still-broken']?.();
    if (!story) throw new Error('There is no such story');
    const told = timelineOf(story.events, names).map(({ what }) => what);

    expect(told).toContain('Began “Swap staging into production”.');
    expect(told).toContain('Began “Swap staging into production”, attempt 2.');
    expect(told.join(' ')).not.toContain('was taken');
  });

  it('names people, the operator and Backstop', () => {
    const by = (actor: Recorded['actor']) =>
      timelineOf([{ ...recorded('assessment.restarted', {}), actor }], names)[0]?.who;

    expect(by(BEN)).toBe('Ben Okafor');
    expect(by({ kind: 'person', id: 'U0GONE', name: 'Zoe' })).toBe('Zoe');
    expect(by({ kind: 'person', id: 'U0GONE' })).toBe('U0GONE');
    expect(by({ kind: 'operator', name: 'root' })).toBe('root (command line)');
    expect(by(BACKSTOP)).toBe('Backstop');
  });

  it('is in the order of the journal, and accounts for every event', () => {
    const property = fc.property(anyStory, ({ events }) => {
      const entries = timelineOf(events, names);
      const seqs = entries.map(({ seq }) => seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      const counted = entries.reduce((sum, { times, through }) => {
        return sum + (times ?? (through ? 2 : 1));
      }, 0);
      expect(counted).toBe(events.length);
    });
    fc.assert(property, { numRuns: 100 });
  });
});
