/**
 * A stand-in for docker: it is NOT docker. It knows the calls of one compose project that a story needs, refuses every other
 * one, and keeps the states of services in a file. What runs in the service `db` runs on this machine.
 */

/** The text of the program. @param env what a command in the service finds there. */
export function dockerStandIn(directory: string, env: Readonly<Record<string, string>>): string {
  return PROGRAM.replace('@@', () => JSON.stringify({ directory, env }));
}

const PROGRAM = String.raw`
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { directory, env } = @@;
const args = process.argv.slice(3);
appendFileSync(directory + '/calls', args.join(' ') + '\n');
const refuse = (words) => { console.error(words); process.exit(1); };
const at = args.indexOf('--project-name');
if (args[0] !== 'compose' || args[at + 1] !== 'production') refuse('unexpected call: ' + args.join(' '));
const [subcommand, ...rest] = args.slice(at + 2);
const states = JSON.parse(readFileSync(directory + '/states', 'utf8'));
const services = rest.filter((each) => each in states);
const set = (state) => {
  for (const service of services) states[service] = state;
  writeFileSync(directory + '/states', JSON.stringify(states));
};
if (subcommand === 'ps') {
  for (const service of services) {
    const [State, Health = ''] = states[service].split('/');
    console.log(JSON.stringify({ Name: 'production-' + service + '-1', Service: service, State, Health }));
  }
} else if (subcommand === 'stop') set('exited');
else if (subcommand === 'up') set('running/healthy');
else if (subcommand === 'exec') {
  const { env: own } = process;
  const inside = { PATH: own.PATH };
  let command = rest.slice(1);
  while (command[0] === '--env') {
    const [name, ...value] = command[1].split('=');
    inside[name] = command[1].includes('=') ? value.join('=') : own[name];
    command = command.slice(2);
  }
  if (command[0] !== 'db') refuse('unexpected service: ' + command[0]);
  const ended = spawnSync(command[1], command.slice(2), { env: { ...inside, ...env }, stdio: 'inherit' });
  process.exit(ended.status === null ? 137 : ended.status);
} else refuse('unexpected subcommand: ' + subcommand);
`;
