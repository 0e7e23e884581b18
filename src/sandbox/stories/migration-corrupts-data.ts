import {
  askAndApprove,
  declareCorruption,
  postgresqlOf,
  RESTORE_MS,
  users,
  withoutPostgresql,
} from './database-scenes.ts';
import { checkoutAnswers, expect, type Story } from './story.ts';

export const migrationCorruptsData: Story = {
  name: 'migration-corrupts-data',
  about:
    'A migration set wrong values for all users; it is taken back before the code (guide 002).',
  ends: 'verified recovery: a safety backup, what was written meanwhile in files, the migration taken back, the older release live',
  settings: { database: { as: 'server', migrations: 'sound' } },
  missing: withoutPostgresql,
  async play(stage, tell) {
    const { ana, ben } = stage.people;
    const database = postgresqlOf(stage);
    const channel = await declareCorruption(stage);
    tell('A customer signs up meanwhile.');
    await database.signUp('late@shop.example');

    tell(
      'A look at a plan for the code alone says that the older code does not know the newest migration.',
    );
    await ana.command(channel, '/rollback --dry-run');
    await ana.sees('The older code does not know', { channel });

    tell('So Ana asks for the migrations too.');
    await askAndApprove(stage, channel, 'with schema');
    await ben.sees('has recovered', { channel, timeoutMs: RESTORE_MS });

    const { verified, wrong } = await users(stage);
    expect(verified === 8 && wrong === 0, 'the wrong values are gone, and what was written stays');
    expect(
      (await database.exported()).includes('late@shop.example'),
      'the customer who signed up meanwhile is in the export',
    );
    expect(
      (await database.sql('SELECT count(*) FROM knex_migrations')) === '1',
      'the migration is taken back',
    );
    expect((await checkoutAnswers(stage)).status === 200, 'the checkout works again');
  },
};
