/**
 * A stand-in for Knex: it is NOT Knex. It says what Knex says to `migrate:list` and `migrate:down`, and runs real SQL, from
 * the files `<name>.js`, through psql.
 */

/** The text of the program. @param psql the command that reaches the database, without the SQL. */
export function migrateStandIn(psql: readonly string[]): string {
  return PROGRAM.replace('@@', () => JSON.stringify(psql));
}

const PROGRAM = String.raw`
const { execFileSync } = require('node:child_process');
const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const [psql, ...given] = @@;
const sql = (text) => execFileSync(psql, [...given, '-c', text], { encoding: 'utf8' }).trim();
const [subcommand, name] = process.argv.slice(2);
const files = readdirSync('migrations').filter((file) => file.endsWith('.js')).sort();
const ran = sql('SELECT name FROM knex_migrations ORDER BY id').split('\n').filter(Boolean);
const missing = ran.filter((each) => !files.includes(each));
const refuse = (words) => { console.error(words); process.exit(1); };
if (missing.length > 0) refuse('Error: The migration directory is corrupt, the following files are missing: ' + missing.join(', '));
const quoted = (text) => "'" + text.replaceAll("'", "''") + "'";
if (subcommand === 'migrate:list') {
  const pending = files.filter((file) => !ran.includes(file));
  console.log(ran.length ? 'Found ' + ran.length + ' Completed Migration file/files.' : 'No Completed Migration files Found.');
  for (const each of ran) console.log(each);
  console.log(pending.length ? 'Found ' + pending.length + ' Pending Migration file/files.' : 'No Pending Migration files Found.');
  for (const each of pending) console.log(each);
} else if (subcommand === 'migrate:down') {
  if (!ran.includes(name)) refuse('Error: Migration "' + name + '" was not run.');
  const { statements } = require(join(process.cwd(), 'migrations', name));
  try {
    for (const each of statements) sql(each);
  } catch (error) {
    refuse('migration file "' + name + '" failed\n' + error.stderr);
  }
  sql('DELETE FROM knex_migrations WHERE name = ' + quoted(name));
  console.log('Batch 2 rolled back the following migrations:');
  console.log(name);
} else refuse('unexpected call: ' + process.argv.slice(2).join(' '));
`;
