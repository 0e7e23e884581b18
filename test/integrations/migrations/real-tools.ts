/** The real migration tools, from npm and from the packages of this machine; and small projects of each. */

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Knex and Sequelize are among the packages of this project's tests. */
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** Prisma is in a folder of its own, because its install scripts fetch binaries: .ci/run installs it without them. */
const PRISMA = fileURLToPath(new URL('./prisma/node_modules', import.meta.url));

/** Whether what is not among the packages of this project is installed; says what is skipped. */
export function has(tool: 'Django' | 'Rails' | 'Prisma', file: string): boolean {
  const isThere = {
    Django: () => spawnSync(PYTHON, ['-c', 'import django, psycopg2']).status === 0,
    Rails: () =>
      spawnSync(RUBY, ['-e', 'require "rails"; require "active_record/railtie"; require "pg"'])
        .status === 0,
    Prisma: () => existsSync(join(PRISMA, '@prisma/adapter-pg')),
  };
  if (isThere[tool]()) return true;
  console.warn(`SKIPPED: ${file}: ${tool} is not installed here, so it was not tested.`);
  return false;
}

export const PYTHON = '/usr/bin/python3';
const RUBY = '/usr/bin/ruby';

export interface Project {
  readonly tool: 'knex' | 'sequelize' | 'prisma' | 'django' | 'rails';
  readonly run: readonly string[];
  /** Settings of the component besides the common ones. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
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

/**
 * Prisma with its own schema engine, in WebAssembly, over its adapter for pg. The binaries that it would fetch are named so that
 * it does not; they are never run.
 */
export function prismaProject(port: number, database: string): Project {
  const names = [
    '20240101000000_users',
    '20240201000000_verified',
    '20240301000000_audit',
  ] as const;
  const ups = [
    'CREATE TABLE users (id int PRIMARY KEY, updated_at timestamptz);',
    'ALTER TABLE users ADD COLUMN email_verified boolean;',
    'CREATE TABLE audit (id int);',
  ];
  const downs = [
    'DROP TABLE users;',
    'ALTER TABLE users DROP COLUMN email_verified;',
    'DROP TABLE audit;',
  ];
  const url = `postgres://postgres@127.0.0.1:${port}/${database}`;
  return {
    tool: 'prisma',
    run: [process.execPath, 'node_modules/prisma/build/index.js'],
    settings: { prismaSchema: 'prisma/schema.prisma', readSeconds: 60 },
    env: {
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      PRISMA_QUERY_ENGINE_LIBRARY: '/bin/false',
      PRISMA_SCHEMA_ENGINE_BINARY: '/bin/false',
    },
    names,
    up: ['migrate', 'deploy'],
    write(directory, count, at) {
      put(directory, {
        'prisma.config.mjs': prismaConfig(url),
        'prisma/schema.prisma': `datasource db {\n  provider = "postgresql"\n  url = "${url}"\n}\n`,
        'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
      });
      for (const [index, name] of names.slice(0, count).entries()) {
        const row = `DELETE FROM _prisma_migrations WHERE migration_name = '${name}';`;
        const down = `BEGIN; ${downs[index]} ${row} COMMIT;`;
        const broken = `${downs[index]} COMMIT; SELECT no_way_back_from_here; ${row}`;
        put(directory, {
          [`prisma/migrations/${name}/migration.sql`]:
            (index === at ? 'SELECT 1;' : ups[index]) ?? '',
          [`prisma/migrations/${name}/down.sql`]: index === at ? broken : down,
        });
      }
      link(directory, PRISMA);
    },
  };
}

/** Its adapter does not know PostgreSQL's type `name`, by which the engine lists schemas: it is a text. */
function prismaConfig(url: string): string {
  return `import { PrismaPg } from '@prisma/adapter-pg';
const NAME = 19;
const TEXT = 25;
export default {
  engine: 'js',
  experimental: { adapter: true },
  schema: 'prisma/schema.prisma',
  async adapter() {
    const factory = new PrismaPg({ connectionString: '${url}' });
    const connect = factory.connect.bind(factory);
    factory.connect = async () => {
      const adapter = await connect();
      const perform = adapter.performIO.bind(adapter);
      adapter.performIO = async (query) => {
        const result = await perform(query);
        for (const field of result.fields ?? []) if (field.dataTypeID === NAME) field.dataTypeID = TEXT;
        return result;
      };
      return adapter;
    };
    return factory;
  },
};
`;
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

/** An application of Rails, as small as it can be, by its own bin/rails. */
export function railsProject(port: number, database: string): Project {
  const names = ['20240101000000', '20240201000000', '20240301000000'] as const;
  const classes = ['Users', 'Verified', 'Audit'];
  const bodies = [
    'def change; create_table(:users) { |t| t.timestamp :updated_at }; end',
    'def change; add_column :users, :email_verified, :boolean; end',
    'def change; create_table(:audit); end',
  ];
  const broken = "def up; end; def down; drop_table :audit; raise 'no way back from here'; end";
  const application = `require 'rails'
require 'active_record/railtie'
module Shop
  class Application < Rails::Application
    config.load_defaults 6.1
    config.eager_load = false
    config.secret_key_base = 'of a test'
    config.active_record.dump_schema_after_migration = false
  end
end
`;
  return {
    tool: 'rails',
    run: ['bin/rails'],
    settings: { readSeconds: 60 },
    env: { RAILS_ENV: 'production' },
    names,
    up: ['db:migrate'],
    write(directory, count, at) {
      put(directory, {
        Rakefile: "require_relative 'config/application'\nRails.application.load_tasks\n",
        'bin/rails': `#!${RUBY}\nAPP_PATH = File.expand_path('../config/application', __dir__)\nrequire 'rails/commands'\n`,
        'config/application.rb': application,
        'config/environment.rb': "require_relative 'application'\nRails.application.initialize!\n",
        'config/database.yml': `production:\n  adapter: postgresql\n  host: 127.0.0.1\n  port: ${port}\n  username: postgres\n  database: ${database}\n`,
        'db/migrate/.keep': '',
      });
      chmodSync(join(directory, 'bin/rails'), 0o755);
      for (const [index, name] of names.slice(0, count).entries()) {
        const text = `class ${classes[index]} < ActiveRecord::Migration[6.1]; ${index === at ? broken : bodies[index]}; end`;
        put(directory, { [`db/migrate/${name}_${classes[index]?.toLowerCase()}.rb`]: text });
      }
    },
  };
}

function link(directory: string, modules = MODULES): void {
  const path = join(directory, 'node_modules');
  if (!existsSync(path)) symlinkSync(modules, path);
}
