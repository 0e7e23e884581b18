/** Systems that repeat secrets in their answers, and people who paste them: none of it is written anywhere. */

import { expect, it } from 'vitest';
import { assess, planRollback, takeCommandAndConfirm } from '../../src/sandbox/stories/scenes.ts';
import { aBot } from '../support/a-bot.ts';
import { leaksOf, secretsOf } from '../support/leaks.ts';
import { PATIENT } from '../support/patient.ts';
import { declared, eventually } from './watch.ts';

it('writes no secret into the journal, the log, messages or exports', PATIENT, async (test) => {
  const bot = await aBot(test);
  const { stage } = bot;
  const { ana, ben } = stage.people;
  const secrets = Object.values(secretsOf(bot));
  const told = secrets.join(' and ');
  const body = { error: { code: 'Conflict', message: `No: ${told}` }, message: `No: ${told}` };
  const refusal = { kind: 'status', status: 400, body } as const;

  const channel = await declared(bot);
  await assess(stage, channel, ['All of them']);
  await takeCommandAndConfirm(stage, channel, 'rollback');
  await ana.command(channel, `/incident note we tried ${told}`);
  await eventually('the note is recorded', () =>
    bot.recorded().some(({ type }) => type === 'note.added'),
  );
  stage.cloud.faults.github.add({ on: 'GET compare', fault: refusal });
  stage.cloud.faults.azure.add({ on: 'POST slotsswap', fault: refusal });
  await planRollback(stage, channel);
  await ben.click('Approve', { channel });
  await ana.sees('Halted', { channel, timeoutMs: 60_000 });
  await ben.command(channel, '/postmortem');
  await ben.sees('Post-mortem of INC-0001', { channel });

  // They were repeated indeed, and something stands in their place.
  const halted = bot.recorded().find(({ type }) => type === 'run.halted');
  expect(JSON.stringify(halted?.data)).toContain('[redacted]');
  const note = bot.recorded().find(({ type }) => type === 'note.added');
  expect(JSON.stringify(note?.data)).toContain('we tried [redacted] and [redacted]');
  expect(secrets.length).toBeGreaterThanOrEqual(5);
  expect(ben.files(channel).length).toBeGreaterThanOrEqual(3);
  expect(leaksOf(bot)).toEqual([]);
});
