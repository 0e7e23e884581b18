import {
  appliedAfter,
  byName,
  type Migration,
  type Reading,
  type Step,
  type Tool,
} from '../tool.ts';

/** What a migration may be called; the usual names begin with the time they were made. */
const FOLDER = /^[\w-]+$/;

/**
 * Prisma, which has no way down of its own. A migration is taken back by the script that was supplied with it, which has to
 * delete its row of _prisma_migrations itself: `migrate resolve --rolled-back` is for those that failed only, and leaves the
 * row, after which `migrate status` says that the schema is up to date (tried with Prisma 6.19).
 */
export const prisma: Tool = {
  title: 'Prisma',
  migrations: 'prisma/migrations',
  transactional: false,
  newerThan: appliedAfter,
  remark:
    'Prisma has no down migrations: what is run is the script that was supplied with each migration.',

  async history(reading) {
    const [names, answer] = await Promise.all([known(reading), reading.ask('migrate', 'status')]);
    const { said, code } = answer;
    const isUpToDate = /Database schema is up to date/.test(said);
    const pending = namesAfter(said, /have not yet been applied:/);
    const failed = namesAfter(said, /migrations? (have|has) failed:/);
    const lost = namesAfter(said, /from the database are not found locally/);
    const isRead = isUpToDate || pending.size + failed.size + lost.size > 0;
    // It ends with 1 whenever there is anything to tell, and also when it could not read.
    if (!isRead || (code !== 0 && code !== 1)) throw reading.unusable(answer);
    const found = [...names].map((name): Migration => {
      const state = failed.has(name) ? 'failed' : pending.has(name) ? 'pending' : 'applied';
      return { name, state, isKnown: true };
    });
    const unknown = [...lost]
      .filter((name) => !names.has(name))
      .map((name): Migration => ({ name, state: 'applied', isKnown: false }));
    return byName([...found, ...unknown]);
  },

  known,

  down(step) {
    const { prismaSchema } = step;
    const schema = prismaSchema === undefined ? [] : ['--schema', prismaSchema];
    return ['db', 'execute', '--file', scriptOf(step), ...schema];
  },

  outcome: ({ code }) => (code === 0 ? 'taken back' : 'failed'),

  async obstacle(reading, step) {
    const path = scriptOf(step);
    const script = await reading.read(path);
    if (script === undefined) return `There is no ${path}: write the way down before the release.`;
    const deletesRow =
      script.includes('_prisma_migrations') && script.includes(step.migration.name);
    if (!deletesRow) {
      return `${path} does not delete the row of ${step.migration.name} from _prisma_migrations, so Prisma would go on taking it for applied.`;
    }
    return undefined;
  },
};

async function known(reading: Reading): Promise<ReadonlySet<string>> {
  return new Set((await reading.list(reading.migrations)).filter((name) => FOLDER.test(name)));
}

function scriptOf({ migrations, migration, downScript }: Step): string {
  return `${migrations}/${migration.name}/${downScript}`;
}

/** The names on the lines below a heading, up to the first empty line. */
function namesAfter(said: string, heading: RegExp): ReadonlySet<string> {
  const lines = said.split('\n').map((line) => line.trim());
  const at = lines.findIndex((line) => heading.test(line));
  if (at === -1) return new Set();
  const below = lines.slice(at + 1);
  const names: string[] = [];
  for (const line of below) {
    if (FOLDER.test(line)) names.push(line);
    else if (names.length > 0) break;
  }
  return new Set(names);
}
