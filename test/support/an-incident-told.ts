/** Whole incidents, from their declaration to their end: the stories that post-mortems are written of. */

import type { ChangeSet } from '../../src/component.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  assemble,
  assessAsBroken,
  assessAsSmall,
  BACKSTOP,
  BEN,
  beginStep,
  CLEO,
  decide,
  finishStep,
  MINUTE,
  newestRun,
  proposal,
  reading,
  recover,
  resolve,
  SECOND,
  type Story,
  severity,
  showPlan,
  startOf,
  takeCommand,
  verify,
  watch,
} from './an-incident.ts';
import {
  anIncidentToldOutside,
  aPrivateBreach,
  aReleaseTakenBack,
  aRestoredDatabase,
} from './more-incidents-told.ts';

const HOTFIX: ChangeSet = {
  commits: [{ id: 'c07a11e5d3b2469f8e10', title: 'Try another total', author: 'eli' }],
  pullRequests: [],
  truncated: true,
};

const WHY = ['all users are affected', 'a fix takes longer than 15 minutes'];

function untilDecided(story = aStory()): Story {
  return decide(takeCommand(assessAsBroken(assemble(story))), 'rollback', WHY);
}

/** Rolled back, verified, monitored, resolved: the way it should go. */
export function aRolledBackIncident(): Story {
  const story = approve(askApproval(showPlan(untilDecided())));
  finishStep(beginStep(story, 'swap-slot'), 'swap-slot');
  watch(recover(verify(story, 3, 1)));
  story.wait(40 * SECOND).tell(CLEO, {
    type: 'note.added',
    data: {
      text: '<@U0BEN> support says the queue is calm again, see <https://status.acme.test/42|status page>',
    },
  });
  return resolve(story);
}

/** A command of its step printed more than is kept, hostile words among it. */
export function aPrintedIncident(): Story {
  const story = beginStep(approve(askApproval(showPlan(untilDecided()))), 'swap-slot');
  const text = '<script>alert(1)</script>\n  indented\n[5000 lines left out]\nlast';
  const printed = [
    { stream: 'output' as const, text, leftOut: { lines: 5000, characters: 90_000 } },
  ];
  story.tell(BACKSTOP, {
    type: 'step.printed',
    data: { run: newestRun(story), step: 'swap-slot', printed },
  });
  return finishStep(story, 'swap-slot');
}

/** The approver says no; nothing is touched. */
export function aDeclinedIncident(): Story {
  const story = askApproval(showPlan(untilDecided()));
  const plan = 'INC-0001-P1';
  story.wait(95 * SECOND).tell(BEN, {
    type: 'approval.rejected',
    data: { plan, reason: 'The payment provider is down; 2.3.1 would fail the same way.' },
  });
  decide(story, 'monitor', ['The provider is on it.'], 'The provider is on it.');
  return resolve(story.wait(40 * MINUTE), 'The payment provider recovered at 14:45 UTC.');
}

/** The first plan goes stale, its successor runs and does not help; contacts are called; an older version does. */
export function aStillBrokenIncident(): Story {
  const story = approve(askApproval(showPlan(untilDecided())));
  const run = newestRun(story);
  story.wait(2 * SECOND).tell(
    BACKSTOP,
    {
      type: 'plan.went-stale',
      data: { plan: 'INC-0001-P1', reason: 'Production was deployed again at 14:05 UTC.' },
    },
    {
      type: 'run.finished',
      data: { run, outcome: 'cancelled', reason: 'Production was deployed again at 14:05 UTC.' },
    },
  );
  approve(askApproval(showPlan(story, { suspect: '2.4.1', changes: HOTFIX })));
  loseThenFind(story);
  verify(story, 0, 6);
  story.tell(BACKSTOP, {
    type: 'run.finished',
    data: { run: newestRun(story), outcome: 'not-recovered', reason: 'health: HTTP 500 in 45 ms' },
  });
  story.wait(20 * SECOND).tell(BEN, {
    type: 'contacts.called',
    data: { contacts: ['Database administrator: Femi Ade', 'Management: Gus Lind'] },
  });
  const older = {
    suspect: '2.3.1',
    target: '2.2.7',
    changesUnknown: 'GitHub did not answer (503).',
  };
  approve(askApproval(showPlan(story, older)));
  failThenByHand(story);
  recover(verify(story, 3));
  return resolve(watch(story, false), 'Stable on 2.2.7, watched by hand.');
}

/** A quick fix that needs more time, is deployed and verified. */
export function aQuickFixIncident(): Story {
  const story = takeCommand(
    assessAsSmall(assemble(aStory({ title: 'voucher field is misplaced', summary: '' }))),
  );
  decide(story, 'quick-fix', ['a fix takes less than 15 minutes']);
  const until = story.now() + 15 * MINUTE;
  story.tell(BACKSTOP, { type: 'quick-fix.started', data: { branch: 'hotfix/inc-0001', until } });
  planAndStart(story, 'quick-fix', 'Open the branch hotfix/inc-0001');
  finishStep(beginStep(story, 'create-branch', 'GitHub is making the branch'), 'create-branch');
  story.tell(BACKSTOP, {
    type: 'run.finished',
    data: { run: newestRun(story), outcome: 'done', reason: 'The hotfix branch is ready.' },
  });
  story.wait(until - story.now()).tell(BACKSTOP, { type: 'quick-fix.ended', data: { number: 1 } });
  story.wait(40 * SECOND);
  story.tell(BEN, { type: 'quick-fix.extended', data: { until: story.now() + 15 * MINUTE } });
  story.wait(6 * MINUTE).tell(ANA, { type: 'quick-fix.deployed', data: {} });
  planAndStart(story, 'verify', 'Verify checkout');
  recover(verify(story, 3));
  story.wait(3 * MINUTE);
  return resolve(story, 'Seen right in three browsers; no need to watch longer.');
}

/** At night, nobody else there: approved alone, with severity and decision set by hand, over midnight and a step skipped. */
export function aBreakGlassIncident(): Story {
  const story = assemble(aStory({ start: Date.UTC(2026, 10, 20, 23, 51, 40) }));
  takeCommand(story);
  story
    .wait(10 * SECOND)
    .tell(
      BEN,
      severity('sev2', ['Only the night batch uses it.'], 'Only the night batch uses it.'),
    );
  decide(story, 'rollback', ['I cannot debug this alone.'], 'I cannot debug this alone.');
  showPlan(story, { losses: ['12 orders written since 23:40 UTC'] });
  approve(story.wait(4 * MINUTE), BEN, 'Nobody else is awake; <@U0CLEO> does not answer.');
  const run = newestRun(story);
  beginStep(story, 'swap-slot').tell(
    BACKSTOP,
    {
      type: 'step.failed',
      data: {
        run,
        step: 'swap-slot',
        reason: 'Azure refused: slot staging is stopped.',
        settled: true,
      },
    },
    {
      type: 'run.halted',
      data: { run, step: 'swap-slot', reason: 'Azure refused: slot staging is stopped.' },
    },
  );
  story.wait(3 * MINUTE).tell(BEN, {
    type: 'step.skipped',
    data: { run, step: 'swap-slot', reason: 'The batch was stopped instead.' },
  });
  recover(verify(story, 3));
  story.wait(MINUTE).tell(BACKSTOP, {
    type: 'monitor.read',
    data: { window: 'first quarter hour', readings: [reading('pass')] },
  });
  takeCommand(story.wait(3 * MINUTE), CLEO);
  return story;
}

export const STORIES: Readonly<Record<string, () => Story>> = {
  'rolled-back': aRolledBackIncident,
  declined: aDeclinedIncident,
  'still-broken': aStillBrokenIncident,
  'quick-fix': aQuickFixIncident,
  'break-glass': aBreakGlassIncident,
};

/** With those that are about more than a bad release. */
export const INCIDENT_STORIES: Readonly<Record<string, () => Story>> = {
  ...STORIES,
  'private-breach': aPrivateBreach,
  'restored-database': aRestoredDatabase,
  'told-outside': anIncidentToldOutside,
};

/** All that have golden files: a release too, whose stream is another. */
export const GOLDEN_STORIES: Readonly<Record<string, () => Story>> = {
  ...INCIDENT_STORIES,
  'release-taken-back': aReleaseTakenBack,
};

function planAndStart(story: Story, kind: 'quick-fix' | 'verify', title: string): void {
  story.tell(BACKSTOP, proposal(story, { kind, title }));
  story.tell(BACKSTOP, startOf(story));
}

function loseThenFind(story: Story): void {
  const run = newestRun(story);
  const step = 'swap-slot';
  beginStep(story, step)
    .wait(5 * SECOND)
    .tell(BACKSTOP, {
      type: 'step.lost',
      data: { run, step, reason: 'Azure did not answer in 30 s.' },
    })
    .wait(40 * SECOND)
    .tell(BACKSTOP, {
      type: 'step.succeeded',
      data: { run, step, how: 'observed', note: 'Production now holds 2.3.1.' },
    });
}

function failThenByHand(story: Story): void {
  const run = newestRun(story);
  const step = 'swap-slot';
  const reason = 'Azure could not warm the slot up (409 Conflict).';
  const failed = [
    { type: 'step.failed', data: { run, step, reason, settled: false } },
    { type: 'run.halted', data: { run, step, reason } },
  ] as const;
  beginStep(story, step).tell(BACKSTOP, ...failed);
  story.wait(30 * SECOND).tell(BEN, { type: 'step.retried', data: { run, step } });
  beginStep(story, step).tell(BACKSTOP, ...failed);
  story.wait(4 * MINUTE).tell(BEN, {
    type: 'step.succeeded',
    data: { run, step, how: 'person', note: 'Deployed 2.2.7 from the pipeline.' },
  });
}
