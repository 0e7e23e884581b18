import type { Intent, Observation, Recovery } from '../../operation.ts';
import type { Deployment } from './deployments.ts';

/** What became of our own deployment, which is known to exist. */
export function judge(
  ours: Deployment,
  deployments: readonly Deployment[],
  seen: Observation,
  intent: Intent,
): Recovery {
  if (ours.isActive && !ours.isServing) {
    return { state: 'in-flight', note: `Deployment ${ours.id} is ${ours.status}.` };
  }
  if (ours.status === 'Succeeded' || ours.isServing) {
    if (seen.moving)
      return { state: 'diverged', reason: `After ${ours.id} there is ${seen.note}.` };
    if (seen.fingerprint === intent.expected) return { state: 'done' };
    const reason = `Deployment ${ours.id} succeeded, but then somebody deployed: ${seen.note}.`;
    return { state: 'diverged', reason };
  }
  const back = deployments.find((one) => one.id === ours.rollback);
  if (back?.isActive) {
    return { state: 'in-flight', note: `CodeDeploy takes ${ours.id} back with ${back.id}.` };
  }
  const isAsBefore = seen.fingerprint === intent.before && !seen.moving;
  if (isAsBefore && (ours.reached === 0 || back?.status === 'Succeeded')) {
    return { state: 'not-started' };
  }
  const reason = `${failureOf(ours)} ${ours.reached} targets hold what it deployed; found ${seen.note}.`;
  return { state: 'diverged', reason };
}

/** How a deployment ended, in CodeDeploy's words. */
export function failureOf({ id, status, failure }: Deployment): string {
  const why = failure === undefined ? '' : `: ${failure.replace(/\.+$/, '')}`;
  return `Deployment ${id} ended ${status}${why}.`;
}
