import { z } from 'zod';
import {
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import type { JsonApi } from '../json-api/index.ts';
import {
  digestOf,
  pathOf,
  placeOf,
  RESTARTED_AT,
  RESTARTED_FOR,
  readDeployment,
} from './deployment.ts';
import { changed, condition } from './patch.ts';
import { pausedCheck } from './preflight.ts';
import { rolloutOf } from './rollout.ts';
import type { KubernetesDeploymentSettings } from './schema.ts';

export const RESTART = 'restart';

const RestartInput = z.strictObject({ key: z.string() });

/** `kubectl rollout restart`: new pods of the same template, a few at a time, with a mark that tells this restart from others. */
export function createRestart(api: JsonApi, settings: KubernetesDeploymentSettings): Operation {
  const parse = (input: Json) => RestartInput.parse(input);
  const place = placeOf(settings);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { key } = parse(input);
    const deployment = await readDeployment(api, settings, signal);
    const { template } = deployment.spec;
    const isOurs = template.metadata?.annotations?.[RESTARTED_FOR] === key;
    const progress = rolloutOf(deployment);
    const at = template.metadata?.annotations?.[RESTARTED_AT];
    return {
      fingerprint: isOurs
        ? `${key}${progress.state === 'failed' ? ' failed' : ''}`
        : digestOf(template),
      expected: key,
      moving: isOurs && progress.state === 'running',
      note: `${place} ${at ? `restarted at ${at}` : 'not restarted since it was rolled out'}`,
    };
  }

  return {
    effect: 'append',
    guarantee: 'conditional',
    quietMs: 15_000,
    limitMs: settings.limitMinutes * 60_000,
    usualMs: settings.usualMinutes * 60_000,
    pollMs: 3_000,
    title: () => `Restart ${place}`,
    observe,
    async describe(input, signal) {
      parse(input);
      const { spec, status } = await readDeployment(api, settings, signal);
      return [
        {
          what: `pods of ${place}`,
          from: `${status.availableReplicas} of ${spec.replicas} available`,
          to: `${spec.replicas} new ones, a few at a time`,
        },
      ];
    },
    async preflight(input, signal): Promise<readonly Check[]> {
      parse(input);
      return [pausedCheck(await readDeployment(api, settings, signal))];
    },
    async submit(input, intent, signal) {
      const { key } = parse(input);
      const deployment = await readDeployment(api, settings, signal);
      const { metadata } = deployment.spec.template;
      const annotations = {
        ...metadata?.annotations,
        [RESTARTED_AT]: new Date(intent.at).toISOString(),
        [RESTARTED_FOR]: key,
      };
      const answer = await api.change(
        {
          method: 'PATCH',
          attempted: 'restart it',
          on: place,
          path: `${pathOf(settings)}?fieldManager=backstop`,
          headers: { 'content-type': 'application/json-patch+json' },
          body: [
            ...condition(deployment),
            { op: 'add', path: '/spec/template/metadata/annotations', value: annotations },
          ],
        },
        signal,
      );
      return { key, generation: changed(answer) };
    },
    async poll(handle, signal) {
      const { key } = z.looseObject({ key: z.string() }).parse(handle);
      const deployment = await readDeployment(api, settings, signal);
      const { annotations = {} } = deployment.spec.template.metadata ?? {};
      if (annotations[RESTARTED_FOR] !== key) {
        return { state: 'failed', reason: 'Somebody else changed the deployment meanwhile.' };
      }
      return rolloutOf(deployment);
    },
    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },
    manual() {
      const { namespace, deployment } = settings;
      return `kubectl -n ${namespace} rollout restart deployment/${deployment}, then watch kubectl -n ${namespace} rollout status deployment/${deployment}.`;
    },
  };
}
