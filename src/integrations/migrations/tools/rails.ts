import { appliedAfter, byName, type Migration, type Tool } from '../tool.ts';

/** Rails' Active Record. Migrations go by their version; exit code 0 without a word means that nothing was to do. */
export const rails: Tool = {
  title: 'Rails',
  migrations: 'db/migrate',
  transactional: true,
  newerThan: appliedAfter,

  async history(reading) {
    const answer = await reading.ask('db:migrate:status');
    if (answer.code !== 0) throw reading.unusable(answer);
    if (!/Status\s+Migration ID/.test(answer.out)) throw reading.unusable(answer, 'malformed');
    const found = answer.out.split('\n').flatMap((line): Migration[] => {
      const [, state, name, title = ''] = /^\s*(up|down)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      if (name === undefined) return [];
      const isKnown = !title.includes('NO FILE');
      return [{ name, state: state === 'up' ? 'applied' : 'pending', isKnown }];
    });
    return byName(found);
  },

  async known(reading) {
    const names = await reading.list(reading.migrations);
    return new Set(names.flatMap((name) => /^(\d+)_.*\.rb$/.exec(name)?.[1] ?? []));
  },

  down: ({ migration }) => ['db:migrate:down', `VERSION=${migration.name}`],

  // What caused it follows, down to what has nothing to do with it; and what went well is printed last.
  telling: (said) =>
    /^\w+ aborted!\n([^]*?)\n\s*(?:Caused by:|Tasks: TOP)/m.exec(said)?.[1] ?? said,

  outcome({ code, said }) {
    if (code !== 0) return 'failed';
    return /: reverted \(/.test(said) ? 'taken back' : 'nothing to take back';
  },
};
