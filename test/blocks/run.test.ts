import { describe, expect, it } from 'vitest';
import { buttonsOf, labelsOf, messageOf, wordsOf } from './reading.ts';
import {
  aPlan,
  aStep,
  BEN,
  incidentAfter,
  type Moment,
  planned,
  resolved,
  running,
  started,
  stepDone,
  stepFailed,
  verified,
} from './support.ts';

const KEY = 'run/INC-0001-R1';
const RUN = { run: 'INC-0001-R1' };

function run(...after: readonly Moment[]) {
  return messageOf(incidentAfter(...running(), ...after), KEY);
}

describe('a run at work', () => {
  it('shows which step is running, since when, and what the system says of it', () => {
    expect(wordsOf(run())).toBe(
      [
        'Put checkout back to 2.3.1',
        '*Running.* 0 of 1 step done.',
        '… *Swap staging into production* running since 14:13 UTC: Azure is swapping',
        'Run INC-0001-R1 of plan INC-0001-P1  |  Started at 14:12 UTC',
      ].join('\n'),
    );
  });

  it('shows the steps in their order, done ones with their duration', () => {
    const second = aStep({ id: 'purge', title: 'Purge the cache', after: ['swap'] });
    const plan = aPlan({ steps: [second, aStep()] });
    const message = messageOf(incidentAfter(...running(plan), stepDone()), KEY);

    expect(wordsOf(message)).toContain(
      '*Running.* 1 of 2 steps done.\n✓ Swap staging into production done in 3 min\n○ Purge the cache waiting',
    );
  });

  it('says of a lost answer that it is being looked into', () => {
    const lost: Moment = [
      { type: 'step.lost', data: { ...RUN, step: 'swap', reason: 'time-out' } },
    ];

    expect(wordsOf(run(lost))).toContain(
      '? *Swap staging into production* got no clear answer; checking what became of it: time-out',
    );
  });

  it('counts the good readings in a row while it verifies', () => {
    const message = run(stepDone(), ...verified('recovered').slice(0, 2));

    expect(wordsOf(message)).toContain('*Verifying.* 1 of 3 checks passed in a row.');
    expect(wordsOf(message)).toContain('✓ page: it loads\n✓ health: 200 in 80 ms');
  });

  it('shows the failing probe first', () => {
    const message = run(stepDone(), ...verified('not-recovered').slice(0, 2));

    expect(wordsOf(message)).toContain('*Verifying.* 0 of 3 checks');
    expect(wordsOf(message)).toContain('✗ health: 503 in 80 ms\n✓ page: it loads');
  });
});

describe('a run that is being cancelled', () => {
  const cancelling: Moment = [
    { type: 'run.cancelling', data: { ...RUN, reason: 'Wrong service.' } },
    BEN,
  ];
  const ending: Moment = [
    { type: 'step.ending', data: { ...RUN, step: 'swap', reason: 'It hangs.' } },
    BEN,
  ];
  const endable = running(aPlan({ steps: [aStep({ endingLeaves: 'Half of it.' })] }));

  it('offers to end what is at work, where that can be, once', () => {
    const message = messageOf(incidentAfter(...endable, cancelling), KEY);

    expect(wordsOf(message)).toContain(
      '*Being cancelled:* Wrong service. Nothing new is started. What is at work is followed to its end, unless you end it now.',
    );
    expect(labelsOf(message)).toEqual(['End Swap staging into production…']);
    expect(buttonsOf(message).map(({ value }) => value)).toEqual(['INC-0001 INC-0001-R1 swap']);
    const asked = messageOf(incidentAfter(...endable, cancelling, ending), KEY);
    expect(labelsOf(asked)).toEqual([]);
    expect(wordsOf(asked)).toContain('… *Swap staging into production* being ended');
  });

  it('offers nothing where nothing can end it, nor before it is cancelled, nor when it is over', () => {
    expect(labelsOf(run(cancelling))).toEqual([]);
    expect(wordsOf(run(cancelling))).toContain('What is at work is followed to its end.');
    expect(labelsOf(messageOf(incidentAfter(...endable), KEY))).toEqual(['Cancel…']);
    expect(labelsOf(messageOf(incidentAfter(...endable, cancelling, stepDone()), KEY))).toEqual([]);
  });
});

describe('a halted run', () => {
  it('says what failed and why, gives the steps by hand, and asks the commander', () => {
    const message = run(...stepFailed());

    expect(wordsOf(message)).toContain(
      '*Halted.* Nothing more happens until the incident commander decides.',
    );
    expect(wordsOf(message)).toContain(
      '*Swap staging into production failed:* Azure could not swap the slots: slot staging is stopped.',
    );
    expect(wordsOf(message)).toContain(
      '```\naz webapp deployment slot swap --name acme-checkout --slot staging\n```\n<@U0BEN> decides:',
    );
    expect(labelsOf(message)).toEqual(['Retry', 'Skip…', 'Done by hand…', 'Cancel…']);
    expect(message.text).toContain('Halted: Azure could not swap the slots');
  });

  it('makes sure of a retry, for it touches production', () => {
    const [retry] = buttonsOf(run(...stepFailed()));

    expect(retry?.style).toBe('danger');
    expect(retry?.confirm?.text.text).toContain('“Swap staging into production”');
  });

  it('drops the buttons once somebody has decided', () => {
    const skipped: Moment = [
      { type: 'step.skipped', data: { ...RUN, step: 'swap', reason: 'Done elsewhere.' } },
      BEN,
    ];

    const message = run(...stepFailed(), skipped);

    expect(labelsOf(message)).toEqual(['Cancel…']);
    expect(wordsOf(message)).toContain('– Swap staging into production skipped: Done elsewhere.');
  });
});

describe('a finished run', () => {
  it.each<[string, readonly Moment[], string]>([
    [
      'recovered',
      [stepDone(), ...verified('recovered')],
      '*Recovered* in 7 min: Every probe passed 3 times in a row.',
    ],
    [
      'cancelled',
      [
        ...stepFailed(),
        [{ type: 'run.finished', data: { ...RUN, outcome: 'cancelled', reason: 'Enough.' } }],
      ],
      '*Cancelled* after 6 min: Enough.',
    ],
    [
      'done',
      [
        stepDone(),
        [
          {
            type: 'run.finished',
            data: { ...RUN, outcome: 'done', reason: 'No probe is configured.' },
          },
        ],
      ],
      '*Done* in 5 min: No probe is configured.',
    ],
  ])('says in one line that it is %s', (_outcome, moments, words) => {
    expect(wordsOf(run(...moments))).toContain(words);
    expect(buttonsOf(run(...moments))).toEqual([]);
  });

  it('says plainly that it did not recover, and offers the ways on', () => {
    const message = run(stepDone(), ...verified('not-recovered'));

    expect(wordsOf(message)).toContain('*It did not recover* after 7 min: health: 503 in 80 ms');
    expect(labelsOf(message)).toEqual([
      'Roll forward again',
      'Next older version',
      'Call contacts',
    ]);
    expect(buttonsOf(message).map(({ value }) => value)).toEqual([
      'INC-0001 INC-0001-R1',
      'INC-0001 INC-0001-R1',
      'INC-0001',
    ]);
  });

  it('offers a rollback when what did not help was none', () => {
    const plan = aPlan({ id: 'INC-0001-P2', kind: 'verify', steps: [] });
    const incident = incidentAfter(
      [{ type: 'plan.proposed', data: { plan } }],
      started('INC-0001-P2', 'INC-0001-R1'),
      ...verified('not-recovered'),
    );

    expect(labelsOf(messageOf(incident, KEY))).toEqual(['Roll back…', 'Call contacts']);
  });

  it('offers nothing any more once one of the ways was taken', () => {
    const broken = [stepDone(), ...verified('not-recovered')];
    const called: Moment = [{ type: 'contacts.called', data: { contacts: [] } }];

    expect(labelsOf(run(...broken, called))).toEqual(['Roll forward again', 'Next older version']);
    expect(buttonsOf(run(...broken, ...planned(aPlan({ id: 'INC-0001-P2' }))))).toEqual([]);
    expect(buttonsOf(run(...broken, resolved()))).toEqual([]);
  });
});
