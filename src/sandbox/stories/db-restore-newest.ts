import {
  askAndApprove,
  databaseOf,
  declareCorruption,
  RESTORE_MS,
  users,
  withoutPostgresql,
} from './database-scenes.ts';
import { exportPostmortem, watchAndResolve } from './scenes.ts';
import { expect, type Story } from './story.ts';

export const dbRestoreNewest: Story = {
  name: 'db-restore-newest',
  about: 'The newest backup of a real database takes the place of the corrupt one.',
  ends: 'resolved on the restored data; the corrupt database is kept, and what was written meanwhile is in files',
  settings: { database: { as: 'server' } },
  missing: withoutPostgresql,
  async play(stage, tell) {
    const { ben, cleo } = stage.people;
    const database = databaseOf(stage);
    const channel = await declareCorruption(stage);
    tell('A customer signs up meanwhile.');
    await database.signUp('late@shop.example');

    tell('Ana asks for the newest backup of the database; Ben approves.');
    await askAndApprove(stage, channel, 'only database');
    tell('Before the databases are switched, a second person is asked, and shown how they differ.');
    await cleo.sees('Allow this step', { channel, timeoutMs: RESTORE_MS });
    await cleo.sees('11 rows → 10 rows', { channel });
    expect((await users(stage)).wrong === 10, 'the live database is not touched before that');
    await cleo.click('Allow this step', { channel });

    await ben.sees('has recovered', { channel, timeoutMs: RESTORE_MS });
    const { verified, wrong } = await users(stage);
    expect(verified === 7 && wrong === 0, 'the values are as they were last night');
    expect((await database.databases()).length === 2, 'the corrupt database is kept');
    expect(
      (await database.exported()).includes('late@shop.example'),
      'the customer who signed up meanwhile is in the export',
    );
    await watchAndResolve(stage, channel);
    await exportPostmortem(stage, channel);
  },
};
