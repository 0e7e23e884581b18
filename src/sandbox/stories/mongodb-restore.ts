import {
  askAndApprove,
  databaseOf,
  declareCorruption,
  RESTORE_MS,
  users,
} from './database-scenes.ts';
import { expect, type Story } from './story.ts';

export const mongodbRestore: Story = {
  name: 'mongodb-restore',
  about:
    'A MongoDB database is restored beside the corrupt one, and the shop is told its name. Server and tools are stand-ins.',
  ends: 'verified recovery; the corrupt database is kept, and what was written meanwhile is in files',
  settings: { database: { as: 'mongodb' } },
  async play(stage, tell) {
    const { ben, cleo } = stage.people;
    const database = databaseOf(stage);
    tell('MongoDB cannot be installed everywhere: its server and its tools are stand-ins here.');
    const channel = await declareCorruption(stage);
    tell('A customer signs up meanwhile.');
    await database.signUp('late@shop.example');

    tell('Ana asks for the newest backup of the database; Ben approves.');
    await askAndApprove(stage, channel, 'only database');
    tell('The shop is stopped. Before another database is set, a second person is asked.');
    await cleo.sees('Allow this step', { channel, timeoutMs: RESTORE_MS });
    await cleo.sees('11 documents → 10 documents', { channel });
    const [shop, restored = '', ...more] = await database.databases();
    expect(
      shop === 'shop' && more.length === 0,
      'the restored database stands beside the live one',
    );
    await cleo.click('Allow this step', { channel });

    await ben.sees('has recovered', { channel, timeoutMs: RESTORE_MS });
    await ben.sees('Every probe passed', { channel });
    await ben.sees('Playbook after-rollback', { channel });
    await ben.sees('Monitoring', { channel: 'incidents' });
    const { verified, wrong } = await users(stage);
    expect(verified === 7 && wrong === 0, 'the values are as they were last night');
    expect((await database.live()) === restored, 'the shop uses the restored database');
    expect((await database.databases()).length === 2, 'the corrupt database is kept');
    expect(
      (await database.exported()).includes('late@shop.example'),
      'the customer who signed up meanwhile is in the export',
    );
  },
};
