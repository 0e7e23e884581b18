import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFolderFor, backstop, startBackstop } from '../support/command-line.ts';
import { PATIENT } from '../support/patient.ts';

describe.concurrent('backstop', PATIENT, () => {
  it('--help names every command and exit code', async () => {
    const { code, stdout } = await backstop(['--help']);
    for (const command of ['start', 'sandbox', 'doctor', 'incidents', 'export', 'verify']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    }
    expect(stdout).toMatch(/Exit codes: 0 done, 1 .* 2 .* 3 .* 4 .* 5 .* 6 .* 70/);
    expect(code).toBe(0);
  });

  it('--help ends without a word when nobody reads it', async () => {
    const running = startBackstop(['--help']);
    running.process.stdout?.destroy();
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
  });

  it.for([
    { args: ['strat'], says: /unknown command 'strat'.*Did you mean start/s },
    { args: ['verify', '--bd', 'x'], says: /unknown option '--bd'/ },
    { args: ['start', '--log-level', 'loud'], says: /loud.*debug, info, warn, error/ },
  ])('$args is answered with the usage and exit code 2', async ({ args, says }) => {
    const { code, stderr } = await backstop(args);
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/Usage: backstop/);
    expect(code).toBe(2);
  });

  it.for(['start', 'doctor', 'incidents', 'verify'])(
    '%s says what to do without a configuration, with exit code 3',
    async (command, test) => {
      const { code, stdout, stderr } = await backstop([command], { cwd: aFolderFor(test) });
      expect(stderr).toMatch(/backstop\.yaml cannot be used:[\s\S]*copy backstop\.example\.yaml/);
      expect(stderr).not.toMatch(/ {4}at /);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    },
  );

  it('approval-code takes the id of a Slack user, and no name', async () => {
    const named = await backstop(['approval-code', 'Ben', '--slack', '@ben']);
    expect(named.stderr).toMatch(/--slack @ben is not the id of a Slack user/);
    expect({ code: named.code, stdout: named.stdout }).toEqual({ code: 2, stdout: '' });
    const { code, stdout } = await backstop(['approval-code', 'Ben', '--slack', 'U0BEN']);
    expect(stdout).toMatch(/- \{ name: "Ben", slack: U0BEN, hash: "[0-9a-f]+:[0-9a-f]+" \}/);
    expect(code).toBe(0);
  });

  it('sandbox does not open where customers are', async () => {
    const { code, stdout, stderr } = await backstop(['sandbox'], {
      env: { NODE_ENV: 'production' },
    });
    expect(stderr).toMatch(/does not open with NODE_ENV=production/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('names every mistake in a configuration with its line, and no secret', async (test) => {
    const cwd = aFolderFor(test);
    const lines = [
      'slack:',
      '  mode: sokcet',
      '  botToken: env:MY_TOKEN',
      'incidents:',
      '  channel: "#incidents"',
      'services: {}',
      'sevrices: {}',
    ];
    writeFileSync(join(cwd, 'backstop.yaml'), lines.join('\n'));
    const { code, stderr } = await backstop(['doctor'], {
      cwd,
      env: { MY_TOKEN: 'hunter2hunter2' },
    });
    expect(stderr).toMatch(/line 2: slack\.mode/);
    expect(stderr).toMatch(/line 5: incidents\.channel/);
    expect(stderr).toMatch(/sevrices/);
    expect(stderr).not.toMatch(/hunter2| {4}at /);
    expect(code).toBe(3);
  });
});

describe.concurrent('backstop sandbox', PATIENT, () => {
  it('lists the stories when none is named, or none has the name', async () => {
    const none = await backstop(['sandbox', '--play', 'good-release']);
    expect(none.stdout).toMatch(
      /There is no story good-release\. There are:\n +--play bad-release/,
    );
    expect(none.code).toBe(2);
  });

  it('plays one, keeps its journal and its timeline, and does not play into a journal that is there', {
    timeout: 60_000,
  }, async (test) => {
    const cwd = aFolderFor(test);
    mkdirSync(join(cwd, 'told'));
    const args = ['sandbox', '--play', 'declined', '--db', 'kept.db', '--export', 'told'];

    const played = await backstop(args, { cwd });

    expect(played.stderr).toBe('');
    expect(played.stdout).toMatch(/Ana types \/incident checkout is failing in #incidents/);
    expect(played.stdout).toMatch(/The journal verifies: \d\d+ entries/);
    expect(played.code).toBe(0);
    expect(readdirSync(join(cwd, 'told'))).toEqual([
      'inc-0001.html',
      'inc-0001.json',
      'inc-0001.md',
    ]);
    expect(readFileSync(join(cwd, 'told/inc-0001.md'), 'utf8')).toMatch(/payment provider is down/);
    expect((await backstop(['verify', '--db', 'kept.db'], { cwd })).code).toBe(0);

    const again = await backstop(args, { cwd });
    expect(again.stderr).toMatch(/kept\.db exists already.*--db/);
    expect(again.code).toBe(2);
  });
});
