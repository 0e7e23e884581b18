/** GitHub asked as an app: its tokens are had, renewed and lost as GitHub's are, and what is wrong is told so that it can be put right. */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import githubAppJwt from 'universal-github-app-jwt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DoctorFinding } from '../../src/component.ts';
import { createGitHub } from '../../src/integrations/github/client.ts';
import { GitHubConnection } from '../../src/integrations/github/schema.ts';
import { createGitHubRepository } from '../../src/integrations/github-repository/index.ts';
import type { Operation } from '../../src/operation.ts';
import { integrationContract } from './contract.ts';
import { connectionTo, type GitHubBench, openGitHubBench } from './github-bench.ts';

/** Issues are for exports, deployments for the kind `github-workflow`. */
const UNUSED_BY_THE_REPOSITORY = ['issues', 'deployments'];
const never = new AbortController().signal;

integrationContract('github-repository as an app', () => openGitHubBench('app'));

describe('GitHub asked as an app', () => {
  let bench: GitHubBench;
  beforeEach(async () => {
    bench = await openGitHubBench('app');
  });
  afterEach(() => bench.close());

  const github = () => bench.cloud.github;
  const hotfix = (): Operation => {
    const found = bench.component.operations['create-hotfix-branch'];
    if (!found) throw new Error('no create-hotfix-branch');
    return found;
  };
  const look = () => hotfix().observe(bench.input, never);
  const asked = () => github().requests.filter((one) => one.call === 'POST access_tokens');
  async function intend() {
    const { fingerprint, expected } = await look();
    return { run: 'R1', step: 's1', key: 'R1/s1/1', at: 0, before: fingerprint, expected };
  }

  describe('tokens', () => {
    test('are asked for once, by a request that is signed, and for this repository alone', async () => {
      await look();
      await look();

      expect(asked()).toHaveLength(1);
      const others = github().requests.filter((one) => one.call !== 'POST access_tokens');
      expect(others.length).toBeGreaterThan(1);
      const repository = github().addRepository('acme/other');
      expect(repository.owner).toBe('acme');
      const [token = ''] = github().app.tokens;
      const answer = await fetch(`${github().baseUrl}/repos/acme/other`, {
        headers: { authorization: `token ${token}`, 'user-agent': 'test' },
      });
      expect(answer.status).toBe(404);
    });

    test('are asked for once by all that need one at the same time', async () => {
      await Promise.all([look(), look(), look()]);

      expect(asked()).toHaveLength(1);
    });

    test('are renewed before they end', async () => {
      github().app.tokenMs = 4 * 60_000;
      await look();
      const first = asked().length;

      github().app.tokenMs = 3_600_000;
      await look();
      await look();

      expect(asked()).toHaveLength(first + 1);
    });

    test('that were taken back are replaced, and the read goes on', async () => {
      await look();
      github().app.revoke();

      expect((await look()).fingerprint).toBe('absent');
      expect(asked()).toHaveLength(2);
    });

    test('that were taken back before a change leave it undone and sent once; the next try has a new one', async () => {
      const intent = await intend();
      github().app.revoke();

      const refused = hotfix().submit(bench.input, intent, never);
      await expect(refused).rejects.toMatchObject({
        surelyNotDone: true,
        detail: { kind: 'credentials', next: expect.stringContaining('taken back') },
      });
      expect(github().requests.filter((one) => one.mutating)).toHaveLength(1);

      await hotfix().submit(bench.input, intent, never);
      expect(github().mutations).toEqual({ 'POST git/refs': 1 });
    });

    test('are asked for again when GitHub is away for a moment', async () => {
      const fault = { kind: 'status', status: 502, body: {} } as const;
      github().faults.add({ on: 'POST access_tokens', fault });

      expect((await look()).fingerprint).toBe('absent');
      expect(asked()).toHaveLength(2);
    });

    test('are waited for no longer than the one who asks waits, and the request goes with the last', async () => {
      github().faults.add({ on: 'POST access_tokens', fault: { kind: 'hang' } });
      const [one, other] = [new AbortController(), new AbortController()];
      const first = hotfix().observe(bench.input, one.signal);
      const second = hotfix().observe(bench.input, other.signal);
      const [gaveUp, alsoGaveUp] = [
        expect(first).rejects.toThrow('first'),
        expect(second).rejects.toThrow('second'),
      ];
      while (!asked().some(({ outcome }) => outcome === 'hung')) {
        await new Promise((resolve) => setImmediate(resolve));
      }

      one.abort(new Error('first'));
      await gaveUp;
      other.abort(new Error('second'));
      await alsoGaveUp;

      expect((await look()).fingerprint).toBe('absent');
      expect(asked()).toHaveLength(2);
    });

    test('are in no error, nor is the key, though GitHub repeats them', async () => {
      await look();
      const [token = ''] = github().app.tokens;
      const body = { message: `denied for ${token} and ${github().app.privateKey}` };
      const fault = { kind: 'status', status: 403, body } as const;
      github().faults.add({ on: '*', fault, times: Number.POSITIVE_INFINITY });

      const thrown = await look().catch((error: unknown) => error);
      const doctor = await bench.component.doctor(never);

      const shown = `${inspect(thrown, { depth: 12, showHidden: true })} ${JSON.stringify(doctor)}`;
      expect(shown).toContain('denied for');
      expect(shown).not.toContain(token);
      expect(shown).not.toContain(github().app.privateKey);
    });
  });

  describe('the doctor', () => {
    const examine = (app: Readonly<Record<string, unknown>> = {}, settings = {}) => {
      const connection = connectionTo(github(), 'app');
      return createGitHubRepository({
        id: 'source',
        settings: { repository: 'acme/checkout', ...settings },
        connections: {
          github: { ...connection, app: { ...(connection['app'] as object), ...app } },
        },
      }).doctor(never);
    };
    const told = (findings: readonly DoctorFinding[]) =>
      findings.map(({ verdict, reason, next }) => `${verdict}: ${reason} ${next}`).join('\n');

    test('names the app and says that it has what is used', async () => {
      const findings = await examine();

      expect(findings[0]).toMatchObject({
        what: 'GitHub App 712345 and repository acme/checkout',
        verdict: 'pass',
      });
      expect(findings[1]).toMatchObject({
        what: 'permissions of GitHub App 712345',
        verdict: 'pass',
      });
    });

    test('takes a key whose lines are escaped, as in a variable', async () => {
      const escaped = github().app.privateKey.replaceAll('\n', '\\n');

      expect(told(await examine({ privateKey: escaped }))).not.toMatch(/fail|unknown/);
    });

    test.each<[string, () => Readonly<Record<string, unknown>>, RegExp]>([
      [
        'the key of another app',
        () => {
          const { privateKey } = generateKeyPairSync('rsa', {
            modulusLength: 2048,
            publicKeyEncoding: { type: 'spki', format: 'pem' },
            privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
          });
          return { privateKey };
        },
        /^fail: .*could not be decoded.*Check `github\.app\.privateKey`: it is none of app 712345/,
      ],
      [
        'a key that is none',
        () => ({ privateKey: '-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----' }),
        /^fail: .*cannot be read, and nothing was sent.*\.pem file/,
      ],
      [
        'an app that GitHub does not know',
        () => ({ id: 99 }),
        /^fail: .*Integration not found.*GitHub knows no app 99/,
      ],
      [
        'another installation',
        () => ({ installationId: 77 }),
        /^fail: .*app 712345 has no installation 77/,
      ],
      [
        'an app that is not installed on the repository',
        () => {
          github().app.installedOn = new Set(['other']);
          return {};
        },
        /^fail: .*Install app 712345 on acme\/checkout/,
      ],
      [
        'an installation that was suspended',
        () => {
          github().app.isSuspended = true;
          return {};
        },
        /^fail: .*has been suspended.*unsuspend installation 48210077/,
      ],
      [
        'a clock that is wrong',
        () => {
          const message = "'Expiration time' claim ('exp') is too far in the future";
          const fault = { kind: 'status', status: 401, body: { message } } as const;
          github().faults.add({ on: 'POST access_tokens', fault });
          return {};
        },
        /^fail: .*too far in the future.*Set this machine's clock right/,
      ],
    ])('tells %s, and what to do', async (_name, app, wanted) => {
      const findings = await examine(app());

      expect(findings).toHaveLength(1);
      expect(told(findings)).toMatch(wanted);
    });

    test('warns of a permission that something needs, and fails for one that is configured', async () => {
      github().app.permissions.delete('administration');
      github().app.permissions.set('actions', 'read');

      const [, open] = await examine();
      const [, locked] = await examine({}, { freeze: true });

      expect(open).toMatchObject({
        verdict: 'warn',
        reason: 'it lacks actions: write (running a workflow again)',
        next: expect.stringContaining('accept it at the installation'),
      });
      expect(locked).toMatchObject({
        verdict: 'fail',
        reason: expect.stringContaining('administration: write (locking the branch)'),
      });
    });

    test.each<[string, number]>([
      ['of the past', -3_600],
      ['of the future', 3_600],
    ])(
      'no token is given for a signature %s, and GitHub says that it is the clock',
      async (_name, s) => {
        const { id, privateKey } = github().app;
        const now = Math.floor(Date.now() / 1000) + s;
        const { token: jwt } = await githubAppJwt({ id, privateKey, now });

        const answer = await fetch(
          `${github().baseUrl}/app/installations/${github().app.installationId}/access_tokens`,
          { method: 'POST', headers: { authorization: `bearer ${jwt}`, 'user-agent': 'test' } },
        );

        expect(answer.status).toBe(401);
        expect(await answer.json()).toMatchObject({
          message: expect.stringMatching(/'(exp|iat)'/),
        });
        expect(github().app.tokens).toEqual([]);
      },
    );
  });

  test('the manifest in docs/permissions grants what the doctor looks for, and nothing more', async () => {
    const manifest = new URL('../../docs/permissions/github-app.json', import.meta.url);
    const { default_permissions: granted } = JSON.parse(readFileSync(manifest, 'utf8'));
    const inUse = Object.fromEntries(github().app.permissions);
    expect(granted).toEqual(inUse);

    for (const permission of Object.keys(granted)) {
      if (UNUSED_BY_THE_REPOSITORY.includes(permission)) continue;
      github().app.permissions.delete(permission);
      const component = bench.with({ freeze: true });
      const findings = await component.doctor(never);
      expect(
        findings.some(({ verdict }) => verdict !== 'pass'),
        permission,
      ).toBe(true);
      github().app.permissions.set(permission, inUse[permission] ?? '');
      github().app.revoke();
    }
  });

  test('a missing permission is told by its name', async () => {
    const intent = await intend();
    github().app.permissions.set('contents', 'read');

    await expect(hotfix().submit(bench.input, intent, never)).rejects.toMatchObject({
      detail: {
        kind: 'permission',
        next: expect.stringContaining('Give the app the permission contents=write'),
      },
    });
  });

  test('a client of another repository gets tokens of its own', async () => {
    github().addRepository('acme/other');
    const connection = GitHubConnection.parse(connectionTo(github(), 'app'));
    const other = createGitHub(connection, 'acme/other');
    await look();

    const found = await other.read(
      'read the repository',
      (target) => other.octokit.rest.repos.get({ ...target }),
      never,
    );

    expect(found.data.full_name).toBe('acme/other');
    expect(github().app.tokens).toHaveLength(2);
  });
});

describe('the connection', () => {
  const app = { id: 1, installationId: 2, privateKey: 'a key' };

  test.each<[string, unknown, string]>([
    ['neither', {}, 'either `token`, or `app`'],
    ['both', { token: 't', app: app }, 'either `token`, or `app`'],
    ['a name for an id', { app: { ...app, id: 'backstop' } }, "the app's id"],
  ])('with %s is refused', (_name, connection, reason) => {
    const issues = GitHubConnection.safeParse(connection).error?.issues.map((one) => one.message);

    expect(issues?.join(' ')).toContain(reason);
  });

  test('takes an app by its client id', () => {
    const connection = { app: { ...app, id: 'Iv23liAcme' } };

    expect(GitHubConnection.parse(connection)).toMatchObject({ app: { id: 'Iv23liAcme' } });
  });
});
