/**
 * A stand-in for `docker` on PATH. It is NOT docker: it knows the calls that the compose integration makes, exactly as
 * written here, refuses every other one, and keeps the states of services in a file. What runs in a service runs on this machine.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DockerStandIn {
  /** To be put on PATH first. */
  readonly path: string;
  /** Every call's arguments so far. */
  calls(): readonly (readonly string[])[];
  states(): Readonly<Record<string, string>>;
  set(states: Readonly<Record<string, string>>): void;
  /** The next calls of this subcommand fail with these words. */
  fail(subcommand: string, words: string): void;
}

/** What every call has to begin with. */
export function projectArguments(directory: string): readonly string[] {
  return [
    'compose',
    '--project-directory',
    directory,
    '--file',
    join(directory, 'docker-compose.instance.yml'),
    '--env-file',
    join(directory, 'instances/production/.env'),
    '--project-name',
    'production',
  ];
}

/** Writes the stand-in into the directory. `environment` is what a command in a service finds there. */
export function createDocker(
  directory: string,
  environment: Readonly<Record<string, string>> = {},
): DockerStandIn {
  const path = join(directory, 'bin');
  const file = (name: string) => join(directory, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(file('calls'), '');
  writeFileSync(file('failures'), '{}');
  const script = PROGRAM.replace(
    '@@',
    JSON.stringify({ directory, environment, begin: projectArguments(directory) }),
  );
  writeFileSync(file('docker.cjs'), script);
  // Node takes an --env-file for its own wherever it stands, unless after --.
  const start = `#!/bin/sh
exec ${process.execPath} ${file('docker.cjs')} -- "$@"
`;
  writeFileSync(join(path, 'docker'), start, { mode: 0o755 });
  const json = (name: string) => JSON.parse(readFileSync(file(name), 'utf8'));
  return {
    path,
    calls: () =>
      readFileSync(file('calls'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    states: () => json('states'),
    set: (states) => writeFileSync(file('states'), JSON.stringify(states)),
    fail: (subcommand, words) =>
      writeFileSync(file('failures'), JSON.stringify({ ...json('failures'), [subcommand]: words })),
  };
}

const PROGRAM = String.raw`
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { directory, environment, begin } = @@;
const args = process.argv.slice(3);
appendFileSync(directory + '/calls', JSON.stringify(args) + '\n');
const refuse = (words) => { console.error(words); process.exit(1); };
if (begin.some((each, index) => args[index] !== each)) refuse('unexpected call: ' + args.join(' '));
const [subcommand, ...rest] = args.slice(begin.length);
const failure = JSON.parse(readFileSync(directory + '/failures', 'utf8'))[subcommand];
if (failure) refuse(failure);
const states = JSON.parse(readFileSync(directory + '/states', 'utf8'));
const keep = () => writeFileSync(directory + '/states', JSON.stringify(states));
const take = (...expected) => {
  const given = rest.splice(0, expected.length);
  if (JSON.stringify(given) !== JSON.stringify(expected)) refuse('unexpected arguments: ' + given.join(' '));
};
if (subcommand === 'ps') {
  take('--all', '--format', 'json');
  for (const service of rest) {
    const [State, Health = ''] = (states[service] || '').split('/');
    if (State) console.log(JSON.stringify({ Name: 'production-' + service + '-1', Service: service, State, Health }));
  }
} else if (subcommand === 'stop') {
  take('--timeout', '30');
  for (const service of rest) states[service] = 'exited';
  keep();
} else if (subcommand === 'up') {
  take('--detach', '--no-build', '--no-deps', '--no-recreate', '--wait', '--wait-timeout', '120');
  for (const service of rest) states[service] = 'running/healthy';
  keep();
} else if (subcommand === 'exec') {
  take('-T');
  const env = { PATH: process.env.PATH, ...environment };
  while (rest[0] === '--env') {
    const [, variable] = rest.splice(0, 2);
    const [name, ...value] = variable.split('=');
    env[name] = variable.includes('=') ? value.join('=') : process.env[name];
  }
  take('db');
  if (!(states.db || '').startsWith('running')) refuse('service "db" is not running');
  const ended = spawnSync(rest[0], rest.slice(1), { env, stdio: 'inherit' });
  process.exit(ended.status === null ? 137 : ended.status);
} else refuse('unexpected subcommand: ' + subcommand);
`;
