/**
 * Everything that docs/databases.md says Backstop refuses, with the test that shows it: a line that is added there needs one here. What is
 * refused for want of room is shown in this file.
 */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createRestorable } from '../../../src/integrations/database/operations.ts';
import { aServer, EXTENSION } from './a-server.ts';

const never = new AbortController().signal;
const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** The lines of the list, each by its first words. */
function refusals(): readonly string[] {
  const docs = read('docs/databases.md');
  const from = docs.indexOf('## What Backstop refuses');
  const part = docs.slice(from, docs.indexOf('\n## ', from + 1));
  return [...part.matchAll(/^- (.*)$/gm)].map(([, words = '']) => words);
}

const CONTRACT = 'test/integrations/database/contract.ts';
const SAFETY = 'test/integrations/database/safety-first.test.ts';
const CONFIG = 'test/integrations/database/refused-in-config.test.ts';
const MIGRATIONS = 'test/integrations/migrations/real.test.ts';
const MYSQL = 'test/integrations/mysql/mysql.test.ts';
const POSTGRESQL = 'test/integrations/postgresql/postgresql.test.ts';
const MONGODB = 'test/integrations/mongodb/mongodb.test.ts';
const HERE = 'test/integrations/database/refused.test.ts';

/** How a line begins, and where it is shown: by a file and the title of a test in it. */
const SHOWN: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  ['an operation of kind `command`', [[CONFIG, 'is refused, as the docs say']]],
  ['`migrations` without `database`', [[CONFIG, 'takes migrations back without a backup']]],
  [
    'a restore, a migration taken back, or a command',
    [
      [CONTRACT, '%s nothing is restored and nothing is switched'],
      [SAFETY, 'whatever people decide and whatever becomes of the files'],
      [SAFETY, 'the script does not start, and says why: %s'],
      ['test/integrations/command/restores.test.ts', 'refuses on a backup of an earlier run'],
      [MIGRATIONS, 'is not taken back without a safety backup of this very run'],
    ],
  ],
  [
    'a backup that cannot be read to its end',
    [
      [POSTGRESQL, 'that are cut off are not offered, though pg_restore lists them'],
      [MYSQL, 'are not offered when they are %s'],
      [MONGODB, 'are not offered when they are %s'],
      [CONTRACT, 'a backup of another database is not offered'],
    ],
  ],
  [
    'a name beside, or a name for a backup',
    [
      [CONTRACT, 'a database that somebody else made is never dropped'],
      [CONTRACT, 'a file of a backup that somebody else made is never written over'],
    ],
  ],
  ['a switch when the databases', [[CONTRACT, 'where the databases do not stand as planned']]],
  ['MySQL: tables of another database', [[MYSQL, 'tables of another database that refer to it']]],
  ['MongoDB: a sharded cluster', [[MONGODB, 'a sharded cluster is refused']]],
  [
    'to take a migration back by code that lacks it',
    [
      [MIGRATIONS, 'is not taken back by code that lacks it'],
      [MIGRATIONS, 'is not taken back where the tool says that there is no way down'],
    ],
  ],
  ['a directory that cannot be written', [[HERE, 'a plan is blocked by %s']]],
  [
    "PostgreSQL's tools older than its server",
    [
      [POSTGRESQL, 'tell tools that are older than the server'],
      [POSTGRESQL, 'say what a restoring role lacks'],
      [MONGODB, 'names those that are missing'],
      [MYSQL, 'say what a restoring account lacks'],
    ],
  ],
  ['a database that nobody could tell', [[MYSQL, 'a database without a table of InnoDB']]],
  ['to take a migration back from under', [[MIGRATIONS, 'is not taken back from under a newer']]],
  [
    'a switch, a switch back, or a script',
    [
      ['test/engine/second-person.test.ts', 'is not who broke the glass %s'],
      [CONTRACT, 'can be taken back, which asks a second person too'],
      ['test/integrations/command/guide-003.test.ts', 'allowed by a second person'],
    ],
  ],
  [
    'to repeat what may have been done half',
    [[MIGRATIONS, 'says what there really is after a failure on the way down']],
  ],
  [
    'to drop anything but its own',
    [[CONTRACT, 'a database that somebody else made is never dropped']],
  ],
];

/** What stands in a file, without the table above. */
function testsIn(path: string): string {
  const text = read(path);
  return path === HERE ? text.slice(text.indexOf("\ntest('each line of the docs")) : text;
}

test('each line of the docs is shown by a test', () => {
  const lines = refusals();

  expect(lines.map((line) => SHOWN.find(([start]) => line.startsWith(start))?.[0] ?? line)).toEqual(
    SHOWN.map(([start]) => start),
  );
  const missing = SHOWN.flatMap(([, where]) =>
    where.filter(([path, title]) => !testsIn(path).includes(title)),
  );
  expect(missing).toEqual([]);
});

test.each<[string, string, (backups: string) => unknown]>([
  [
    'a directory that is not there',
    'The directory can be written',
    (backups) => rmSync(backups, { recursive: true }),
  ],
  [
    'a directory that cannot be written',
    'The directory can be written',
    (backups) => {
      // The superuser may write everywhere: to him it is not there.
      if (process.getuid?.() === 0) rmSync(backups, { recursive: true });
      else chmodSync(backups, 0o500);
    },
  ],
  [
    'a directory without room for a tenth of the database',
    'There is room for a backup',
    () => 1e18,
  ],
])('a plan is blocked by %s', async (_name, check, change) => {
  const directory = mkdtempSync(join(tmpdir(), 'backstop-refused-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const backups = join(directory, 'backups');
  mkdirSync(backups);
  const server = aServer(backups, () => 'none');
  const settings = {
    database: 'shop',
    backups,
    timestampColumns: ['updated_at'],
    listed: 20,
    backupMinutes: 1,
    restoreMinutes: 1,
  };
  const { restorePoints, operations } = createRestorable(server.system, settings, [EXTENSION]);
  const { operation, input } = restorePoints.capture('safety');
  const looked = () => operations[operation]?.preflight(input, never) ?? Promise.resolve([]);
  const found = async () => (await looked()).find(({ name }) => name === check);
  expect(await found()).toMatchObject({ verdict: 'pass' });

  const bytes = change(backups);
  if (typeof bytes === 'number') server.weigh(bytes);

  expect(await found()).toMatchObject({
    verdict: expect.stringMatching(/fail|unknown/),
    blocking: true,
  });
});
