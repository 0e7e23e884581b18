import type { Answer, Migration, Reading, Tool } from '../tool.ts';

/**
 * Django. Asked to go back by code that lacks the migration it exits 0 and does nothing, so that only the list afterwards
 * counts. Going back takes everything along that builds on the migration.
 */
export const django: Tool = {
  title: 'Django',
  migrations: '.',
  transactional: true,

  history: read,

  async known(reading) {
    return new Set((await read(reading)).map(({ name }) => name));
  },

  /** In one app: what builds on it in another one is found by `obstacle`. */
  newerThan(history, name) {
    const at = history.findIndex((each) => each.name === name);
    const later = history.slice(at + 1).filter(({ state }) => state !== 'pending');
    return later.filter((each) => appOf(each.name) === appOf(name));
  },

  down: ({ migration, history }) => ['migrate', '--noinput', ...targetOf(migration, history)],

  outcome({ code, said }) {
    if (code !== 0) return 'failed';
    if (/No migrations to apply/.test(said)) return 'nothing to take back';
    return /Unapplying \S+\.\.\. OK/.test(said) ? 'taken back' : 'failed';
  },

  async obstacle(reading, { migration, history }) {
    const args = ['migrate', '--noinput', '--plan', ...targetOf(migration, history)];
    const answer = await reading.ask(...args);
    if (answer.code !== 0) throw reading.unusable(answer);
    const planned = plannedIn(answer);
    const own = planned.get(migration.name);
    if (own?.some((line) => line.includes('IRREVERSIBLE'))) {
      return `${migration.name} cannot be taken back: it has a part that is irreversible.`;
    }
    const app = appOf(migration.name);
    const others = [...planned.keys()].filter((name) => appOf(name) !== app);
    const still = others.filter((name) =>
      history.some((each) => each.name === name && each.state === 'applied'),
    );
    return still.length === 0
      ? undefined
      : `${still.join(', ')} would go with it; take ${still.length === 1 ? 'it' : 'them'} back by hand first.`;
  },
};

async function read(reading: Reading): Promise<readonly Migration[]> {
  const answer = await reading.ask('showmigrations', '--plan');
  if (answer.code !== 0) throw reading.unusable(answer);
  const lines = answer.out.split('\n').filter((line) => line.trim() !== '');
  const found = lines.flatMap((line): Migration[] => {
    const [, mark, name] = /^\[([ X])\]\s+(\w+\.\w+)/.exec(line) ?? [];
    if (name === undefined) return [];
    return [{ name, state: mark === 'X' ? 'applied' : 'pending', isKnown: true }];
  });
  if (found.length === 0 && !/\(no migrations\)/.test(answer.out)) {
    throw reading.unusable(answer, 'malformed');
  }
  return found;
}

function targetOf({ name }: Migration, history: readonly Migration[]): readonly [string, string] {
  const app = appOf(name);
  const own = history.filter((each) => appOf(each.name) === app);
  const before = own[own.findIndex((each) => each.name === name) - 1];
  return [app, before === undefined ? 'zero' : before.name.slice(app.length + 1)];
}

function appOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

/** The lines below each migration in what `migrate --plan` prints. */
function plannedIn({ out }: Answer): ReadonlyMap<string, readonly string[]> {
  const planned = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of out.split('\n')) {
    const name = /^(\w+\.\w+)\s*$/.exec(line)?.[1];
    if (name === undefined) {
      lines.push(line);
      continue;
    }
    lines = [];
    planned.set(name, lines);
  }
  return planned;
}
