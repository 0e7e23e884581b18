import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commandAt } from '../../../src/integrations/command/place.ts';
import { CommandSettings } from '../../../src/integrations/command/schema.ts';
import type { Surroundings } from '../../../src/integrations/command/where.ts';

const never = new AbortController().signal;
const HOSTILE = [
  "it's",
  '$(id)',
  '`id`',
  'a\nb',
  '-rf',
  '\\',
  "\\'; id; '",
  '!x',
  '"',
  '',
  '* ?',
  '~',
  '#',
  '&&',
  'é',
];

function surroundings(given: Record<string, unknown>): Surroundings {
  const operations = { restart: { run: ['/bin/true'] } };
  return CommandSettings.parse({ operations, ...given });
}
const ssh = (more: Record<string, unknown> = {}) =>
  surroundings({ where: { kind: 'ssh', host: 'db1.example', user: 'deploy', ...more } });

describe('a command over ssh', () => {
  test.each(['/bin/sh', '/bin/bash', '/bin/dash'].filter((shell) => existsSync(shell)))(
    'reaches the other end with the same arguments through %s',
    async (shell) => {
      const show = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
      const argv = [process.execPath, '-e', show, '--', ...HOSTILE] as const;

      const command = await commandAt(ssh(), { argv, limitMs: 5_000 }, never);
      const answer = execFileSync(shell, ['-c', command.argv.at(-1) ?? '']);

      expect(JSON.parse(answer.toString())).toEqual(HOSTILE);
    },
  );

  test('is one line for ssh, after --, with options that ask nobody anything', async () => {
    const given = { ...ssh({ port: 2222 }), directory: '/srv/my app', env: { STAGE: 'a b' } };

    const { argv } = await commandAt(given, { argv: ['./go.sh', 'x y'], limitMs: 90_000 }, never);

    expect(argv.slice(0, 4)).toEqual(['/usr/bin/ssh', '-T', '-o', 'BatchMode=yes']);
    expect(argv.slice(-7)).toEqual([
      '-p',
      '2222',
      '-l',
      'deploy',
      '--',
      'db1.example',
      "cd '/srv/my app' && exec env 'STAGE=a b' timeout -k 5 90 ./go.sh 'x y'",
    ]);
    expect(argv).toContain('StrictHostKeyChecking=yes');
  });

  test.each(['-oProxyCommand=id', 'a b', 'host;id', '', '$(id)'])('takes no host %j', (host) => {
    const settings = { where: { kind: 'ssh', host }, operations: { a: { run: ['/bin/true'] } } };

    expect(CommandSettings.safeParse(settings).success).toBe(false);
  });

  test('carries no secret, because arguments can be seen', () => {
    const parsed = CommandSettings.safeParse({
      where: { kind: 'ssh', host: 'db1' },
      secretEnv: { PGPASSWORD: 'hush-hush' },
      operations: { a: { run: ['/bin/true'] } },
    });

    expect(parsed.error?.issues[0]?.message).toContain('must be empty over ssh');
    expect(JSON.stringify(parsed.error)).not.toContain('hush-hush');
  });
});

describe('a command in a compose service', () => {
  test('is the exact call of docker compose, its secrets not among the arguments', async () => {
    const given = surroundings({
      where: {
        kind: 'compose',
        project: 'production',
        directory: '/srv/infra',
        files: ['/srv/infra/docker-compose.instance.yml'],
        envFile: '/srv/infra/instances/production/.env',
        service: 'db',
        user: 'postgres',
      },
      env: { PGUSER: 'app' },
      secretEnv: { PGPASSWORD: 'hush-hush' },
    });

    const command = await commandAt(
      given,
      { argv: ['pg_dump', '--', '$(id)'], limitMs: 60_000 },
      never,
    );

    expect(command.argv).toEqual([
      'docker',
      'compose',
      '--project-directory',
      '/srv/infra',
      '--file',
      '/srv/infra/docker-compose.instance.yml',
      '--env-file',
      '/srv/infra/instances/production/.env',
      '--project-name',
      'production',
      'exec',
      '-T',
      '--env',
      'PGUSER=app',
      '--env',
      'PGPASSWORD',
      '--user',
      'postgres',
      'db',
      'timeout',
      '-k',
      '5',
      '60',
      'pg_dump',
      '--',
      '$(id)',
    ]);
    expect(command.env).toMatchObject({ PGPASSWORD: 'hush-hush' });
    expect(command.secrets).toEqual(['hush-hush']);
  });
});
