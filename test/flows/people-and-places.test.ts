import { describe, expect, it } from 'vitest';
import { callContacts } from '../../src/flows/call-contacts.ts';
import { recordChannel, recordInvited } from '../../src/flows/open-channel.ts';
import { takeRole } from '../../src/flows/take-role.ts';
import { ANA, aStory, BACKSTOP, BEN } from '../support/an-incident.ts';
import { ask, CHECKOUT, closeStory, OPERATOR, put, refused } from '../support/asking.ts';

describe('a role', () => {
  it('is taken by who asks, when it is free', () => {
    expect(ask(aStory(), ANA, takeRole('scribe'))).toEqual([
      { type: 'role.claimed', data: { role: 'scribe', user: 'U0ANA' } },
    ]);
  });

  it('is taken over only by who knows from whom', () => {
    const story = aStory();
    put(story, ANA, takeRole('commander'));

    expect(refused(story, BEN, takeRole('commander'))).toMatchObject({
      code: 'already-done',
      message: '<@U0ANA> is the incident commander already. To take over, use `/incident command`.',
    });
    expect(refused(story, BEN, takeRole('commander', 'U0CLEO')).code).toBe('already-done');
    expect(refused(story, ANA, takeRole('commander')).message).toMatch(/^You are the incident/);
    put(story, BEN, takeRole('commander', 'U0ANA'));
    expect(story.incident().roles.commander).toBe('U0BEN');
  });

  it('of another kind is named', () => {
    const story = aStory();
    put(story, ANA, takeRole('communications-lead'));

    expect(refused(story, BEN, takeRole('communications-lead')).message).toBe(
      '<@U0ANA> is the communications lead already. Ask them to hand it over.',
    );
  });

  it('is for people, while the incident is open', () => {
    expect(refused(aStory(), OPERATOR, takeRole('commander')).code).toBe('forbidden');
    expect(refused(closeStory(aStory()), ANA, takeRole('commander')).code).toBe('closed');
  });
});

describe('the channel', () => {
  it('is recorded once', () => {
    const story = aStory();

    expect(put(story, BACKSTOP, recordChannel('C1', 'inc-0001'))).toEqual([
      { type: 'channel.opened', data: { channel: 'C1', name: 'inc-0001' } },
    ]);
    expect(ask(story, BACKSTOP, recordChannel('C2', 'inc-0001-2'))).toEqual([]);
  });

  it('has everybody invited once', () => {
    const story = aStory();
    put(story, BACKSTOP, recordInvited(['U0ANA', 'U0BEN', 'U0ANA']));

    expect(story.incident().responders).toEqual(['U0ANA', 'U0BEN']);
    expect(ask(story, BACKSTOP, recordInvited(['U0BEN', 'U0DEE', 'U0DEE']))).toEqual([
      { type: 'responders.invited', data: { users: ['U0DEE'] } },
    ]);
    expect(ask(story, BACKSTOP, recordInvited(['U0BEN']))).toEqual([]);
  });
});

describe('the contacts', () => {
  it('are called, once', () => {
    const story = aStory();

    expect(put(story, ANA, callContacts(CHECKOUT))).toEqual([
      { type: 'contacts.called', data: { contacts: ['Database administrator: Femi Ade'] } },
    ]);
    expect(refused(story, BEN, callContacts(CHECKOUT))).toMatchObject({
      code: 'already-done',
      message: 'The contacts were called already: Database administrator: Femi Ade.',
    });
  });

  it('have to be configured, and the incident open', () => {
    expect(refused(aStory(), ANA, callContacts({ ...CHECKOUT, contacts: [] }))).toMatchObject({
      code: 'not-possible',
      message: expect.stringMatching(/services\.checkout\.contacts/),
    });
    expect(refused(closeStory(aStory()), ANA, callContacts(CHECKOUT)).code).toBe('closed');
  });
});
