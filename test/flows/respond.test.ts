import { describe, expect, it } from 'vitest';
import { confirmResponse, overrideResponse, overrideSeverity } from '../../src/flows/respond.ts';
import type { Flow } from '../../src/loop.ts';
import { ANA, aStory, assessAsBroken, BEN, severity, takeCommand } from '../support/an-incident.ts';
import { ask, closeStory, put, refused } from '../support/asking.ts';

const led = () => takeCommand(assessAsBroken(aStory()), BEN);

describe('confirming', () => {
  it('chooses what the assessment recommends, with its reasons, and the problem is identified', () => {
    expect(ask(led(), BEN, confirmResponse())).toEqual([
      {
        type: 'response.chosen',
        data: {
          response: 'rollback',
          reasons: ['all users are affected', 'a fix takes longer than 15 minutes'],
        },
      },
      {
        type: 'status.changed',
        data: { status: 'identified', reason: 'The response was decided.' },
      },
    ]);
  });

  it('is refused as long as there is no recommendation', () => {
    expect(refused(takeCommand(aStory()), BEN, confirmResponse())).toMatchObject({
      code: 'not-possible',
      message: expect.stringMatching(/Answer its next question/),
    });
  });

  it('is refused the second time', () => {
    const story = led();
    put(story, BEN, confirmResponse());

    expect(refused(story, BEN, confirmResponse())).toMatchObject({
      code: 'already-done',
      message: 'The response is rollback already; nothing was changed.',
    });
  });
});

describe('choosing another response', () => {
  it('takes a reason and changes the status only once', () => {
    const story = led();

    expect(put(story, BEN, overrideResponse('monitor', ' they fix it '))).toMatchObject([
      { data: { response: 'monitor', reasons: ['they fix it'], override: 'they fix it' } },
      { type: 'status.changed' },
    ]);
    expect(put(story, BEN, overrideResponse('quick-fix', 'no they do not'))).toHaveLength(1);
  });

  it.each([
    ['tea', 'why', 'response'],
    ['monitor', '  ', 'reason'],
  ])('refuses %s because %j', (response, reason, field) => {
    expect(refused(led(), BEN, overrideResponse(response, reason))).toMatchObject({
      code: 'invalid-input',
      field,
    });
  });
});

describe('setting the severity', () => {
  it('takes a reason', () => {
    expect(ask(led(), BEN, overrideSeverity('sev2', 'it is night'))).toEqual([
      severity('sev2', ['it is night'], 'it is night'),
    ]);
  });

  it.each([
    ['sev1', 'why', 'already-done'],
    ['sev9', 'why', 'invalid-input'],
    ['sev2', '', 'invalid-input'],
  ])('refuses %s because %j', (is, reason, code) => {
    expect(refused(led(), BEN, overrideSeverity(is, reason)).code).toBe(code);
  });
});

describe.each<[string, Flow]>([
  ['confirming', confirmResponse()],
  ['choosing another response', overrideResponse('monitor', 'why')],
  ['setting the severity', overrideSeverity('sev3', 'why')],
])('%s', (_what, flow) => {
  it('is for the incident commander of an open incident', () => {
    expect(refused(assessAsBroken(aStory()), ANA, flow).message).toMatch(/Press \*Take command\*/);
    expect(refused(led(), ANA, flow).message).toMatch(/^Only the incident commander, <@U0BEN>/);
    expect(refused(closeStory(led()), BEN, flow).code).toBe('closed');
  });
});
