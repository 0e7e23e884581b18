/** Incidents with playbooks, tasks, databases, status pages; and a release that was taken back. */

import { hashPlan, type Plan, type PlannedStep } from '../../src/plan.ts';
import type { Playbook } from '../../src/playbook.ts';
import { aPlan, stepsOf } from './a-plan.ts';
import {
  ANA,
  anEmptyStory,
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
  SECOND,
  START,
  type Story,
  severity,
  takeCommand,
  verify,
  watch,
} from './an-incident.ts';

const BREACH: Playbook = {
  name: 'breach',
  title: 'Recovering from a breach',
  about: 'Somebody got in.',
  source: 'guide 002, Recovering from Security Breach',
  private: true,
  steps: [
    {
      id: 'isolate',
      kind: 'checklist',
      title: 'Isolate',
      items: [
        { id: 'blocked', text: 'The access is blocked' },
        { id: 'accounts', text: 'Accounts are disabled' },
      ],
    },
    { id: 'contacts', kind: 'operation', title: 'Call security', operation: 'call-contacts' },
    {
      id: 'exploit',
      kind: 'question',
      title: 'Is it being exploited?',
      options: [
        { id: 'yes', label: 'Yes' },
        { id: 'no', label: 'No' },
      ],
    },
  ],
};

/** In private, by a playbook, with tasks, messages, a change of shift, and a timeline that was put right. */
export function aPrivateBreach(): Story {
  const story = assemble(
    aStory({
      title: 'somebody is inside',
      summary: 'A key of ours was found online.',
      private: true,
    }),
  );
  story.wait(20 * SECOND).tell(ANA, severity('sev1', ['Keys are out.'], 'Keys are out.'));
  takeCommand(story);
  story.wait(5 * SECOND).tell(BEN, { type: 'playbook.started', data: { playbook: BREACH } });
  for (const [by, item] of [
    [BEN, 'blocked'],
    [CLEO, 'accounts'],
  ] as const) {
    const data = { number: 1, step: 'isolate', item };
    story.wait(2 * MINUTE).tell(by, { type: 'playbook.ticked', data });
  }
  story.tell(BACKSTOP, {
    type: 'playbook.step-done',
    data: { number: 1, step: 'isolate', how: 'met' },
  });
  story
    .wait(MINUTE)
    .tell(
      BEN,
      { type: 'contacts.called', data: { contacts: ['Security: Femi Ade'] } },
      { type: 'playbook.step-done', data: { number: 1, step: 'contacts', how: 'met' } },
    );
  story
    .wait(MINUTE)
    .tell(
      BEN,
      { type: 'playbook.answered', data: { number: 1, step: 'exploit', answer: 'no' } },
      { type: 'playbook.ended', data: { number: 1, how: 'finished' } },
    );
  const message = { channel: 'C0INC1', ts: `${Math.floor(START / 1000) + 180}.000100` };
  story.wait(30 * SECOND).tell(
    CLEO,
    {
      type: 'message.captured',
      data: { ...message, author: 'U0ANA', text: 'the key is of <@U0BEN>', via: 'pin' },
    },
    { type: 'message.edited', data: { ...message, text: 'the key is of the build server' } },
  );
  story.wait(MINUTE).tell(
    BEN,
    {
      type: 'task.added',
      data: { id: 'T1', kind: 'task', text: 'rotate the keys', owner: 'U0CLEO' },
    },
    {
      type: 'task.added',
      data: { id: 'T2', kind: 'follow-up', text: 'scan commits for keys', owner: 'U0ANA' },
    },
    { type: 'task.rescheduled', data: { task: 'T2', due: START + 3 * 24 * 60 * MINUTE } },
  );
  story.wait(9 * MINUTE).tell(CLEO, { type: 'task.done', data: { task: 'T1' } });
  story.wait(MINUTE).tell(BEN, {
    type: 'update.posted',
    data: { text: 'The keys are new. Nothing was read.', next: story.now() + 31 * MINUTE },
  });
  story.wait(MINUTE).tell(BEN, {
    type: 'handover.given',
    data: {
      to: 'U0CLEO',
      summary: [{ text: 'Severity SEV1' }, { text: 'Open: T2', user: 'U0ANA' }],
    },
  });
  takeCommand(story, CLEO);
  resolve(story, 'Every key is new, and none was used.');
  const [first] = story.events;
  story.wait(20 * MINUTE).tell(
    CLEO,
    {
      type: 'timeline.curated',
      data: { do: 'annotate', entry: first?.seq ?? 0, text: 'A customer wrote to us at 13:40.' },
    },
    {
      type: 'timeline.curated',
      data: {
        do: 'add',
        at: START - 22 * MINUTE,
        text: 'A customer wrote that our key is online.',
      },
    },
  );
  return story;
}

/** The newest backup is put back, with a second person asked before the switch, and what is lost named before. */
export function aRestoredDatabase(): Story {
  const story = takeCommand(assessAsBroken(assemble(aStory({ title: 'orders are garbled' }))));
  decide(story, 'rollback', ['data is being corrupted']);
  const restore = [{ component: 'db' }];
  story
    .wait(8 * SECOND)
    .tell(ANA, { type: 'plan.wanted', data: { kind: 'rollback', restore, only: true } });
  story
    .wait(3 * SECOND)
    .tell(BACKSTOP, { type: 'plan.proposed', data: { plan: restorePlan(story) } });
  approve(askApproval(story));
  finishStep(beginStep(story, 'backup', 'Reading the backup to its end'), 'backup');
  finishStep(beginStep(story, 'restore', 'Restoring beside the live database'), 'restore');
  const run = newestRun(story);
  const changes = [{ what: 'table users', from: '1204 rows', to: '1193 rows' }];
  story.wait(2 * SECOND).tell(BACKSTOP, {
    type: 'step.shown',
    data: { run, step: 'switch', changes, checks: [] },
  });
  story.wait(40 * SECOND).tell(CLEO, { type: 'step.allowed', data: { run, step: 'switch' } });
  finishStep(beginStep(story, 'switch', 'Switching'), 'switch');
  recover(verify(story, 3));
  return resolve(watch(story));
}

function restorePlan(story: Story): Plan {
  const step = (
    id: string,
    title: string,
    change: string,
    after: readonly string[],
  ): PlannedStep => ({
    ...(stepsOf({})[0] as PlannedStep),
    id,
    title,
    component: 'db',
    after,
    effect: id === 'switch' ? 'destructive' : 'append',
    checks: [],
    changes: [{ what: 'database shop', from: 'as it is', to: change }],
    ...(id === 'switch' ? { asksAgain: true } : {}),
  });
  const content = {
    ...aPlan({
      title: 'Put database shop back to the backup of 13:00',
      losses: [
        '11 rows of users, written since 2026-11-20 13:00:00 UTC.',
        'How many rows of sessions were written is not known: counting took too long.',
      ],
    }),
    // What is put back is data: no component goes from one version to another.
    components: [],
    steps: [
      step('backup', 'Take a safety backup of shop', 'also kept as a backup', []),
      step('restore', 'Restore the backup beside shop', 'untouched', ['backup']),
      step('switch', 'Switch shop to the restored database', 'that of 13:00', ['restore']),
    ],
    undo: 'Switch back to the database that is kept.',
  };
  const { id: _id, madeAt: _madeAt, hash: _hash, ...rest } = content;
  return { ...rest, id: 'INC-0001-P1', madeAt: story.now(), hash: hashPlan(rest) };
}

/** People outside are told: one notice goes out, one is refused and published by hand; a branch is frozen meanwhile. */
export function anIncidentToldOutside(): Story {
  const story = takeCommand(assessAsBroken(assemble(aStory())));
  decide(story, 'monitor', ['The provider is on it.'], 'The provider is on it.');
  story.wait(10 * SECOND).tell(BACKSTOP, {
    type: 'freeze.turned',
    data: {
      component: 'code',
      what: 'branch main of acme/checkout',
      to: 'set',
      why: 'a SEV1 is open',
    },
  });
  const places = ['statuspage'];
  const notice = { first: 1, title: 'Payments fail', impact: 'major', places } as const;
  const publish = (number: number): Story =>
    story.wait(2 * SECOND).tell(BACKSTOP, {
      type: 'status-page.intended',
      data: {
        number,
        place: 'statuspage',
        intent: {
          run: 'INC-0001',
          step: `status-page/${number}/statuspage`,
          key: `k${number}`,
          at: story.now(),
          before: 'none',
          expected: 'published',
        },
      },
    });
  story.wait(3 * MINUTE).tell(CLEO, {
    type: 'status-page.approved',
    data: { ...notice, number: 1, state: 'investigating', text: 'We are looking into it.' },
  });
  publish(1)
    .wait(SECOND)
    .tell(BACKSTOP, {
      type: 'status-page.published',
      data: { number: 1, place: 'statuspage', address: 'https://status.acme.test/42' },
    });
  story.wait(20 * MINUTE).tell(CLEO, {
    type: 'status-page.approved',
    data: { ...notice, number: 2, state: 'resolved', text: 'Payments work again.' },
  });
  publish(2)
    .wait(SECOND)
    .tell(BACKSTOP, {
      type: 'status-page.failed',
      data: {
        number: 2,
        place: 'statuspage',
        reason: 'The page refused the token (401).',
        manual: 'Publish it on the page by hand.',
      },
    });
  story.wait(4 * MINUTE).tell(CLEO, {
    type: 'status-page.settled',
    data: { number: 2, place: 'statuspage', how: 'by-hand' },
  });
  return resolve(story, 'The provider recovered.');
}

/** A release that was captured, went out, was healthy, and was taken back to its restore point. */
export function aReleaseTakenBack(): Story {
  const story = anEmptyStory('REL-0001').tell(CLEO, {
    type: 'release.prepared',
    data: {
      id: 'REL-0001',
      service: 'checkout',
      environment: 'production',
      owner: 'U0CLEO',
      version: '2.4.0',
      plannedAt: START + 30 * MINUTE,
      takes: '15 min',
      impact: 'none',
      changes: 'Vouchers at checkout',
      settle: 48 * 60 * MINUTE,
    },
  });
  story.wait(2 * SECOND).tell(BACKSTOP, {
    type: 'channel.opened',
    data: { channel: 'C0REL1', name: 'rel-0001-checkout-2-4-0' },
  });
  const pin = {
    component: 'web',
    title: 'web app acme-checkout',
    version: { id: 'c1', label: '2.3.1' },
  };
  const shown = (title: string, kind: 'release' | 'rollback'): Story => {
    const id = `REL-0001-P${story.incident().proposals.length + 1}`;
    const plan = { ...aPlan({ kind, title }), id, madeAt: story.now() };
    return story.wait(3 * SECOND).tell(BACKSTOP, { type: 'plan.proposed', data: { plan } });
  };
  const started = (by: typeof CLEO, isApproved = true): Story => {
    const { id: plan, hash } = story.incident().proposals.at(-1)?.plan ?? { id: '', hash: '' };
    const run = `REL-0001-R${story.incident().runs.length + 1}`;
    const approval = { type: 'approval.given', data: { plan, hash } } as const;
    const start = { type: 'run.started', data: { run, plan, hash } } as const;
    return story.wait(30 * SECOND).tell(by, ...(isApproved ? [approval, start] : [start]));
  };
  shown('Capture the restore point of checkout 2.4.0', 'release');
  started(CLEO);
  finishStep(beginStep(story, 'swap-slot', 'Cloning the content'), 'swap-slot');
  const ended = (outcome: 'done' | 'recovered', reason: string): Story =>
    story.tell(BACKSTOP, {
      type: 'run.finished',
      data: { run: newestRun(story), outcome, reason },
    });
  ended('done', 'Every step is done.').tell(BACKSTOP, {
    type: 'release.captured',
    data: { pins: [pin], points: [], notCovered: ['Sessions are not covered.'] },
  });
  const verifying = {
    ...aPlan({ kind: 'verify', title: 'Verify checkout 2.4.0' }),
    id: 'REL-0001-P2',
  };
  story.wait(20 * MINUTE).tell(BACKSTOP, { type: 'plan.proposed', data: { plan: verifying } });
  started(CLEO, false).tell(CLEO, { type: 'release.out', data: { run: 'REL-0001-R2' } });
  verify(story, 3);
  ended('recovered', 'Every probe passed 3 times in a row.').tell(
    BACKSTOP,
    { type: 'status.changed', data: { status: 'monitoring', reason: 'The release is out.' } },
    { type: 'monitor.started', data: { run: 'REL-0001-R2', windows: [aWindow(story)] } },
  );
  story.wait(MINUTE).tell(BACKSTOP, {
    type: 'monitor.read',
    data: { window: 'first quarter hour', readings: [reading('fail')] },
  });
  story.wait(20 * SECOND).tell(ANA, { type: 'plan.wanted', data: { kind: 'rollback' } });
  shown('Put checkout back to 2.3.1', 'rollback');
  started(BEN);
  finishStep(beginStep(story, 'swap-slot'), 'swap-slot');
  verify(story, 3);
  return ended('recovered', 'Every probe passed 3 times in a row.').tell(
    BACKSTOP,
    { type: 'monitor.started', data: { run: 'REL-0001-R3', windows: [aWindow(story)] } },
    { type: 'release.rolled-back', data: { incident: 'REL-0001', run: 'REL-0001-R3' } },
  );
}

function aWindow(story: Story) {
  const from = story.now();
  return { name: 'first quarter hour', from, until: from + 15 * MINUTE, every: MINUTE };
}
