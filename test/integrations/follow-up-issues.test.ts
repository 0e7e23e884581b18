import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, type TestContext } from 'vitest';
import { trackFollowUp } from '../../src/integrations/github-repository/follow-up-issues.ts';

interface Issue {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly html_url: string;
  state: string;
}

interface Behaviour {
  /** The first request of this kind is carried out, and its answer lost. */
  readonly lose?: RegExp;
  readonly noSubIssues?: boolean;
}

/** As much of GitHub as keeps issues and hangs one under another. */
async function aGitHub(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  behaviour: Behaviour = {},
) {
  const issues: Issue[] = [];
  const under: number[] = [];
  const changes: string[] = [];
  let lose = behaviour.lose;
  const add = (title: string): Issue => {
    const number = issues.length + 1;
    const html_url = `https://github.test/acme/checkout/issues/${number}`;
    const issue = { id: 1_000 + number, number, title, html_url, state: 'open' };
    issues.push(issue);
    return issue;
  };
  add('Post-mortem INC-0001');

  function answer(asked: string, body: { title?: string; state?: string; sub_issue_id?: number }) {
    if (/^GET .*\/sub_issues$/.test(asked)) {
      return behaviour.noSubIssues ? undefined : issues.filter(({ id }) => under.includes(id));
    }
    if (asked.startsWith('GET') && asked.endsWith('/issues')) return issues.toReversed();
    const issue = issues.find(({ number }) => asked.includes(`/issues/${number}`));
    if (asked.startsWith('GET')) return issue;
    changes.push(asked);
    if (asked.endsWith('/sub_issues')) under.push(body.sub_issue_id ?? 0);
    else if (asked.startsWith('PATCH') && issue) issue.state = body.state ?? issue.state;
    else return add(body.title ?? '');
    return issue;
  }

  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (data: Buffer) => {
      text += data.toString();
    });
    request.on('end', () => {
      const asked = `${request.method} ${request.url?.split('?')[0]}`;
      const found = answer(asked, text === '' ? {} : JSON.parse(text));
      if (lose?.test(asked)) {
        lose = undefined;
        response.destroy();
        return;
      }
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(found ?? { message: 'Not Found' }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const connection = { baseUrl: `http://127.0.0.1:${port}`, token: 'ghp_test' };
  const parent = 'https://github.test/acme/checkout/issues/1';
  const track = (isDone = false, url?: string) =>
    trackFollowUp(
      connection,
      'acme/checkout',
      parent,
      { title: 'INC-0001 T1: add a test', body: `Follow-up T1 of ${parent}.`, isDone, url },
      AbortSignal.timeout(20_000),
    );
  return { issues, under, changes, track };
}

const URL_OF_IT = 'https://github.test/acme/checkout/issues/2';

describe('a follow-up on GitHub', () => {
  it('gets one issue, under the post-mortem’s, however often it is asked for', async (test) => {
    const { changes, under, track } = await aGitHub(test);

    expect(await track()).toEqual({ url: URL_OF_IT, isNew: true, isClosed: false });
    expect(await track()).toMatchObject({ url: URL_OF_IT, isNew: false });
    expect(await track(false, URL_OF_IT)).toMatchObject({ isClosed: false });

    expect(changes).toEqual([
      'POST /repos/acme/checkout/issues',
      'POST /repos/acme/checkout/issues/1/sub_issues',
    ]);
    expect(under).toEqual([1_002]);
  });

  it.for([/^POST .*\/issues$/, /^POST .*\/sub_issues$/])(
    'is opened and hung up once when the answer to %s is lost',
    async (lose, test) => {
      const { issues, under, track } = await aGitHub(test, { lose });
      await expect(track()).rejects.toThrow(/could not/);
      await track();
      expect(issues).toHaveLength(2);
      expect(under).toEqual([1_002]);
    },
  );

  it('is closed when it is done here, and known to be done when it was closed there', async (test) => {
    const { issues, changes, track } = await aGitHub(test);
    await track();

    await track(true, URL_OF_IT);
    expect(issues[1]?.state).toBe('closed');
    expect(await track(true, URL_OF_IT)).toMatchObject({ isClosed: true });
    expect(changes.filter((asked) => asked.startsWith('PATCH'))).toHaveLength(1);
  });

  it('stands by itself where GitHub knows no sub-issues', async (test) => {
    const { issues, under, track } = await aGitHub(test, { noSubIssues: true });
    await track();
    expect(issues).toHaveLength(2);
    expect(under).toEqual([]);
  });
});
