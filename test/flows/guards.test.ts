import { describe, expect, it } from 'vitest';
import {
  isSamePerson,
  requireCommander,
  requireFree,
  requireOpen,
  requireReason,
  sentence,
} from '../../src/flows/guards.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  showPlan,
  takeCommand,
} from '../support/an-incident.ts';
import { closeStory, OPERATOR, refusal } from '../support/asking.ts';

describe('an open incident', () => {
  it('is required', () => {
    const story = aStory();
    expect(() => requireOpen(story.incident())).not.toThrow();

    expect(refusal(() => requireOpen(closeStory(story).incident()))).toMatchObject({
      code: 'closed',
      message: 'INC-0001 is resolved; nothing was changed. If it is back, declare a new incident.',
    });
  });
});

describe('the incident commander', () => {
  it('is required of people', () => {
    const nobody = aStory().incident();
    const { ...led } = takeCommand(aStory(), BEN).incident();

    expect(refusal(() => requireCommander(nobody, ANA, 'resolve it'))).toMatchObject({
      code: 'forbidden',
      message:
        'Somebody has to be incident commander to resolve it. Press *Take command* on the card first.',
    });
    expect(refusal(() => requireCommander(led, ANA, 'resolve it')).message).toBe(
      'Only the incident commander, <@U0BEN>, can resolve it. Ask them.',
    );
    expect(() => requireCommander(led, BEN, 'resolve it')).not.toThrow();
  });

  it.each([OPERATOR, BACKSTOP])('is not asked for at the terminal: %o', (actor) => {
    expect(() => requireCommander(aStory().incident(), actor, 'resolve it')).not.toThrow();
    expect(() => requireCommander(takeCommand(aStory()).incident(), actor, 'x')).not.toThrow();
  });
});

describe('a reason', () => {
  it('is trimmed', () => {
    expect(requireReason('  it burns\n')).toBe('it burns');
    expect(requireReason('x'.repeat(1000))).toHaveLength(1000);
  });

  it.each(['', '   \n', 'x'.repeat(1001)])('is refused when empty or endless (%#)', (reason) => {
    expect(refusal(() => requireReason(reason, 'note'))).toMatchObject({
      code: 'invalid-input',
      field: 'note',
    });
  });
});

describe('a free environment', () => {
  const running = approve(askApproval(showPlan(aStory()))).incident();
  const free = (service: string, environment: string) =>
    requireFree(service, environment, [aStory().incident(), running], 'Try again then.');

  it('has no run of any incident', () => {
    expect(() => free('checkout', 'staging')).not.toThrow();
    expect(() => free('search', 'production')).not.toThrow();
  });

  it('is refused with who holds it, since when, and what to do', () => {
    const { startedAt } = running.runs[0] ?? { startedAt: 0 };

    expect(refusal(() => free('checkout', 'production'))).toMatchObject({
      code: 'not-possible',
      message: `INC-0001-R1 of INC-0001 has been at work on checkout production since <!date^${Math.floor(startedAt / 1000)}^{time}|${new Date(startedAt).toISOString()}>. Try again then.`,
    });
  });
});

it('ends what people typed as a sentence', () => {
  expect(['no ', 'no.', 'why?', '', undefined].map((words) => sentence(words))).toEqual([
    'no.',
    'no.',
    'why?',
    '',
    '',
  ]);
});

it('knows a person again, whatever their name was then, and no others', () => {
  expect(isSamePerson({ kind: 'person', id: 'U0ANA', name: 'Ana' }, ANA)).toBe(true);
  expect(isSamePerson(BEN, ANA)).toBe(false);
  expect(isSamePerson(undefined, ANA)).toBe(false);
  expect(isSamePerson(OPERATOR, { kind: 'operator', name: 'root' })).toBe(true);
  expect(isSamePerson(OPERATOR, { kind: 'operator', name: 'eve' })).toBe(false);
  expect(isSamePerson(OPERATOR, { kind: 'person', id: 'root' })).toBe(false);
  expect(isSamePerson(BACKSTOP, BACKSTOP)).toBe(false);
});
