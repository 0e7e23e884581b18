import { apiOf, emailOf, nodeId, webOf } from './addresses.ts';
import type {
  Deployment,
  DeploymentStatus,
  Person,
  Repository,
  Ruleset,
  Run,
  Workflow,
} from './world.ts';

/** How code becomes what runs: deployments, workflows and their runs, rules on branches. */
export interface DeliveryRecords {
  deployment(repository: Repository, deployment: Deployment): Record<string, unknown>;
  status(
    repository: Repository,
    deployment: Deployment,
    status: DeploymentStatus,
  ): Record<string, unknown>;
  workflow(repository: Repository, workflow: Workflow): Record<string, unknown>;
  run(repository: Repository, run: Run): Record<string, unknown>;
  ruleset(repository: Repository, ruleset: Ruleset): Record<string, unknown>;
  /** As in a list: without its rules, conditions and who may pass. */
  rulesetSummary(repository: Repository, ruleset: Ruleset): Record<string, unknown>;
}

interface Inner {
  readonly user: (person: Person) => Record<string, unknown>;
  readonly repository: (repository: Repository) => Record<string, unknown>;
}

/** GitHub's JSON for them; given how people and repositories inside them look. */
export function createDeliveryRecords(api: string, { user, repository }: Inner): DeliveryRecords {
  const root = (r: Repository) => apiOf(api, r);

  function rulesetSummary(r: Repository, s: Ruleset) {
    return {
      id: s.id,
      name: s.name,
      target: s.target,
      source_type: 'Repository',
      source: `${r.owner}/${r.name}`,
      enforcement: s.enforcement,
      node_id: nodeId('RRS', s.id),
      _links: {
        self: { href: `${root(r)}/rulesets/${s.id}` },
        html: { href: `${webOf(r)}/rules/${s.id}` },
      },
      created_at: s.createdAt,
      updated_at: s.createdAt,
    };
  }

  function run(r: Repository, one: Run) {
    const url = `${root(r)}/actions/runs/${one.id}`;
    const head = r.commits.get(one.sha);
    return {
      id: one.id,
      name: one.workflow.name,
      node_id: nodeId('WFR', one.id),
      head_branch: one.branch,
      head_sha: one.sha,
      path: one.workflow.path,
      display_title: one.title,
      run_number: one.number,
      event: one.event,
      status: one.status,
      conclusion: one.conclusion,
      workflow_id: one.workflow.id,
      check_suite_id: one.id + 1,
      url,
      html_url: `${webOf(r)}/actions/runs/${one.id}`,
      pull_requests: [],
      created_at: one.createdAt,
      updated_at: one.updatedAt,
      run_started_at: one.startedAt ?? one.createdAt,
      actor: user(one.actor),
      triggering_actor: user(one.actor),
      run_attempt: one.attempt,
      jobs_url: `${url}/jobs`,
      logs_url: `${url}/logs`,
      rerun_url: `${url}/rerun`,
      cancel_url: `${url}/cancel`,
      artifacts_url: `${url}/artifacts`,
      check_suite_url: `${root(r)}/check-suites/${one.id + 1}`,
      workflow_url: `${root(r)}/actions/workflows/${one.workflow.id}`,
      head_commit: head && {
        id: head.sha,
        tree_id: head.sha,
        message: head.message,
        timestamp: head.date,
        author: { name: head.author.name, email: emailOf(head.author) },
        committer: { name: head.author.name, email: emailOf(head.author) },
      },
      repository: repository(r),
      head_repository: repository(r),
    };
  }

  return {
    run,
    deployment(r, d) {
      const url = `${root(r)}/deployments/${d.id}`;
      return {
        url,
        id: d.id,
        node_id: nodeId('DE', d.id),
        sha: d.sha,
        ref: d.ref,
        task: d.task,
        payload: d.payload,
        original_environment: d.environment,
        environment: d.environment,
        description: d.description,
        creator: user(d.creator),
        created_at: d.createdAt,
        updated_at: d.statuses.at(-1)?.createdAt ?? d.createdAt,
        statuses_url: `${url}/statuses`,
        repository_url: root(r),
        transient_environment: false,
        production_environment: d.environment === 'production',
      };
    },
    status(r, d, s) {
      const url = `${root(r)}/deployments/${d.id}`;
      return {
        url: `${url}/statuses/${s.id}`,
        id: s.id,
        node_id: nodeId('DES', s.id),
        state: s.state,
        creator: user(s.creator),
        description: s.description,
        environment: s.environment,
        target_url: s.logUrl,
        created_at: s.createdAt,
        updated_at: s.createdAt,
        deployment_url: url,
        repository_url: root(r),
        log_url: s.logUrl,
      };
    },
    workflow(r, w) {
      return {
        id: w.id,
        node_id: nodeId('W', w.id),
        name: w.name,
        path: w.path,
        state: w.state,
        created_at: '2025-01-14T09:30:00Z',
        updated_at: '2025-01-14T09:30:00Z',
        url: `${root(r)}/actions/workflows/${w.id}`,
        html_url: `${webOf(r)}/blob/${r.defaultBranch}/${w.path}`,
        badge_url: `${webOf(r)}/workflows/${encodeURIComponent(w.name)}/badge.svg`,
      };
    },
    rulesetSummary,
    ruleset(r, s) {
      return {
        ...rulesetSummary(r, s),
        bypass_actors: s.bypassActors,
        current_user_can_bypass: 'never',
        conditions: { ref_name: { include: s.include, exclude: [] } },
        rules: s.rules,
      };
    },
  };
}
