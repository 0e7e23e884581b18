import type { Progress } from '../../operation.ts';
import type { Deployment } from './deployment.ts';

/** How far the rollout has come, by the rules of `kubectl rollout status` (kubectl, polymorphichelpers/rollout_status.go). */
export function rolloutOf({ metadata, spec, status }: Deployment): Progress {
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) {
    return { state: 'running', note: 'The deployment controller has not seen the change yet.' };
  }
  const late = status.conditions.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
  if (late) {
    return {
      state: 'failed',
      reason: `It made no progress within its deadline (${late.reason}): ${late.message ?? 'see its events'}. Its old pods still run as far as they did.`,
    };
  }
  const { replicas, updatedReplicas, availableReplicas } = status;
  if (updatedReplicas < spec.replicas) {
    return { state: 'running', note: `${updatedReplicas} of ${spec.replicas} new pods are there.` };
  }
  if (replicas > updatedReplicas) {
    return { state: 'running', note: `${replicas - updatedReplicas} old pods are still ending.` };
  }
  if (availableReplicas < updatedReplicas) {
    return {
      state: 'running',
      note: `${availableReplicas} of ${updatedReplicas} new pods are available.`,
    };
  }
  return { state: 'succeeded' };
}
