import {
  askAndApprove,
  databaseOf,
  declareCorruption,
  RESTORE_MS,
  users,
  withoutPostgresql,
} from './database-scenes.ts';
import { expect, type Story } from './story.ts';

export const dbRestoreChosen: Story = {
  name: 'db-restore-chosen',
  about: 'Last night’s backup has the wrong values already, so people choose the one before it.',
  ends: 'verified recovery from the chosen backup; the corrupt database is kept',
  settings: { database: { as: 'server', olderBackup: true } },
  missing: withoutPostgresql,
  async play(stage, tell) {
    const { ana, ben, cleo } = stage.people;
    const database = databaseOf(stage);
    const channel = await declareCorruption(stage);

    tell('The backup of last night was taken after the release. Ana looks which ones there are.');
    await ana.command(channel, '/rollback only database --dry-run');
    await ana.sees('shop-nightly.dump', { channel });

    tell('She asks for the one before the release; Ben approves.');
    await askAndApprove(stage, channel, 'only database=shop-before-the-release.dump');
    await cleo.sees('Allow this step', { channel, timeoutMs: RESTORE_MS });
    await cleo.click('Allow this step', { channel });

    await ben.sees('has recovered', { channel, timeoutMs: RESTORE_MS });
    const { verified, wrong } = await users(stage);
    expect(verified === 7 && wrong === 0, 'the values are as they were before the release');
    expect((await database.databases()).length === 2, 'the corrupt database is kept');
  },
};
