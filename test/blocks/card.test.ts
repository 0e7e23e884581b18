import { describe, expect, it } from 'vitest';
import { conversation } from '../../src/blocks/conversation.ts';
import { buttonsOf, labelsOf, messageOf, wordsOf } from './reading.ts';
import {
  approved,
  aService,
  assessed,
  BEN,
  commanded,
  declared,
  incidentAfter,
  lives,
  MINUTE,
  monitored,
  planned,
  requested,
  resolved,
  running,
  START,
  statesOf,
  stepDone,
  verified,
} from './support.ts';

const answered = (question: 'users' | 'data', answer: string) =>
  [{ type: 'assessment.answered', data: { question, answer } }] as const;

describe('the card of an open incident', () => {
  it('begins with what is so and asks the first question', () => {
    const card = messageOf(incidentAfter(), 'card');

    expect(wordsOf(card)).toBe(
      [
        'INC-0001 Checkout is failing',
        'Severity not known yet  |  Investigating :mag: since 14:00 UTC  |  checkout production',
        'No incident commander yet',
        'Declared by Ana, 2026-11-21 14:00 UTC',
        '500s since the release, see <https://grafana.example/d/1?a=1&amp;b=2>.',
        '*How many users are affected?*  (1 of 6)',
        '*Nobody is in command.* The incident commander decides on the response.',
      ].join('\n'),
    );
    expect(labelsOf(card)).toEqual([
      'All of them',
      '5% or more',
      'Under 5%',
      'None that we know of',
      'Take command*',
      'Roll back…',
      'Timeline…',
      'More…',
    ]);
    expect(card.text).toBe(
      'INC-0001 Checkout is failing: investigating, checkout production, no commander yet.',
    );
  });

  it('goes on to the next question and keeps the answers in small print', () => {
    const card = messageOf(incidentAfter(answered('users', 'few')), 'card');

    expect(wordsOf(card)).toContain('*Is data being lost or corrupted?*  (2 of 6)');
    expect(wordsOf(card)).toContain('How many users are affected? *Under 5%*');
    expect(labelsOf(card)).toContain('Start over');
  });

  it('stops asking once severity and response are settled', () => {
    const card = messageOf(incidentAfter(answered('users', 'all')), 'card');

    expect(wordsOf(card)).toContain('*Recommended: rollback*, because all users are affected.');
    expect(wordsOf(card)).not.toContain('of 6)');
  });

  it('goes on asking for the severity when only the response is settled', () => {
    const card = messageOf(
      incidentAfter(answered('users', 'few'), answered('data', 'suspected')),
      'card',
    );

    expect(wordsOf(card)).toContain('*Recommended: rollback*');
    expect(wordsOf(card)).toContain('*Is it a security problem?*  (3 of 6)');
  });

  it('lets nobody confirm before somebody is in command', () => {
    const before = messageOf(incidentAfter(answered('users', 'all')), 'card');
    const after = messageOf(incidentAfter(answered('users', 'all'), commanded), 'card');

    expect(labelsOf(before)).toEqual([
      'Take command*',
      'Roll back…',
      'Start over',
      'Timeline…',
      'More…',
    ]);
    expect(labelsOf(after)).toEqual([
      'Confirm rollback*',
      'Roll back…',
      'Choose another…',
      'Start over',
      'Timeline…',
      'More…',
    ]);
    expect(buttonsOf(before)[0]?.value).toBe('INC-0001 commander ');
  });

  it('asks for no word on the rollback once its plan is on its way', () => {
    const planned = [{ type: 'plan.wanted', data: { kind: 'rollback' } }, BEN] as const;
    const card = messageOf(incidentAfter(answered('users', 'all'), commanded, planned), 'card');

    expect(labelsOf(card)).toEqual(['Choose another…', 'Timeline…', 'More…']);
    expect(wordsOf(card)).not.toContain('Recommended');
    expect(wordsOf(card)).toContain('A plan is being made');
  });

  it('says who decided otherwise, when and why', () => {
    const card = messageOf(incidentAfter(...assessed()), 'card');

    expect(wordsOf(card)).toContain(
      '*Decided: rollback.* Put the last good version back.\nChosen by Ben at 14:06 UTC:\n> It is down.',
    );
    expect(labelsOf(card)).toEqual([
      'Start playbook',
      'Another playbook…',
      'Roll back…*',
      'Resolve…',
      'Change response…',
      'Change severity…',
      'Timeline…',
      'Call contacts',
      'More…',
    ]);
  });

  it('offers to call the contacts where much is at stake, until they are called', () => {
    const called = [{ type: 'contacts.called', data: { contacts: ['DevOps: Ben'] } }, BEN] as const;
    const few = [
      {
        type: 'severity.set',
        data: { severity: 'sev3', reasons: [], override: 'Few are affected.' },
      },
      BEN,
    ] as const;

    expect(labelsOf(messageOf(incidentAfter(...assessed()), 'card'))).toContain('Call contacts');
    for (const then of [called, few]) {
      const card = messageOf(incidentAfter(...assessed(), then), 'card');
      expect(labelsOf(card)).not.toContain('Call contacts');
    }
  });

  it('offers no contacts while a recovery is only watched, and again when something is off', () => {
    const life = [...assessed(), ...running(), stepDone(), ...verified('recovered')];
    const watched = (passed: boolean) =>
      messageOf(incidentAfter(...life, ...monitored(passed).slice(0, -1)), 'card');

    expect(labelsOf(watched(true))).not.toContain('Call contacts');
    expect(labelsOf(watched(false))).toContain('Call contacts');
  });

  it('says who confirmed the recommendation', () => {
    const confirmed = [
      { type: 'response.chosen', data: { response: 'monitor', reasons: ['it can wait'] } },
      BEN,
    ] as const;

    const card = messageOf(incidentAfter(commanded, confirmed), 'card');

    expect(wordsOf(card)).toContain('Confirmed by Ben at 14:03 UTC, because it can wait.');
  });

  it('says that a plan is being made, or why none could be', () => {
    const wanted = [{ type: 'plan.wanted', data: { kind: 'rollback' } }] as const;
    const refused = [{ type: 'plan.refused', data: { reason: 'Azure did not answer.' } }] as const;

    const making = messageOf(incidentAfter(wanted), 'card');
    const none = messageOf(incidentAfter(wanted, refused), 'card');

    expect(wordsOf(making)).toContain('*A plan is being made*, asked for by Ana');
    expect(labelsOf(making)).not.toContain('Roll back…');
    expect(wordsOf(none)).toContain('*No plan could be made* at 14:03 UTC: Azure did not answer.');
    expect(labelsOf(none)).toContain('Roll back…');
  });

  it('offers no second plan while one is before the approvers', () => {
    const card = messageOf(incidentAfter(...assessed(), ...planned(), requested()), 'card');

    expect(wordsOf(card)).toContain('*Plan INC-0001-P1 waits for approval*');
    expect(labelsOf(card)).toEqual([
      'Change response…',
      'Change severity…',
      'Timeline…',
      'Call contacts',
      'More…',
    ]);
  });

  it('expects nobody to roll back whom the commander has just told not to', () => {
    const card = messageOf(
      statesOf(lives()['declined']?.slice(0, -1) ?? []).at(-1) ?? incidentAfter(),
      'card',
    );

    expect(labelsOf(card)).toContain('Roll back…');
    expect(labelsOf(card).filter((label) => label.endsWith('*'))).toEqual([]);
  });

  it('leaves the ways on to the run that did not help', () => {
    const card = messageOf(
      incidentAfter(...running(), stepDone(), ...verified('not-recovered')),
      'card',
    );

    expect(wordsOf(card)).toContain('*checkout production is not healthy after run INC-0001-R1*');
    expect(labelsOf(card)).not.toContain('Roll back…');
  });

  it('expects the resolution only when every monitor window has passed', () => {
    const life = [...running(), stepDone(), ...verified('recovered')];
    const watched = monitored(true);

    const watching = messageOf(incidentAfter(...life, ...watched.slice(0, -1)), 'card');
    const passed = messageOf(incidentAfter(...life, ...watched), 'card');

    expect(wordsOf(watching)).toContain('*Watching until 2026-11-21 15:30 UTC.*');
    expect(labelsOf(watching)).toContain('Resolve…');
    expect(labelsOf(passed)).toContain('Resolve…*');
  });
});

describe('the card while a recovery is watched', () => {
  /** The plan was asked for right away: with one answer only, and no response. */
  const recovered = [
    commanded,
    ...planned(),
    requested(),
    ...approved(),
    stepDone(),
    ...verified('recovered'),
    ...monitored(true).slice(0, -1),
  ];
  const watched = messageOf(incidentAfter(answered('users', 'few'), ...recovered), 'card');

  it('neither asks the questions that are open nor offers to start over', () => {
    const before = messageOf(incidentAfter(answered('users', 'few')), 'card');
    expect(labelsOf(before)).toContain('Start over');
    expect(wordsOf(before)).toContain('of 6)');

    expect(labelsOf(watched)).not.toContain('Start over');
    expect(labelsOf(watched)).toContain('Resolve…');
    expect(wordsOf(watched)).not.toContain('Recommended');
  });

  it('asks on when it is investigated again', () => {
    const back = [
      { type: 'status.changed', data: { status: 'investigating', reason: 'It is back.' } },
      BEN,
    ] as const;
    const card = messageOf(incidentAfter(answered('users', 'few'), ...recovered, back), 'card');

    expect(labelsOf(card)).toContain('Start over');
    expect(wordsOf(card)).toContain('(2 of 6)');
  });
});

describe('the card while several windows watch', () => {
  const windowOf = (name: string, until: number) => ({
    name,
    from: START + 20 * MINUTE,
    until: START + until * MINUTE,
    every: MINUTE,
  });
  const started = [
    {
      type: 'monitor.started',
      data: { run: 'INC-0001-R1', windows: [windowOf('quarter', 40), windowOf('day', 600)] },
    },
  ] as const;
  const watched = [
    ...running(),
    stepDone(),
    ...verified('recovered'),
    monitored(true)[0] ?? commanded,
  ];

  it('says when the incident may be resolved, and that it may once the first window has passed', () => {
    const passed = [{ type: 'monitor.ended', data: { window: 'quarter', passed: true } }] as const;

    expect(wordsOf(messageOf(incidentAfter(...watched, started), 'card'))).toContain(
      'Once the window “quarter” has passed (2026-11-21 14:40 UTC), the incident commander may resolve the incident.',
    );
    expect(wordsOf(messageOf(incidentAfter(...watched, started, passed), 'card'))).toContain(
      'The window “quarter” has passed: the incident commander may resolve the incident, or go on watching.',
    );
  });
});

describe('the card of a resolved incident', () => {
  it('says when, why and how long it took, and exports the post-mortem', () => {
    const card = messageOf(incidentAfter(...assessed(), resolved()), 'card');

    expect(wordsOf(card)).toContain(
      '*Resolved* 2026-11-21 14:08 UTC, 8 min after it was declared.\nIt is over.',
    );
    expect(wordsOf(card)).toContain('*Severity SEV1*, because all users are affected.');
    expect(labelsOf(card)).toEqual(['Export post-mortem', 'Timeline…', 'Reopen…', 'More…']);
  });
});

describe('a title that means harm', () => {
  it('is shown as it was typed and does nothing', () => {
    const title = '<!channel> R&D 🦊 *bold*';
    const incident = statesOf(
      declared((text) => (text === 'Checkout is failing' ? title : text)),
    ).at(-1);

    const card = messageOf(incident ?? incidentAfter(), 'card');

    expect(wordsOf(card).split('\n')[0]).toBe(`INC-0001 ${title}`);
    expect(card.text).toContain('&lt;!channel&gt; R&amp;D 🦊');
  });
});

describe('what the card leads to', () => {
  const around = {
    updates: { sev1: 30 * 60_000 },
    linkTo: (key: string) => `https://acme.slack.com/archives/C0INC1/${key}`,
  };

  it('says who is waited for, when the first update is due, and where plan and contacts stand', () => {
    const incident = incidentAfter(...assessed(), ...planned(), requested());
    const [card] = conversation(incident, aService(), around);
    if (!card) throw new Error('There is no card');

    const words = wordsOf(card);
    expect(words).toMatch(/waits for approval\* by <[@!]/);
    expect(words).toContain('No update yet; the first one is due');
    expect(words).toContain('|Plan INC-0001-P1>');
    expect(words).not.toContain('Contacts>');
  });

  it('leads nowhere before the messages are there', () => {
    const incident = incidentAfter(...assessed(), ...planned(), requested());
    const [card] = conversation(incident, aService(), { linkTo: () => undefined });
    expect(card && wordsOf(card)).not.toContain('Go to:');
  });
});
