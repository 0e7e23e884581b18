import { z } from 'zod';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';

/** Each costs a request for its statuses. */
const MOST = 20;
const AT_ONCE = 5;

const Deployments = z.array(
  z.object({
    id: z.number(),
    sha: z.string(),
    ref: z.string(),
    created_at: z.string(),
    creator: z.object({ login: z.string() }).nullish(),
    description: z.string().nullish(),
  }),
);
const Statuses = z.array(
  z.object({
    state: z.string(),
    created_at: z.string(),
    log_url: z.string().nullish(),
  }),
);

/** A deployment that succeeded: its newest status may be `inactive` since. */
export interface Deployed {
  readonly id: number;
  readonly commit: string;
  /** The branch or tag it was made from. */
  readonly ref: string;
  /** When it succeeded, epoch milliseconds. */
  readonly since: number;
  readonly by: string | undefined;
}

/**
 * The deployments to an environment that succeeded, newest first, of its newest twenty.
 * @throws OutsideError.
 */
export async function readDeployed(
  github: GitHub,
  environment: string,
  signal: AbortSignal,
): Promise<readonly Deployed[]> {
  const all = await list(github, environment, signal);
  const found: Deployed[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const batch = all.slice(from, from + AT_ONCE);
    const read = await Promise.all(batch.map((one) => judge(github, one, signal)));
    found.push(...read.filter((one) => one !== undefined));
  }
  return found;
}

/** The newest deployment that succeeded; undefined when none of the newest twenty did. @throws OutsideError. */
export async function readLive(
  github: GitHub,
  environment: string,
  signal: AbortSignal,
): Promise<Deployed | undefined> {
  for (const one of await list(github, environment, signal)) {
    const deployed = await judge(github, one, signal);
    if (deployed) return deployed;
  }
  return undefined;
}

async function list(
  github: GitHub,
  environment: string,
  signal: AbortSignal,
): Promise<z.infer<typeof Deployments>> {
  const attempted = `list the deployments to ${environment}`;
  const { data } = await github.read(
    attempted,
    (target) =>
      github.octokit.rest.repos.listDeployments({ ...target, environment, per_page: MOST }),
    signal,
  );
  return understood(Deployments, data, { attempted, name: github.name }).sort(
    (a, b) => Date.parse(b.created_at) - Date.parse(a.created_at) || b.id - a.id,
  );
}

/** As deployed, when it succeeded and did not fail after all. */
async function judge(
  github: GitHub,
  one: z.infer<typeof Deployments>[number],
  signal: AbortSignal,
): Promise<Deployed | undefined> {
  const attempted = `read the statuses of deployment ${one.id}`;
  const { data } = await github.read(
    attempted,
    (target) =>
      github.octokit.rest.repos.listDeploymentStatuses({
        ...target,
        deployment_id: one.id,
        per_page: 100,
      }),
    signal,
  );
  // Newest first.
  const statuses = understood(Statuses, data, { attempted, name: github.name });
  const success = statuses.find(({ state }) => state === 'success');
  const last = statuses.find(({ state }) => state !== 'inactive');
  if (!success || last !== success) return undefined;
  return {
    id: one.id,
    commit: one.sha,
    ref: one.ref,
    since: Date.parse(success.created_at),
    by: one.creator?.login,
  };
}
