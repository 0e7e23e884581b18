import {
  askAndApprove,
  declareCorruption,
  postgresqlOf,
  RESTORE_MS,
  users,
  withoutPostgresql,
} from './database-scenes.ts';
import { expect, type Story } from './story.ts';

export const composeRollback: Story = {
  name: 'compose-rollback',
  about:
    'The services of a compose project are stopped, its database is put back, and they start again (guide 003).',
  ends: 'verified recovery; the services run again',
  settings: { database: { as: 'compose' } },
  missing: withoutPostgresql,
  async play(stage, tell) {
    const { ben, cleo } = stage.people;
    const database = postgresqlOf(stage);
    const channel = await declareCorruption(stage);

    tell('Ana asks for the newest backup of the stack; Ben approves.');
    await askAndApprove(stage, channel, 'only stack');
    await cleo.sees('Allow this step', { channel, timeoutMs: RESTORE_MS });
    await cleo.click('Allow this step', { channel });
    await ben.sees('has recovered', { channel, timeoutMs: RESTORE_MS });

    const { verified, wrong } = await users(stage);
    expect(verified === 7 && wrong === 0, 'the values are as they were last night');
    const calls = await database.dockerCalls();
    const stop = calls.findIndex((call) => call.includes(' stop '));
    const restore = calls.findIndex((call) => call.includes('pg_restore --exit-on-error'));
    const start = calls.findIndex((call) => call.includes(' up '));
    expect(stop !== -1 && stop < restore && restore < start, 'stopped, restored, started');
  },
};
