import {
  askAndApprove,
  declareCorruption,
  postgresqlOf,
  RESTORE_MS,
  users,
  withoutPostgresql,
} from './database-scenes.ts';
import { expect, type Story } from './story.ts';

export const migrationFailsHalfWay: Story = {
  name: 'migration-fails-half-way',
  about:
    'Taking a migration back breaks off after its first statement; nothing is repeated, and a backup is put back instead.',
  ends: 'verified recovery from the backup of last night, before the migration; the half-way database is kept',
  settings: { database: { as: 'server', migrations: 'half a way down' } },
  missing: withoutPostgresql,
  async play(stage, tell) {
    const { ana, ben, cleo } = stage.people;
    const database = postgresqlOf(stage);
    const channel = await declareCorruption(stage);

    tell('Ana asks for the migrations to go back; Ben approves. The way down has a slip in it.');
    await askAndApprove(stage, channel, 'with schema');
    const told = await ana.sees('part of it may have been undone', {
      channel,
      timeoutMs: RESTORE_MS,
    });
    const columns = await database.sql(
      "SELECT count(*) FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'email_verified'",
    );
    // Where Backstop was killed before it was sent, nobody can tell that it never ran: what people are told is the same but for this.
    const isSent = told.text.includes('ended with exit code');
    expect(columns === '0' || !isSent, 'its first statement is done');
    const ran = await database.sql('SELECT count(*) FROM knex_migrations');
    expect(ran === '2', 'the migration still counts as applied');

    tell('Nobody repeats that. Ben cancels the run: what is left is to put a backup back.');
    await ben.click('Cancel…', { channel });
    await ben.fill('Why?', 'The way down is broken; we restore last night’s backup.');
    await ben.submit();
    await ana.sees('Cancelled', { channel, timeoutMs: RESTORE_MS });
    await askAndApprove(stage, channel, 'with database=shop-nightly.dump');
    await cleo.sees('Allow this step', { channel, timeoutMs: RESTORE_MS });
    await cleo.click('Allow this step', { channel });

    await ben.sees('has recovered', { channel, timeoutMs: RESTORE_MS });
    const { verified, wrong } = await users(stage);
    expect(verified === 7 && wrong === 0, 'the values are as they were last night');
    const left = await database.sql('SELECT count(*) FROM knex_migrations');
    expect(left === '1', 'the migration is gone from the list too');
  },
};
