/** The real migration tools, from npm and from the packages of this machine; and small projects of each. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Knex and Sequelize are among the packages of this project's tests. */
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** True where Python with Django and psycopg2, or Ruby with Active Record and pg, is installed; says what is skipped. */
export function has(tool: 'Django' | 'Rails', file: string): boolean {
  const found =
    tool === 'Django'
      ? spawnSync(PYTHON, ['-c', 'import django, psycopg2'])
      : spawnSync(RUBY, ['-e', 'require "active_record"; require "pg"; require "rake"']);
  if (found.status === 0) return true;
  console.warn(`SKIPPED: ${file}: ${tool} is not installed here, so it was not tested.`);
  return false;
}

export const PYTHON = '/usr/bin/python3';
const RUBY = '/usr/bin/ruby';

export interface Project {
  readonly tool: 'knex' | 'sequelize' | 'django' | 'rails';
  readonly run: readonly string[];
  /** Settings of the component besides the common ones. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The names that the component uses, oldest first. */
  readonly names: readonly [string, string, string];
  /** The arguments by which a release migrates up. */
  readonly up: readonly string[];
  /** Writes the code of a release that has the first `count` migrations. The way down of `broken` fails after its first statement. */
  write(directory: string, count: number, broken?: number): void;
}

function put(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** Each: a table of users, wrong values set by a new column (guide 002, example 2), a further table. */
export function knexProject(port: number, database: string): Project {
  const names = [
    '20240101000000_users.js',
    '20240201000000_verified.js',
    '20240301000000_audit.js',
  ] as const;
  const sources = [
    `exports.up = (k) => k.schema.createTable('users', (t) => { t.integer('id').primary(); t.timestamp('updated_at'); });
     exports.down = (k) => k.schema.dropTable('users');`,
    `exports.up = (k) => k.schema.alterTable('users', (t) => t.boolean('email_verified').defaultTo(false));
     exports.down = (k) => k.schema.alterTable('users', (t) => t.dropColumn('email_verified'));`,
    `exports.up = (k) => k.schema.createTable('audit', (t) => t.integer('id'));
     exports.down = (k) => k.schema.dropTable('audit');`,
  ];
  const broken = `exports.up = async () => {};
    exports.down = async (k) => { await k.schema.dropTable('audit'); throw new Error('no way back from here'); };`;
  return {
    tool: 'knex',
    run: ['node_modules/.bin/knex'],
    settings: {},
    names,
    up: ['migrate:latest'],
    write(directory, count, at) {
      const connection = { host: '127.0.0.1', port, user: 'postgres', database };
      put(directory, {
        'knexfile.js': `module.exports = ${JSON.stringify({ client: 'pg', connection })};`,
        'migrations/.keep': '',
      });
      for (const [index, name] of names.slice(0, count).entries()) {
        const text = index === at ? broken : (sources[index] ?? '');
        put(directory, { [`migrations/${name}`]: text });
      }
      link(directory);
    },
  };
}

export function sequelizeProject(port: number, database: string): Project {
  const names = [
    '20240101000000-users.js',
    '20240201000000-verified.js',
    '20240301000000-audit.js',
  ] as const;
  const sources = [
    `module.exports = { up: (q, S) => q.createTable('users', { id: { type: S.INTEGER, primaryKey: true }, updated_at: S.DATE }), down: (q) => q.dropTable('users') };`,
    `module.exports = { up: (q, S) => q.addColumn('users', 'email_verified', S.BOOLEAN), down: (q) => q.removeColumn('users', 'email_verified') };`,
    `module.exports = { up: (q, S) => q.createTable('audit', { id: S.INTEGER }), down: (q) => q.dropTable('audit') };`,
  ];
  const broken = `module.exports = { up: async () => {}, down: async (q) => { await q.dropTable('audit'); throw new Error('no way back from here'); } };`;
  return {
    tool: 'sequelize',
    run: ['node_modules/.bin/sequelize-cli'],
    settings: {},
    names,
    up: ['db:migrate'],
    write(directory, count, at) {
      const development = {
        dialect: 'postgres',
        host: '127.0.0.1',
        port,
        username: 'postgres',
        password: null,
        database,
      };
      put(directory, {
        'config/config.json': JSON.stringify({ development }),
        'migrations/.keep': '',
      });
      for (const [index, name] of names.slice(0, count).entries()) {
        put(directory, { [`migrations/${name}`]: index === at ? broken : (sources[index] ?? '') });
      }
      link(directory);
    },
  };
}

export function djangoProject(port: number, database: string): Project {
  const names = ['shop.0001_initial', 'shop.0002_verified', 'shop.0003_audit'] as const;
  const head = 'from django.db import migrations, models\nclass Migration(migrations.Migration):\n';
  const operations = [
    "[migrations.CreateModel('Users', [('id', models.IntegerField(primary_key=True)), ('updated_at', models.DateTimeField(null=True))], options={'db_table': 'users'})]",
    "[migrations.AddField('Users', 'email_verified', models.BooleanField(null=True))]",
    "[migrations.CreateModel('Audit', [('id', models.IntegerField(primary_key=True))], options={'db_table': 'audit'})]",
  ];
  const broken =
    "[migrations.RunSQL('SELECT 1', 'DROP TABLE audit; SELECT no_way_back_from_here')]";
  const connection = `{'ENGINE': 'django.db.backends.postgresql', 'HOST': '127.0.0.1', 'PORT': '${port}', 'USER': 'postgres', 'NAME': '${database}'}`;
  const manage = `import sys
from django.conf import settings
settings.configure(INSTALLED_APPS=['shop'], DATABASES={'default': ${connection}}, DEFAULT_AUTO_FIELD='django.db.models.AutoField')
import django
django.setup()
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`;
  return {
    tool: 'django',
    run: [PYTHON, '-B', 'manage.py'],
    settings: {},
    names,
    up: ['migrate', '--noinput'],
    write(directory, count, at) {
      put(directory, {
        'manage.py': manage,
        'shop/__init__.py': '',
        'shop/models.py': '',
        'shop/migrations/__init__.py': '',
      });
      for (const [index, name] of names.slice(0, count).entries()) {
        const before = names[index - 1];
        const dependencies = before ? `[('shop', '${before.slice(5)}')]` : '[]';
        const own = index === at ? broken : operations[index];
        const text = `${head}    initial = ${index === 0 ? 'True' : 'False'}\n    dependencies = ${dependencies}\n    operations = ${own}\n`;
        put(directory, { [`shop/migrations/${name.slice(5)}.py`]: text });
      }
    },
  };
}

/** Active Record by its own rake tasks, as Rails calls them; Rails itself is not needed. */
export function railsProject(port: number, database: string): Project {
  const names = ['20240101000000', '20240201000000', '20240301000000'] as const;
  const classes = ['Users', 'Verified', 'Audit'];
  const bodies = [
    'def change; create_table(:users) { |t| t.timestamp :updated_at }; end',
    'def change; add_column :users, :email_verified, :boolean; end',
    'def change; create_table(:audit); end',
  ];
  const broken = "def up; end; def down; drop_table :audit; raise 'no way back from here'; end";
  const configuration = `{'adapter' => 'postgresql', 'host' => '127.0.0.1', 'port' => ${port}, 'username' => 'postgres', 'database' => '${database}'}`;
  const rakefile = `require 'active_record'
include ActiveRecord::Tasks
DatabaseTasks.env = 'production'
DatabaseTasks.root = __dir__
DatabaseTasks.db_dir = File.join(__dir__, 'db')
DatabaseTasks.migrations_paths = [File.join(__dir__, 'db/migrate')]
ActiveRecord::Base.configurations = {'production' => ${configuration}}
ActiveRecord::Base.establish_connection(:production)
ActiveRecord::Migrator.migrations_paths = DatabaseTasks.migrations_paths
ActiveRecord::Base.dump_schema_after_migration = false
module Rails; def self.env; 'production'; end; def self.root; __dir__; end; def self.application; nil; end; end
task(:environment) {}
load 'active_record/railties/databases.rake'
Rake::Task['db:load_config'].clear
task('db:load_config') {}
`;
  return {
    tool: 'rails',
    run: ['/usr/bin/rake', '-q'],
    settings: {},
    names,
    up: ['db:migrate'],
    write(directory, count, at) {
      put(directory, { Rakefile: rakefile, 'db/migrate/.keep': '' });
      for (const [index, name] of names.slice(0, count).entries()) {
        const text = `class ${classes[index]} < ActiveRecord::Migration[6.1]; ${index === at ? broken : bodies[index]}; end`;
        put(directory, { [`db/migrate/${name}_${classes[index]?.toLowerCase()}.rb`]: text });
      }
    },
  };
}

function link(directory: string): void {
  const path = join(directory, 'node_modules');
  if (!existsSync(path)) symlinkSync(MODULES, path);
}
