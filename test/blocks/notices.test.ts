import { describe, expect, it } from 'vitest';
import { conversation } from '../../src/blocks/conversation.ts';
import { labelsOf, messageOf, wordsOf } from './reading.ts';
import {
  aPlan,
  aService,
  assessed,
  BEN,
  commanded,
  incidentAfter,
  type Moment,
  monitored,
  planned,
  requested,
  resolved,
  running,
  START,
  started,
  stepDone,
  verified,
} from './support.ts';

const asked = [...assessed(), ...planned(), requested()];

describe('the call for approval', () => {
  const key = 'approval/INC-0001-P1';

  it('mentions the approvers, so that they are notified', () => {
    const notice = messageOf(incidentAfter(...asked), key);

    expect(wordsOf(notice)).toBe(
      '<@U0BEN> <!subteam^S0APPROVERS>: your approval is needed. Ana asks, until 15:00 UTC: Put checkout back to 2.3.1 (checkout production). The plan INC-0001-P1 is above.',
    );
    expect(notice.text).toContain('<!subteam^S0APPROVERS>');
  });

  it('says how it ended, without calling anybody again', () => {
    const end: Moment = [
      { type: 'approval.rejected', data: { plan: 'INC-0001-P1', reason: 'No.' } },
      BEN,
    ];

    expect(wordsOf(messageOf(incidentAfter(...asked, end), key))).toBe(
      'Put checkout back to 2.3.1 (checkout production): *Declined* by Ben at 14:11 UTC: No.',
    );
    expect(wordsOf(messageOf(incidentAfter(...asked, resolved()), key))).not.toContain('<@');
  });

  it('mentions ten approvers at most', () => {
    const service = aService();
    const production = service.environments['production'];
    if (!production) throw new Error('There is no production.');
    const from = Array.from({ length: 13 }, (_, n) => `U${n}`);
    const environments = {
      production: { ...production, approval: { ...production.approval, from } },
    };

    const notice = messageOf(incidentAfter(...asked), key, { ...service, environments });

    expect(notice.text.match(/<@/g)).toHaveLength(10);
    expect(notice.text).toContain('and 3 more');
  });
});

describe('break-glass', () => {
  it('is told in the incident and announced, with the reason', () => {
    const alone: Moment = [
      {
        type: 'approval.given',
        data: { plan: 'INC-0001-P1', hash: 'f00d', breakGlass: 'Nobody is awake.' },
      },
    ];
    const incident = incidentAfter(...asked, alone, started('INC-0001-P1', 'INC-0001-R1'));

    const here = messageOf(incident, 'break-glass/INC-0001-P1');
    const there = messageOf(incident, 'break-glass-announcement/INC-0001-P1');

    expect(wordsOf(here)).toBe(
      [
        'Break-glass approval 🚨',
        'Ana approved alone at 14:11 UTC: *Put checkout back to 2.3.1* (checkout production).',
        '> Nobody is awake.',
        '<@U0BEN> <!subteam^S0APPROVERS>: it did not wait for you.',
      ].join('\n'),
    );
    expect([here.where, there.where]).toEqual(['incident', 'announcements']);
    expect(wordsOf(there)).toContain('INC-0001 Checkout is failing: <#C0INC1>');
  });
});

describe('after the recovery', () => {
  const recovered = [...running(), stepDone(), ...verified('recovered')];

  it('says when the service is looked at again', () => {
    const notice = messageOf(
      incidentAfter(...recovered, ...monitored(true).slice(0, 2)),
      'recovered/INC-0001-R1',
    );

    expect(wordsOf(notice)).toBe(
      [
        '*checkout production has recovered*, 7 min after run INC-0001-R1 began.',
        'It is watched until the commander resolves the incident:',
        '• first-hour: 2026-11-21 14:30 UTC to 2026-11-21 15:30 UTC',
      ].join('\n'),
    );
  });

  it('tells the commander when the incident may be resolved', () => {
    const notice = messageOf(
      incidentAfter(...recovered, ...monitored(true)),
      'monitor/INC-0001-R1/first-hour',
    );

    expect(wordsOf(notice)).toBe(
      '*Monitor window first-hour passed.* checkout production is healthy. <@U0BEN> may resolve the incident.',
    );
    expect(labelsOf(notice)).toEqual(['Resolve…*']);
  });

  it('says what is wrong when a window did not pass, and offers a rollback', () => {
    const notice = messageOf(
      incidentAfter(...recovered, ...monitored(false)),
      'monitor/INC-0001-R1/first-hour',
    );

    expect(wordsOf(notice)).toBe(
      '*Monitor window first-hour did not pass.* checkout production is not healthy.\n✗ health: 503',
    );
    expect(labelsOf(notice)).toEqual(['Roll back…']);
  });

  it('says each time anew that something is off, once it was well in between', () => {
    const read = (...verdicts: readonly ('pass' | 'fail')[]): readonly Moment[] =>
      verdicts.map((verdict): Moment => {
        const reason = verdict === 'pass' ? '200' : '503';
        const readings = [{ probe: 'health', verdict, reason, values: {} }];
        return [{ type: 'monitor.read', data: { window: 'first-hour', readings } }];
      });
    const incident = incidentAfter(
      ...recovered,
      ...monitored(true).slice(0, 2),
      ...read('pass', 'fail', 'fail', 'pass', 'fail'),
    );
    const told = conversation(incident, aService())
      .filter(({ key }) => key.startsWith('monitor-trouble/'))
      .map((message) => [message.key, wordsOf(message)]);

    expect(told).toEqual([
      [
        'monitor-trouble/INC-0001-R1/first-hour',
        expect.stringMatching(/^\*Something is off\*.* It has been healthy again since\.$/),
      ],
      [
        'monitor-trouble/INC-0001-R1/first-hour/2',
        expect.stringMatching(
          /^\*Something is off\*.* It is not healthy now\.\n<@U0BEN>\n✗ health: 503$/,
        ),
      ],
    ]);
  });

  it('says nothing while it is well', () => {
    const incident = incidentAfter(...recovered, ...monitored(true).slice(0, 3));

    const keys = conversation(incident, aService()).map(({ key }) => key);

    expect(keys.filter((key) => key.startsWith('monitor'))).toEqual([]);
  });

  it('says at the end how long everything took', () => {
    const notice = messageOf(incidentAfter(...recovered, resolved()), 'resolved');

    expect(wordsOf(notice)).toBe(
      [
        '*INC-0001 Checkout is failing is resolved.*',
        'It is over.',
        'Declared 2026-11-21 14:00 UTC → recovered 2026-11-21 14:19 UTC (after 19 min) → resolved 2026-11-21 14:20 UTC (after 20 min)',
      ].join('\n'),
    );
    expect(labelsOf(notice)).toEqual(['Export post-mortem*', 'Reopen…', 'Close…']);
  });
});

describe('the contacts', () => {
  it('are listed with every way to reach them', () => {
    const called: Moment = [{ type: 'contacts.called', data: { contacts: ['DevOps: Dora'] } }];

    expect(wordsOf(messageOf(incidentAfter(called), 'contacts'))).toBe(
      [
        '*Contacts for checkout production*, called by Ana at 14:02 UTC:',
        '• *DevOps*: Dora, <@U0DORA>, +49 30 1234, dora@example.com',
        '• *Security*: Sam, <!subteam^S0SECURITY>',
      ].join('\n'),
    );
  });
});

describe('the quick fix', () => {
  const key = 'quick-fix/1';
  const fix = aPlan({ kind: 'quick-fix', title: 'Open the hotfix branch' });
  const begun: readonly Moment[] = [
    commanded,
    [{ type: 'response.chosen', data: { response: 'quick-fix', reasons: [] } }, BEN],
    [
      {
        type: 'quick-fix.started',
        data: { branch: 'hotfix/inc-0001', until: START + 19 * 60_000 },
      },
    ],
    [{ type: 'plan.proposed', data: { plan: fix } }],
    started('INC-0001-P1', 'INC-0001-R1'),
  ];
  const opened: readonly Moment[] = [
    ...begun,
    stepDone(),
    [
      {
        type: 'run.finished',
        data: { run: 'INC-0001-R1', outcome: 'done', reason: 'It is ready.' },
      },
    ],
  ];
  const timeUp: Moment = [{ type: 'quick-fix.ended', data: { number: 1 } }];

  it('names the branch, where it comes from and until when the clock runs', () => {
    const message = messageOf(incidentAfter(...opened), key);

    expect(wordsOf(message)).toBe(
      [
        '*Quick fix until 14:19 UTC*, 15 min from its start. Then the incident commander is asked again.',
        'Branch `hotfix/inc-0001` was opened from `abcdef1`, the commit of the live version 2.4.0. Once the fix is pushed, `/rollback do hotfix-pull hotfix/inc-0001` opens its pull request.',
      ].join('\n'),
    );
    expect(labelsOf(message)).toEqual(['Fix is deployed*', 'Roll back instead']);
  });

  it('cannot be deployed while its branch is being opened', () => {
    const message = messageOf(incidentAfter(...begun), key);

    expect(wordsOf(message)).toContain('is being opened');
    expect(labelsOf(message)).toEqual(['Roll back instead']);
  });

  it('asks the commander again when the time is up', () => {
    const message = messageOf(incidentAfter(...opened, timeUp), key);

    expect(message.text).toContain(
      '<@U0BEN>, is it deployed, does it need more time, or do we roll back?',
    );
    expect(labelsOf(message)).toEqual(['Fix is deployed*', 'More time', 'Roll back instead']);
  });

  it('says that it is deployed, or was given up, and asks no more', () => {
    const deployed: Moment = [{ type: 'quick-fix.deployed', data: {} }];
    const otherwise: Moment = [
      {
        type: 'response.chosen',
        data: { response: 'rollback', reasons: [], override: 'Too slow.' },
      },
      BEN,
    ];

    const out = messageOf(incidentAfter(...opened, deployed), key);
    const given = messageOf(incidentAfter(...opened, timeUp, otherwise), key);

    expect(wordsOf(out)).toContain('*The fix is deployed.*');
    expect(wordsOf(given)).toContain('*The quick fix was given up.*');
    expect([...labelsOf(out), ...labelsOf(given)]).toEqual([]);
  });
});

describe('the announcement', () => {
  it('says in two lines what is so and where to go', () => {
    expect(wordsOf(messageOf(incidentAfter(...assessed()), 'announcement'))).toBe(
      [
        '*INC-0001 Checkout is failing*',
        'SEV1 :red_circle:  |  Identified :dart:  |  checkout production  |  Commander: <@U0BEN>  |  <#C0INC1>',
        'Declared by Ana, 2026-11-21 14:00 UTC',
      ].join('\n'),
    );
  });

  it('ends as resolved', () => {
    const end = messageOf(incidentAfter(...assessed(), resolved()), 'announcement');

    expect(wordsOf(end)).toContain('Resolved 2026-11-21 14:08 UTC: It is over.');
    expect(end.text).toContain('SEV1, resolved, checkout production');
  });
});
