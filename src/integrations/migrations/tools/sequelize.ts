import { appliedAfter, byName, type Migration, type Tool } from '../tool.ts';

const SOURCE = /\.(c|m)?[jt]s$/;

/** Sequelize CLI 6. It knows no order but that of the names, and opens no transaction of its own. */
export const sequelize: Tool = {
  title: 'Sequelize',
  migrations: 'migrations',
  transactional: false,
  newerThan: appliedAfter,
  remark:
    'Sequelize takes a migration back without a transaction of its own: one that fails can leave half of it behind.',

  async history(reading) {
    const answer = await reading.ask('db:migrate:status');
    if (answer.code !== 0) throw reading.unusable(answer);
    if (!/Sequelize CLI \[/.test(answer.said)) throw reading.unusable(answer, 'malformed');
    const found = answer.out.split('\n').flatMap((line): Migration[] => {
      const [, state, name] = /^(up|down) (\S+)\s*$/.exec(line) ?? [];
      if (name === undefined) return [];
      return [{ name, state: state === 'up' ? 'applied' : 'pending', isKnown: true }];
    });
    return byName(found);
  },

  async known(reading) {
    const names = await reading.list(reading.migrations);
    return new Set(names.filter((name) => SOURCE.test(name)));
  },

  down: ({ migration }) => ['db:migrate:undo', '--name', migration.name],

  outcome({ code, said }) {
    if (/Migration was not executed|No executed migrations found/.test(said)) {
      return 'nothing to take back';
    }
    return code === 0 && /: reverted \(/.test(said) ? 'taken back' : 'failed';
  },
};
