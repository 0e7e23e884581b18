/** What docs/databases.md says is refused while `backstop.yaml` is read. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { problemsIn, VALID } from '../../config/a-config.ts';

const DOCS = readFileSync(new URL('../../../docs/databases.md', import.meta.url), 'utf8');
const PARAMETERS = { backup: { pattern: '[a-z.]+' } };
const SECRET = { PGPASSWORD: 'env:GITHUB' };

/** `VALID` with one more component, as it may stand there. */
function withComponent(kind: string, settings: object): string {
  const component = JSON.stringify({ kind, ...settings });
  return VALID.replace('        components:\n', `$&          scripts: ${component}\n`);
}
const operations = (work: object) => ({ operations: { work } });

test.each<[string, string, string, object, RegExp]>([
  [
    'looks as if it restored',
    'an operation that looks as if it restored, without `restores`',
    'command',
    operations({ run: ['/srv/restore-backup.sh'] }),
    /operations\.work\.restores should be a value that must name/,
  ],
  [
    'restores as a mitigation',
    'with `restores` as a hold or a mitigation',
    'command',
    operations({ run: ['/srv/restore.sh'], restores: 'database', mitigation: true }),
    /mitigation should be a value that must not/,
  ],
  [
    'restores as a hold',
    'with `restores` as a hold or a mitigation',
    'command',
    {
      ...operations({ run: ['/srv/restore.sh'], restores: 'database' }),
      hold: { acquire: 'work', release: 'work' },
    },
    /hold\.acquire should be a value that must not restore/,
  ],
  [
    'restores as an undo',
    'or as the `undo` of another',
    'command',
    {
      operations: {
        work: { run: ['/srv/work.sh'], undo: 'back' },
        back: { run: ['/srv/restore.sh'], restores: 'database' },
      },
    },
    /operations\.work\.undo should be a value that must not restore/,
  ],
  [
    'restores without the one parameter',
    'without the one parameter that names the backup',
    'command',
    { ...operations({ run: ['/srv/restore.sh'], restores: 'database' }), restore: 'work' },
    /restore should be a value that must name an operation with/,
  ],
  [
    'takes migrations back without a backup or a reason',
    '`migrations` without `database` or `withoutBackup`',
    'migrations',
    { tool: 'knex', run: ['node_modules/.bin/knex'], newer: '/srv/new', notes: '/srv/notes' },
    /database/,
  ],
  [
    'hands secrets over ssh',
    'secrets in the environment of a command over ssh or in a pod',
    'command',
    {
      where: { kind: 'ssh', host: 'db1' },
      secretEnv: SECRET,
      ...operations({ run: ['/srv/restart.sh'] }),
    },
    /secretEnv should be empty over ssh/,
  ],
  [
    'hands secrets into a pod',
    'secrets in the environment of a command over ssh or in a pod',
    'command',
    {
      where: { kind: 'pod', namespace: 'shop', pod: 'worker-0' },
      secretEnv: SECRET,
      ...operations({ run: ['/srv/restart.sh'] }),
    },
    /secretEnv should be empty for a pod/,
  ],
])('a configuration that %s is refused, as the docs say', (_name, said, kind, settings, words) => {
  const plain = DOCS.replace('of kind `command` ', '');

  expect(plain).toContain(said);
  expect(problemsIn(withComponent(kind, settings)).join('\n')).toMatch(words);
});

test('the same without the fault is taken', () => {
  const restoring = {
    ...operations({
      run: ['/srv/restore-backup.sh', '{backup}'],
      parameters: PARAMETERS,
      restores: 'database',
    }),
    restore: 'work',
  };
  const migrations = {
    tool: 'knex',
    run: ['node_modules/.bin/knex'],
    newer: '/srv/new',
    notes: '/srv/notes',
    withoutBackup: 'the host snapshots it',
  };

  expect(problemsIn(withComponent('command', restoring))).toEqual([]);
  expect(problemsIn(withComponent('migrations', migrations))).toEqual([]);
});
