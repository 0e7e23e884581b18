import { describe, expect, it } from 'vitest';
import { type Postmortem, postmortemOf } from '../../src/postmortem/postmortem.ts';
import {
  ANA,
  anEmptyStory,
  approve,
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  beginStep,
  CLEO,
  decide,
  finishStep,
  MINUTE,
  names,
  recover,
  SECOND,
  START,
  type Story,
  severity,
  showPlan,
  takeCommand,
  verify,
} from '../support/an-incident.ts';
import {
  aBreakGlassIncident,
  aDeclinedIncident,
  aQuickFixIncident,
  aRolledBackIncident,
  aStillBrokenIncident,
} from '../support/an-incident-told.ts';
import { aReleaseTakenBack, aRestoredDatabase } from '../support/more-incidents-told.ts';

function documentOf(story: Story, more: { zone?: string; began?: number } = {}): Postmortem {
  const options = { names, zone: 'Europe/Berlin', serviceTitle: 'Checkout', ...more };
  return postmortemOf(story.incident(), story.events, { ...options, generatedAt: story.now() });
}

function took(document: Postmortem): Record<string, number | null> {
  return Object.fromEntries(document.durations.map(({ milestone, ms }) => [milestone, ms]));
}

function recovered(story: Story): Story {
  return recover(verify(finishStep(beginStep(story, 'swap-slot'), 'swap-slot'), 3));
}

describe('the durations', () => {
  it('are measured from the declaration to each turning point', () => {
    const story = aRolledBackIncident();
    const at = (type: string): number =>
      (story.events.find((e) => e.type === type)?.at ?? 0) - START;

    expect(took(documentOf(story))).toEqual({
      detect: null,
      acknowledge: at('role.claimed'),
      decide: at('response.chosen'),
      approve: 48 * SECOND,
      recover: at('run.finished'),
      resolve: story.now() - START,
    });
  });

  it('give the time to detect only where somebody said when it began', () => {
    const story = aRolledBackIncident();

    const unknown = documentOf(story).durations[0];
    const known = documentOf(story, { began: START - 12 * MINUTE }).durations[0];

    expect(unknown?.meaning).toMatch(/fill it in/);
    expect(known?.ms).toBe(12 * MINUTE);
  });

  it('do not pretend when the recorded times run backwards', () => {
    const detect = documentOf(aRolledBackIncident(), { began: START + 1 }).durations[0];

    expect(detect).toMatchObject({ ms: null, meaning: expect.stringMatching(/backwards/) });
  });

  it('take the last recovery, not a run that did not help', () => {
    const story = aStillBrokenIncident();
    const end = story.events.findLast(({ type }) => type === 'run.finished');

    expect(took(documentOf(story))['recover']).toBe((end?.at ?? 0) - START);
  });

  it('take the first recovery that lasted, whatever was verified again afterwards', () => {
    const story = recovered(approve(askApproval(showPlan(aStory()))));
    const first = story.now();
    recovered(approve(askApproval(showPlan(story, { kind: 'undo' }))).wait(MINUTE));

    expect(took(documentOf(story))['recover']).toBe(first - START);
  });

  it('take the first plan that was asked for where a playbook led the response', () => {
    const story = showPlan(aStory());

    const decide = documentOf(story).durations[2];

    expect(decide?.ms).toBe(8 * SECOND);
    expect(decide?.meaning).toMatch(/to the first plan that was asked for/);
  });

  it('have no recovery and no approval when the plan was declined', () => {
    expect(took(documentOf(aDeclinedIncident()))).toMatchObject({ approve: null, recover: null });
  });

  it('count approval from the showing where nobody asked for it', () => {
    const approval = documentOf(aBreakGlassIncident()).durations[3];

    expect(approval).toMatchObject({ ms: 4 * MINUTE + 48 * SECOND });
    expect(approval?.meaning).toMatch(/^From the showing/);
  });
});

describe('the decisions', () => {
  it('keep each other’s order and what the rules said at the time', () => {
    const { decisions } = documentOf(aDeclinedIncident());

    expect(decisions.map(({ response, recommended }) => [response, recommended?.response])).toEqual(
      [
        ['rollback', 'rollback'],
        ['monitor', 'rollback'],
      ],
    );
    expect(decisions[1]).toMatchObject({ by: 'Ben Okafor', override: 'The provider is on it.' });
  });

  it('judge by the answers since the assessment was started over', () => {
    const story = aStory().tell(
      ANA,
      { type: 'assessment.answered', data: { question: 'users', answer: 'all' } },
      { type: 'assessment.restarted', data: {} },
    );
    const document = documentOf(decide(story, 'monitor', ['calm'], 'calm'));

    expect(document.decisions[0]?.recommended).toBeUndefined();
    expect(document.assessment.every(({ answer }) => answer === null)).toBe(true);
  });

  it('tell a severity set by hand from one that followed from the rules', () => {
    const story = aStory()
      .tell(ANA, severity('sev1', ['all users are affected']))
      .tell(BEN, severity('sev3', ['only the beta'], 'only the beta'));

    expect(documentOf(story).severities).toMatchObject([
      { severity: 'sev1', by: 'Ana Ruiz' },
      { severity: 'sev3', by: 'Ben Okafor', override: 'only the beta' },
    ]);
    expect(documentOf(story).severities[0]).not.toHaveProperty('override');
  });
});

describe('the people', () => {
  it('show who held a role until whom', () => {
    const story = takeCommand(takeCommand(aStory(), BEN), CLEO);
    const [first, second] = documentOf(story).people.roles;

    expect(first).toMatchObject({ name: 'Ben Okafor', until: second?.from });
    expect(second).toMatchObject({ name: 'Cleo Martin' });
    expect(second).not.toHaveProperty('until');
  });
});

describe('a step that asks a second person', () => {
  it('names who allowed it, who counts among the approvers', () => {
    const story = approve(askApproval(showPlan(aStory())));
    const run = 'INC-0001-R1';
    story.tell(CLEO, { type: 'step.allowed', data: { run, step: 'swap-slot' } });

    const { people, runs } = documentOf(finishStep(beginStep(story, 'swap-slot'), 'swap-slot'));

    expect(people.approvers).toEqual(['Ben Okafor', 'Cleo Martin']);
    expect(runs[0]?.steps[0]).toMatchObject({ allowedBy: 'Cleo Martin', how: 'applied' });
  });
});

describe('the plans', () => {
  it.each([
    ['approved', aRolledBackIncident, 'Approved.'],
    ['rejected', aDeclinedIncident, /^Declined by Ben Okafor\. The payment provider is down/],
    ['stale', aStillBrokenIncident, /^Went out of date, so nothing of it was carried out/],
    ['approved', aQuickFixIncident, /commander’s decision was its approval/],
  ])('tell their fate: %s', (fate, story, words) => {
    const [plan] = documentOf(story()).plans;

    expect(plan?.fate).toBe(fate);
    expect(plan?.fateWords).toMatch(words);
  });

  it('tell that an approval ran out', () => {
    const story = askApproval(showPlan(aStory()));
    story.tell(BACKSTOP, { type: 'approval.expired', data: { plan: 'INC-0001-P1' } });

    expect(documentOf(story).plans[0]).toMatchObject({ fate: 'expired', approvals: [] });
  });

  it('do not claim that nothing was carried out once a step was begun', () => {
    const story = beginStep(approve(askApproval(showPlan(aStory()))), 'swap-slot');
    const stale = { plan: 'INC-0001-P1', reason: 'drift' };
    story.tell(BACKSTOP, { type: 'plan.went-stale', data: stale });

    expect(documentOf(story).plans[0]?.fateWords).toBe('Went out of date. drift.');
  });

  it('keep the reason of a break-glass approval', () => {
    const [plan] = documentOf(aBreakGlassIncident()).plans;

    expect(plan?.approvals).toMatchObject([
      { by: 'Ben Okafor', breakGlass: 'Nobody else is awake; Cleo Martin does not answer.' },
    ]);
  });
});

describe('the runs', () => {
  it('tell how each step came to its end', () => {
    const { runs } = documentOf(aStillBrokenIncident());

    expect(runs.map(({ outcome }) => outcome)).toEqual(['cancelled', 'not-recovered', 'recovered']);
    expect(runs[0]?.steps[0]).toMatchObject({ status: 'waiting', attempts: 0, ms: null });
    expect(runs[1]?.steps[0]).toMatchObject({ how: 'observed', attempts: 1 });
    expect(runs[1]?.steps[0]?.troubles).toMatchObject([
      { reason: 'Azure did not answer in 30 s.' },
    ]);
    expect(runs[2]?.steps[0]).toMatchObject({ how: 'person', by: 'Ben Okafor', attempts: 2 });
    expect(runs[2]?.steps[0]?.troubles).toHaveLength(2);
  });

  it('tell who skipped a step and why', () => {
    expect(documentOf(aBreakGlassIncident()).runs[0]?.steps[0]).toMatchObject({
      status: 'skipped',
      by: 'Ben Okafor',
      note: 'The batch was stopped instead.',
    });
  });

  it('count the rounds of the verification', () => {
    expect(documentOf(aRolledBackIncident()).runs[0]?.verification).toMatchObject({
      rounds: 4,
      passed: 3,
      streak: 3,
    });
  });
});

describe('what was watched', () => {
  it('tells whether the quick fix kept its time', () => {
    const [fix] = documentOf(aQuickFixIncident()).quickFixes;

    expect(fix).toMatchObject({ limitMs: 15 * MINUTE, withinLimit: false, deployedBy: 'Ana Ruiz' });
    expect(fix?.extensions).toHaveLength(1);
    expect(fix?.ms).toBeGreaterThan(15 * MINUTE);
  });

  it.each([
    ['passed', aRolledBackIncident],
    ['failed', aStillBrokenIncident],
    ['cut-short', aQuickFixIncident],
    ['open', aBreakGlassIncident],
  ])('tells of a monitor window that it %s', (result, story) => {
    expect(documentOf(story()).monitoring).toMatchObject([{ result }]);
  });
});

describe('monitor windows that are planned anew', () => {
  const windows = (names: readonly string[], from: number) =>
    names.map((name, index) => ({
      name,
      from: from + index * 60 * MINUTE,
      until: from + (index * 60 + 15) * MINUTE,
      every: MINUTE,
    }));
  const begin = (story: Story, names: readonly string[], from: number): Story =>
    story.tell(BACKSTOP, {
      type: 'monitor.started',
      data: { run: 'INC-0001-R1', windows: windows(names, from) },
    });
  const shown = (story: Story) =>
    documentOf(story).monitoring.map(({ window, result }) => [window, result]);

  it('go on where they are the same, beside what is new', () => {
    const story = recovered(approve(askApproval(showPlan(aStory()))));
    const from = story.now();
    begin(begin(story, ['first', 'second'], from), ['first', 'second', 'third'], from);

    expect(shown(story)).toEqual([
      ['first quarter hour', 'superseded'],
      ['first', 'open'],
      ['second', 'not-begun'],
      ['third', 'not-begun'],
    ]);
    expect(documentOf(story).timeline.at(-1)?.what).toBe(
      'Began to monitor besides: “third” (15 min).',
    );
  });

  it('leave nothing of those that had not begun', () => {
    const story = recovered(approve(askApproval(showPlan(aStory()))));
    begin(story, ['first', 'second'], story.now());
    story.wait(5 * MINUTE);
    begin(story, ['first'], story.now());

    expect(shown(story)).toEqual([
      ['first quarter hour', 'superseded'],
      ['first', 'superseded'],
      ['first', 'open'],
    ]);
  });
});

describe('the summary', () => {
  it('says that nothing was touched when nothing was', () => {
    expect(documentOf(aDeclinedIncident()).summary).toContain(
      'Backstop carried out no step of a plan in this incident.',
    );
    expect(documentOf(aRolledBackIncident()).summary.join(' ')).not.toMatch(/changed nothing/);
  });

  it('does not hide that the step of a run was skipped', () => {
    expect(documentOf(aBreakGlassIncident()).summary.join(' ')).toMatch(
      /Ben Okafor broke the glass, .* with “Swap staging into production” skipped by Ben Okafor/,
    );
  });
});

describe('a run that was cancelled', () => {
  it('is told with the step that stopped it, and why people gave it up is said once', () => {
    const story = beginStep(approve(askApproval(showPlan(aStory()))), 'swap-slot');
    const run = 'INC-0001-R1';
    const reason = 'The provider is on it.';
    const failed = { run, step: 'swap-slot', reason: 'Azure refused.', settled: true };
    story
      .tell(BACKSTOP, { type: 'step.failed', data: failed })
      .tell(BEN, { type: 'run.cancelling', data: { run, reason } })
      .tell(BACKSTOP, {
        type: 'run.finished',
        data: { run, outcome: 'cancelled', reason: `${reason} Nothing was carried out before.` },
      });

    const { summary, timeline } = documentOf(story);

    expect(summary.join(' ')).toMatch(
      /could not carry out “Swap staging into production”, and it was cancelled \(The provider is on it\)\./,
    );
    expect(timeline.map(({ why }) => why).filter((why) => why?.includes(reason))).toEqual([reason]);
    expect(timeline.at(-1)?.why).toBe('Nothing was carried out before.');
  });
});

describe('the summary of a release', () => {
  it('says that it was out, what was seen then, and that it was taken back', () => {
    const { summary, prompts } = documentOf(aReleaseTakenBack());
    const said = summary.join(' ');
    const saidTo = (id: string) => prompts.find((prompt) => prompt.id === id)?.known?.join(' ');

    expect(said).toMatch(/Cleo Martin said that the release was out\. Verification .* healthy\./);
    expect(said).toMatch(
      /healthy\. In the monitor window “first quarter hour”, health failed \(HTTP 500.*approved plan REL-0001-P3/,
    );
    expect(said).toMatch(/Run REL-0001-R3 rolled the release back, \d+ min.* after it was out\./);
    expect(saidTo('detection')).toMatch(
      /^The monitor window “first quarter hour” showed it on 20 Nov 2026, .*: health failed/,
    );
    expect(saidTo('went-badly')).toMatch(/window “first quarter hour” did not pass: health failed/);
  });
});

describe('how it ended', () => {
  it('is told with who ended it and what they said', () => {
    expect(documentOf(aStillBrokenIncident()).summary.at(-1)).toMatch(
      /^The service was healthy again .* Ben Okafor resolved the incident 31 min 49 s after it was declared, saying: “Stable on 2\.2\.7, watched by hand\.”$/,
    );
  });

  it('of an incident that was merged names the one that goes on', () => {
    const story = aStory().tell(
      ANA,
      { type: 'incident.merged', data: { into: 'INC-0002' } },
      { type: 'status.changed', data: { status: 'closed', reason: 'It is the same.' } },
    );
    expect(documentOf(story).summary.at(-1)).toBe(
      'It was merged into INC-0002, which tells what became of it.',
    );
  });
});

describe('the follow-ups', () => {
  const whats = (story: Story): readonly string[] =>
    documentOf(story).followUps.map(({ what }) => what);

  it('ask for a proper fix of what was rolled back, as guide 002 does', () => {
    expect(whats(aRolledBackIncident())).toEqual([
      'Fix 2.4.0 properly in development and redeploy it when ready',
    ]);
  });

  it('do not claim a rollback whose step was skipped', () => {
    expect(whats(aBreakGlassIncident()).join(' ')).not.toMatch(/Fix 2\.4\.0/);
    expect(whats(aBreakGlassIncident())).toContain(
      'Review the break-glass approval of plan INC-0001-P1',
    );
  });

  it('ask for the cause of what data was put back for, and of what was only mitigated', () => {
    expect(whats(aRestoredDatabase())).toContainEqual(
      expect.stringMatching(/^Fix the cause, so that “Put database .*” is not needed again$/),
    );
    const mitigated = approve(
      askApproval(showPlan(aStory(), { kind: 'mitigation', title: 'Switch it off' })),
    );
    expect(whats(recovered(mitigated))).toEqual([
      'Find the cause: “Switch it off” only bought time',
    ]);
  });

  it('bring the hotfix branch home', () => {
    expect(whats(aQuickFixIncident())[0]).toMatch(
      /^Bring the branch hotfix\/inc-0001 into the main line/,
    );
  });
});

describe('the document', () => {
  it('falls back to UTC for a time zone nobody knows', () => {
    expect(documentOf(aStory(), { zone: 'Mars/Olympus' }).zone).toBe('UTC');
  });

  it('names the part of the journal it was made from', () => {
    const story = aRolledBackIncident();

    expect(documentOf(story).journal).toEqual({
      events: story.events.length,
      firstSeq: 41,
      lastSeq: 40 + story.events.length,
    });
  });
});

describe('what the journal can say to the questions', () => {
  const saidTo = (id: string, story: Story) => {
    const options = { names, zone: 'UTC', serviceTitle: 'Checkout', generatedAt: story.now() };
    const { prompts } = postmortemOf(story.incident(), story.events, options);
    return prompts.find((prompt) => prompt.id === id)?.known?.join(' ');
  };

  it('is told where it knows, and nowhere else', () => {
    const story = aRolledBackIncident();
    expect(saidTo('impact', story)).toMatch(/^SEV\d, for at least \d+ min.*verified recovery\.$/);
    expect(saidTo('detection', story)).toBe('Ana Ruiz declared it on 20 Nov 2026, 14:02 UTC.');
    expect(saidTo('root-cause', story)).toMatch(
      /recovered once .* was back from 2\.4\.0 to 2\.3\.1/,
    );
    expect(saidTo('went-well', story)).toMatch(/^Run INC-0001-R1 went through .* was verified\./);
    expect(saidTo('lessons', story)).toBeUndefined();
  });

  it('speaks of a loss only once a step was begun that may lose something', () => {
    const story = approve(askApproval(showPlan(aStory(), { losses: ['12 orders'] })));
    const lost = (): boolean => documentOf(story).followUps.some(({ what }) => /lost/.test(what));
    expect(saidTo('impact', story)).toBeUndefined();
    expect(lost()).toBe(false);

    beginStep(story, 'swap-slot');

    expect(saidTo('impact', story)).toBe('Plan INC-0001-P1 foresaw a loss: 12 orders.');
    expect(lost()).toBe(true);
  });

  it('asks nothing about trouble of a release that nobody had to take back', () => {
    const isAsked = (story: Story): readonly string[] =>
      documentOf(story).prompts.map(({ id }) => id);
    const [prepared] = aReleaseTakenBack().events;
    if (prepared?.type !== 'release.prepared') throw new Error('Nothing was prepared');
    const quiet = anEmptyStory('REL-0001').tell(CLEO, prepared);

    expect(isAsked(quiet)).toEqual(['went-well', 'went-badly', 'lucky', 'lessons']);
    expect(isAsked(aReleaseTakenBack())).toContain('root-cause');
  });

  it('says that a mitigation is no cure', () => {
    const story = recovered(
      approve(askApproval(showPlan(aStory(), { kind: 'mitigation', title: 'Switch it off' }))),
    );

    expect(saidTo('root-cause', story)).toBe(
      'The service recovered after run INC-0001-R1 (Switch it off), which only buys time.',
    );
  });

  it('tells how long it lasted also where no recovery was verified', () => {
    expect(saidTo('impact', aDeclinedIncident())).toMatch(
      /^SEV1, for \d+ min.* from the declaration until it was resolved; no recovery was verified\.$/,
    );
  });

  it('says of what went back in vain that it was not the cause alone', () => {
    expect(saidTo('root-cause', aStillBrokenIncident())).toMatch(
      /did not recover although .* was back from 2\.4\.1 to 2\.3\.1: that alone was not the cause/,
    );
  });

  it('looks elsewhere once the suspected release is back and all is well', () => {
    const story = recovered(
      approve(askApproval(showPlan(aStory(), { kind: 'roll-forward', title: 'Forward again' }))),
    );
    expect(saidTo('root-cause', story)).toBe(
      'The service recovered with what was suspected back in place (run INC-0001-R1, Forward again): look for the cause elsewhere.',
    );
  });

  it('names what went badly', () => {
    expect(saidTo('went-badly', aStillBrokenIncident())).toMatch(
      /P1 went stale.*R2 did not bring the service back \(.*had trouble: .*window .* did not pass: health failed \(HTTP 500/,
    );
  });
});
