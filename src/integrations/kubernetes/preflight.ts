import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import type { Check } from '../../operation.ts';
import type { JsonApi } from '../json-api/index.ts';
import { type Deployment, placeOf } from './deployment.ts';
import type { KubernetesDeploymentSettings } from './schema.ts';

const Autoscalers = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.looseObject({
        scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }),
        minReplicas: z.int().optional(),
        maxReplicas: z.int(),
      }),
    }),
  ),
});

/** That a rollout goes on: a paused one waits. */
export function pausedCheck({ spec }: Deployment): Check {
  return {
    name: 'rollout',
    verdict: spec.paused ? 'fail' : 'pass',
    reason: spec.paused
      ? 'it is paused; `kubectl rollout resume` lets it go on first'
      : 'it is not paused',
    blocking: true,
  };
}

/** Whether something else keeps the Deployment as it is described elsewhere, and takes a change back. */
export function ownerCheck(
  { metadata: { labels = {}, annotations = {} } }: Deployment,
  { managedElsewhere }: KubernetesDeploymentSettings,
): Check {
  const names = [...Object.keys(labels), ...Object.keys(annotations)];
  const keeper = names.some((name) => name.startsWith('argocd.argoproj.io/'))
    ? 'Argo CD'
    : names.some((name) => /^(kustomize|helm)\.toolkit\.fluxcd\.io\//.test(name))
      ? 'Flux'
      : undefined;
  if (keeper) {
    return {
      name: 'who keeps it',
      verdict: managedElsewhere ? 'warn' : 'fail',
      reason: `${keeper} keeps it as its repository says, and would take this back within minutes: revert there, or pause it and set managedElsewhere`,
      blocking: true,
    };
  }
  const release = annotations['meta.helm.sh/release-name'];
  return {
    name: 'who keeps it',
    verdict: release ? 'warn' : 'pass',
    reason: release
      ? `Helm release ${release} does not know of it: its next upgrade starts from what it knows`
      : 'nothing else is known to keep it',
    blocking: false,
  };
}

/** Whether an autoscaler sets the number of replicas again. */
export async function autoscalerCheck(
  api: JsonApi,
  settings: KubernetesDeploymentSettings,
  to: number,
  signal: AbortSignal,
): Promise<Check> {
  const check = (verdict: Check['verdict'], reason: string): Check => ({
    name: 'autoscaler',
    verdict,
    reason,
    blocking: false,
  });
  try {
    const path = `/apis/autoscaling/v2/namespaces/${settings.namespace}/horizontalpodautoscalers`;
    const { body } = await api.read(
      { attempted: 'list the autoscalers', on: placeOf(settings), path },
      Autoscalers,
      signal,
    );
    const found = body.items.find(
      ({ spec: { scaleTargetRef: target } }) =>
        target.kind === 'Deployment' && target.name === settings.deployment,
    );
    if (!found) return check('pass', 'none scales it');
    const { minReplicas = 1, maxReplicas } = found.spec;
    const range = `${found.metadata.name} keeps it between ${minReplicas} and ${maxReplicas}`;
    return to < minReplicas || to > maxReplicas
      ? check('fail', `${range}, and sets it back at once: change its limits instead`)
      : check('warn', `${range}, and may set it back by its metrics`);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return check('unknown', `${error.message}`);
  }
}
