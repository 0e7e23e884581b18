import { appliedAfter, type Migration, type Tool } from '../tool.ts';

const SOURCE = /\.(c|m)?[jt]s$/;

/** Knex 3. Its lists are read from `migrate:list`, which fails where the code lacks a migration that ran. */
export const knex: Tool = {
  title: 'Knex',
  migrations: 'migrations',
  transactional: true,
  newerThan: appliedAfter,

  async history(reading) {
    const answer = await reading.ask('migrate:list');
    if (/following files are missing/.test(answer.said)) {
      throw reading.unusable(
        answer,
        'rejected',
        'Let `newer` be the code that has every migration that ran.',
      );
    }
    if (answer.code !== 0) throw reading.unusable(answer);
    const lines = answer.out.split('\n').map((line) => line.trim());
    if (!lines.some((line) => /^(Found \d+|No) Completed Migration/.test(line))) {
      throw reading.unusable(answer, 'malformed');
    }
    const found: Migration[] = [];
    let state: Migration['state'] | undefined;
    for (const line of lines) {
      const heading = /^(?:Found \d+|No) (Completed|Pending) Migration/.exec(line);
      if (heading) state = heading[1] === 'Completed' ? 'applied' : 'pending';
      else if (state && SOURCE.test(line)) {
        found.push({ name: line.replace(/^.*[\\/]/, ''), state, isKnown: true });
      }
    }
    return found;
  },

  async known(reading) {
    const names = await reading.list(reading.migrations);
    return new Set(names.filter((name) => SOURCE.test(name)));
  },

  down: ({ migration }) => ['migrate:down', migration.name],

  outcome({ code, said }) {
    if (/was not run\.|Already at the base migration/.test(said)) return 'nothing to take back';
    return code === 0 && /rolled back/.test(said) ? 'taken back' : 'failed';
  },
};
