import { describe, expect, it } from 'vitest';
import { resolveIncident } from '../../src/flows/resolve.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  beginStep,
  finishStep,
  MINUTE,
  recover,
  type Story,
  showPlan,
  takeCommand,
  verify,
  watch,
} from '../support/an-incident.ts';
import { ask, closeStory, refused } from '../support/asking.ts';

const led = (): Story => takeCommand(aStory());
const running = (): Story => approve(askApproval(showPlan(led())));
const recovered = (): Story =>
  recover(verify(finishStep(beginStep(running(), 'swap-slot'), 'swap-slot'), 3));
const resolved = (reason: string) => [
  { type: 'status.changed', data: { status: 'resolved', reason } },
];

it('resolves with the reason that was given', () => {
  expect(ask(led(), BEN, resolveIncident(' false alarm '))).toEqual(resolved('false alarm'));
  expect(ask(recovered(), BEN, resolveIncident('seen by hand'))).toEqual(resolved('seen by hand'));
});

it('needs no reason once the monitor window has passed', () => {
  expect(ask(watch(recovered()), BEN, resolveIncident(''))).toEqual(
    resolved('The monitor window passed.'),
  );
});

it('does not wait for windows that begin later', () => {
  const story = recovered();
  const now = story.now();
  const windows = [
    { name: 'now', from: now, until: now, every: MINUTE },
    { name: 'later', from: now + MINUTE, until: now + 9 * MINUTE, every: MINUTE },
  ];
  story.tell(BACKSTOP, { type: 'monitor.started', data: { run: 'INC-0001-R1', windows } });
  story.tell(BACKSTOP, { type: 'monitor.ended', data: { window: 'now', passed: true } });

  expect(ask(story, BEN, resolveIncident(''))).toEqual(resolved('The monitor window passed.'));
});

describe('without a reason it is refused', () => {
  it.each([
    [
      'while a window is open',
      recovered,
      /first quarter hour is still open.*`\/incident resolve <reason>`\.$/,
    ],
    [
      'when a window did not pass',
      () => watch(recovered(), false),
      /first quarter hour did not pass/,
    ],
    ['when nothing was watched', led, /^Say why it is over/],
  ])('%s', (_what, story, message) => {
    expect(refused(story(), BEN, resolveIncident('  ')).message).toMatch(message);
  });

  it('and also with one that is endless', () => {
    expect(refused(led(), BEN, resolveIncident('x'.repeat(10_000))).code).toBe('invalid-input');
  });
});

it('waits for the run that is at work', () => {
  expect(refused(running(), BEN, resolveIncident('why'))).toMatchObject({
    code: 'not-possible',
    message: 'INC-0001-R1 is not finished. Wait for it to end, or cancel it when it has halted.',
  });
});

it('is for the incident commander, once', () => {
  expect(refused(led(), ANA, resolveIncident('why')).code).toBe('forbidden');
  expect(refused(aStory(), ANA, resolveIncident('why')).code).toBe('forbidden');
  expect(refused(closeStory(led()), BEN, resolveIncident('why')).code).toBe('closed');
});
