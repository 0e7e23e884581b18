import {
  askAndApprove,
  declareCorruption,
  postgresqlOf,
  RESTORE_MS,
  users,
  withoutPostgresql,
} from './database-scenes.ts';
import { expect, type Story } from './story.ts';

export const safetyBackupFails: Story = {
  name: 'safety-backup-fails',
  about: 'The disk is full, so no safety backup can be taken; nothing is restored.',
  ends: 'nothing is touched, and the channel knows why',
  settings: { database: { as: 'server' } },
  missing: withoutPostgresql,
  async play(stage, tell) {
    const { ana } = stage.people;
    const database = postgresqlOf(stage);
    const channel = await declareCorruption(stage);
    await database.fillDisk();

    tell('The disk for backups is full. Ana asks for the restore all the same, and Ben approves.');
    await askAndApprove(stage, channel, 'only database');

    await ana.sees('No space left on device', { channel, timeoutMs: RESTORE_MS });
    const { wrong } = await users(stage);
    expect(wrong === 10, 'the live database is as it was');
    const names = await database.databases();
    expect(names.join() === 'shop', 'no other database was made, and none was renamed');
  },
};
