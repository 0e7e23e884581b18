import { describe, expect, it } from 'vitest';
import { type Postmortem, postmortemOf } from '../../src/postmortem/postmortem.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  beginStep,
  CLEO,
  decide,
  MINUTE,
  names,
  SECOND,
  START,
  type Story,
  severity,
  showPlan,
  takeCommand,
} from '../support/an-incident.ts';
import {
  aBreakGlassIncident,
  aDeclinedIncident,
  aQuickFixIncident,
  aRolledBackIncident,
  aStillBrokenIncident,
} from '../support/an-incident-told.ts';

function documentOf(story: Story, more: { zone?: string; began?: number } = {}): Postmortem {
  const options = { names, zone: 'Europe/Berlin', serviceTitle: 'Checkout', ...more };
  return postmortemOf(story.incident(), story.events, { ...options, generatedAt: story.now() });
}

function took(document: Postmortem): Record<string, number | null> {
  return Object.fromEntries(document.durations.map(({ milestone, ms }) => [milestone, ms]));
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

  it('says of what went back in vain that it was not the cause alone', () => {
    expect(saidTo('root-cause', aStillBrokenIncident())).toMatch(
      /did not recover although .* was back from 2\.4\.1 to 2\.3\.1: that alone was not the cause/,
    );
  });

  it('names what went badly', () => {
    expect(saidTo('went-badly', aStillBrokenIncident())).toMatch(
      /P1 went stale.*R2 did not bring the service back: .*had trouble: .*window .* did not pass\./,
    );
  });
});
