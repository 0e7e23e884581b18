import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, type TestContext } from 'vitest';
import { openIssueOnce } from '../../src/integrations/github-repository/post-mortem-issue.ts';
import { writeGithubIssue } from '../../src/journal/exports/github-issue.ts';
import { postmortemOf } from '../../src/postmortem/postmortem.ts';
import { BEN, MINUTE, names, START } from '../support/an-incident.ts';
import { aRolledBackIncident, GOLDEN_STORIES } from '../support/an-incident-told.ts';
import { golden } from '../support/golden.ts';

interface Request {
  readonly asked: string;
  readonly body: Record<string, unknown>;
}

/** As much of GitHub as keeps issues. */
async function aGitHub({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, status = 201) {
  const requests: Request[] = [];
  const issues: object[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (data: Buffer) => {
      text += data.toString();
    });
    request.on('end', () => {
      const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
      requests.push({ asked: `${request.method} ${request.url?.split('?')[0]}`, body });
      const isPost = request.method === 'POST';
      const issue = {
        ...body,
        html_url: `https://github.test/acme/checkout/issues/${issues.length + 1}`,
      };
      if (isPost && status === 201) issues.unshift(issue);
      response.writeHead(isPost ? status : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isPost ? (status === 201 ? issue : { message: 'No' }) : issues));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { requests, connection: { baseUrl: `http://127.0.0.1:${port}`, token: 'ghp_test' } };
}

function issueOf(note = 'see @dana in #12 and GH-7') {
  const story = aRolledBackIncident();
  story.tell(BEN, {
    type: 'task.added',
    data: { id: 'T1', kind: 'follow-up', text: note, owner: 'U0CLEO', due: START },
  });
  const options = { names, zone: 'UTC', serviceTitle: 'Checkout', generatedAt: story.now() };
  return writeGithubIssue(postmortemOf(story.incident(), story.events, options));
}

function textOf({ title, body }: ReturnType<typeof issueOf>) {
  return { title, body };
}

describe('a post-mortem as a GitHub issue', () => {
  it.each(Object.keys(GOLDEN_STORIES))('tells %s as its golden file does', (name) => {
    const story = GOLDEN_STORIES[name]?.();
    if (!story) throw new Error(`There is no story ${name}`);
    const generatedAt = story.now() + 10 * MINUTE;
    const options = { names, zone: 'Europe/Berlin', serviceTitle: 'Checkout', generatedAt };

    const { title, body } = writeGithubIssue(postmortemOf(story.incident(), story.events, options));
    const text = `${title}\n\n${body}\n`;

    expect(text).toBe(golden(`${name}.github-issue.md`, text));
  });

  it('has the follow-ups as a task list, and mentions nobody', () => {
    const { title, body } = issueOf();

    expect(title).toBe('Post-mortem INC-0001: checkout is failing');
    expect(body).toMatch(
      /^- \[ \] see @\u2060dana in #\u206012 and GH-\u20607 \(Cleo Martin\), by 20 Nov 2026/m,
    );
    expect(body).toMatch(/^- \[ \] Fix 2\.4\.0 properly in development/m);
    expect(body.replace('#inc-0001-checkout', '')).not.toMatch(/[@#]\w/);
  });

  it('leads to the channel, and each follow-up to it, to the channel and to its owner', () => {
    const { body, followUp } = issueOf();
    const parent = 'https://github.test/acme/checkout/issues/1';
    const channel = '[#inc-0001-checkout-is-failing](https://acme.slack.com/archives/C0INC1)';

    expect(body).toContain(`| Channel | ${channel} |`);
    expect(followUp('T1', parent)).toEqual({
      title: 'INC-0001 T1: see @\u2060dana in #\u206012 and GH-\u20607',
      body: [
        'see @\u2060dana in #\u206012 and GH-\u20607',
        '',
        `- Follow-up T1 of the post-mortem ${parent}.`,
        '- Ben Okafor added it as T1 during the incident.',
        '- Owner: Cleo Martin.',
        '- Due: 20 Nov 2026, 14:02:07 UTC.',
        `- Slack channel: ${channel}.`,
      ].join('\n'),
    });
    expect(followUp('T2', parent)).toBeUndefined();
  });

  it('leads to a follow-up’s own issue, where it has one already', () => {
    const story = aRolledBackIncident();
    const url = 'https://github.test/acme/checkout/issues/7';
    const data = { id: 'T1', kind: 'follow-up', text: 'add a test' } as const;
    story.tell(BEN, { type: 'task.added', data });
    story.tell(BEN, { type: 'task.linked', data: { task: 'T1', url } });
    const options = { names, zone: 'UTC', serviceTitle: 'Checkout', generatedAt: story.now() };

    const { body } = writeGithubIssue(postmortemOf(story.incident(), story.events, options));

    expect(body).toMatch(/^- \[ \] add a test\..* \[Its issue\]\(https:.*issues\/7\)\.$/m);
  });

  it('fits into what GitHub takes, however long texts are', () => {
    expect(issueOf('x'.repeat(200_000)).body.length).toBeLessThanOrEqual(60_000);
  });

  it('is opened once, whoever asks again', async (test) => {
    const { connection, requests } = await aGitHub(test);
    const open = () =>
      openIssueOnce(connection, 'acme/checkout', textOf(issueOf()), AbortSignal.timeout(10_000));

    const url = 'https://github.test/acme/checkout/issues/1';
    expect(await open()).toEqual({ url, isNew: true });
    expect(await open()).toEqual({ url, isNew: false });
    expect(requests.map(({ asked }) => asked)).toEqual([
      'GET /repos/acme/checkout/issues',
      'POST /repos/acme/checkout/issues',
      'GET /repos/acme/checkout/issues',
    ]);
    expect(requests[1]?.body).toEqual(textOf(issueOf()));
  });

  it('says what is missing where the token may not', async (test) => {
    const { connection, requests } = await aGitHub(test, 403);
    const open = openIssueOnce(
      connection,
      'acme/checkout',
      textOf(issueOf()),
      AbortSignal.timeout(10_000),
    );

    await expect(open).rejects.toThrow(
      /could not open the issue on repository acme\/checkout \(403/,
    );
    expect(requests.filter(({ asked }) => asked.startsWith('POST'))).toHaveLength(1);
  });
});
