import { z } from 'zod';
import type { Route } from '../http.ts';
import { apiOf, nodeId, webOf } from './addresses.ts';
import { notFound, validationFailed } from './errors.ts';
import { pageOf } from './paging.ts';
import { createRepositoryRoutes, type GitHubWorld, ok } from './route.ts';
import { type Issue, type Repository, stamp } from './world.ts';

const NewIssue = z.object({ title: z.string().min(1).max(256), body: z.string().optional() });
const Changes = z.object({ state: z.enum(['open', 'closed']) });
const SubIssue = z.object({ sub_issue_id: z.number() });
const ID_FROM = 2_600_000_000;

/** Issues, as far as post-mortems and follow-ups are worked on in them. */
export function issueRoutes(world: GitHubWorld): readonly Route[] {
  const route = createRepositoryRoutes(world);
  const write = 'issues=write';
  const numbered = (r: Repository, number: string | undefined): Issue | undefined =>
    r.issues.find((issue) => String(issue.number) === number);
  return [
    route({ call: 'GET issues', path: '/issues', needs: 'issues=read' }, (call, r, records) => {
      const user = records.user(world.viewer);
      return pageOf(call, r.issues.toReversed(), (page) =>
        page.map((issue) => issueRecord(call.origin, r, issue, user)),
      );
    }),
    route(
      { call: 'POST issues', path: '/issues', needs: write, mutates: 'now' },
      (call, r, records) => {
        const asked = NewIssue.safeParse(call.body);
        if (!asked.success) {
          return validationFailed({ resource: 'Issue', field: 'title', code: 'missing_field' });
        }
        const { title, body } = asked.data;
        const number = Math.max(0, ...r.issues.map((issue) => issue.number)) + 1;
        const createdAt = stamp(world.agenda.now());
        const issue: Issue = {
          number,
          title,
          createdAt,
          state: 'open',
          ...(body === undefined ? {} : { body }),
        };
        r.issues.push(issue);
        const record = issueRecord(call.origin, r, issue, records.user(world.viewer));
        return { status: 201, body: record };
      },
    ),
    route(
      { call: 'GET issue', path: '/issues/:issue', needs: 'issues=read' },
      (call, r, records) => {
        const found = numbered(r, call.params['issue']);
        if (!found) return notFound();
        return ok(issueRecord(call.origin, r, found, records.user(world.viewer)));
      },
    ),
    route(
      { call: 'PATCH issue', path: '/issues/:issue', needs: write, mutates: 'now' },
      (call, r, records) => {
        const found = numbered(r, call.params['issue']);
        if (!found) return notFound();
        const asked = Changes.safeParse(call.body);
        if (!asked.success) {
          return validationFailed({ resource: 'Issue', field: 'state', code: 'invalid' });
        }
        found.state = asked.data.state;
        if (found.state === 'closed') found.closedAt = stamp(world.agenda.now());
        return ok(issueRecord(call.origin, r, found, records.user(world.viewer)));
      },
    ),
    route(
      { call: 'GET sub-issues', path: '/issues/:issue/sub_issues', needs: 'issues=read' },
      (call, r, records) => {
        const parent = numbered(r, call.params['issue']);
        if (!parent) return notFound();
        const user = records.user(world.viewer);
        const under = r.issues.filter((issue) => issue.parent === parent.number);
        return pageOf(call, under, (page) =>
          page.map((issue) => issueRecord(call.origin, r, issue, user)),
        );
      },
    ),
    route(
      {
        call: 'POST sub-issues',
        path: '/issues/:issue/sub_issues',
        needs: write,
        mutates: 'now',
      },
      (call, r, records) => {
        const parent = numbered(r, call.params['issue']);
        const asked = SubIssue.safeParse(call.body);
        const child = r.issues.find(({ number }) => ID_FROM + number === asked.data?.sub_issue_id);
        if (!parent || !child) return notFound();
        child.parent = parent.number;
        const record = issueRecord(call.origin, r, parent, records.user(world.viewer));
        return { status: 201, body: record };
      },
    ),
  ];
}

function issueRecord(api: string, r: Repository, issue: Issue, user: Record<string, unknown>) {
  const { number, title, state, createdAt, closedAt } = issue;
  const id = ID_FROM + number;
  const url = `${apiOf(api, r)}/issues/${number}`;
  return {
    id,
    node_id: nodeId('I', id),
    url,
    repository_url: apiOf(api, r),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${webOf(r)}/issues/${number}`,
    number,
    state,
    state_reason: state === 'closed' ? 'completed' : null,
    title,
    body: issue.body ?? null,
    user,
    labels: [],
    assignee: null,
    assignees: [],
    milestone: null,
    locked: false,
    comments: 0,
    created_at: createdAt,
    updated_at: closedAt ?? createdAt,
    closed_at: closedAt ?? null,
  };
}
