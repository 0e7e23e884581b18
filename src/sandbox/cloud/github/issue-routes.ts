import type { Route } from '../http.ts';
import { apiOf, nodeId, webOf } from './addresses.ts';
import { notFound } from './errors.ts';
import { createRepositoryRoutes, type GitHubWorld, ok } from './route.ts';
import type { Issue, Repository } from './world.ts';

/** Issues, as far as a follow-up is watched: each is read by its number. */
export function issueRoutes(world: GitHubWorld): readonly Route[] {
  const route = createRepositoryRoutes(world);
  return [
    route(
      { call: 'GET issue', path: '/issues/:issue', needs: 'issues=read' },
      (call, r, records) => {
        const found = r.issues.find(({ number }) => String(number) === call.params['issue']);
        if (!found) return notFound();
        return ok(issueRecord(call.origin, r, found, records.user(world.viewer)));
      },
    ),
  ];
}

function issueRecord(api: string, r: Repository, issue: Issue, user: Record<string, unknown>) {
  const { number, title, state, createdAt, closedAt } = issue;
  const id = 2_600_000_000 + number;
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
