import { describe, expect, it } from 'vitest';
import { changeStatus, closeIncident, reopenIncident } from '../../src/flows/change-status.ts';
import { handOver } from '../../src/flows/hand-over.ts';
import { linkDuplicate, mergeInto } from '../../src/flows/merge.ts';
import { recordExport } from '../../src/flows/record-export.ts';
import { assignRole, takeRole } from '../../src/flows/take-role.ts';
import { addTask, linkTask } from '../../src/flows/tasks.ts';
import { postUpdate } from '../../src/flows/updates.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  assemble,
  assessAsBroken,
  BACKSTOP,
  BEN,
  CLEO,
  decide,
  MINUTE,
  type Story,
  showPlan,
  takeCommand,
} from '../support/an-incident.ts';
import { ask, closeStory, put, refused } from '../support/asking.ts';

/** The same with another id, as a second incident. */
function another(story: Story, id = 'INC-0002'): ReturnType<Story['incident']> {
  return { ...story.incident(), id, stream: `incident/${id}` };
}

function running(): Story {
  const ready = decide(takeCommand(assessAsBroken(assemble(aStory()))), 'rollback', ['why']);
  return approve(askApproval(showPlan(ready)));
}

describe('the status', () => {
  it('is changed by the commander, with a reason', () => {
    const story = takeCommand(aStory());

    expect(ask(story, BEN, changeStatus('Monitoring', ' it calms down '))).toEqual([
      { type: 'status.changed', data: { status: 'monitoring', reason: 'it calms down' } },
    ]);
    expect(refused(story, ANA, changeStatus('monitoring', 'x')).code).toBe('forbidden');
    expect(refused(story, BEN, changeStatus('monitoring', ' ')).field).toBe('reason');
    expect(refused(story, BEN, changeStatus('investigating', 'x')).code).toBe('already-done');
  });

  it.each([
    ['resolved', /incident resolve/],
    ['closed', /incident close/],
    ['constructor', /investigating, identified, monitoring/],
    ['', /Choose one of these/],
  ])('cannot be “%s” this way', (status, words) => {
    expect(refused(takeCommand(aStory()), BEN, changeStatus(status, 'x')).message).toMatch(words);
  });

  it('is not changed any more once it is over', () => {
    const story = closeStory(takeCommand(aStory()));

    expect(refused(story, BEN, changeStatus('monitoring', 'x')).code).toBe('closed');
  });
});

describe('a resolved incident', () => {
  it('is reopened by anybody, with a reason, and remembers both ends', () => {
    const story = closeStory(takeCommand(aStory()));
    put(story, CLEO, reopenIncident('errors again'));
    closeStory(story);

    expect(story.incident().endings).toMatchObject([
      { reason: 'over', reopened: { by: CLEO, reason: 'errors again' } },
      { reason: 'over' },
    ]);
    expect(refused(story, CLEO, reopenIncident('')).field).toBe('reason');
  });

  it('is closed when the post-mortem and what is left to do are agreed', () => {
    const story = takeCommand(aStory());
    put(story, ANA, addTask({ text: 'write a test', kind: 'follow-up' }));
    expect(refused(story, BEN, closeIncident('')).message).toMatch(/To resolve it first/);
    closeStory(story);

    // All that is missing is named at once.
    expect(refused(story, BEN, closeIncident('')).message).toMatch(
      /not exported yet.*Nobody tracks T1 \(no owner, no date\).*say why/,
    );
    put(story, ANA, recordExport(['a.md']));
    expect(refused(story, BEN, closeIncident('')).message).toMatch(
      /^INC-0001 is not closed. Nobody/,
    );
    expect(refused(story, ANA, closeIncident('so')).code).toBe('forbidden');
    put(story, BEN, closeIncident('It is in the tracker.'));

    expect(story.incident()).toMatchObject({
      status: 'closed',
      statusReason: 'It is in the tracker.',
    });
    expect(story.incident().endings).toHaveLength(1);
    expect(refused(story, BEN, closeIncident('')).code).toBe('already-done');
    expect(refused(story, BEN, reopenIncident('x')).code).toBe('closed');
  });

  it('is closed without a reason when what is left has an issue, and not with an owner alone', () => {
    const story = takeCommand(aStory());
    put(story, ANA, addTask({ text: 'x', kind: 'follow-up', owner: 'U0ANA' }));
    put(closeStory(story), ANA, recordExport(['a.md']));
    expect(refused(story, BEN, closeIncident('')).message).toMatch(/T1 \(no date\)/);
    put(story, BACKSTOP, linkTask('T1', 'https://github.test/acme/checkout/issues/7'));

    expect(put(story, BEN, closeIncident(''))).toHaveLength(1);
  });

  it('is closed without a reason when everything is agreed', () => {
    const story = takeCommand(aStory());
    put(
      story,
      ANA,
      addTask({ text: 'x', kind: 'follow-up', owner: 'U0ANA', due: story.now() + MINUTE }),
    );
    put(closeStory(story), ANA, recordExport(['a.md']));

    expect(put(story, BEN, closeIncident(' '))).toHaveLength(1);
  });
});

describe('a duplicate', () => {
  it('is closed into the incident that goes on, which links it once', () => {
    const story = aStory();
    const survivor = another(aStory());

    expect(ask(story, ANA, mergeInto(survivor))).toEqual([
      { type: 'incident.merged', data: { into: 'INC-0002' } },
      {
        type: 'status.changed',
        data: { status: 'closed', reason: 'It is the same as INC-0002, which goes on.' },
      },
    ]);
    expect(put(story, BACKSTOP, linkDuplicate('INC-0009'))).toHaveLength(1);
    expect(ask(story, BACKSTOP, linkDuplicate('INC-0009'))).toEqual([]);
  });

  it('is not itself, not over, not at work, and merged by a commander where there is one', () => {
    const story = takeCommand(aStory());
    const survivor = another(aStory());
    const over = another(closeStory(aStory()));

    expect(refused(story, BEN, mergeInto(story.incident())).code).toBe('invalid-input');
    expect(refused(story, BEN, mergeInto(over)).code).toBe('closed');
    expect(refused(story, ANA, mergeInto(survivor)).code).toBe('forbidden');
    expect(ask(story, ANA, mergeInto({ ...survivor, roles: { commander: 'U0ANA' } }))).toHaveLength(
      2,
    );
    expect(refused(running(), BEN, mergeInto(survivor)).message).toMatch(/is not finished/);
    put(story, BEN, mergeInto(survivor));
    expect(refused(story, BEN, mergeInto(survivor)).code).toBe('already-done');
  });
});

describe('a role', () => {
  it('is given by anybody while it is free, then by its holder or the commander', () => {
    const story = takeCommand(aStory());
    put(story, ANA, assignRole('scribe', 'U0CLEO'));

    expect(story.incident().roles.scribe).toBe('U0CLEO');
    expect(refused(story, ANA, assignRole('scribe', 'U0ANA')).code).toBe('forbidden');
    expect(refused(story, ANA, assignRole('scribe', 'U0CLEO')).code).toBe('already-done');
    expect(refused(story, ANA, assignRole('commander', 'U0ANA')).message).toMatch(
      /incident command/,
    );
    put(story, CLEO, assignRole('scribe', 'U0ANA'));
    put(story, BEN, assignRole('scribe', 'U0BEN'));
    expect(story.incident().roles.scribe).toBe('U0BEN');
  });
});

describe('why somebody has a role', () => {
  it('is kept where it is said, and nobody has to', () => {
    const story = aStory();
    expect(ask(story, BEN, takeRole('scribe', undefined, ' I have the notes '))).toEqual([
      {
        type: 'role.claimed',
        data: { role: 'scribe', user: 'U0BEN', reason: 'I have the notes' },
      },
    ]);
    expect(ask(story, BEN, takeRole('scribe', undefined, ' '))).toEqual([
      { type: 'role.claimed', data: { role: 'scribe', user: 'U0BEN' } },
    ]);
    expect(ask(story, BEN, assignRole('scribe', 'U0CLEO', 'she was there'))).toMatchObject([
      { data: { user: 'U0CLEO', reason: 'she was there' } },
    ]);
    expect(refused(story, BEN, takeRole('scribe', undefined, 'x'.repeat(1001))).field).toBe(
      'reason',
    );
  });
});

describe('a handover', () => {
  it('sums up what stands, what is open and who does what', () => {
    const story = takeCommand(assessAsBroken(assemble(aStory())));
    put(story, ANA, postUpdate('Half of it works', undefined));
    put(story, ANA, addTask({ text: 'call <!channel>', kind: 'task', owner: 'U0CLEO' }));
    put(story, ANA, handOver(undefined));

    expect(story.incident().handovers[0]?.summary).toEqual([
      { text: 'State: SEV1, investigating.' },
      { text: 'Last update: Half of it works' },
      { text: 'The response is not decided yet.' },
      { text: 'Incident commander', user: 'U0BEN' },
      { text: 'T1: call <!channel>', user: 'U0CLEO' },
    ]);
  });

  it('hands over the command, when the commander does', () => {
    const story = takeCommand(running());

    expect(refused(story, ANA, handOver('U0CLEO')).code).toBe('forbidden');
    expect(refused(story, BEN, handOver('U0BEN')).code).toBe('already-done');
    put(story, BEN, handOver('U0CLEO'));
    expect(story.incident().roles.commander).toBe('U0CLEO');
    expect(story.incident().handovers[0]?.summary.map(({ text }) => text)).toContain(
      'Under way: run INC-0001-R1.',
    );
    expect(ask(aStory(), ANA, takeRole('commander'))).toHaveLength(1);
  });
});
